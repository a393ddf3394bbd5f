#include "bot/slack/web_api.hpp"
#include "bot/tracker/trouble.hpp"
#include "handlers/views/recorded.hpp"
#include "tests/support/paths.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace countersign;
using handlers::views::Language;
using handlers::views::recorded_in;

TEST_CASE("R22: what an error of Slack's asks of a person is there in German, code by code") {
    int codes = 0;
    for (const auto& page : std::filesystem::directory_iterator(tests::data_directory() / "slack-methods")) {
        if (page.path().extension() != ".json") continue;
        std::ifstream in(page.path());
        const auto reference = nlohmann::json::parse(in);
        if (!reference.contains("errors")) continue;
        for (const auto& [code, description] : reference["errors"].items()) {
            CAPTURE(code);
            const auto advice = slack::api_advice(code);
            CHECK(recorded_in(Language::german, advice) != advice);
            ++codes;
        }
    }
    for (const auto* ours : {"answer_lost", "malformed", "timeout", "tls", "unreachable", "a_new_code"})
        CHECK(recorded_in(Language::german, slack::api_advice(ours)) != slack::api_advice(ours));
    CHECK(codes > 200);
}

TEST_CASE("R22: and what an error of a tracker's asks") {
    for (const auto* code :
         {"issue_not_found", "issue_gone",       "issue_moved",        "template_not_found",
          "too_large",       "rejected",         "unknown_tracker",    "project_not_found",
          "unauthorized",    "forbidden",        "issues_disabled",    "unsupported_version",
          "no_token",        "quick_action_run", "rate_limited",       "conflict",
          "unavailable",     "timeout",          "unreachable",        "tls",
          "malformed",       "answer_lost",      "template_unreadable"}) {
        CAPTURE(code);
        REQUIRE(tracker::is_known(code));
        CHECK(recorded_in(Language::german, tracker::advice_for(code)) != tracker::advice_for(code));
    }
}
