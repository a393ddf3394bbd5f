// Our GitLab client against the fake GitLab, over real sockets.
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/support/tracker_client.hpp"

#include <algorithm>

using namespace countersign;
using namespace std::chrono_literals;
using fakes::IssueRef;
using net::ApiMeaning;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "acme/security/vendors";

struct Office {
    explicit Office(fakes::FakeTrackerOptions options = {}) : gitlab(std::move(options)) {
        gitlab.add_project(project);
        gitlab.add_account("ann");
        gitlab.add_account("sam");
        gitlab.add_label(project, "Security::Approved");
        gitlab.add_label(project, "vendor");
    }
    IssueRef open(const std::string& description = "Please look at it") {
        return gitlab.open(project, "ann", "Zapier", description);
    }
    tests::TrackerClient& client(std::vector<std::string> projects = {project}) {
        client_ =
            std::make_unique<tests::TrackerClient>(gitlab, config::TrackerKind::gitlab, std::move(projects));
        return *client_;
    }

    fakes::FakeGitlab gitlab;
    std::unique_ptr<tests::TrackerClient> client_;
};

}  // namespace

TEST_CASE("O8: a token that an application was granted reads issues, too") {
    Office office({.token = "a-granted-token"});
    const auto issue = office.open();
    const auto answer = office.client().read(issue);
    CHECK_MESSAGE(answer.error.empty(), answer.all);
    CHECK(answer.facts().iid == issue.iid);
}

TEST_CASE("A2 N11: an issue is read with its labels' ids, who put them on, who closed it and every comment") {
    Office office;
    const auto issue = office.open();
    office.gitlab.sign(issue, "sam", "Security::Approved");
    office.gitlab.comment(issue, "sam", "Looks fine");
    office.gitlab.close(issue, "sam");
    auto& client = office.client();

    const auto answer = client.read(issue);
    REQUIRE_MESSAGE(answer.error.empty(), answer.all);
    const auto facts = answer.facts();
    CHECK(facts.project == project);
    CHECK(facts.iid == issue.iid);
    CHECK(facts.url == office.gitlab.url() + "/acme/security/vendors/-/issues/1");
    CHECK(facts.description == "Please look at it");
    CHECK_FALSE(facts.open);
    CHECK(facts.type == "issue");
    REQUIRE(facts.author);
    CHECK(facts.author->login == "ann");
    REQUIRE(facts.labels.size() == 1);
    CHECK(facts.labels[0].id > 0);
    REQUIRE(facts.label_events.size() == 1);
    CHECK(facts.label_events[0].added);
    CHECK(facts.label_events[0].label == facts.labels[0].id);
    CHECK(facts.label_events[0].actor->login == "sam");
    REQUIRE(facts.state_events.size() == 1);
    CHECK(facts.state_events[0].state == "closed");
    REQUIRE(facts.comments.size() == 1);
    CHECK(facts.comments[0].body == "Looks fine");
    CHECK(facts.read_at >= facts.updated_at - 1s);
    for (const auto& call : office.gitlab.calls()) {
        CHECK(call.headers.at("authorization") == "Bearer " + office.gitlab.token());
        CHECK(call.headers.at("accept") == "application/json");
        CHECK_FALSE(call.query.contains("token"));
    }
    CHECK(office.gitlab.violations().empty());
}

TEST_CASE("G1: a project's path is resolved once, and again when its number is not found any more") {
    Office office;
    const auto issue = office.open();
    auto& client = office.client();
    REQUIRE(client.read(issue).error.empty());
    REQUIRE(client.read(issue).error.empty());
    CHECK(office.gitlab.calls("GET /projects/acme%2Fsecurity%2Fvendors").size() == 1);

    // The project was deleted and made again under the same path: another number.
    office.gitlab.rename_project(project, "acme/old");
    office.gitlab.make_private("acme/old");
    office.gitlab.add_project(project);
    const auto again = office.gitlab.open(project, "ann", "Zapier, again");
    const auto answer = client.read(again);
    REQUIRE_MESSAGE(answer.error.empty(), answer.all);
    CHECK(answer.facts().title == "Zapier, again");
}

