#pragma once

#include "tests/fakes/fake_github.hpp"
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace countersign::tests {

// A review whose vendor issue lies in a fake tracker: each party has its label there and one approver.
template <class Tracker>
class BasicTrackerStory : public ReviewStory {
  public:
    static constexpr auto project = "acme/vendors";
    inline static const std::vector<std::pair<std::string, std::string>> signers{
        {"Security::Approved", "sam.gl"},
        {"Legal::Approved", "lena.gl"},
        {"Procurement::Approved", "pavel.gl"},
        {"IT::Approved", "ivo.gl"}};

    explicit BasicTrackerStory(DaemonOptions options = {}, const std::string& settings = "poll_seconds = 10")
        : ReviewStory(std::move(options)) {
        tracker.add_project(project);
        tracker.add_account("eva.gl", "Eva");
        tracker.add_account("mallory.gl", "Mallory");
        tracker.add_template(project, "app_integrations", "## Vendor approval for {{app}}\n\n{{purpose}}\n");
        std::vector<std::int64_t> ids;
        for (const auto& [label, login] : signers) {
            ids.push_back(tracker.add_account(login));
            tracker.add_label(project, label);
        }
        const auto party = [&](const std::string& members, std::size_t index) {
            fixture.change_config(members, fmt::format("{}\ntracker_label = \"{}\"\ntracker_approvers = [{}]",
                                                       members, signers[index].first, ids[index]));
        };
        party(R"(members = ["U0SEC1", "U0SEC2"])", 0);
        party(R"(members = ["U0LEGAL"])", 1);
        party(R"(members = ["S0PROC"])", 2);
        party(R"(members = ["U0IT"])", 3);
        if constexpr (std::is_same_v<Tracker, fakes::FakeGithub>)
            fixture.change_config("kind = \"gitlab\"", "kind = \"github\"");
        fixture.change_config(
            "url = \"https://gitlab.com\"\n"
            "projects = [\"gitlab-com/Finance-Division/procurement-team/procurement\"]",
            fmt::format("url = \"{}\"\nprojects = [\"{}\"]\n{}", tracker.url(), project, settings));
        fixture.change_config("[storage]", fmt::format("[[person]]\nslack = \"U0SEC1\"\ntracker = "
                                                       "\"procurement\"\naccount = {}\n\n[storage]",
                                                       ids[0]));
        give_token();
    }

    Tracker tracker;

    void give_token() { fixture.set_secret("procurement_token", tracker.token()); }
    fakes::IssueRef open_issue(const std::string& text = "We want Miro.") {
        return tracker.open(project, "eva.gl", "Slack app: Miro", text);
    }
    void sign_all(const fakes::IssueRef& issue) {
        for (const auto& [label, login] : signers)
            tracker.sign(issue, login, label);
    }
    // The bodies of our own notes on the issue.
    [[nodiscard]] std::vector<std::string> notes(const fakes::IssueRef& issue) const {
        std::vector<std::string> bodies;
        for (const auto& note : tracker.issue(issue).notes) {
            if (note.body.contains("countersign:status")) bodies.push_back(note.body);
        }
        return bodies;
    }
    void expect_note(const fakes::IssueRef& issue, const std::string& words) {
        const bool came = tracker.wait([&] {
            const auto bodies = notes(issue);
            return bodies.size() == 1 && bodies.front().contains(words);
        });
        REQUIRE_MESSAGE(came, "waited for one note that says '" << words << "'\n" << fixture.log());
    }
};

}  // namespace countersign::tests
