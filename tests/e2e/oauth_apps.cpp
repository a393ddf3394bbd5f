// Customers' own OAuth applications, and what the process itself gives away of credentials.
#include "tests/support/daemon_fixture.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace countersign::tests;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

// The daemon's own entry in /proc, by the configuration that it was started with.
std::filesystem::path process_of(const DaemonFixture& daemon) {
    for (const auto& each : std::filesystem::directory_iterator("/proc")) {
        const auto name = each.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto line = content(each.path() / "cmdline");
        if (line.contains(daemon.directory().string()) && line.contains(std::string("run\0", 4)))
            return each.path();
    }
    FAIL("the daemon is not there");
    return {};
}

}  // namespace

TEST_CASE("I18: an OAuth application's secret is written, replaced and forgotten, and never read out") {
    DaemonFixture daemon;
    daemon.set_secret("countersign_key", key);
    const auto file = daemon.directory() / "secret_file";
    const auto run = [&](std::vector<std::string> more, const std::string& secret = "") {
        std::vector<std::string> arguments{"authorizations", "register",   "--kind",
                                           "gitlab",         "--url",      "https://gitlab.example.com",
                                           "--client-id",    "application"};
        if (!secret.empty()) {
            std::ofstream(file) << secret << "\n";
            more.insert(more.end(), {"--client-secret-file", file.string()});
        }
        arguments.insert(arguments.end(), more.begin(), more.end());
        auto done = daemon.run_command(arguments);
        std::filesystem::remove(file);
        CHECK_MESSAGE(done.code == 0, done.errors);
        CHECK_FALSE((done.output + done.errors).contains("canary"));
        return done;
    };
    const auto newest = [&] {
        const auto log = daemon.run_command({"audit", "export"}).output;
        CHECK_FALSE(log.contains("canary"));
        const auto at = log.rfind("oauth_app.registered");
        return log.substr(at, log.find('\n', at) - at);
    };
    run({}, "canary-first");
    CHECK(newest().contains("\"secret\":true"));
    run({}, "canary-second");
    run({"--redirect-url", "https://c.example.com/oauth/callback"});  // keeps the secret
    CHECK(newest().contains("\"secret\":true"));
    const auto listed = daemon.run_command({"authorizations", "list", "--json"});
    CHECK_FALSE(listed.output.contains("canary"));
    CHECK(run({"--remove"}).output.contains("forgot the OAuth application"));
    CHECK(daemon.run_command({"audit", "export"}).output.contains("oauth_app.removed"));
    const auto again = daemon.run_command({"authorizations", "register", "--kind", "gitlab", "--url",
                                           "https://gitlab.example.com", "--remove"});
    CHECK(again.code == 1);
    CHECK(again.errors.contains("no OAuth application is registered"));
    for (const auto& each : std::filesystem::recursive_directory_iterator(daemon.directory()))
        if (each.is_regular_file()) CHECK_FALSE(content(each.path()).contains("canary"));
}

TEST_CASE("C10: the daemon that holds secrets writes no core file") {
    DaemonFixture daemon;
    daemon.set_secret("countersign_key", key);
    daemon.start();
    const auto limits = content(process_of(daemon) / "limits");
    const auto at = limits.find("Max core file size");
    REQUIRE(at != std::string::npos);
    std::istringstream words(limits.substr(at + std::string("Max core file size").size()));
    std::string soft, hard;
    words >> soft >> hard;
    CHECK(soft == "0");
    CHECK(hard == "0");
    daemon.signal(SIGABRT);  // what ends with a core file elsewhere
    CHECK(daemon.stop() == 128 + SIGABRT);
    for (const auto& each : std::filesystem::recursive_directory_iterator(daemon.directory()))
        CHECK_FALSE(each.path().filename().string().starts_with("core"));
}