TEST_CASE("G1 L8: a renamed project is followed by its redirect, if the new path is configured") {
    Office office;
    const auto issue = office.open();
    office.gitlab.rename_project(project, "acme/legal/vendors");

    SUBCASE("it is") {
        const auto answer = office.client({project, "acme/legal/vendors"}).read(issue);
        REQUIRE_MESSAGE(answer.error.empty(), answer.all);
        CHECK(answer.facts().project == "acme/legal/vendors");
        CHECK(answer.facts().url == office.gitlab.url() + "/acme/legal/vendors/-/issues/1");
    }
    SUBCASE("it is not") {
        const auto answer = office.client().read(issue);
        CHECK(answer.error == "issue_moved");
        CHECK(answer.meaning == ApiMeaning::refused);
        CHECK(answer.response["project"] == "acme/legal/vendors");
    }
}

TEST_CASE("L8: a project that is not configured is refused before anything is sent") {
    Office office;
    office.gitlab.add_project("acme/other");
    const auto issue = office.gitlab.open("acme/other", "ann", "Zapier");
    CHECK(office.client().read(issue).error == "project_not_found");
    CHECK(office.gitlab.calls().empty());
}

TEST_CASE("G2: a moved issue says so by the number of the one that took its place") {
    Office office;
    office.gitlab.add_project("acme/elsewhere");
    const auto issue = office.open();
    office.gitlab.sign(issue, "sam", "Security::Approved");
    office.gitlab.move(issue, "acme/elsewhere", "sam");
    const auto facts = office.client().read(issue).facts();
    CHECK(facts.moved_to.has_value());
    CHECK_FALSE(facts.open);
}

TEST_CASE("G3 G4: confidentiality and type are told") {
    Office office;
    const auto issue = office.open();
    office.gitlab.set_confidential(issue, true);
    office.gitlab.set_type(issue, "incident");
    const auto facts = office.client().read(issue).facts();
    CHECK(facts.confidential);
    CHECK(facts.type == "incident");
}

TEST_CASE("G5: what is missing and what is hidden give the same answer") {
    Office office;
    const auto gone = office.open();
    office.gitlab.remove(gone);
    auto& client = office.client();
    const auto answer = client.read(gone);
    CHECK(answer.error == "issue_not_found");
    CHECK(answer.meaning == ApiMeaning::refused);
    CHECK(client.read({project, 4711}).error == "issue_not_found");
}

TEST_CASE("A7: a deleted label and a deleted account are told as unknown") {
    Office office;
    const auto issue = office.open();
    office.gitlab.sign(issue, "sam", "Security::Approved");
    office.gitlab.delete_label(project, "Security::Approved");
    const auto facts = office.client().read(issue).facts();
    REQUIRE(facts.label_events.size() == 1);
    CHECK_FALSE(facts.label_events[0].label);
    CHECK(facts.labels.empty());
}

TEST_CASE("A9: blocked accounts and the bots of access tokens are marked") {
    Office office;
    office.gitlab.add_account("group_12_bot_0a1b");
    office.gitlab.deactivate("sam");
    const auto issue = office.open();
    office.gitlab.sign(issue, "sam", "Security::Approved");
    office.gitlab.sign(issue, "group_12_bot_0a1b", "vendor");
    const auto events = office.client().read(issue).facts().label_events;
    REQUIRE(events.size() == 2);
    CHECK_FALSE(events[0].actor->active);
    CHECK_FALSE(events[0].actor->bot);
    CHECK(events[1].actor->bot);
}

TEST_CASE("N9 N10: pages are read to the last, also when one comes back short or empty") {
    Office office;
    const auto issue = office.open();
    for (int i = 0; i < 250; ++i) {
        const auto note = office.gitlab.comment(issue, "sam", "note " + std::to_string(i));
        if (i >= 100 && i < 200) office.gitlab.hide_comment(issue, note);  // the whole second page
    }
    const auto facts = office.client().read(issue).facts();
    CHECK(facts.comments.size() == 150);
    CHECK(facts.comments.back().body == "note 249");
    CHECK(office.gitlab.calls("/notes").size() == 3);
}

