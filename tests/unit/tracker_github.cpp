// Our GitHub client against the fake GitHub, over real sockets: an Enterprise Server below /api/v3, and
// github.com's own root.
#include "tests/fakes/fake_github.hpp"
#include "tests/support/tracker_client.hpp"

#include <algorithm>

using namespace countersign;
using namespace std::chrono_literals;
using fakes::FakeGithub;
using fakes::IssueRef;
using net::ApiMeaning;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "acme/vendors";

struct Hub {
    explicit Hub(fakes::FakeTrackerOptions options = {.token = "ghp_test", .bot_login = "countersign[bot]"},
                 FakeGithub::Kind kind = FakeGithub::Kind::enterprise)
        : github(std::move(options), kind) {
        github.add_project(project);
        github.add_account("ann");
        github.add_account("sam");
        github.add_label(project, "Security: approved");
        github.add_label(project, "vendor");
    }
    IssueRef open() { return github.open(project, "ann", "Zapier", "Please look at it"); }
    tests::TrackerClient& client(std::vector<std::string> projects = {project}) {
        client_ =
            std::make_unique<tests::TrackerClient>(github, config::TrackerKind::github, std::move(projects));
        return *client_;
    }

    FakeGithub github;
    std::unique_ptr<tests::TrackerClient> client_;
};

}  // namespace

TEST_CASE("H7 N11: an issue is read below /api/v3 and at github.com's root, with version, agent and token") {
    for (const auto kind : {FakeGithub::Kind::enterprise, FakeGithub::Kind::dot_com}) {
        Hub hub({.token = "ghp_test"}, kind);
        const auto issue = hub.open();
        hub.github.sign(issue, "sam", "Security: approved");
        hub.github.comment(issue, "sam", "Looks fine");
        hub.github.close(issue, "sam", "not_planned");
        const auto answer = hub.client().read(issue);
        REQUIRE_MESSAGE(answer.error.empty(), answer.all);
        const auto facts = answer.facts();
        CHECK(facts.project == project);
        CHECK(facts.project_id > 0);
        CHECK(facts.url == hub.github.url() + "/acme/vendors/issues/1");
        CHECK(facts.state_reason == "not_planned");
        CHECK_FALSE(facts.open);
        CHECK(facts.type == "issue");
        REQUIRE(facts.label_events.size() == 1);
        CHECK_FALSE(facts.label_events[0].label);
        CHECK(facts.label_events[0].label_name == "Security: approved");
        CHECK(facts.label_events[0].actor->login == "sam");
        REQUIRE(facts.state_events.size() == 1);
        CHECK(facts.state_events[0].state == "closed");
        REQUIRE(facts.comments.size() == 1);
        CHECK_FALSE(facts.comments[0].system);
        for (const auto& call : hub.github.calls()) {
            CHECK(call.headers.at("authorization") == "Bearer ghp_test");
            CHECK(call.headers.at("accept") == "application/vnd.github+json");
            CHECK(call.headers.at("x-github-api-version") == "2022-11-28");
            CHECK(call.headers.at("user-agent") == "countersign");
        }
        CHECK(hub.github.violations().empty());
    }
}

TEST_CASE("N11: a version of the API that the server does not know is a matter for a person") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.script("GET ",
                      {{"status", 400},
                       {"body", R"({"message":"Version \"2022-11-28\" is not a supported API version."})"}});
    const auto answer = hub.client().read(issue);
    CHECK(answer.error == "unsupported_version");
    CHECK(answer.meaning == ApiMeaning::human);
}

TEST_CASE("H1 L8: a transferred issue is followed once, into a configured repository alone") {
    Hub hub;
    hub.github.add_project("acme/archive");
    const auto issue = hub.open();
    hub.github.sign(issue, "sam", "vendor");
    const auto to = hub.github.move(issue, "acme/archive", "sam");
    SUBCASE("configured") {
        const auto facts = hub.client({project, "acme/archive"}).read(issue).facts();
        CHECK(facts.project == "acme/archive");
        CHECK(facts.iid == to.iid);
        CHECK(facts.label_events.empty());  // what was signed there was not signed here
    }
    SUBCASE("not configured") {
        const auto answer = hub.client().read(issue);
        CHECK(answer.error == "issue_moved");
        CHECK(answer.response["project"] == "acme/archive");
    }
    SUBCASE("out of sight") {
        hub.github.make_private("acme/archive");
        CHECK(hub.client({project, "acme/archive"}).read(issue).error == "issue_not_found");
    }
    SUBCASE("to another host") {
        hub.github.script(
            "GET /repos/acme/vendors/issues/1",
            {{"status", 301}, {"headers", {{"Location", "http://evil.example/repositories/1/issues/1"}}}});
        CHECK(hub.client({project, "acme/archive"}).read(issue).error == "issue_moved");
    }
}

