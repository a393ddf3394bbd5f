#include "config/secrets.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace countersign;
using namespace countersign::config;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

SecretSources from(Variables variables) {
    return {[variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    }};
}

Variables good() {
    return {{"SLACK_APP_TOKEN", "xapp-1-A0APP-22-canary"}, {"SLACK_BOT_TOKEN", "xoxb-1-canary"}};
}

Settings with_tracker(std::string name = "procurement-eu") {
    Settings settings;
    settings.trackers.emplace_back().name = std::move(name);
    return settings;
}

std::string problems_of(Variables variables, const Settings& settings = {}) {
    const auto secrets = load_secrets(settings, from(std::move(variables)));
    if (secrets) return "";
    std::string all;
    for (const auto& problem : secrets.error())
        all += to_text(problem) + "\n";
    CHECK_FALSE(all.contains("canary"));  // never a value
    return all;
}

struct TemporaryFolder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("countersign-secrets-" + std::to_string(::getpid()));
    TemporaryFolder() { std::filesystem::create_directories(path); }
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name, std::string_view content) const {
        const auto file = path / name;
        std::filesystem::remove(file);
        std::ofstream(file) << content;
        return with_mode(file, 0400);
    }
    static std::string with_mode(const std::filesystem::path& file, unsigned mode) {
        std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
        return file.string();
    }
};

constexpr std::string_view key_a = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view key_b = "/////////////////////////////////////////+8=";

}  // namespace

TEST_CASE("R9: tokens come from the environment, the app's id from its token") {
    const auto secrets = load_secrets({}, from(good()));
    REQUIRE(secrets.has_value());
    CHECK(secrets->app_token.reveal() == "xapp-1-A0APP-22-canary");
    CHECK(secrets->app_id == "A0APP");
    CHECK(secrets->bot_token.reveal() == "xoxb-1-canary");
    CHECK_FALSE(secrets->admin_token.has_value());
    CHECK_FALSE(secrets->reviewer_token.has_value());
    CHECK(secrets->sealing_keys.empty());
    for (const auto* unusual : {"xapp-1", "xapp-1-test", "xapp-test-token-here"}) {
        auto variables = good();
        variables["SLACK_APP_TOKEN"] = unusual;
        const auto lenient = load_secrets({}, from(variables));
        REQUIRE(lenient.has_value());
        CHECK(lenient->app_id.empty());
    }
}

TEST_CASE("first found wins: credential, then _FILE, then environment") {
    const TemporaryFolder folder;
    auto variables = good();
    variables["SLACK_ADMIN_TOKEN"] = "xoxp-environment";
    CHECK(load_secrets({}, from(variables))->admin_token->reveal() == "xoxp-environment");
    variables["SLACK_ADMIN_TOKEN_FILE"] = folder.file("admin", " xoxp-file\n");
    CHECK(load_secrets({}, from(variables))->admin_token->reveal() == "xoxp-file");
    variables["CREDENTIALS_DIRECTORY"] = folder.path.string();
    CHECK(load_secrets({}, from(variables))->admin_token->reveal() == "xoxp-file");
    folder.file("slack_admin_token", "xoxp-credential\n");
    CHECK(load_secrets({}, from(variables))->admin_token->reveal() == "xoxp-credential");
}

TEST_CASE("tracker tokens have the tracker's name and may be absent") {
    CHECK(tracker_token_variable("procurement-eu") == "PROCUREMENT_EU_TOKEN");
    CHECK(tracker_token_variable("a.b2") == "A_B2_TOKEN");
    CHECK(tracker_webhook_variable("procurement-eu") == "PROCUREMENT_EU_WEBHOOK_SECRET");
    auto variables = good();
    CHECK(load_secrets(with_tracker(), from(variables))->trackers.empty());
    variables["PROCUREMENT_EU_TOKEN"] = "glpat-canary";
    CHECK(load_secrets(with_tracker(), from(variables))->trackers.at("procurement-eu").reveal() ==
          "glpat-canary");
    variables["PROCUREMENT_EU_WEBHOOK_SECRET"] = "whsec_canary";
    CHECK(load_secrets(with_tracker(), from(variables))->webhooks.at("procurement-eu").reveal() ==
          "whsec_canary");
    variables["PROCUREMENT_EU_TOKEN"] = "xoxb-canary";
    CHECK(
        problems_of(variables, with_tracker()) ==
        "PROCUREMENT_EU_TOKEN: is a bot token (xoxb-); expected a token of the tracker \"procurement-eu\"\n");
}

