// Vendor issues read with a stored authorization that a member built an integration on: it works like a token
// of the environment, and nothing is approved while it does not work (A18, I7).
#include "tests/support/canary.hpp"
#include "tests/support/tracker_story.hpp"

#include <filesystem>
#include <utility>
#include <vector>

using namespace countersign::tests;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

struct Connected : BasicTrackerStory<countersign::fakes::FakeGitlab> {
    Connected() {
        std::filesystem::remove(fixture.directory() / "credentials" / "procurement_token");
        fixture.set_secret("countersign_key", key);
        fixture.start();
        REQUIRE(store({}) == 0);
        slack.command(office::legal, office::general, "/installed-apps", "add");
        fill(office::legal, "Add an integration",
             {{"Name", "Vendor issues"}, {"Use it for", "Tracker procurement (vendor issues)"}});
        expect_direct_message(office::legal, "Connected.");
    }
    int store(std::vector<std::string> more) {
        std::vector<std::string> arguments{"authorizations", "add",    "--kind", "gitlab",       "--url",
                                           tracker.url(),    "--name", "GitLab", "--token-stdin"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return fixture.run_command(arguments, tracker.token() + "\n").code;
    }
    // N12, C7: in the header that it belongs into and nowhere else.
    void expect_no_secret(std::vector<std::string> secrets) {
        CanarySearch search;
        search.secrets = std::move(secrets);
        for (const auto& call : tracker.calls()) {
            countersign::fakes::HttpQuery query;
            query.method = call.method;
            query.path = call.path;
            query.raw_query = call.query;
            query.headers = call.headers;
            query.body = call.body.dump();
            search.queries.push_back(std::move(query));
        }
        REQUIRE(search.queries.size() > 10);
        expect_no_canary(fixture, search);
    }
    void expect_refusal(const std::string& words) {
        press(office::admin, "Approve app");
        expect_line(office::admin, "Nothing was sent to Slack");
        expect_card(words);
        CHECK(count("admin.apps.approve") == 0);
    }
    void approve() {
        expect_card("Ready");
        press(office::admin, "Approve app");
        expect_card("Approved");
        CHECK(count("admin.apps.approve") == 1);
        CHECK(fixture.run_command({"audit", "verify"}).code == 0);
        CHECK(tracker.violations().empty());
    }
};

}  // namespace

TEST_CASE(
    "stored access: a member's integration reads, polls and writes the vendor issue; a revoked token stops") {
    Connected story;
    const auto issue = story.open_issue();
    story.ask(story.tracker.issue_url(issue));
    story.sign_all(issue);
    story.expect_card("Ready");
    story.wait([&] { return story.notes(issue).size() == 1; }, "the status note");
    story.tracker.rotate_token("glpat-another");
    story.expect_refusal("GitLab cannot be read");
    REQUIRE(story.store({"--reconnect"}) == 0);
    story.approve();
    story.expect_no_secret({"glpat-test-token", "glpat-another"});
}

TEST_CASE("stored access: while the integration is paused nothing is approved, and it says why") {
    Connected story;
    const auto issue = story.open_issue();
    story.ask(story.tracker.issue_url(issue));
    story.sign_all(issue);
    story.expect_card("Ready");
    const auto work = [&](const char* choice) {
        story.slack.command(office::legal, office::general, "/installed-apps", "edit Vendor issues");
        story.fill(office::legal, "Edit", {{"Work", choice}});
    };
    work("Is paused");
    story.expect_alarm("The issues of tracker procurement cannot be read.");
    story.expect_refusal("GitLab cannot be read (no_token)");
    work("Goes on");
    story.approve();
}
