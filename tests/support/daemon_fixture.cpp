#include "tests/support/daemon_fixture.hpp"

#include "tests/support/paths.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdlib.h>

namespace countersign::tests {
namespace {

constexpr double rate_scale = 50;

std::filesystem::path new_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "countersign-e2e-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
}

fakes::FakeSlackOptions over_tls(fakes::FakeSlackOptions options, fakes::TlsFiles certificate) {
    options.tls = std::move(certificate);
    options.rate_scale = rate_scale;
    return options;
}

void furnish(fakes::FakeSlack& slack) {
    slack.add_user(office::employee, "emma");
    slack.add_user(office::security, "sam");
    slack.add_user(office::security_two, "sofia");
    slack.add_user(office::legal, "lena");
    slack.add_user(office::procurement, "pavel");
    slack.add_user(office::it, "ivo");
    slack.add_user(office::admin, "ada");
    slack.add_user(office::admin_two, "adam");
    slack.add_user(office::outsider, "oscar");
    slack.add_user_group("S0PROC", {office::procurement});
    slack.add_user_group("S0APPMANAGERS", {office::admin_two});
    slack.add_channel(office::review, "app-review");
    slack.add_channel(office::alarms, "it-alarms");
    slack.add_channel(office::general, "general");
    const auto scope = [](const char* name, const char* type, bool sensitive) {
        return fakes::Json{
            {"name", name}, {"description", name}, {"is_sensitive", sensitive}, {"token_type", type}};
    };
    slack.add_app({.id = "A0MIRO",
                   .name = "Miro",
                   .description = "Whiteboards for everybody",
                   .scopes = {scope("chat:write", "bot", false), scope("users:read", "bot", false)}});
}

// How the daemon is started as a service is, where a run of the tests asks for it (tests/confine).
std::vector<std::string> confinement(const std::filesystem::path& state,
                                     const std::vector<std::filesystem::path>& read) {
    const char* unit = std::getenv("COUNTERSIGN_CONFINED_BY");
    if (unit == nullptr) return {};
    std::vector<std::string> launcher{confined_launcher().string(), "--unit", unit, "--state",
                                      state.string()};
    for (const auto& path : read)
        launcher.insert(launcher.end(), {"--read", path.string()});
    if (std::getenv("COUNTERSIGN_CONFINED_STRICTLY") != nullptr) launcher.emplace_back("--strict");
    launcher.emplace_back("--");
    return launcher;
}

}  // namespace

DaemonFixture::DaemonFixture(DaemonOptions options)
    : options_(std::move(options)),
      directory_(new_directory()),
      slack_(std::make_unique<fakes::FakeSlack>(over_tls(options_.slack, (ca_.*options_.certificate)()))) {
    furnish(*slack_);
    environment_ = {{"SLACK_APP_TOKEN", fakes::tokens::app}, {"SLACK_BOT_TOKEN", fakes::tokens::bot}};
    environment_.insert(options_.environment.begin(), options_.environment.end());
    environment_["CREDENTIALS_DIRECTORY"] = (directory_ / "credentials").string();
    std::filesystem::create_directory(directory_ / "credentials");
    if (options_.admin_token) environment_["SLACK_ADMIN_TOKEN"] = fakes::tokens::admin;
    if (options_.reviewer_token) environment_["SLACK_REVIEWER_TOKEN"] = fakes::tokens::reviewer;
    write_config();
}

