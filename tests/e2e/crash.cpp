// The daemon is killed with -9 at each point between receive, commit, ack, claim, send, answer and record.
// After a restart the story ends the same: every message once, exactly one approve.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>

using namespace countersign::tests;

namespace {

DaemonOptions quick_redelivery() {
    DaemonOptions options;
    using std::chrono::milliseconds;
    options.slack.redelivery = std::vector<milliseconds>(40, milliseconds(250));
    return options;
}

// People do not notice a crash but by a button that did nothing: then they press again.
class Stubborn {
  public:
    explicit Stubborn(ReviewStory& story) : story_(story) {}

    void until(const std::function<bool()>& done, const std::function<void()>& act, const std::string& what) {
        for (int attempt = 0; attempt < 40; ++attempt) {
            restart_if_dead();
            try {
                act();
            } catch (const std::invalid_argument&) {
                // the button or form is not there (yet, or any more)
            }
            if (story_.slack.wait([&] { return done() || dead(); }, std::chrono::milliseconds(1500)) &&
                done())
                return;
        }
        FAIL(what << "\n" << story_.fixture.log());
    }
    bool dead() { return story_.fixture.wait_for_death(std::chrono::milliseconds(0)); }
    void restart_if_dead() {
        if (!dead()) return;
        ++deaths;
        story_.fixture.start();
    }
    int deaths = 0;

  private:
    ReviewStory& story_;
};

std::optional<countersign::fakes::View> open_form(countersign::fakes::FakeSlack& slack,
                                                  const std::string& user) {
    for (const auto& view : slack.views(user)) {
        if (view.open && view.kind == "modal") return view;
    }
    return std::nullopt;
}

void tell_the_story(ReviewStory& story, Stubborn& people) {
    auto& slack = story.slack;
    slack.request_app(office::employee, "A0MIRO", "for the design team");
    people.until([&] { return says(story.card(), "Waiting for vendor issue"); }, [] {}, "the card");
    people.until([&] { return says(story.card(), ": In review"); },
                 [&] {
                     if (const auto form = open_form(slack, office::employee)) {
                         slack.submit(office::employee, form->id, {{"Vendor issue link", office::issue}});
                         return;
                     }
                     for (const auto& message : slack.messages(office::employee)) {
                         slack.press_by_text(office::employee, message.channel, message.ts,
                                             "Link vendor issue");
                         break;
                     }
                 },
                 "the link");
    for (const char* user : {office::security, office::legal, office::procurement, office::it}) {
        const std::string vote = std::string("approved by <@") + user + ">";
        people.until([&] { return says(story.card(), vote); }, [&] { story.press(user, "Approve"); }, vote);
    }
    people.until([&] { return says(story.card(), ": Approved"); },
                 [&] {
                     if (says(story.card(), ": Ready")) story.press(office::admin, "Approve app");
                 },
                 "the approval");
    people.until(
        [&] {
            const auto messages = slack.messages(office::employee);
            return std::ranges::any_of(messages,
                                       [](const auto& each) { return says(each, "is approved by"); });
        },
        [] {}, "the requester's message");
}

void expect_everything_once(ReviewStory& story) {
    auto& slack = story.slack;
    CHECK(slack.resolution("A0MIRO") == "approved");
    CHECK(story.count("admin.apps.approve") == 1);
    std::map<std::string, int> lines;
    for (const char* place : {office::review, office::employee, office::alarms}) {
        for (const auto& message : slack.messages(place)) {
            if (message.ephemeral_to.empty()) ++lines[std::string(place) + ": " + message.text.substr(0, 60)];
        }
    }
    for (const auto& [line, times] : lines)
        CHECK_MESSAGE(times == 1, line);
    std::size_t cards = 0;
    for (const auto& message : slack.messages(office::review))
        cards += message.ephemeral_to.empty() ? 1U : 0U;
    CHECK(cards == 1);
    CHECK(slack.messages(office::alarms).empty());
    for (const auto& each : slack.violations())
        FAIL_CHECK(each);
    // A point that is passed late in the story may wait for us here.
    if (story.fixture.stop() == 128 + SIGKILL) {
        story.fixture.start();
        CHECK(story.fixture.stop() == 0);
    }
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
}

// Dies when the point is passed for the first, second, … time, so early and late in the story.
void survives(const std::string& failpoint) {
    for (const int passing : {1, 2, 3, 5, 8, 13, 21}) {
        CAPTURE(failpoint);
        CAPTURE(passing);
        ReviewStory story(quick_redelivery());
        Stubborn people(story);
        story.fixture.start(fmt::format("{}:{}", failpoint, passing));
        tell_the_story(story, people);
        CHECK(people.deaths <= 1);
        if (passing <= 5) CHECK_MESSAGE(people.deaths == 1, "the point was never passed");
        expect_everything_once(story);
    }
}

}  // namespace

// Names as in bot/failpoint.hpp, in the order an envelope meets them.

TEST_CASE("crash: after_receive: an envelope was received (O4)") {
    survives("after_receive");
}

TEST_CASE("crash: before_commit: just before a commit (O4)") {
    survives("before_commit");
}

TEST_CASE("crash: after_commit: committed, not acknowledged (O4)") {
    survives("after_commit");
}

TEST_CASE("crash: after_ack: acknowledged (O4)") {
    survives("after_ack");
}

TEST_CASE("crash: after_claim: a call was claimed (O4)") {
    survives("after_claim");
}

TEST_CASE("crash: before_send: just before a call leaves (O4)") {
    survives("before_send");
}

TEST_CASE("crash: after_send: Slack's answer arrived (O4)") {
    survives("after_send");
}

TEST_CASE("crash: before_record: just before the answer is recorded (O4)") {
    survives("before_record");
}

TEST_CASE("crash: after_record: recorded, not committed (O4)") {
    survives("after_record");
}

TEST_CASE("crash: killed from outside, at random moments, again and again") {
    ReviewStory story(quick_redelivery());
    story.fixture.start();
    Stubborn people(story);
    story.slack.request_app(office::employee, "A0MIRO", office::issue);
    for (int i = 0; i < 8; ++i) {
        // Each round a little later after the start, so that the blow falls into different work.
        story.slack.wait([] { return false; }, std::chrono::milliseconds(i * 7));
        story.fixture.kill();
        story.fixture.start();
    }
    people.until([&] { return says(story.card(), ": In review"); }, [] {}, "the card");
    int round = 0;
    for (const char* user : {office::security, office::legal, office::procurement, office::it}) {
        const std::string vote = std::string("approved by <@") + user + ">";
        people.until([&] { return says(story.card(), vote); },
                     [&] {
                         story.press(user, "Approve");
                         story.slack.wait([] { return false; }, std::chrono::milliseconds(++round * 3));
                         story.fixture.kill();
                         story.fixture.start();
                     },
                     vote);
    }
    people.until([&] { return says(story.card(), ": Approved"); },
                 [&] {
                     if (says(story.card(), ": Ready")) story.press(office::admin, "Approve app");
                 },
                 "the approval");
    expect_everything_once(story);
}
