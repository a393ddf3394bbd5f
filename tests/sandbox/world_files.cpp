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

std::string party(const std::string& name, const std::string& members) {
    return fmt::format("\n[[review.party]]\nname = \"{}\"\nmembers = [{}]\n", name, members);
}

}  // namespace

std::filesystem::path write_config(const std::filesystem::path& directory, const std::string& api_url,
                                   const Mode& mode) {
    std::string text = fmt::format(
        "# Written by the sandbox at every start.\n"
        "[slack]\napi_url = \"{}\"\nrate_scale = {:.1f}\nreconcile_minutes = 1\n\n"
        "[review]\nchannel = \"C0APPREVIEW\"\nalarm_channel = \"C0ITALARMS\"\nadmins = [\"U0MARA\", "
        "\"U0NOOR\"]\n",
        api_url, rate_scale);
    text += party("Security", "\"S0SECURITY\"") + party("Legal", "\"U0LINNEA\"") +
            party("Procurement", "\"U0PRIYA\"") + party("IT", "\"U0IDRIS\"");
    text += fmt::format(
        "\n[[tracker]]\nname = \"vendors\"\nkind = \"gitlab\"\nurl = \"https://gitlab.acme.example\"\n"
        "projects = [\"it/vendor-reviews\"]\n\n[storage]\npath = \"{}\"\n",
        (directory / "countersign.db").string());
    if (mode.workspace) text += fmt::format("\n[slackbot]\nchannel = \"{}\"\n", requests_channel);
    const auto file = directory / "countersign.toml";
    write(file, text);
    return file;
}

void write_credentials(const std::filesystem::path& directory, const Mode& mode) {
    std::filesystem::create_directories(directory);
    write(directory / "slack_app_token", fakes::tokens::app);
    write(directory / "slack_bot_token", fakes::tokens::bot);
    // Its presence makes the organisation's driver; a kept directory may have it from another time.
    std::filesystem::remove(directory / "slack_admin_token");
    if (!mode.workspace) write(directory / "slack_admin_token", fakes::tokens::admin);
}

}  // namespace countersign::sandbox
