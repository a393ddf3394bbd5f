// A person without rights presses every button, with honest, forged and replayed payloads: refused, told,
// audited.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace countersign::tests;
using Json = countersign::fakes::Json;

namespace {

// Lines and forms that the person has seen in answer to something.
std::size_t answers(countersign::fakes::FakeSlack& slack, const std::string& user) {
    std::size_t count = 0;
    for (const auto& place : {std::string(office::review), user}) {
        for (const auto& message : slack.messages(place))
            count += message.ephemeral_to == user ? 1U : 0U;
    }
    for (const auto& message : slack.messages(user))
        count += message.ephemeral_to.empty() ? 1U : 0U;
    return count;
}

}  // namespace

TEST_CASE("presses: a person without rights is refused at every button of the card, and told") {
    ReviewStory story;
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    const std::string before = story.card().blocks.dump();
    std::size_t told = 0;
    for (const char* label : {"Approve", "Reject", "Need info", "Approve app", "Restrict app"}) {
        story.press(office::outsider, label);
        ++told;
        story.wait([&] { return answers(story.slack, office::outsider) == told; },
                   std::string("an answer to ") + label);
    }
    story.expect_line(office::outsider, "you may not, because");
    CHECK(story.slack.views(office::outsider).empty());
    CHECK(story.card().blocks.dump() == before);
    const auto shown = story.fixture.run_command({"requests", "show", "REQ-1", "--json"});
    CHECK(shown.code == 0);
    CHECK(shown.output.find("press.refused") != std::string::npos);
    story.expect_good_manners();
}

TEST_CASE("presses: the requester cannot vote, and others cannot use the requester's buttons (P17)") {
    ReviewStory story;
    story.fixture.start();
    story.slack.request_app(office::it, "A0MIRO", std::string("see ") + office::issue);
    story.expect_card("REQ-1 Miro");
    story.press(office::it, "Approve");
    story.expect_line(office::it, "you may not, because");
    CHECK(says(story.card(), "IT: waiting"));

    // A press as the requester's message would make it, sent by somebody else.
    const auto message = [&] {
        story.wait([&] { return !story.slack.messages(office::it).empty(); }, "the requester's message");
        return story.slack.messages(office::it).front();
    }();
    auto forged = story.slack.make_press(office::it, message.channel, message.ts, "Withdraw").payload;
    forged["user"]["id"] = office::outsider;
    story.slack.send_envelope("interactive", forged, true);
    story.wait([&] { return answers(story.slack, office::outsider) == 1; }, "an answer");
    CHECK(says(story.card(), ": In review"));
    story.expect_good_manners();
}

TEST_CASE("presses: forged values are refused, whatever they hold") {
    ReviewStory story;
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    const auto shown = story.card();
    const auto honest = story.slack.make_press(office::security, shown.channel, shown.ts, "Approve").payload;
    const std::string long_value(1900, 'A');
    std::size_t told = 0;
    for (const Json& value :
         {Json("REQ-1"), Json("REQ-999:00000000"), Json("REQ-1:00000000"), Json("REQ-1:zzzzzzzz"), Json(""),
          Json("REQ--1:00000000"), Json("REQ-99999999999999999999:0"), Json(long_value), Json(7),
          Json(nullptr), Json::object(), Json("'; DROP TABLE app_request; --")}) {
        Json forged = honest;
        forged["actions"][0]["value"] = value;
        forged["trigger_id"] = "999.1." + std::to_string(told);  // each is a press of its own
        story.slack.send_envelope("interactive", forged, true);
        ++told;
        story.wait([&] { return answers(story.slack, office::security) == told; },
                   "an answer to " + value.dump());
    }
    CHECK(says(story.card(), "Security: waiting"));
    story.expect_good_manners();
}

TEST_CASE("presses: a press replayed from another message, and a press told twice (R47)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    story.press(office::legal, "Approve");
    story.expect_card("Legal: approved");  // from now on the daemon knows where its card is
    const auto shown = story.card();
    auto elsewhere = story.slack.make_press(office::security, shown.channel, shown.ts, "Approve").payload;
    elsewhere["channel"]["id"] = office::general;
    elsewhere["container"]["channel_id"] = office::general;
    elsewhere["container"]["message_ts"] = "1700000000.000001";
    story.slack.send_envelope("interactive", elsewhere, true);
    story.wait(
        [&] {
            const auto there = story.slack.messages(office::general);
            return std::ranges::any_of(there,
                                       [](const auto& each) { return says(each, "this is not the card"); });
        },
        "a refusal");
    CHECK(says(story.card(), "Security: waiting"));

    const auto honest = story.slack.make_press(office::security, shown.channel, shown.ts, "Approve").payload;
    const std::string envelope = story.slack.send_envelope("interactive", honest, true);
    story.expect_card("Security: approved");
    const auto edits = story.card().edits;
    story.slack.redeliver(envelope, 0);
    story.slack.send_envelope("interactive", honest, true);  // the same trigger under another envelope
    story.wait([&] { return story.slack.acks().size() == 6; }, "every envelope to be acknowledged");
    CHECK(story.fixture.stop() == 0);
    CHECK(story.card().edits == edits);
    story.expect_good_manners();
}

TEST_CASE("presses: after the decision every button answers that it is decided") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    const auto shown = story.card();
    std::vector<Json> kept;
    for (const char* label : {"Approve", "Reject", "Need info", "Approve app", "Restrict app"}) {
        kept.push_back(story.slack.make_press(office::admin, shown.channel, shown.ts, label).payload);
        kept.back()["trigger_id"] = "999.1." + std::string(label).substr(0, 3) + std::to_string(kept.size());
    }
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    std::size_t told = 0;
    for (const auto& payload : kept) {
        story.slack.send_envelope("interactive", payload, true);
        ++told;
        story.wait([&] { return answers(story.slack, office::admin) == told; }, "an answer");
    }
    story.expect_line(office::admin, "already decided");
    CHECK(story.slack.calls("admin.apps.approve").size() == 1);
    story.expect_good_manners();
}

TEST_CASE("presses: a form that comes too late is told, not opened (R58)") {
    DaemonOptions options;
    options.slack.trigger_life = std::chrono::milliseconds(0);
    ReviewStory story(options);
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    story.press(office::security, "Reject");
    story.wait([&] { return answers(story.slack, office::security) == 1; }, "the person to be told");
    CHECK(story.slack.views(office::security).empty());
    story.expect_good_manners();
}

TEST_CASE("presses: a member added to a group may vote at once, a removed one may not") {
    ReviewStory story;
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    story.slack.add_user_group("S0PROC", {office::outsider});
    // The event makes the daemon read the group again; until that is done the old members count.
    const auto approved = [&] { return says(story.card(), "Procurement: approved by <@U0OUT>"); };
    for (int attempt = 0; attempt < 20 && !approved(); ++attempt) {
        story.press(office::outsider, "Approve");
        story.slack.wait(approved, std::chrono::milliseconds(500));
    }
    CHECK(approved());
    story.press(office::procurement, "Approve");
    story.expect_line(office::procurement, "you may not, because");
    story.expect_good_manners();
}
