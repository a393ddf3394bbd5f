// T2: our GitHub client against a GitHub that others wrote.
#include "tests/fakes/fake_github.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/tracker_client.hpp"

#include <cstdlib>

using namespace countersign;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "countersign/vendors";

struct Emulator {
    Emulator()
        : process(NODE_PROGRAM,
                  {.arguments = {(tests::data_directory().parent_path() / "clients/emulate.mjs").string()},
                   .environment = {{"PATH", "/usr/bin:/bin"}},
                   .directory = {}}) {
        REQUIRE_MESSAGE(process.wait_for("listening ", std::chrono::seconds(60)), process.errors());
        REQUIRE(process.wait_until(
            [](const std::string& out, const std::string&) { return out.contains('\n'); }));
        const auto output = process.output();
        const auto at = output.find("listening ") + 10;
        url = output.substr(at, output.find('\n', at) - at);
    }
    // A person's own call, with curl's place taken by our HTTP client.
    Json act(const std::string& method, const std::string& path, const Json& body) {
        net::asio::io_context io{1};
        auto tls = net::TlsContext::make({});
        REQUIRE(tls);
        const auto http = net::make_http_client(io.get_executor(), *tls, {});
        net::HttpRequest request;
        request.method = method;
        request.url = url + path;
        request.headers = {{"Authorization", "Bearer ghp_bot"}, {"Content-Type", "application/json"}};
        request.body = body.dump();
        const auto answer = tests::run(io, http->send(std::move(request)));
        REQUIRE(answer);
        INFO(answer->body);
        REQUIRE(answer->status < 300);
        return Json::parse(answer->body, nullptr, false);
    }

    tests::ChildProcess process;
    std::string url;
};

}  // namespace

TEST_CASE("T2: reading, creating, noting and labelling work on an emulated GitHub") {
    Emulator github;
    tests::TrackerClient client({.kind = config::TrackerKind::github,
                                 .url = github.url,
                                 .api_url = github.url,
                                 .token = "ghp_bot",
                                 .projects = {project}});
    const auto who = client.call("whoami", Json::object());
    REQUIRE_MESSAGE(who.error.empty(), who.all);
    CHECK(who.response["account"]["login"] == "countersign");

    github.act("POST", "/repos/countersign/vendors/labels", {{"name", "vendor"}, {"color", "0e8a16"}});
    const auto made = client.create(project, {{"labels", {"vendor", "made up"}}});
    REQUIRE_MESSAGE(made.error.empty(), made.all);
    CHECK(made.response["dropped_labels"] == Json({"made up"}));
    CHECK(client.create(project, Json::object(), true).response["existing"] == true);
    const fakes::IssueRef issue{project, made.response["iid"].get<std::int64_t>()};

    CHECK(client.note(issue, "1 of 2").response["created"] == true);
    const auto edited = client.note(issue, "2 of 2");
    REQUIRE_MESSAGE(edited.error.empty(), edited.all);
    CHECK(edited.response["created"] == false);

    const auto labelled =
        client.call("set_labels", {{"project", project}, {"iid", issue.iid}, {"remove", {"vendor"}}});
    REQUIRE_MESSAGE(labelled.error.empty(), labelled.all);
    const auto again =
        client.call("set_labels", {{"project", project}, {"iid", issue.iid}, {"add", {"vendor"}}});
    REQUIRE_MESSAGE(again.error.empty(), again.all);
    github.act("PATCH", "/repos/countersign/vendors/issues/" + std::to_string(issue.iid),
               {{"state", "closed"}});

    const auto read = client.read(issue);
    REQUIRE_MESSAGE(read.error.empty(), read.all);
    const auto facts = read.facts();
    CHECK(facts.title == "Approve Zapier");
    CHECK_FALSE(facts.open);
    CHECK(facts.author->login == "countersign");
    REQUIRE(facts.labels.size() == 1);
    CHECK(facts.labels[0].name == "vendor");
    REQUIRE_FALSE(facts.label_events.empty());
    CHECK(facts.label_events.back().added);
    CHECK(facts.label_events.back().actor->login == "countersign");
    REQUIRE(facts.comments.size() == 1);
    CHECK(facts.comments[0].body.contains("2 of 2"));
    CHECK_FALSE(facts.state_events.empty());

    CHECK(client.read({project, 99}).error == "issue_not_found");
    const auto changed =
        client.call("changed_issues", {{"project", project}, {"iids", {issue.iid}}, {"since", 0}});
    CHECK(changed.response["issues"].size() == 1);
    CHECK(client.call("read_template", {{"project", project}, {"name", "none"}}).error ==
          "template_not_found");
}