TEST_CASE("H2 G5: a deleted issue is gone, a missing one is not found, disabled issues are told") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.remove(issue);
    auto& client = hub.client();
    const auto gone = client.read(issue);
    CHECK(gone.error == "issue_gone");
    CHECK(gone.meaning == ApiMeaning::refused);
    CHECK(client.read({project, 99}).error == "issue_not_found");
    hub.github.disable_issues(project);
    CHECK(hub.client().create(project).error == "issues_disabled");
}

TEST_CASE("H3: a pull request is marked as one") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.make_pull_request(issue);
    CHECK(hub.client().read(issue).facts().pull_request);
    const auto changed =
        hub.client().call("changed_issues", {{"project", project}, {"iids", {1}}, {"since", 0}});
    CHECK(changed.response["issues"].empty());
}

TEST_CASE("H4: what has not changed is not read again, whatever part of it might have") {
    Hub hub;
    const auto issue = hub.open();
    const auto note = hub.github.comment(issue, "sam", "Looks fine");
    auto& client = hub.client();
    const auto etag = client.read(issue).response["etag"].get<std::string>();
    REQUIRE_FALSE(etag.empty());
    const auto before = hub.github.calls().size();
    const auto same = client.read(issue, etag);
    CHECK(same.response["unchanged"] == true);
    CHECK_FALSE(same.response.contains("facts"));
    const auto calls = hub.github.calls();
    REQUIRE(calls.size() == before + 3);
    for (std::size_t at = before; at < calls.size(); ++at)
        CHECK(calls[at].status == 304);

    hub.github.pass(2s);
    SUBCASE("a signature") {
        hub.github.sign(issue, "sam", "vendor");
        CHECK(client.read(issue, etag).facts().labels.size() == 1);
    }
    SUBCASE("a comment that was edited") {
        hub.github.edit_comment(issue, note, "approved: Security");
        CHECK(client.read(issue, etag).facts().comments.at(0).body == "approved: Security");
    }
    SUBCASE("a 304 that nobody asked for") {
        hub.github.script("GET /repos/acme/vendors/issues/1", {{"status", 304}});
        CHECK(client.read(issue).error == "malformed");
    }
    SUBCASE("another token") {
        hub.github.rotate_token("ghp_other");
        CHECK(client.read(issue, etag).error == "unauthorized");
    }
}

TEST_CASE("N7: GitHub's quota in its forms") {
    struct Row {
        Json fault;
        std::chrono::seconds at_least;
        std::string error;
    };
    const std::vector<Row> rows{
        {{{"status", 403}, {"headers", {{"Retry-After", "9"}}}}, 9s, "rate_limited"},
        {{{"status", 403},
          {"headers",
           {{"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "1795334430"},
            {"Date", "Sun, 22 Nov 2026 08:00:00 GMT"}}}},
         30s,
         "rate_limited"},
        {{{"status", 403}, {"body", R"({"message":"You have exceeded a secondary rate limit."})"}},
         60s,
         "rate_limited"},
        {{{"status", 429}}, 60s, "rate_limited"},
        {{{"status", 403}, {"body", R"({"message":"Resource not accessible by integration"})"}},
         0s,
         "forbidden"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.fault.dump());
        Hub hub;
        const auto issue = hub.open();
        hub.github.script("GET /repos/acme/vendors/issues/1", row.fault);
        const auto answer = hub.client().read(issue);
        CHECK(answer.error == row.error);
        CHECK(answer.retry_after.has_value() == (row.at_least > 0s));
        if (answer.retry_after) CHECK(*answer.retry_after >= row.at_least);
        if (answer.retry_after) CHECK(*answer.retry_after <= row.at_least + row.at_least / 10 + 1s);
    }
}

TEST_CASE("N7: the last call of a quota is an answer, and the rest is taken after it") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.script("/comments", {{"headers",
                                     {{"X-RateLimit-Remaining", "0"},
                                      {"X-RateLimit-Reset", "1795334430"},
                                      {"Date", "Sun, 22 Nov 2026 08:00:00 GMT"}}}});
    const auto answer = hub.client().read(issue);
    CHECK(answer.error.empty());
    REQUIRE(answer.retry_after);
    CHECK(*answer.retry_after >= 30s);
}

TEST_CASE("N9: many events are read page by page") {
    Hub hub;
    const auto issue = hub.open();
    for (int i = 0; i < 70; ++i) {
        hub.github.sign(issue, "sam", "vendor");
        hub.github.unsign(issue, "sam", "vendor");
    }
    hub.github.sign(issue, "ann", "vendor");
    const auto answer = hub.client().read(issue);
    const auto facts = answer.facts();
    CHECK(facts.label_events.size() == 141);
    CHECK(facts.label_events.back().actor->login == "ann");
    CHECK(answer.response["etag"] == "");  // the last page may change alone
}

