#include "config/base/time_zone.hpp"
#include "handlers/views/recorded.hpp"
#include "tests/support/german_readers.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
using handlers::views::Language;
using handlers::views::recorded_in;

namespace {

const std::vector<std::string> people{"U0REQ",   "U0SEC1",   "U0SEC2",  "U0LEGAL",
                                      "U0ADMIN", "U0ADMIN2", "U0NOBODY"};

}  // namespace

TEST_CASE("R22: the words by which English is found are found, and German is not taken for it") {
    CHECK(english_word_in("Press the button") == "press");
    CHECK(english_word_in("Drücke `Approve app` auf <#C1>, von <@U0IS>: was sie will.").empty());
    CHECK(english_word_in("Was nicht geht, sagt die Karte.").empty());
}

TEST_CASE("R22: in a whole review nobody with a German locale reads a sentence in English") {
    ReviewWorld world(
        with_policy("[risk]\nlow = [\"chat:write\"]\n[apply]\nconfirm_by_name = [\"high\"]\n"
                    "[[rule]]\nid = \"klein\"\nwhen = { scopes = [\"emoji:read\"] }\n"
                    "not_required = [\"Legal\"]\nreason = \"keine Daten\"\n"
                    "[[rule]]\nid = \"nie\"\nwhen = { scopes = [\"admin\"] }\ndecide = \"deny\"\n"
                    "reason = \"zu viel\"\n"));
    all_german(world, people);
    std::vector<std::string> english;
    int read = 0;
    read_everything(world, english, read);

    // Asking, in the form and in Slack; linking, answering, withdrawing.
    world.command("U0REQ", "");
    world.command("U0REQ", "nonsense");
    world.command("U0REQ", "list");
    world.command("U0REQ", "find Sketch");
    world.submit("U0REQ", ids::form_request, "", {{"app", "Malbrett"}, {"purpose", ""}});
    world.submit("U0REQ", ids::form_request, "",
                 {{"app", "Malbrett"}, {"purpose", "Zeichnen"}, {"vendor_issue_link", "http://x"}});
    world.app_requested(slack_request(
        "Ar1", "A1", "U0REQ",
        {slack_scope("chat:write"), slack_scope("channels:history"), slack_scope("weird:scope", "user")},
        ""));
    world.run();
    world.press("U0REQ", ids::link_issue, 1);
    world.press("U0REQ", ids::create_issue, 1);
    world.submit("U0REQ", ids::form_link, 1, {{"vendor_issue_link", "https://example.com/1"}});
    world.submit("U0REQ", ids::form_link, 1, {{"vendor_issue_link", good_link}});
    world.run();
    world.press("U0SEC1", ids::details, 1);
    world.press("U0NOBODY", ids::details, 1);
    world.press("U0NOBODY", ids::vote_approve, 1);
    world.press("U0SEC1", ids::vote_need_info, 1);
    world.submit("U0SEC1", ids::form_need_info, 1, {{"question", "Wozu?"}});
    world.run();
    world.press("U0REQ", ids::answer, 1);
    world.submit("U0REQ", ids::form_answer, 1, {{"answer", ""}});
    world.submit("U0REQ", ids::form_answer, 1, {{"answer", "Zum Malen"}});
    world.run();
    // Voting in all ways.
    world.press("U0SEC1", ids::vote_approve, 1);
    world.submit("U0SEC1", ids::form_confirm, 1, {{"app", "Falsch"}});
    world.submit("U0SEC1", ids::form_confirm, 1, {{"app", "Sketch Pad"}});
    world.press("U0SEC1", ids::claim, 1);
    world.press("U0LEGAL", ids::claim, 1);
    world.press("U0LEGAL", ids::vote_conditional, 1);
    world.submit("U0LEGAL", ids::form_conditional, 1, {{"condition", "Vertrag"}, {"until", "2020-01-01"}});
    world.submit("U0LEGAL", ids::form_conditional, 1, {{"condition", "Vertrag"}, {"until", "2027-01-31"}});
    world.run();
    world.press("U0LEGAL", ids::details, 1);
    world.command("U0REQ", "status REQ-1");
    world.press("U0SEC1", ids::approve_app, 1);
    world.press("U0ADMIN", ids::reopen, 1);
    world.press("U0ADMIN", ids::approve_limits, 1);
    world.submit("U0ADMIN", ids::form_limits, 1, {{"left_out", "nonsense"}});
    world.press("U0ADMIN", ids::restrict_app, 1);
    world.command("U0ADMIN", "figures");
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.press("U0LEGAL", ids::vote_reject, 1);
    // What comes afterwards.
    world.command("U0SEC1", "object REQ-1 abgelaufen");
    world.run();
    world.press("U0ADMIN", ids::details, 1);
    world.press("U0ADMIN", ids::keep_decision, 1);
    world.submit("U0ADMIN", ids::form_keep, 1, {{"reason", "bleibt"}});
    world.run();
    world.command("U0ADMIN", "suspend REQ-1 Token gestohlen");
    world.run();
    world.command("U0ADMIN", "clear REQ-1 vorbei");
    world.run();
    world.press("U0SEC1", ids::details, 1);
    world.command("U0SEC1", "away 2026-12-21 2027-01-02 U0SEC2");
    world.command("U0SEC1", "back");
    world.command("U0ADMIN", "automatic off");
    world.command("U0ADMIN", "automatic on");
    // A rule that leaves a party out, and one that denies.
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("emoji:read")}));
    world.run();
    world.press("U0SEC1", ids::details, 2);
    world.submit("U0SEC1", ids::form_reject, 2, {{"reason", "nein"}});
    world.run();
    world.app_requested(slack_request("Ar3", "A3", "U0REQ", {slack_scope("admin", "user")}));
    world.run();
    CHECK(world.state(3) == RequestState::denied);
    CHECK(std::ranges::any_of(world.heard("U0REQ"),
                              [](const auto& text) { return text.contains("Regel nie: zu viel"); }));
    world.command("U0REQ", "status REQ-3");
    world.press("U0SEC1", ids::details, 3);
    // Home of each role.
    for (const auto& person : people)
        world.handle(handlers::EventKind::events_api,
                     {{"type", "event_callback"},
                      {"event", {{"type", "app_home_opened"}, {"user", person}, {"tab", "home"}}}},
                     world.next("home"));
    world.run();
    world.command("U0REQ", "withdraw REQ-1");

    CHECK(read > 200);
    CHECK_MESSAGE(english.empty(), all(english));
}