TEST_CASE("N9: without a Link the next page is found by its number, a Link to another host is no list") {
    Office office;
    const auto issue = office.open();
    for (int i = 0; i < 120; ++i)
        office.gitlab.comment(issue, "sam", "note");
    SUBCASE("the number alone") {
        office.gitlab.script("/notes", {{"headers", {{"Link", nullptr}}}}, 2);
        CHECK(office.client().read(issue).facts().comments.size() == 120);
    }
    SUBCASE("a Link elsewhere, and the number") {
        office.gitlab.script("/notes", {{"headers", {{"Link", "<http://evil.example/x>; rel=\"next\""}}}}, 1);
        CHECK(office.client().read(issue).facts().comments.size() == 120);
    }
    SUBCASE("a Link elsewhere alone") {
        office.gitlab.script(
            "/notes",
            {{"headers", {{"Link", "<http://evil.example/x>; rel=\"next\""}, {"X-Next-Page", nullptr}}}}, 1);
        const auto answer = office.client().read(issue);
        CHECK(answer.error == "malformed");
        CHECK_FALSE(answer.response.contains("facts"));
    }
    SUBCASE("a Link out of the API's root") {
        office.gitlab.script(
            "/notes",
            {{"headers",
              {{"Link", "<" + office.gitlab.url() + "/uploads/x>; rel=\"next\""}, {"X-Next-Page", nullptr}}}},
            1);
        CHECK(office.client().read(issue).error == "malformed");
    }
    SUBCASE("a loop") {
        const auto number = office.client().read(issue).facts().project_id;
        const auto self = office.gitlab.api_url() + "/projects/" + std::to_string(number) +
                          "/issues/1/notes?sort=asc&order_by=created_at&per_page=100&page=2";
        office.gitlab.script("/notes", {{"headers", {{"Link", "<" + self + ">; rel=\"next\""}}}}, 60);
        const auto answer = office.client().read(issue);
        CHECK(answer.error == "malformed");
        CHECK(office.gitlab.calls("/notes").size() <= 5);
    }
}

