// Replies in a card's thread, on their way to the vendor issue.
#include "tests/support/issue_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace countersign;
using namespace countersign::tests;

namespace {

struct Thread {
    Thread()
        : id(world.linked_request()), card(world.view().message(handlers::card_name(RequestId{id}))->ts) {}

    // What Slack tells of the reply 1795000001.000100 at its own time `ts`.
    void say(const std::string& ts, const std::string& subtype, const std::string& words) {
        const Json reply{{"type", "message"},
                         {"user", "U0LEGAL"},
                         {"ts", "1795000001.000100"},
                         {"thread_ts", card},
                         {"text", words}};
        Json event = subtype.empty()
                         ? reply
                         : Json{{"type", "message"},
                                {"subtype", subtype},
                                {"ts", ts},
                                {subtype == "message_deleted" ? "previous_message" : "message", reply}};
        event["channel"] = world.settings.review.channel.value;
        world.handle(handlers::EventKind::events_api,
                     {{"type", "event_callback"}, {"event", std::move(event)}}, world.next("env"));
        world.run_all();
    }
    [[nodiscard]] std::string on_the_issue() const {
        std::string body;
        for (const auto& effect : world.performed)
            if (effect.key.starts_with("issue_reply:")) body = Json::parse(effect.args)["body"];
        return body;
    }

    IssueWorld world;
    std::int64_t id;
    std::string card;
};

}  // namespace

TEST_CASE("R50: a reply ends on the issue in its newest words, in whatever order Slack tells of them") {
    struct Told {
        const char* ts;
        const char* subtype;
        const char* words;
    };
    std::array<Told, 3> told{Told{"1795000001.000100", "", "It is safe."},
                             Told{"1795000003.000100", "message_changed", "It may be safe."},
                             Told{"1795000004.000100", "message_changed", "It is not safe."}};
    std::array<std::size_t, 3> order{0, 1, 2};
    do {
        CAPTURE(order[0] * 100 + order[1] * 10 + order[2]);
        Thread thread;
        for (const auto at : order)
            thread.say(told[at].ts, told[at].subtype, told[at].words);
        CHECK(thread.on_the_issue().contains("It is not safe."));
    } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("R50: a reply that was taken away does not come back by its own late arrival") {
    Thread thread;
    thread.say("1795000003.000100", "message_deleted", "It is safe.");
    thread.say("1795000001.000100", "", "It is safe.");
    CHECK(thread.on_the_issue().contains("taken away there"));
    CHECK_FALSE(thread.on_the_issue().contains("safe"));
}

TEST_CASE("R50: a reply that gets its old words back has them on the issue again") {
    Thread thread;
    thread.say("1795000001.000100", "", "It is safe.");
    thread.say("1795000003.000100", "message_changed", "It is not safe.");
    thread.say("1795000004.000100", "message_changed", "It is safe.");
    CHECK(thread.on_the_issue().contains("It is safe."));
}

TEST_CASE("a comment that comes back after it was taken away stands in the thread again, each time") {
    IssueWorld world;
    world.linked_request();
    auto& written = world.story.comment(IssueStory::outsider, "Looks fine to me");
    written.created_at = written.updated_at = world.clock.now();
    const auto comment = written;
    world.poll();
    const auto in_thread = [&] {
        std::string text;
        for (const auto& effect : world.performed)
            if (effect.message.starts_with("thread:REQ-1:comment:")) text = Json::parse(effect.args)["text"];
        return text;
    };
    REQUIRE(in_thread().contains("Looks fine to me"));
    for (int round = 0; round < 2; ++round) {
        CAPTURE(round);
        world.story.facts.comments.clear();
        world.story.tick();
        world.poll();
        CHECK(in_thread().contains("taken away there"));
        world.story.facts.comments.push_back(comment);
        world.story.tick();
        world.poll();
        CHECK(in_thread().contains("Looks fine to me"));
    }
}