TEST_CASE("R22: what Slack answered and what nobody heard of in time is told in German too") {
    ReviewWorld world(
        with_policy("[deadlines]\nhold_after = \"5 business days\"\n"
                    "requester_limit = \"5 business days\""));
    all_german(world, people);
    std::vector<std::string> english;
    int read = 0;
    read_everything(world, english, read);
    // Slack's list cannot be read before the approval.
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    auto asked = world.expect("admin.apps.requests.list");
    world.handle(
        handlers::EventKind::effect_result,
        [&] {
            auto payload = ReviewWorld::answer_payload(asked, {"human", "not_an_admin", Json::object()});
            payload["advice"] =
                "Use a token of an organisation owner or admin, from this app installed "
                "on the whole organisation.";
            return payload;
        }(),
        asked.key);
    CHECK(world.state(id) == RequestState::manual);
    world.press("U0ADMIN", ids::details, id);
    // Nobody answers at all.
    const auto waits = world.view().next_request_id().value;
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}));
    for (int day = 0; day < 60; ++day) {
        world.pass(std::chrono::hours(24));
        world.run();
    }
    world.press("U0SEC1", ids::details, waits);
    const auto unlinked = world.view().next_request_id().value;
    world.app_requested(slack_request("Ar3", "A3", "U0REQ", {slack_scope("chat:write")}, ""));
    for (int day = 0; day < 60; ++day) {
        world.pass(std::chrono::hours(24));
        world.run();
    }
    CHECK(world.state(unlinked) == RequestState::expired);
    CHECK(read > 10);
    CHECK_MESSAGE(english.empty(), all(english));
}

TEST_CASE("R22: what is not known here, and what goes wrong, is answered in German too") {
    ReviewWorld world;
    all_german(world, people);
    std::vector<std::string> english;
    int read = 0;
    read_everything(world, english, read);
    const auto failing = [&](handlers::EventKind kind, const Json& payload) {
        const auto reader = world.view();
        const handlers::Event event{kind, payload, world.next("env"), world.clock.now(), 0, true};
        world.inspect(event,
                      handlers::failed(event, {world.clock.now(), reader, world.settings, world.capabilities},
                                       "a test"));
    };
    SUBCASE("a command") {
        world.command("U0REQ", "", true, "/nonsense");
    }
    SUBCASE("a button") {
        world.press_with("U0REQ", "nonsense", "", "C0ANY", "1.0");
    }
    SUBCASE("a press that fails") {
        failing(handlers::EventKind::interactive, {{"type", "block_actions"},
                                                   {"user", {{"id", "U0REQ"}}},
                                                   {"channel", {{"id", "C0ANY"}}},
                                                   {"actions", {{{"action_id", "x"}, {"value", ""}}}}});
    }
    SUBCASE("a form that fails") {
        failing(
            handlers::EventKind::interactive,
            {{"type", "view_submission"},
             {"user", {{"id", "U0REQ"}}},
             {"view", {{"callback_id", "x"}, {"state", {{"values", {{"f", {{"f", {{"value", "y"}}}}}}}}}}}});
    }
    SUBCASE("a command that fails") {
        failing(handlers::EventKind::slash_command,
                {{"command", "/app-request"}, {"user_id", "U0REQ"}, {"channel_id", "C0ANY"}});
    }
    CHECK(read > 0);
    CHECK_MESSAGE(english.empty(), all(english));
}