TEST_CASE("N4: a page over 8 MiB is read again in small pages, an endless list is given up") {
    Office office;
    const auto issue = office.open();
    SUBCASE("large notes") {
        for (int i = 0; i < 12; ++i)
            office.gitlab.comment(issue, "sam", std::string(900'000, 'x'));
        CHECK(office.client().read(issue).facts().comments.size() == 12);
    }
    SUBCASE("many pages") {
        for (int i = 0; i < 5'100; ++i)
            office.gitlab.comment(issue, "sam", "x");
        const auto answer = office.client().read(issue);
        CHECK(answer.error == "too_large");
        CHECK(answer.meaning == ApiMeaning::refused);
        CHECK(office.gitlab.calls("/notes").size() == 50);
    }
}

TEST_CASE("N5: whatever is not GitLab's answer gives an error, never facts and never a crash") {
    struct Row {
        const char* at;
        Json fault;
        std::string error;
    };
    const std::vector<Row> rows{
        {"GET /projects/acme", {{"body", "<html>sign in</html>"}, {"type", "text/html"}}, "malformed"},
        {"GET /projects/acme", {{"body", ""}, {"type", "application/json"}}, "malformed"},
        {"GET /projects/acme", {{"body", "{}"}}, "malformed"},
        {"GET /projects/acme", {{"body", "null"}}, "malformed"},
        {"GET /projects/acme", {{"body", "[]"}}, "malformed"},
        {"GET /projects/acme",
         {{"body", R"({"id":"1","path_with_namespace":"acme/security/vendors"})"}},
         "malformed"},
        {"GET /projects/acme",
         {{"body", R"({"id":1.5,"path_with_namespace":"acme/security/vendors"})"}},
         "malformed"},
        {"GET /projects/acme", {{"body", "{\"id\":1,\"id\":2,\"path_with_namespace\":\"x\"}"}}, "malformed"},
        {"GET /projects/acme", {{"body", "{\"id\":1,\"path_with_namespace\":\"\xff\"}"}}, "malformed"},
        {"GET /projects/acme", {{"body", std::string(100, '[') + std::string(100, ']')}}, "malformed"},
        {"GET /projects/acme", {{"truncate", true}}, "timeout"},
        {"GET /projects/acme", {{"drop_before", true}}, "timeout"},
        {"GET /projects/acme", {{"headers", {{"Date", nullptr}}}}, "malformed"},
        {"resource_label_events", {{"body", "[null]"}}, "malformed"},
        {"resource_label_events", {{"body", "{}"}}, "malformed"},
        {"resource_label_events",
         {{"body",
           R"([{"id":1,"action":"shrug","created_at":"2026-01-01T00:00:00Z","user":null,"label":null}])"}},
         "malformed"},
        {"resource_label_events",
         {{"body", R"([{"id":1,"action":"add","created_at":"yesterday","user":null,"label":null}])"}},
         "malformed"},
        {"resource_label_events",
         {{"body", R"([{"id":1,"action":"add","created_at":"2026-01-01T00:00:00Z","user":7,"label":null}])"}},
         "malformed"},
        {"resource_state_events", {{"body", "\"Retry later\""}}, "malformed"},
        {"/notes", {{"body", "[{}]"}}, "malformed"},
        {"/notes", {{"body", "Retry later"}, {"type", "text/plain"}}, "malformed"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.at);
        CAPTURE(row.fault.dump(-1, ' ', true, Json::error_handler_t::replace));
        Office office;
        const auto issue = office.open();
        office.gitlab.sign(issue, "sam", "Security::Approved");
        office.gitlab.script(row.at, row.fault);
        auto& client = office.client();
        const auto answer = client.read(issue);
        CHECK(answer.error == row.error);
        CHECK(answer.meaning == ApiMeaning::retry);
        CHECK_FALSE(answer.response.contains("facts"));
    }
}

TEST_CASE("N5: an answer that stays unreadable is a matter for a person") {
    Office office;
    const auto issue = office.open();
    office.gitlab.script("GET /projects/acme", {{"body", "{}"}}, 10);
    auto& client = office.client();
    const Json args{{"project", issue.project}, {"iid", issue.iid}};
    CHECK(client.call("read_issue", args, false, 2).meaning == ApiMeaning::retry);
    CHECK(client.call("read_issue", args, false, 3).meaning == ApiMeaning::human);
}

TEST_CASE("N6: every status has its meaning") {
    struct Row {
        int status;
        std::string error;
        ApiMeaning meaning;
    };
    const std::vector<Row> rows = {
        {400, "rejected", ApiMeaning::refused},  {401, "unauthorized", ApiMeaning::human},
        {403, "forbidden", ApiMeaning::human},   {404, "issue_not_found", ApiMeaning::refused},
        {405, "rejected", ApiMeaning::refused},  {408, "timeout", ApiMeaning::retry},
        {409, "conflict", ApiMeaning::retry},    {410, "issue_gone", ApiMeaning::refused},
        {412, "conflict", ApiMeaning::retry},    {413, "too_large", ApiMeaning::refused},
        {414, "rejected", ApiMeaning::refused},  {415, "rejected", ApiMeaning::refused},
        {422, "rejected", ApiMeaning::refused},  {429, "rate_limited", ApiMeaning::retry},
        {451, "forbidden", ApiMeaning::human},   {500, "unavailable", ApiMeaning::retry},
        {502, "unavailable", ApiMeaning::retry}, {503, "unavailable", ApiMeaning::retry},
        {521, "unavailable", ApiMeaning::retry}, {206, "malformed", ApiMeaning::retry},
        {304, "malformed", ApiMeaning::retry},   {418, "malformed", ApiMeaning::retry},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        Office office;
        const auto issue = office.open();
        office.gitlab.script("resource_label_events", {{"status", row.status}}, 2);
        const auto answer = office.client().read(issue);
        CHECK(answer.error == row.error);
        CHECK(answer.meaning == row.meaning);
        CHECK_FALSE(answer.advice.empty());
    }
}

TEST_CASE("N2: a redirect is followed once, and only below the API's root") {
    Office office;
    const auto issue = office.open();
    const auto redirect = [&](int status, const std::string& to, int times = 1) {
        office.gitlab.script("GET /projects/acme", {{"status", status}, {"headers", {{"Location", to}}}},
                             times);
    };
    SUBCASE("to another host") {
        redirect(301, "http://evil.example/api/v4/projects/1");
        CHECK(office.client().read(issue).error == "project_not_found");
    }
    SUBCASE("to another port") {
        redirect(301, "http://localhost:1/api/v4/projects/1");
        CHECK(office.client().read(issue).error == "project_not_found");
    }
    SUBCASE("to the login page") {
        redirect(302, "/users/sign_in");
        CHECK(office.client().read(issue).error == "malformed");
    }
    SUBCASE("up and out of the root") {
        redirect(301, "/api/v4/../../users/sign_in");
        CHECK(office.client().read(issue).error == "project_not_found");
    }
    SUBCASE("again and again") {
        redirect(301, "/api/v4/projects/acme%2Fsecurity%2Fvendors", 5);
        CHECK(office.client().read(issue).error == "project_not_found");
        CHECK(office.gitlab.calls().size() == 2);
    }
    SUBCASE("for a write") {
        auto& client = office.client();
        office.gitlab.script("POST /projects",
                             {{"status", 301}, {"headers", {{"Location", "/api/v4/projects/1"}}}});
        const auto answer = client.note(issue, "hello");
        CHECK(answer.error == "conflict");
        CHECK(office.gitlab.issue(issue).notes.empty());
    }
}

TEST_CASE("N7: a 429 in plain text says how long to rest") {
    Office office;
    const auto issue = office.open();
    const auto limited = [&](Json headers) {
        office.gitlab.script("resource_label_events", {{"status", 429},
                                                       {"body", "Retry later\n"},
                                                       {"type", "text/plain"},
                                                       {"headers", std::move(headers)}});
        const auto answer = office.client().read(issue);
        CHECK(answer.error == "rate_limited");
        CHECK(answer.meaning == ApiMeaning::retry);
        REQUIRE(answer.retry_after);
        return *answer.retry_after;
    };
    const auto between = [](std::chrono::milliseconds rest, std::chrono::seconds asked) {
        return rest >= asked && rest <= asked + asked / 10 + 1s;
    };
    CHECK(between(limited({{"Retry-After", "7"}}), 7s));
    CHECK(between(limited({{"Retry-After", "Sun, 22 Nov 2026 08:00:20 GMT"},
                           {"Date", "Sun, 22 Nov 2026 08:00:00 GMT"}}),
                  20s));
    CHECK(between(limited({{"RateLimit-Remaining", "0"},
                           {"RateLimit-Reset", "1795334430"},
                           {"Date", "Sun, 22 Nov 2026 08:00:00 GMT"}}),
                  30s));
    CHECK(between(limited(Json::object()), 60s));
    CHECK(between(limited({{"Retry-After", "99999999999999999999"}}), 3600s));
    CHECK(between(limited({{"Retry-After", "-5"}}), 60s));
}

TEST_CASE("N12: neither token nor text of an issue gets into an error") {
    Office office({.token = "glpat-canary-0123456789"});
    const auto issue = office.open("a secret text");
    auto& client = office.client();
    office.gitlab.rotate_token("glpat-other");
    const auto answer = client.read(issue);
    CHECK(answer.error == "unauthorized");
    CHECK(answer.meaning == ApiMeaning::human);
    CHECK(answer.advice.contains("VENDOR_TOKEN"));
    CHECK_FALSE(answer.all.contains("canary"));
    office.gitlab.set_down(true);
    const auto down = client.read(issue);
    CHECK_FALSE(down.all.contains("canary"));
    CHECK(office.gitlab.violations().empty());
}

TEST_CASE("S8: an instance that is down or silent is tried again") {
    Office office;
    const auto issue = office.open();
    auto& client = office.client();
    office.gitlab.set_down(true);
    const auto answer = client.read(issue);
    CHECK(answer.meaning == ApiMeaning::retry);
}

TEST_CASE("changes are found by one cheap call for many issues") {
    Office office;
    const auto one = office.open();
    const auto two = office.open();
    const auto other = office.open();
    auto& client = office.client();
    const auto all =
        client.call("changed_issues", {{"project", project}, {"iids", {one.iid, two.iid}}, {"since", 0}});
    REQUIRE_MESSAGE(all.error.empty(), all.all);
    CHECK(all.response["issues"].size() == 2);
    office.gitlab.pass(10s);
    office.gitlab.sign(two, "sam", "Security::Approved");
    office.gitlab.sign(other, "sam", "Security::Approved");
    const auto since = all.response["read_at"].get<std::int64_t>() + 5'000;
    const auto later =
        client.call("changed_issues", {{"project", project}, {"iids", {one.iid, two.iid}}, {"since", since}});
    REQUIRE(later.response["issues"].size() == 1);
    CHECK(later.response["issues"][0]["iid"] == two.iid);
}

TEST_CASE("G6: an issue is made once, found again by its marker, and read back") {
    Office office;
    auto& client = office.client();
    const auto made = client.create(project, {{"labels", {"vendor"}}, {"confidential", true}});
    REQUIRE_MESSAGE(made.error.empty(), made.all);
    CHECK(made.response["existing"] == false);
    CHECK(made.response["iid"] == 1);
    CHECK(made.response["url"] == office.gitlab.url() + "/acme/security/vendors/-/issues/1");
    CHECK(made.response["dropped_labels"].empty());
    CHECK(office.gitlab.issue({project, 1}).confidential);
    CHECK(office.gitlab.labels_of({project, 1}) == std::vector<std::string>{"vendor"});

    const auto again = client.create(project, Json::object(), true);
    CHECK(again.response["existing"] == true);
    CHECK(again.response["iid"] == 1);
    CHECK(office.gitlab.issues(project).size() == 1);
}

TEST_CASE("G6 S7: when the answer to the creation is lost, the next attempt finds the issue") {
    Office office;
    const auto faults = std::vector<Json>{{{"drop_after", true}},
                                          {{"truncate", true}},
                                          {{"perform", true}, {"status", 502}},
                                          {{"perform", true}, {"body", "<html>"}, {"type", "text/html"}},
                                          {{"perform", true}, {"body", "{}"}}};
    for (const Json& fault : faults) {
        CAPTURE(fault.dump());
        Office fresh;
        auto& client = fresh.client();
        fresh.gitlab.script("POST /projects", fault);
        const auto lost = client.create(project);
        CHECK(lost.error == "answer_lost");
        CHECK(lost.meaning == ApiMeaning::unclear);
        const auto found = client.create(project, Json::object(), true);
        REQUIRE_MESSAGE(found.error.empty(), found.all);
        CHECK(found.response["existing"] == true);
        CHECK(fresh.gitlab.issues(project).size() == 1);
    }
}

TEST_CASE("G6: the marker in somebody else's issue is a copy, and counts for nothing") {
    Office office;
    office.gitlab.open(project, "ann", "Mine", "<!-- countersign:REQ-1 -->");
    const auto made = office.client().create(project, Json::object(), true);
    CHECK(made.response["existing"] == false);
    CHECK(office.gitlab.issues(project).size() == 2);
}

TEST_CASE("G7: a label that the project does not have is never sent, but reported") {
    Office office;
    auto& client = office.client();
    const auto made = client.create(project, {{"labels", {"vendor", "made up", "VENDOR"}}});
    CHECK(made.response["dropped_labels"] == Json({"made up", "VENDOR"}));
    const auto set = client.call("set_labels", {{"project", project},
                                                {"iid", 1},
                                                {"add", {"Security::Approved", "nobody's"}},
                                                {"remove", {"vendor"}}});
    REQUIRE_MESSAGE(set.error.empty(), set.all);
    CHECK(set.response["dropped"] == Json({"nobody's"}));
    CHECK(office.gitlab.labels_of({project, 1}) == std::vector<std::string>{"Security::Approved"});
    CHECK(office.gitlab.project_labels(project).size() == 2);
    CHECK(office.gitlab.violations().empty());
}

TEST_CASE("S1: the status note is one note, edited in place, and not written when nothing changed") {
    Office office;
    const auto issue = office.open();
    auto& client = office.client();
    const auto first = client.note(issue, "1 of 2 signed");
    REQUIRE_MESSAGE(first.error.empty(), first.all);
    CHECK(first.response["created"] == true);
    const auto second = client.note(issue, "2 of 2 signed");
    CHECK(second.response["created"] == false);
    CHECK(second.response["note"] == first.response["note"]);
    CHECK(client.note(issue, "2 of 2 signed").response["note"] == first.response["note"]);
    CHECK(office.gitlab.calls("PUT ").size() == 1);
    REQUIRE(office.gitlab.issue(issue).notes.size() == 1);
    CHECK(office.gitlab.issue(issue).notes[0].body.contains("2 of 2 signed"));
}

TEST_CASE(
    "S1 S7: a note whose answer was lost is found again, and a stranger's note with the marker is not "
    "taken") {
    Office office;
    const auto issue = office.open();
    office.gitlab.comment(issue, "sam", "<!-- countersign:1 -->\nfake status");
    auto& client = office.client();
    office.gitlab.script("POST ", {{"drop_after", true}});
    CHECK(client.note(issue, "status").meaning == ApiMeaning::unclear);
    const auto again = client.note(issue, "status", true);
    REQUIRE_MESSAGE(again.error.empty(), again.all);
    CHECK(again.response["created"] == false);
    CHECK(office.gitlab.issue(issue).notes.size() == 2);
}

TEST_CASE("G3: a note is internal where that is asked for") {
    Office office;
    const auto issue = office.open();
    auto& client = office.client();
    client.call("put_note", {{"project", project},
                             {"iid", issue.iid},
                             {"marker", "M1"},
                             {"body", "M1 text"},
                             {"internal", true}});
    CHECK(office.gitlab.issue(issue).notes.at(0).internal);
}

TEST_CASE("G8: a text that GitLab took for a command is an alarm") {
    Office office;
    const auto issue = office.open();
    auto& client = office.client();
    const auto partly = client.note(issue, "/close");
    CHECK(partly.error == "quick_action_run");
    CHECK(partly.meaning == ApiMeaning::human);
    const auto wholly = client.call(
        "put_note",
        {{"project", project}, {"iid", issue.iid}, {"marker", "/label"}, {"body", "/label ~vendor"}});
    CHECK(wholly.error == "quick_action_run");
    CHECK(office.gitlab.would_be_actions() == std::vector<std::string>{"/close", "/label ~vendor"});
}

TEST_CASE("a template is read by its exact name") {
    Office office;
    office.gitlab.add_template(project, "app_integrations", "## App\n%{app}");
    auto& client = office.client();
    CHECK(client.call("read_template", {{"project", project}, {"name", "app_integrations"}})
              .response["content"] == "## App\n%{app}");
    const auto missing =
        client.call("read_template", {{"project", project}, {"name", "App Integrations/../x"}});
    CHECK(missing.error == "template_not_found");
    CHECK(missing.meaning == ApiMeaning::refused);
}

TEST_CASE("issues that are disabled and projects without access are matters for a person") {
    Office office;
    SUBCASE("disabled") {
        office.gitlab.disable_issues(project);
        auto& client = office.client();
        CHECK(client.create(project).error == "issues_disabled");
        office.gitlab.disable_issues(project, false);
        CHECK(client.create(project).error.empty());
    }
    SUBCASE("no access") {
        office.gitlab.make_private(project);
        const auto answer = office.client().create(project);
        CHECK(answer.error == "project_not_found");
        CHECK(answer.meaning == ApiMeaning::human);
    }
}

TEST_CASE("whoami tells account, scopes, expiry and version, as far as the instance tells them") {
    Office office;
    office.gitlab.set_token_facts({"read_api"}, "2027-01-31");
    auto& client = office.client();
    const auto who = client.call("whoami", Json::object());
    REQUIRE_MESSAGE(who.error.empty(), who.all);
    CHECK(who.response["account"]["login"] == "project_1_bot");
    CHECK(who.response["scopes"] == Json({"read_api"}));
    CHECK(who.response["expires_at"] == "2027-01-31");
    CHECK(who.response["version"] == "17.9.2-ee");
    office.gitlab.script("personal_access_tokens", {{"status", 404}});
    office.gitlab.script("/version", {{"status", 404}});
    const auto old = client.call("whoami", Json::object());
    CHECK(old.error.empty());
    CHECK(old.response["scopes"].empty());
}

TEST_CASE("a tracker below a relative root is called there") {
    Office office({.root = "/gitlab"});
    const auto issue = office.open();
    const auto answer = office.client().read(issue);
    REQUIRE_MESSAGE(answer.error.empty(), answer.all);
    CHECK(answer.facts().url == office.gitlab.url() + "/acme/security/vendors/-/issues/1");
    CHECK(office.gitlab.url().ends_with("/gitlab"));
}

TEST_CASE("a tracker that is not configured, or has no token, is told so, and arguments are checked") {
    Office office;
    auto& client = office.client();
    CHECK(client.call("whoami", {{"tracker", "other"}}).error == "unknown_tracker");
    CHECK(client.call("read_issue", {{"project", project}}).error == "malformed");
    CHECK(client
              .call("create_issue",
                    {{"project", project}, {"title", "x"}, {"description", "y"}, {"marker", "z"}})
              .error == "malformed");
    CHECK(office.gitlab.calls().empty());
}
