#include "tests/sandbox/world.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace countersign::sandbox {

namespace {

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::trunc);
    // Tokens lie here: nobody else may read them, fake as they are.
    std::filesystem::permissions(file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    out << text;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

std::int64_t account(const fakes::Json& accounts, const std::string& login) {
    for (const auto& each : accounts)
        if (each["login"] == login) return each["id"];
    throw std::invalid_argument("no account " + login);
}

std::string party(const std::string& name, const std::string& members, const fakes::Json& accounts) {
    std::string approvers;
    for (const auto& person : people())
        if (person.party == name)
            approvers += fmt::format("{}{}", approvers.empty() ? "" : ", ", account(accounts, person.login));
    return fmt::format(
        "\n[[review.party]]\nname = \"{}\"\nmembers = [{}]\ntracker_label = \"{}\"\ntracker_approvers = "
        "[{}]\n",
        name, members, label_of(name), approvers);
}

// Who is who in the tracker: known here from the start, for the employees as for the parties.
std::string mappings(const fakes::Json& accounts) {
    std::string out;
    for (const auto& person : people())
        out += fmt::format("\n[[person]]\nslack = \"{}\"\ntracker = \"{}\"\naccount = {}\n", person.id,
                           tracker_name, account(accounts, person.login));
    return out;
}

}  // namespace

std::filesystem::path write_config(const std::filesystem::path& directory, const fakes::FakeSlack& slack,
                                   const fakes::FakeGitlab& gitlab, const Mode& mode,
                                   const std::string& more_sections) {
    const auto accounts = gitlab.snapshot()["people"];
    std::string text = fmt::format(
        "# Written by the sandbox at every start.\n"
        "[slack]\napi_url = \"{}\"\nrate_scale = {:.1f}\nreconcile_minutes = 1\n\n"
        "[review]\nchannel = \"C0APPREVIEW\"\nalarm_channel = \"C0ITALARMS\"\nadmins = [\"U0MARA\", "
        "\"U0NOOR\"]\n",
        slack.api_url(), rate_scale);
    text += party("Security", "\"S0SECURITY\"", accounts) + party("Legal", "\"U0LINNEA\"", accounts) +
            party("Procurement", "\"U0PRIYA\"", accounts) + party("IT", "\"U0IDRIS\"", accounts);
    text += fmt::format(
        "\n[[tracker]]\nname = \"{}\"\nkind = \"gitlab\"\nurl = \"{}\"\napi_url = \"{}\"\nprojects = "
        "[\"{}\"]\ntemplate = \"{}\"\npoll_seconds = 10\ncheck_boxes = true\n{}\n[storage]\npath = \"{}\"\n\n"
        "[http]\nlisten = \"127.0.0.1:0\"\n",
        tracker_name, tracker_url, gitlab.api_url(), project, issue_template, mappings(accounts),
        (directory / "countersign.db").string());
    if (mode.workspace && !mode.personal)
        text += fmt::format("\n[slackbot]\nchannel = \"{}\"\n", requests_channel);
    text += more_sections;
    const auto file = directory / "countersign.toml";
    write(file, text);
    return file;
}

void write_credentials(const std::filesystem::path& directory, const fakes::FakeGitlab& gitlab,
                       const Mode& mode) {
    std::filesystem::create_directories(directory);
    write(directory / "slack_app_token", fakes::tokens::app);
    write(directory / "slack_bot_token", fakes::tokens::bot);
    write(directory / "vendors_token", gitlab.token());
    write(directory / "vendors_webhook_secret", hook_secret);
    // What stored authorizations are sealed with: the same in a directory that is kept.
    write(directory / "countersign_key", "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    // Their presence makes the driver; a kept directory may have them from another time.
    std::filesystem::remove(directory / "slack_admin_token");
    std::filesystem::remove(directory / "slack_reviewer_token");
    if (!mode.workspace) write(directory / "slack_admin_token", fakes::tokens::admin);
    if (mode.workspace && mode.personal) write(directory / "slack_reviewer_token", fakes::tokens::reviewer);
}

}  // namespace countersign::sandbox