TEST_CASE(
    "R22: a recorded sentence is found again with what stands in its blanks, a person's words are not") {
    const auto german = [](std::string_view english) { return recorded_in(Language::german, english); };
    CHECK(german("rule small: no data at all") == "Regel small: no data at all");
    CHECK(german("Nobody has answered for Legal, IT since 2026-11-20. A vote takes it up again.") ==
          "Für Legal, IT hat seit 2026-11-20 niemand geantwortet. Eine Stimme nimmt ihn wieder auf.");
    CHECK(german("It was approved until 2026-11-20; that day has passed. Keep the decision, clear it, or "
                 "restrict the app.") ==
          "Die Genehmigung galt bis 2026-11-20; dieser Tag ist vorbei. Behalte "
          "die Entscheidung, hebe sie auf, oder sperre die App.");
    CHECK(german("Nothing was decided in Slack, because its list of requests cannot be read. "
                 "admin.apps.requests.list answered `ratelimited`: Slack has trouble of its own; it is tried "
                 "again.") ==
          "In Slack wurde nichts entschieden, weil sich seine Liste der Anträge nicht lesen lässt. "
          "admin.apps.requests.list antwortete `ratelimited`: Slack hat selbst eine Störung; es wird noch "
          "einmal versucht.");
    CHECK(german("A signature on the vendor issue no longer counts: Legal: @sam took it back.") ==
          "Eine Unterschrift auf dem Anbieter-Vorgang zählt nicht mehr: Legal: @sam hat es zurückgenommen.");
    for (const auto* own : {"", "no", "Because the contract is not signed.", "rule", "{0}", ": ", "@",
                            "It was approved until Monday"})
        CHECK(german(own) == own);
    CHECK(recorded_in(Language::english, "rule small: x") == "rule small: x");
}

TEST_CASE("R22: every reason that the review itself words has German words") {
    for (const auto* reason : {"an approval that is too old",
                               "the condition was due on 2026-11-20",
                               "its date cannot be",
                               "nobody knows who did it",
                               "@sam may not sign for Legal",
                               "who belongs to Legal cannot be read",
                               "the account @sam is blocked",
                               "@sam is a bot",
                               "@sam made the issue",
                               "@sam asked for the app",
                               "the text was changed after @sam signed",
                               "@sam took it back",
                               "a later comment of @sam was edited",
                               "the comment was edited later",
                               "the comment is dated back",
                               "the text is too long to look for boxes",
                               "the text has more than one box for it",
                               "its box is crossed out",
                               "nobody knows who ticked the box",
                               "the text may have been changed after @sam ticked the box",
                               "a sign on the issue",
                               "the scopes have changed, it has to be signed again",
                               "an account that signed is known as somebody else's now",
                               "the sign was taken off the issue",
                               "the sign of @sam was taken off the issue",
                               "the issue does not count",
                               "another issue is linked now",
                               "rule klein",
                               "earlier decision REQ-7: the same app with the same scopes",
                               "asked to be heard",
                               "not among the parties that every request needs"}) {
        CAPTURE(reason);
        CHECK(english_word_in(recorded_in(Language::german, reason)).empty());
        CHECK(recorded_in(Language::german, reason) != reason);
    }
}

TEST_CASE("U8: of the sentences that are written down those with a person's words in them are told apart") {
    using handlers::views::quotes_a_person;
    for (const auto* words :
         {"U0LEGAL objects: the contract has ended.",
          "U0LEGAL objects: late. Keep the decision, clear it, or restrict the app.",
          "U0ADMIN suspends it: its token was stolen. Restrict it in Slack's admin pages at "
          "once, then press `Done`."})
        CHECK_MESSAGE(quotes_a_person(words), words);
    for (const auto* words :
         {"", "See REQ-7.", "Nobody is in Legal any more who could answer. It goes on when somebody is.",
          "It was approved until 2026-11-20; that day has passed. Keep the decision, clear it, or restrict "
          "the "
          "app."})
        CHECK_FALSE_MESSAGE(quotes_a_person(words), words);
}
