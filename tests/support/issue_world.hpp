#pragma once

#include "tests/support/issue_story.hpp"
#include "tests/support/review_world.hpp"

#include <map>
#include <string>
#include <vector>

namespace countersign::tests {

inline config::Settings tracker_settings() {
    auto settings = review_settings();
    settings.review.parties[0].tracker_label = "Security::Approved";
    settings.review.parties[0].tracker_approvers = {IssueStory::sec, IssueStory::sec2, IssueStory::both};
    settings.review.parties[1].tracker_label = "Legal::Approved";
    settings.review.parties[1].tracker_approvers = {IssueStory::legal, IssueStory::both};
    settings.people = {{UserId("U0SEC1"), "procurement", IssueStory::sec}};
    return settings;
}

// A world whose tracker has a token: its effects are answered from one issue, which the test writes.
class IssueWorld : public ReviewWorld {
  public:
    explicit IssueWorld(config::Settings given = tracker_settings()) : ReviewWorld(std::move(given)) {
        capabilities.trackers = {{"procurement", "7"}};
        story.facts.project = "acme/vendors";
        story.facts.url = good_link;
        story.facts.title = "Slack app: Sketch Pad";
        story.facts.description = "Vendor: Sketch Pad";
    }

    IssueStory story;
    std::int64_t own = IssueStory::own;  // whose the token is
    std::string fails;                   // an error that every reading answers; "" = all is well
    std::string fails_meaning = "human";
    std::vector<std::string> notes;     // bodies of the status note, oldest first
    std::vector<Json> made;             // arguments of tracker.create_issue
    std::vector<std::string> readings;  // methods asked, oldest first
    std::string template_text = "## {{app}}\n{{purpose}}\n/label ~vendor\n";
    std::function<void()> before_reading;

    SlackAnswer tracker(const storage::Effect& effect) {
        const auto args = Json::parse(effect.args);
        readings.push_back(effect.method);
        if (before_reading) before_reading();
        if (!fails.empty()) return {fails_meaning, fails, Json::object()};
        if (effect.method == "tracker.read_issue")
            return {"ok", "", {{"facts", Json::parse(storage::to_json(story.facts))}, {"etag", "e"}}};
        if (effect.method == "tracker.changed_issues") {
            return {
                "ok",
                "",
                {{"issues", {{{"iid", story.facts.iid}, {"updated_at", to_millis(story.facts.updated_at)}}}},
                 {"read_at", to_millis(story.facts.read_at)}}};
        }
        if (effect.method == "tracker.whoami")
            return {"ok", "", {{"account", {{"id", own}, {"login", "countersign"}}}}};
        if (effect.method == "tracker.put_note") {
            notes.push_back(args["body"]);
            return {"ok", "", {{"note", 1}, {"created", notes.size() == 1}}};
        }
        if (effect.method == "tracker.read_template") return {"ok", "", {{"content", template_text}}};
        if (effect.method == "tracker.create_issue") {
            made.push_back(args);
            return {"ok",
                    "",
                    {{"iid", 77},
                     {"url", "https://gitlab.com/acme/vendors/-/issues/77"},
                     {"project", "acme/vendors"},
                     {"dropped_labels", Json::array()},
                     {"existing", false}}};
        }
        return {"ok", "", Json::object()};
    }

    // Performs everything that is due until nothing is, apart from the methods named.
    void run_all(const std::vector<std::string>& but = {}) {
        for (int round = 0; round < 2'000; ++round) {
            const auto next = next_due(but);
            if (!next) return;
            const auto& effect = *next;
            if (effect.token == storage::TokenKind::tracker) {
                performed.push_back(effect);
                answer(effect, tracker(effect));
            } else {
                perform(effect);
            }
        }
        FAIL("the effects never end");
    }
    // Another token takes the place of the one before.
    void take_token(const std::string& mark, std::int64_t whose) {
        own = whose;
        capabilities.trackers["procurement"] = mark;
        handle(handlers::EventKind::timer, {{"kind", "tracker_begins"}, {"tracker", "procurement"}},
               next("begins"));
    }
    // The next polling round, with all that it leads to.
    void poll() {
        pass(std::chrono::seconds(61));
        run_all();
    }
    std::int64_t linked_request(const std::string& slack_id = "Ar1", const std::string& app = "A1") {
        start_all();
        app_requested(slack_request(slack_id, app, "U0REQ", {slack_scope("chat:write")}));
        const auto id = view().next_request_id().value - 1;
        run_all();
        return id;
    }
    void start_all() {
        handle(handlers::EventKind::started, Json::object(), next("started"));
        run_all();
    }
    [[nodiscard]] std::vector<std::string> alarms() const { return heard("C0ITALARMS"); }
};

}  // namespace countersign::tests
