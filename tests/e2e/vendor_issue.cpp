// The vendor issue as the evidence (P5-P7, R5, U8, A16, A18, S8): the real binary between the fake Slack and
// a fake GitLab.
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace countersign::tests;
using countersign::fakes::FakeGitlab;
using countersign::fakes::IssueRef;
using countersign::fakes::Json;

namespace {

constexpr auto project = "acme/vendors";
const std::vector<std::pair<std::string, std::string>> signers{{"Security::Approved", "sam.gl"},
                                                               {"Legal::Approved", "lena.gl"},
                                                               {"Procurement::Approved", "pavel.gl"},
                                                               {"IT::Approved", "ivo.gl"}};

class TrackerStory : public ReviewStory {
  public:
    explicit TrackerStory(DaemonOptions options = {}) : ReviewStory(std::move(options)) {
        gitlab.add_project(project);
        gitlab.add_account("eva.gl", "Eva");
        gitlab.add_account("mallory.gl", "Mallory");
        gitlab.add_template(project, "app_integrations", "## Vendor approval for {{app}}\n\n{{purpose}}\n");
        std::vector<std::int64_t> ids;
        for (const auto& [label, login] : signers) {
            ids.push_back(gitlab.add_account(login));
            gitlab.add_label(project, label);
        }
        const auto party = [&](const std::string& members, std::size_t index) {
            fixture.change_config(members, fmt::format("{}\ntracker_label = \"{}\"\ntracker_approvers = [{}]",
                                                       members, signers[index].first, ids[index]));
        };
        party(R"(members = ["U0SEC1", "U0SEC2"])", 0);
        party(R"(members = ["U0LEGAL"])", 1);
        party(R"(members = ["S0PROC"])", 2);
        party(R"(members = ["U0IT"])", 3);
        fixture.change_config(
            "url = \"https://gitlab.com\"\n"
            "projects = [\"gitlab-com/Finance-Division/procurement-team/procurement\"]",
            fmt::format("url = \"{}\"\nprojects = [\"{}\"]\npoll_seconds = 10", gitlab.url(), project));
        fixture.change_config("[storage]", fmt::format("[[person]]\nslack = \"U0SEC1\"\ntracker = "
                                                       "\"procurement\"\naccount = {}\n\n[storage]",
                                                       ids[0]));
        fixture.set_secret("procurement_token", gitlab.token());
    }

    FakeGitlab gitlab;

    IssueRef open_issue() { return gitlab.open(project, "eva.gl", "Slack app: Miro", "We want Miro."); }
    void sign_all(const IssueRef& issue) {
        for (const auto& [label, login] : signers)
            gitlab.sign(issue, login, label);
    }
    // The bodies of our own notes on the issue.
    [[nodiscard]] std::vector<std::string> notes(const IssueRef& issue) const {
        std::vector<std::string> bodies;
        for (const auto& note : gitlab.issue(issue).notes) {
            if (note.body.contains("countersign:status")) bodies.push_back(note.body);
        }
        return bodies;
    }
    void expect_note(const IssueRef& issue, const std::string& words) {
        const bool came = gitlab.wait([&] {
            const auto bodies = notes(issue);
            return bodies.size() == 1 && bodies.front().contains(words);
        });
        REQUIRE_MESSAGE(came, "waited for one note that says '" << words << "'\n" << fixture.log());
    }
};

}  // namespace

TEST_CASE(
    "P5, P6, U8: four labels on the issue make the request ready, and the decision stands on the issue") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.fixture.start();
    story.ask("see " + story.gitlab.issue_url(issue));
    story.expect_card("In review");
    story.expect_note(issue, "- Security: waiting");
    // P7: somebody outside the roster is flagged, not counted.
    story.gitlab.sign(issue, "mallory.gl", "Legal::Approved");
    story.expect_card("may not sign for Legal");
    story.gitlab.unsign(issue, "mallory.gl", "Legal::Approved");
    story.sign_all(issue);
    story.expect_card(": Ready");
    story.expect_card("Security: approved by <@U0SEC1>, signed in GitLab");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_note(issue, "**Decision**: Approved by");
    const auto shown = story.fixture.run_command({"requests", "show", "REQ-1", "--json"});
    const auto json = Json::parse(shown.output);
    REQUIRE(!json["request"]["evidence"].empty());
    CHECK(json["request"]["evidence"].back()["verdict"]["verdict"] == "approved");
    CHECK(story.fixture.run_command({"requests", "show", "REQ-1"}).output.contains("Security label"));
    // A16: opened again after the approval.
    story.gitlab.close(issue, "eva.gl");
    CHECK(story.gitlab.would_be_actions().empty());
    CHECK(story.gitlab.violations().empty());
    story.expect_good_manners();
}

TEST_CASE("A18: a label taken off just before the press stops the approval") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.fixture.start();
    story.ask("see " + story.gitlab.issue_url(issue));
    story.expect_card(": Ready");
    story.gitlab.unsign(issue, "mallory.gl", "IT::Approved");
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "Nothing was sent to Slack");
    story.expect_card("In review");
    CHECK(story.count("admin.apps.approve") == 0);
}

TEST_CASE(
    "A16: an issue that is opened again after the approval is looked at again, and nothing is restricted") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.gitlab.close(issue, "eva.gl");
    story.fixture.start();
    story.ask("see " + story.gitlab.issue_url(issue));
    story.expect_card(": Ready");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.gitlab.reopen(issue, "eva.gl");
    story.expect_card("Needs a human");
    story.expect_alarm("The vendor issue was opened again");
    CHECK(story.count("admin.apps.restrict") == 0);
}

TEST_CASE("R5, G6: a vendor issue is made once, though the daemon dies while it is made") {
    TrackerStory story;
    story.fixture.start();
    story.ask("for drawing\n/close\n@all");
    story.expect_card("Waiting for vendor issue");
    // Made, and the answer lost with the daemon.
    story.gitlab.script("POST /projects", {{"perform", true}, {"hang", true}});
    story.press_direct(office::employee, "Create vendor issue");
    REQUIRE(story.gitlab.wait([&] { return story.gitlab.issues(project).size() == 1; }));
    story.fixture.kill();
    story.fixture.start();
    story.expect_card("In review");
    const auto issues = story.gitlab.issues(project);
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].description.contains("## Vendor approval for Miro"));
    CHECK(story.gitlab.would_be_actions().empty());
    story.expect_direct_message(office::employee, "is linked to");
}

TEST_CASE("S8: a tracker that is down keeps the request where it is, and nothing is approved meanwhile") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.fixture.start();
    story.ask("see " + story.gitlab.issue_url(issue));
    story.expect_card(": Ready");
    story.gitlab.set_down(true);
    story.expect_card("GitLab does not answer");
    CHECK(says(story.card(), ": Ready"));
    story.gitlab.set_down(false);
    story.wait([&] { return !says(story.card(), "does not answer"); }, "the card without the reason");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
}
