// The whole story with GitHub as the tracker: the real binary between the fake Slack and a fake GitHub.
#include "tests/support/tracker_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;
using GithubStory = BasicTrackerStory<countersign::fakes::FakeGithub>;

TEST_CASE("GitHub: an issue is made from the template, signed by four labels, decided and opened again") {
    GithubStory story;
    story.fixture.start();
    story.ask("for drawing\n/close\n@all");
    story.expect_card("Waiting for vendor issue");
    story.press_direct(office::employee, "Create vendor issue");
    story.expect_card("In review");
    const auto issues = story.tracker.issues(GithubStory::project);
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].description.contains("## Vendor approval for Miro"));
    const countersign::fakes::IssueRef issue{GithubStory::project, issues[0].iid};
    story.expect_direct_message(office::employee, "is linked to");
    story.expect_note(issue, "- Security: waiting");

    story.tracker.sign(issue, "mallory.gl", "Legal::Approved");
    story.expect_card("may not sign for Legal");
    story.tracker.unsign(issue, "mallory.gl", "Legal::Approved");
    story.sign_all(issue);
    story.expect_card(": Ready");
    story.expect_card("Security: approved by <@U0SEC1>, signed in GitHub");
    // A18: taken off before the press.
    story.tracker.unsign(issue, "mallory.gl", "IT::Approved");
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "Nothing was sent to Slack");
    story.expect_card("In review");
    CHECK(story.count("admin.apps.approve") == 0);
    story.tracker.sign(issue, "ivo.gl", "IT::Approved");
    story.expect_card(": Ready");
    story.tracker.close(issue, "eva.gl");
    story.expect_direct_message(office::employee, "closed");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_note(issue, "**Decision**: Approved by");
    // A16
    story.tracker.reopen(issue, "eva.gl");
    story.expect_card("Needs a human");
    CHECK(story.tracker.violations().empty());
    CHECK(story.count("admin.apps.restrict") == 0);
    story.expect_good_manners();
}

TEST_CASE("GitHub: a comment by an approver signs, a later edit of the text takes it back (A8, A13)") {
    GithubStory story;
    const auto issue = story.open_issue();
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card("In review");
    story.tracker.comment(issue, "mallory.gl", "> approved: Security");
    story.tracker.comment(issue, "sam.gl", "approved: Security");
    story.expect_card("Security: approved by <@U0SEC1>, signed in GitHub");
    story.tracker.edit(issue, "eva.gl", "We want Miro, and all of its recordings.");
    story.expect_card("the text was changed after");
    story.expect_card("Security: waiting");
    CHECK(story.tracker.violations().empty());
}

TEST_CASE(
    "GitHub: an issue is made from an issue form, its fields filled with the request and nothing else") {
    GithubStory story({}, "poll_seconds = 10\ntemplate = \"app_form\"");
    story.tracker.add_project("acme/.github");
    story.tracker.add_template("acme/.github", "app_form.yml", R"(name: App integration
description: Ask for an app
labels: ["Security::Approved"]
body:
  - type: markdown
    attributes:
      value: Thank you for asking!
  - type: input
    id: app
    attributes:
      label: App
    validations:
      required: true
  - type: textarea
    id: purpose
    attributes:
      label: What is it for?
  - type: input
    id: contract
    attributes:
      label: Contract
  - type: dropdown
    attributes:
      label: Data
      options: [Public, Internal]
  - type: checkboxes
    attributes:
      label: Agreed
      options:
        - label: Legal has read the terms
)");
    story.fixture.start();
    story.ask("for drawing\n### Decision\n/close\n@all");
    story.expect_card("Waiting for vendor issue");
    story.press_direct(office::employee, "Create vendor issue");
    story.expect_card("In review");
    const auto issues = story.tracker.issues(GithubStory::project);
    REQUIRE(issues.size() == 1);
    const auto& text = issues[0].description;
    INFO(text);
    CHECK(text.contains("\n### App\n\nMiro\n\n### What is it for?\n\n> for drawing"));
    CHECK(text.contains(
        "### Contract\n\n_No response_\n\n### Data\n\n_No response_\n\n### Agreed\n\n- [ ] Legal has "
        "read the terms\n"));
    CHECK_FALSE(text.contains("Thank you"));
    CHECK_FALSE(text.contains("\n### Decision"));
    CHECK_FALSE(text.contains("## Request"));
    CHECK(issues[0].labels.empty());
    CHECK(story.tracker.violations().empty());
    story.expect_good_manners();
}

TEST_CASE("GitHub: a form that cannot be read makes no issue, and check says where it is wrong") {
    GithubStory story({}, "poll_seconds = 10\ntemplate = \"app_form\"");
    story.tracker.add_template(GithubStory::project, "app_form.yml",
                               "body: &a\n  - type: input\n    attributes: {label: A}\nmore: *a\n");
    story.fixture.start();
    story.ask("for drawing");
    story.expect_card("Waiting for vendor issue");
    story.press_direct(office::employee, "Create vendor issue");
    story.expect_line(office::employee, "correct it in its repository");
    story.expect_alarm("correct it in its repository");
    CHECK(story.fixture.log().contains("app_form.yml: line 4: aliases are not read"));
    CHECK(story.fixture.run_command({"check"}).output.contains(
        "template: template_unreadable (app_form.yml: line 4: aliases are not read): "));
    CHECK(story.tracker.issues(GithubStory::project).empty());
}