TEST_CASE("N5: whatever is not GitHub's answer gives an error, never facts and never a crash") {
    const std::vector<std::pair<std::string, Json>> rows{
        {"GET /repos/acme/vendors/issues/1", {{"body", "null"}}},
        {"GET /repos/acme/vendors/issues/1", {{"body", R"({"number":"1"})"}}},
        {"GET /repos/acme/vendors/issues/1", {{"body", "<html/>"}, {"type", "text/html"}}},
        {"/events",
         {{"body", R"([{"event":"labeled","id":1,"created_at":"2026-01-01T00:00:00Z","actor":null}])"}}},
        {"/events",
         {{"body",
           R"([{"event":"labeled","id":1,"created_at":"2026-01-01T00:00:00Z","actor":null,"label":{"name":null}}])"}}},
        {"/events", {{"body", R"([{"id":1}])"}}},
        {"/comments", {{"body", "[7]"}}},
        {"/comments", {{"body", "{\"a\":1,\"a\":2}"}}},
    };
    for (const auto& [at, fault] : rows) {
        CAPTURE(at);
        CAPTURE(fault.dump());
        Hub hub;
        const auto issue = hub.open();
        hub.github.script(at, fault);
        const auto answer = hub.client().read(issue);
        CHECK(answer.error == "malformed");
        CHECK_FALSE(answer.response.contains("facts"));
    }
}

TEST_CASE("A7 A9: ghosts have no account, apps that act for somebody are bots") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.script("/events", {{"body", R"([
        {"event":"labeled","id":1,"created_at":"2026-01-01T00:00:00Z","actor":null,"label":{"name":"x"}},
        {"event":"labeled","id":2,"created_at":"2026-01-01T00:00:00Z","actor":{"id":7,"login":"sam","type":"User"},
         "label":{"name":"x"},"performed_via_github_app":{"id":3}},
        {"event":"labeled","id":3,"created_at":"2026-01-01T00:00:00Z","actor":{"id":8,"login":"robot[bot]","type":"Bot"},
         "label":{"name":"x"}}])"}});
    const auto events = hub.client().read(issue).facts().label_events;
    REQUIRE(events.size() == 3);
    CHECK_FALSE(events[0].actor);
    CHECK(events[1].actor->bot);
    CHECK(events[2].actor->bot);
}

TEST_CASE("changes since a time are found by one call") {
    Hub hub;
    const auto one = hub.open();
    const auto two = hub.open();
    auto& client = hub.client();
    const auto all =
        client.call("changed_issues", {{"project", project}, {"iids", {one.iid, two.iid}}, {"since", 0}});
    REQUIRE_MESSAGE(all.error.empty(), all.all);
    CHECK(all.response["issues"].size() == 2);
    hub.github.pass(10s);
    hub.github.sign(two, "sam", "vendor");
    const auto since = all.response["read_at"].get<std::int64_t>() + 5'000;
    const auto later =
        client.call("changed_issues", {{"project", project}, {"iids", {one.iid, two.iid}}, {"since", since}});
    REQUIRE(later.response["issues"].size() == 1);
    CHECK(later.response["issues"][0]["iid"] == two.iid);
}

TEST_CASE("G6 H5: an issue is made once, and labels that GitHub dropped in silence are reported") {
    Hub hub;
    auto& client = hub.client();
    SUBCASE("with the right to push") {
        const auto made = client.create(project, {{"labels", {"VENDOR", "made up"}}});
        REQUIRE_MESSAGE(made.error.empty(), made.all);
        CHECK(made.response["dropped_labels"] == Json({"made up"}));
        CHECK(hub.github.labels_of({project, 1}) == std::vector<std::string>{"vendor"});
    }
    SUBCASE("without") {
        hub.github.no_push_access(true);
        const auto made = client.create(project, {{"labels", {"vendor"}}});
        CHECK(made.response["dropped_labels"] == Json({"vendor"}));
    }
    SUBCASE("the answer is lost") {
        hub.github.script("POST ", {{"drop_after", true}});
        CHECK(client.create(project).meaning == ApiMeaning::unclear);
        const auto again = client.create(project, Json::object(), true);
        CHECK(again.response["existing"] == true);
    }
    CHECK(hub.github.issues(project).size() == 1);
    CHECK(hub.github.violations().empty());
}

TEST_CASE("S1: the status comment is one, edited in place") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.comment(issue, "sam", "<!-- countersign:1 --> copy");
    auto& client = hub.client();
    CHECK(client.note(issue, "1 of 2").response["created"] == true);
    CHECK(client.note(issue, "2 of 2").response["created"] == false);
    CHECK(client.note(issue, "2 of 2").response["created"] == false);
    CHECK(hub.github.calls("PATCH ").size() == 1);
    CHECK(hub.github.issue(issue).notes.size() == 2);
}

