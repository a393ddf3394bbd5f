#include "bot/command_line.hpp"
#include "bot/commands/check_slack.hpp"
#include "bot/commands/findings.hpp"
#include "bot/commands/report.hpp"
#include "config/manifest.hpp"
#include "handlers/views/action_ids.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <map>
#include <set>
#include <sstream>

using namespace countersign;
using namespace countersign::bot;
using Json = nlohmann::json;

namespace {

std::set<std::string> texts(const Json& list) {
    std::set<std::string> out;
    for (const auto& item : list)
        out.insert(item.get<std::string>());
    return out;
}

}  // namespace

TEST_CASE("the manifest turns on what this stage needs and no more") {
    const auto manifest = Json::parse(config::app_manifest());
    const auto& settings = manifest["settings"];
    CHECK(settings["socket_mode_enabled"] == true);
    CHECK(settings["interactivity"]["is_enabled"] == true);
    CHECK(settings["org_deploy_enabled"] == true);
    CHECK(settings["token_rotation_enabled"] == false);
    CHECK(manifest["features"]["app_home"]["home_tab_enabled"] == true);
    CHECK(manifest["features"]["app_home"]["messages_tab_enabled"] == true);
    std::set<std::string> commands;
    for (const auto& command : manifest["features"]["slash_commands"])
        commands.insert(command["command"]);
    CHECK(commands == std::set<std::string>{"/app-request", "/installed-apps"});
    std::map<std::string, std::string> shortcuts;  // what Slack sends back, and what a person reads
    for (const auto& shortcut : manifest["features"]["shortcuts"]) {
        shortcuts[shortcut["callback_id"]] = shortcut["name"];
        CHECK(shortcut["name"].get<std::string>().size() <= 24);
        CHECK(shortcut["description"].get<std::string>().size() <= 150);
    }
    namespace ids = handlers::views::ids;
    CHECK(shortcuts[std::string(ids::shortcut_request)] == "Request an app");
    CHECK(shortcuts[std::string(ids::shortcut_my_requests)] == "My requests");
    CHECK(shortcuts[std::string(ids::shortcut_request_this)] == "Request this app");
    CHECK(texts(manifest["oauth_config"]["scopes"]["bot"]) ==
          std::set<std::string>{"chat:write", "commands", "files:write", "im:write", "im:history",
                                "channels:history", "groups:history", "usergroups:read", "users:read",
                                "channels:read", "groups:read"});
    CHECK(texts(manifest["oauth_config"]["scopes"]["user"]) ==
          std::set<std::string>{"admin.apps:read", "admin.apps:write", "admin.teams:read"});
    CHECK(texts(settings["event_subscriptions"]["bot_events"]) ==
          std::set<std::string>{"app_home_opened", "subteam_members_changed", "subteam_updated",
                                "tokens_revoked", "app_uninstalled", "message.channels", "message.groups",
                                "team_access_granted", "team_access_revoked"});
    CHECK(texts(settings["event_subscriptions"]["user_events"]) ==
          std::set<std::string>{"app_requested", "app_installed", "app_uninstalled_team", "app_deleted"});
    // Only an app manager without the Admin API grants these, so that Slackbot's messages to that person are
    // read.
    CHECK(texts(manifest["oauth_config"]["scopes"]["user_optional"]) ==
          std::set<std::string>{"im:history", "im:read"});
    // Only for the mirror of the inventory in a canvas (M27); nothing else needs them.
    CHECK(texts(manifest["oauth_config"]["scopes"]["bot_optional"]) ==
          std::set<std::string>{"canvases:read", "canvases:write"});
    // Slack's limits on a manifest.
    CHECK(manifest["display_information"]["name"].get<std::string>().size() <= 35);
    CHECK(manifest["display_information"]["description"].get<std::string>().size() <= 140);
}

TEST_CASE("check: a clock more than a minute away is a fault") {
    const auto verdict = [](std::string_view date) {
        commands::Findings findings;
        commands::check_clock(date, from_millis(1'795'305'600'000), findings);  // 2026-11-22T00:00:00Z
        return findings.all().at(0);
    };
    CHECK(verdict("Sun, 22 Nov 2026 00:00:59 GMT").verdict == commands::Verdict::ok);
    CHECK(verdict("Sat, 21 Nov 2026 23:58:59 GMT").verdict == commands::Verdict::fail);
    CHECK(verdict("Sat, 21 Nov 2026 23:58:59 GMT").text.contains("61 s ahead of Slack's"));
    CHECK(verdict("Sun, 22 Nov 2026 01:00:00 GMT").text.contains("3600 s behind Slack's"));
    CHECK(verdict("").verdict == commands::Verdict::warn);
    CHECK(verdict("yesterday").verdict == commands::Verdict::warn);
}

TEST_CASE("findings are one harmless line each, and JSON on request") {
    commands::Findings findings;
    findings.ok("a", "fine");
    CHECK_FALSE(findings.failed());
    findings.fail("b", "line\nbreak xoxb-1-secret \x1b[31m");
    CHECK(findings.failed());
    std::ostringstream out, err;
    findings.print({"", false, out, err});
    CHECK(out.str() == "ok    a: fine\nFAIL  b: line break [redacted] [31m\n");
    std::ostringstream json;
    findings.print({"", true, json, err});
    const auto answer = Json::parse(json.str());
    CHECK(answer["ok"] == false);
    CHECK(answer["checks"][1]["result"] == "fail");
}

TEST_CASE("tables line up in code points") {
    std::ostringstream out;
    commands::print_table(out, {{"a", "b"}, {"äöü", "x"}});
    CHECK(out.str() == "a    b\näöü  x\n");
}

TEST_CASE("no option takes a secret on the command line") {
    std::ostringstream out, err;
    for (const auto* command : {"run", "check", "authorizations"}) {
        const std::array<const char*, 3> arguments{"countersign", command, "--help"};
        CHECK(run_command_line(3, arguments.data(), out, err) == commands::exit_ok);
    }
    CHECK_FALSE(out.str().contains("--token"));
    CHECK_FALSE(out.str().contains("--key"));
}