TEST_CASE("a missing, empty or wrong token is one line that names the variable and never the value") {
    CHECK(problems_of({}).contains("SLACK_APP_TOKEN: is missing; expected an app-level token"));
    CHECK(problems_of({}).contains("SLACK_BOT_TOKEN: is missing; expected the bot token"));

    const auto problem_with = [](const std::string& name, const std::string& value) {
        auto variables = good();
        variables[name] = value;
        return problems_of(variables);
    };
    CHECK(problem_with("SLACK_APP_TOKEN", "xoxb-canary")
              .starts_with("SLACK_APP_TOKEN: is a bot token (xoxb-); expected an app-level token (xapp-…)"));
    CHECK(
        problem_with("SLACK_BOT_TOKEN", "xapp-canary")
            .starts_with("SLACK_BOT_TOKEN: is an app-level token (xapp-); expected the bot token (xoxb-…)"));
    CHECK(problem_with("SLACK_BOT_TOKEN", "xoxp-canary")
              .starts_with("SLACK_BOT_TOKEN: is a user token (xoxp-); expected the bot token"));
    CHECK(problem_with("SLACK_BOT_TOKEN", "xoxe.xoxb-canary")
              .starts_with("SLACK_BOT_TOKEN: is a rotating token"));
    CHECK(problem_with("SLACK_ADMIN_TOKEN", "xoxb-canary")
              .starts_with("SLACK_ADMIN_TOKEN: is a bot token (xoxb-); expected an admin's user token"));
    CHECK(problem_with("SLACK_REVIEWER_TOKEN", "canary")
              .starts_with("SLACK_REVIEWER_TOKEN: is not a Slack token; expected"));
    CHECK(problem_with("SLACK_BOT_TOKEN", "xoxb-")
              .starts_with("SLACK_BOT_TOKEN: is only the start of a token; expected"));
    CHECK(problem_with("SLACK_BOT_TOKEN", "xoxb-1 canary").starts_with("SLACK_BOT_TOKEN: holds white space"));
    for (const auto* name :
         {"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_ADMIN_TOKEN", "SLACK_REVIEWER_TOKEN"})
        CHECK(problem_with(name, " \n").starts_with(std::string(name) + ": is empty; expected"));
    CHECK(problem_with("SLACK_BOT_TOKEN_FILE", "/nonexistent/token")
              .starts_with("SLACK_BOT_TOKEN: its file \"/nonexistent/token\" cannot be read: No such file or "
                           "directory; expected"));
    CHECK(problem_with("SLACK_BOT_TOKEN_FILE", "")
              .starts_with("SLACK_BOT_TOKEN: its file \"\" has no name; expected"));
}

TEST_CASE("COUNTERSIGN_KEY comes from a credential or file only, 32 bytes a line, the first is active") {
    const TemporaryFolder folder;
    const auto keys = [&](const std::string& content) {
        auto variables = good();
        variables["COUNTERSIGN_KEY_FILE"] = folder.file("key", content);
        return variables;
    };
    const auto two = load_secrets(
        {}, from(keys("2026b " + std::string(key_b) + "\n\n2026a " + std::string(key_a) + "\n")));
    REQUIRE(two.has_value());
    REQUIRE(two->sealing_keys.size() == 2);
    CHECK(two->sealing_keys[0].id == "2026b");
    CHECK(two->sealing_keys[1].key.reveal().size() == 32);
    CHECK(two->sealing_keys[1].key.reveal()[31] == '\x1f');
    CHECK(load_secrets({}, from(keys(std::string(key_a))))->sealing_keys.at(0).id == "1");

    CHECK(problems_of(keys("a c2hvcnQ="))
              .starts_with("COUNTERSIGN_KEY: line 1 is not a key; expected lines of ID BASE64"));
    CHECK(problems_of(keys("a " + std::string(key_a) + " x")).contains("line 1 is not a key"));
    CHECK(problems_of(keys("a " + std::string(key_a) + "\na " + std::string(key_b)))
              .contains("line 2 repeats an id"));
    auto environment = good();
    environment["COUNTERSIGN_KEY"] = std::string(key_a);
    CHECK(
        problems_of(environment)
            .starts_with(
                "COUNTERSIGN_KEY: is set in the environment; expected a credential or COUNTERSIGN_KEY_FILE"));
}

TEST_CASE("C1: a key file that others can read is refused, and so is a key that nobody drew at random") {
    const TemporaryFolder folder;
    const auto with = [&](const std::string& file) {
        auto variables = good();
        variables["COUNTERSIGN_KEY_FILE"] = file;
        return variables;
    };
    const auto file = folder.file("key", key_a);
    for (const unsigned mode : {0400U, 0600U})
        CHECK(load_secrets({}, from(with(TemporaryFolder::with_mode(file, mode)))));
    CHECK(load_secrets({}, from(with(TemporaryFolder::with_mode(file, 0440)))).has_value() ==
          (::getuid() == 0));
    for (const unsigned mode : {0444U, 0404U, 0644U, 0460U, 0500U, 0777U})
        CHECK(problems_of(with(TemporaryFolder::with_mode(file, mode))).contains("expected mode 0400"));
    CHECK(problems_of(with(folder.file("zero", "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")))
              .contains("was not drawn at random"));
    CHECK(problems_of(with(folder.file("text", "1 Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSAhISE=")))
              .contains("was not drawn at random"));
    const auto keys = load_sealing_keys(from(with(TemporaryFolder::with_mode(file, 0400))));
    REQUIRE(keys);
    CHECK(keys->at(0).id == "1");
    CHECK(load_sealing_keys(from({}))->empty());
}