TEST_CASE("G7: labels are put on and taken off by name, known ones only") {
    Hub hub;
    const auto issue = hub.open();
    hub.github.sign(issue, "sam", "vendor");
    auto& client = hub.client();
    const auto set = client.call("set_labels", {{"project", project},
                                                {"iid", issue.iid},
                                                {"add", {"Security: approved", "x"}},
                                                {"remove", {"vendor", "Security: approved"}}});
    REQUIRE_MESSAGE(set.error.empty(), set.all);
    CHECK(set.response["dropped"] == Json({"x"}));
    CHECK(hub.github.labels_of(issue).empty());
}

TEST_CASE("a renamed repository is followed for reading, and written to by its new name") {
    Hub hub;
    const auto issue = hub.open();
    auto& client = hub.client({project, "acme/suppliers"});
    REQUIRE(client.note(issue, "before").error.empty());
    hub.github.rename_project(project, "acme/suppliers");
    // The name that is remembered is out of date: nothing is written, and the next attempt knows the new one.
    CHECK(client.read(issue).facts().project == "acme/suppliers");
    const auto refused = client.note(issue, "after");
    CHECK(refused.error == "conflict");
    CHECK(refused.meaning == ApiMeaning::retry);
    CHECK(hub.github.issue({"acme/suppliers", issue.iid}).notes.size() == 1);
    CHECK(client.note(issue, "after").error.empty());
    hub.github.rename_project("acme/suppliers", project);
    const Json labels{{"project", project}, {"iid", issue.iid}, {"add", {"vendor"}}};
    CHECK(client.call("set_labels", labels).error == "conflict");
    CHECK(client.call("set_labels", labels).error.empty());
}

TEST_CASE("a template is a Markdown file, and what GitHub's page needs of it is left out") {
    Hub hub;
    hub.github.add_template(
        project, "app_integrations",
        "---\nname: App\nlabels: vendor\n---\n\n## App\nÄpp %{app}\n" + std::string(200, 'x'));
    auto& client = hub.client();
    const auto read = client.call("read_template", {{"project", project}, {"name", "app_integrations"}});
    REQUIRE_MESSAGE(read.error.empty(), read.all);
    CHECK(read.response["content"].get<std::string>().starts_with("## App\nÄpp %{app}\nxxx"));
    CHECK(client.call("read_template", {{"project", project}, {"name", "other"}}).error ==
          "template_not_found");
}

TEST_CASE("a template may be an issue form, here or in the owner's .github, and Markdown comes first") {
    Hub hub;
    constexpr const char* form = "body:\n  - type: input\n    id: app\n    attributes:\n      label: App\n";
    hub.github.add_template(project, "app_integrations.yml", form);
    hub.github.add_project("acme/.github");
    hub.github.add_template("acme/.github", "app_integrations", "of the owner");
    hub.github.add_template("acme/.github", "App_Integration.yml", form);
    hub.github.add_template(project, "broken.yml", "body:\n  - type: slider\n    attributes: {label: A}\n");
    auto& client = hub.client();
    const auto read = [&](const std::string& name) {
        return client.call("read_template", {{"project", project}, {"name", name}});
    };
    const auto text = [&](const std::string& name) {
        const auto answer = read(name);
        REQUIRE_MESSAGE(answer.error.empty(), answer.all);
        return answer.response["content"].get<std::string>();
    };
    CHECK(text("app_integrations") == "### App\n\n{{app|_No response_}}\n");
    CHECK(text("app_integrations.yml") == "### App\n\n{{app|_No response_}}\n");
    CHECK(text("app_integrations.md") == "of the owner");
    CHECK(text("App_Integration") == "### App\n\n{{app|_No response_}}\n");
    const auto broken = read("broken");
    CHECK(broken.error == "template_unreadable");
    CHECK(broken.meaning == ApiMeaning::refused);
    CHECK(broken.detail == "broken.yml: element 1 of its body: its type slider is unknown");
    CHECK(broken.advice.contains("correct it in its repository"));
    CHECK(read("none").error == "template_not_found");
    CHECK(read("none.yml").error == "template_not_found");
    CHECK(hub.github.violations().empty());
    hub.github.add_template(project, "app_integrations", "Markdown");
    CHECK(text("app_integrations") == "Markdown");
}

TEST_CASE("whoami tells account, scopes and the server's version") {
    Hub hub;
    const auto who = hub.client().call("whoami", Json::object());
    REQUIRE_MESSAGE(who.error.empty(), who.all);
    CHECK(who.response["account"]["login"] == "countersign[bot]");
    CHECK(who.response["scopes"] == Json({"repo", "read:org"}));
    CHECK(who.response["version"] == "3.19.0");
}