DaemonFixture::~DaemonFixture() {
    process_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void DaemonFixture::write_config() const {
    std::ofstream(directory_ / "countersign.toml") << fmt::format(
        R"([slack]
api_url = "{api}"
ca_file = "{ca}"
rate_scale = {scale:.1f}
{more}

[review]
channel = "C0APPREVIEW"
alarm_channel = "C0ITALARMS"
admins = ["U0ADMIN", "S0APPMANAGERS"]
auto_apply = {auto_apply}
require_vendor_issue = {need_issue}

[[review.party]]
name = "Security"
members = ["U0SEC1", "U0SEC2"]
quorum = {quorum}

[[review.party]]
name = "Legal"
members = ["U0LEGAL"]

[[review.party]]
name = "Procurement"
members = ["S0PROC"]

[[review.party]]
name = "IT"
members = ["U0IT"]

[[tracker]]
name = "procurement"
kind = "gitlab"
url = "https://gitlab.com"
projects = ["gitlab-com/Finance-Division/procurement-team/procurement"]

[storage]
path = "{database}"

{sections}
)",
        fmt::arg("api", slack_->api_url()), fmt::arg("ca", ca_.file().string()),
        fmt::arg("scale", rate_scale), fmt::arg("more", options_.slack_settings),
        fmt::arg("auto_apply", options_.auto_apply), fmt::arg("need_issue", options_.require_vendor_issue),
        fmt::arg("quorum", options_.security_quorum), fmt::arg("database", database().string()),
        fmt::arg("sections", options_.more_sections));
    if (options_.policy.empty()) return;
    std::ofstream(directory_ / "policy.toml") << options_.policy;
    std::ofstream(directory_ / "countersign.toml", std::ios::app)
        << fmt::format("\n[policy]\nfile = \"{}\"\n", (directory_ / "policy.toml").string());
}

void DaemonFixture::launch(const std::string& failpoint) {
    auto environment = environment_;
    if (!failpoint.empty()) environment["COUNTERSIGN_FAILPOINT"] = failpoint;
    const auto config = (directory_ / "countersign.toml").string();
    auto command = confinement(directory_, {ca_.file(), config, directory_ / "credentials"});
    for (const auto& word :
         {countersign_binary().string(), std::string("run"), std::string("--config"), config})
        command.push_back(word);
    const std::filesystem::path program = command.front();
    command.erase(command.begin());
    process_ = std::make_unique<ChildProcess>(
        program,
        ProcessOptions{.arguments = std::move(command), .environment = environment, .directory = directory_});
}

void DaemonFixture::start(const std::string& failpoint) {
    launch(failpoint);
    if (!failpoint.empty()) return;
    INFO(process_->errors());
    REQUIRE_MESSAGE(process_->wait_for("event=ready"), process_->errors());
}

std::optional<int> DaemonFixture::stop() {
    return process_->terminate(std::chrono::seconds(5));
}

void DaemonFixture::signal(int number) {
    process_->signal(number);
}

void DaemonFixture::change_config(const std::string& from, const std::string& to) {
    const auto file = directory_ / "countersign.toml";
    std::string text = (std::ostringstream() << std::ifstream(file).rdbuf()).str();
    const auto at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    std::ofstream(file) << text.replace(at, from.size(), to);
}

void DaemonFixture::set_secret(const std::string& name, const std::string& value) {
    const auto file = directory_ / "credentials" / name;
    std::filesystem::remove(file);
    std::ofstream(file) << value;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);  // as systemd hands them over
}

void DaemonFixture::expect_log(const std::string& text) {
    const bool came = process_->wait_for(text, std::chrono::seconds(60));
    REQUIRE_MESSAGE(came, "waited for '" << text << "'\n" << process_->errors());
}

void DaemonFixture::kill() {
    process_->kill();
}

bool DaemonFixture::runs() {
    return process_ && !process_->wait(std::chrono::milliseconds(0));
}

bool DaemonFixture::wait_for_death(std::chrono::milliseconds limit) {
    return process_->wait(limit) == 128 + SIGKILL;
}

std::string DaemonFixture::log() const {
    return process_ ? process_->errors() : "";
}

Finished DaemonFixture::run_command(std::vector<std::string> arguments, std::string input,
                                    const std::string& failpoint) const {
    arguments.insert(arguments.end(), {"--config", (directory_ / "countersign.toml").string()});
    auto environment = environment_;
    if (!failpoint.empty()) environment["COUNTERSIGN_FAILPOINT"] = failpoint;
    return run_process(countersign_binary(), {.arguments = std::move(arguments),
                                              .environment = std::move(environment),
                                              .directory = {},
                                              .input = std::move(input)});
}

std::unique_ptr<ChildProcess> DaemonFixture::start_command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", (directory_ / "countersign.toml").string()});
    return std::make_unique<ChildProcess>(countersign_binary(),
                                          ProcessOptions{.arguments = std::move(arguments),
                                                         .environment = environment_,
                                                         .directory = {},
                                                         .types_more = true});
}

}  // namespace countersign::tests
