#include "bot/slack/web_api.hpp"
#include "tests/support/paths.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>

namespace countersign::slack {
namespace {

using Json = nlohmann::json;

Json reference(const std::string& name) {
    const auto file = tests::data_directory() / "slack-methods" / (name + ".json");
    if (!std::filesystem::exists(file)) return {};
    std::ifstream in(file);
    return Json::parse(in);
}

constexpr auto ours = std::to_array<std::string_view>({"apps.connections.open",
                                                       "auth.test",
                                                       "auth.teams.list",
                                                       "chat.postMessage",
                                                       "chat.update",
                                                       "chat.postEphemeral",
                                                       "chat.delete",
                                                       "chat.getPermalink",
                                                       "conversations.open",
                                                       "conversations.history",
                                                       "conversations.replies",
                                                       "conversations.info",
                                                       "users.info",
                                                       "usergroups.users.list",
                                                       "usergroups.list",
                                                       "views.open",
                                                       "views.update",
                                                       "views.publish",
                                                       "views.push",
                                                       "admin.apps.approve",
                                                       "admin.apps.restrict",
                                                       "admin.apps.clearResolution",
                                                       "admin.apps.uninstall",
                                                       "admin.apps.requests.list",
                                                       "admin.apps.requests.cancel",
                                                       "admin.apps.approved.list",
                                                       "admin.apps.restricted.list",
                                                       "admin.apps.permissions.set",
                                                       "admin.apps.permissions.list",
                                                       "admin.apps.config.set",
                                                       "admin.apps.config.lookup",
                                                       "files.getUploadURLExternal",
                                                       "files.completeUploadExternal",
                                                       "conversations.canvases.create",
                                                       "canvases.edit",
                                                       "canvases.sections.lookup",
                                                       "admin.teams.list",
                                                       "team.integrationLogs"});

TEST_CASE("every method we use is in the table as Slack's reference has it") {
    const std::map<std::string, int> tiers{{"t1", 1}, {"t2", 20}, {"t3", 50}, {"t4", 100}};
    int compared = 0;
    for (const auto name : ours) {
        CAPTURE(name);
        const Method* method = find_method(name);
        REQUIRE(method != nullptr);
        const Json page = reference(std::string(name));
        if (page.is_null()) continue;
        ++compared;
        const bool reads_json = page.value("json_input_supported", Json()) == Json(true);
        CHECK((method->body == Method::Body::json) == reads_json);
        const auto tier = tiers.find(page.value("rate_limits", ""));
        // R16: three SDKs have apps.connections.open in tier 1, the reference in tier 3.
        if (tier != tiers.end() && name != "apps.connections.open") CHECK(method->per_minute == tier->second);
    }
    CHECK(compared >= 20);
    CHECK(find_method("admin.users.remove") == nullptr);
    CHECK(find_method("") == nullptr);
}

TEST_CASE("every error code that Slack documents for them is classified") {
    int codes = 0;
    for (const auto name : ours) {
        const Json page = reference(std::string(name));
        if (page.is_null()) continue;
        for (const auto& [code, description] : page.at("errors").items()) {
            CAPTURE(name);
            CAPTURE(code);
            CHECK(is_classified(code));
            CHECK_FALSE(api_advice(code).empty());
            ++codes;
        }
    }
    for (const auto& [code, description] : reference("_common_errors").at("errors").items()) {
        CAPTURE(code);
        CHECK(is_classified(code));
        ++codes;
    }
    CHECK(codes > 200);
}

TEST_CASE("R17: the codes that no repetition of apps.connections.open can cure, and no others") {
    for (const char* fatal :
         {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
          "not_allowed_token_type", "missing_scope", "team_access_not_granted", "user_removed_from_team",
          "team_disabled", "org_login_required", "forbidden_team", "missing_args", "insecure_request"}) {
        CAPTURE(fatal);
        CHECK(meaning_of("apps.connections.open", fatal) == ApiMeaning::human);
    }
    for (const char* passing :
         {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "never_seen_before",
          "ratelimited", "malformed", "answer_lost", "unreachable"}) {
        CAPTURE(passing);
        CHECK(meaning_of("apps.connections.open", passing) == ApiMeaning::retry);
    }
}

TEST_CASE("success in disguise, and only where it is one") {
    CHECK(meaning_of("admin.apps.approve", "auto_install_rule_creation_failed") ==
          ApiMeaning::ok_in_disguise);
    CHECK(meaning_of("admin.apps.approve", "not_allowed_to_create_automation_rule") ==
          ApiMeaning::ok_in_disguise);
    CHECK(meaning_of("admin.apps.clearResolution", "no_resolution_found") == ApiMeaning::ok_in_disguise);
    CHECK(meaning_of("chat.delete", "message_not_found") == ApiMeaning::ok_in_disguise);
    CHECK(meaning_of("chat.update", "message_not_found") == ApiMeaning::refused);
    for (const auto method : {"admin.apps.approve", "admin.apps.restrict", "admin.apps.requests.cancel"}) {
        CHECK(meaning_of(method, "request_already_resolved") == ApiMeaning::refused);
    }
}

TEST_CASE("a lost answer: reads repeat, writes look first") {
    CHECK(meaning_of("chat.postMessage", "fatal_error") == ApiMeaning::unclear);
    CHECK(meaning_of("admin.apps.approve", "internal_error") == ApiMeaning::unclear);
    CHECK(meaning_of("admin.apps.approve", "request_timeout") == ApiMeaning::unclear);
    CHECK(meaning_of("admin.apps.requests.list", "fatal_error") == ApiMeaning::retry);
    CHECK(meaning_of("chat.update", "fatal_error") == ApiMeaning::retry);
}

TEST_CASE("a code that nobody has seen is shown to a person") {
    CHECK(meaning_of("admin.apps.approve", "brand_new_code") == ApiMeaning::human);
    CHECK(api_advice("brand_new_code").find("new to Countersign") != std::string_view::npos);
}

}  // namespace
}  // namespace countersign::slack
