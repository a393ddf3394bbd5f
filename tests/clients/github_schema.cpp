// T5: what our client sends to GitHub, and what our fake answers, fits GitHub's own description of its API.
#include "tests/fakes/fake_github.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/tracker_client.hpp"

#include <filesystem>
#include <fstream>

using namespace countersign;
using fakes::FakeGithub;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "acme/vendors";

// Every call of our client, those that fail too.
Json exchanges_of(FakeGithub::Kind kind) {
    FakeGithub github({.token = "ghp_test"}, kind);
    github.add_project(project);
    github.add_project("acme/other");
    github.add_label(project, "Security::Approved");
    github.add_account("sam");
    github.add_template(project, "app_integrations", "## App");
    tests::TrackerClient client(github, config::TrackerKind::github, {project});

    CHECK(client.call("whoami", Json::object()).error.empty());
    CHECK(client.call("read_template", {{"project", project}, {"name", "app_integrations"}}).error.empty());
    CHECK(client.call("read_template", {{"project", project}, {"name", "none"}}).error ==
          "template_not_found");
    const auto made = client.create(project, {{"labels", {"Security::Approved", "made up"}}}, true);
    REQUIRE_MESSAGE(made.error.empty(), made.all);
    const fakes::IssueRef issue{project, made.response["iid"].get<std::int64_t>()};
    CHECK(client.note(issue, "1 of 2").error.empty());
    CHECK(client.note(issue, "2 of 2").error.empty());
    CHECK(client
              .call("set_labels", {{"project", project},
                                   {"iid", issue.iid},
                                   {"add", Json::array()},
                                   {"remove", {"Security::Approved"}}})
              .error.empty());
    CHECK(client
              .call("set_labels", {{"project", project},
                                   {"iid", issue.iid},
                                   {"add", {"Security::Approved"}},
                                   {"remove", Json::array()}})
              .error.empty());
    github.comment(issue, "sam", "approved: Security");
    github.close(issue, "sam", "not_planned");
    github.reopen(issue, "sam");
    const auto read = client.read(issue);
    REQUIRE_MESSAGE(read.error.empty(), read.all);
    CHECK(client.read(issue, read.response["etag"]).response["unchanged"] == true);
    CHECK(client.call("changed_issues", {{"project", project}, {"iids", {issue.iid}}, {"since", 0}})
              .error.empty());
    CHECK(client.read({project, 99}).error == "issue_not_found");
    github.move(issue, "acme/other", "sam");
    CHECK(client.read(issue).error == "issue_moved");
    const auto gone = github.open(project, "sam", "gone");
    github.remove(gone);
    CHECK_FALSE(client.read(gone).error.empty());

    Json all = Json::array();
    for (const auto& call : github.calls())
        all.push_back({{"method", call.method},
                       {"path", call.path},
                       {"query", call.query},
                       {"request", call.body},
                       {"status", call.status},
                       {"answer", call.answer}});
    return all;
}

tests::Finished validated(const std::string& spec, const Json& exchanges) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("countersign-exchanges-" + std::to_string(::getpid()) + ".json");
    std::ofstream(file) << exchanges.dump();
    const auto script = tests::data_directory().parent_path() / "clients/openapi.mjs";
    auto done = tests::run_process(NODE_PROGRAM,
                                   {.arguments = {script.string(), spec, file.string()},
                                    .environment = {{"PATH", "/usr/bin:/bin"}},
                                    .directory = {}},
                                   std::chrono::seconds(60));
    std::filesystem::remove(file);
    return done;
}

}  // namespace

TEST_CASE("T5: our requests and the fake's answers fit the description of github.com") {
    auto exchanges = exchanges_of(FakeGithub::Kind::dot_com);
    const auto good = validated("api.github.com", exchanges);
    CHECK_MESSAGE(good.code == 0, good.output << good.errors);
    // The description is in earnest: an answer without what it wants, or a parameter that is not, is refused.
    for (auto& exchange : exchanges)
        if (exchange["answer"].is_object() && exchange["answer"].contains("number"))
            exchange["answer"].erase("number");
    exchanges[0]["query"] = "made_up=1";
    const auto bad = validated("api.github.com", exchanges);
    CHECK(bad.code == 1);
    CHECK(bad.output.contains("must have required property 'number'"));
    CHECK(bad.output.contains("unknown parameter made_up"));
}

TEST_CASE("T5: they fit the descriptions of Enterprise Server 3.17 and 3.19") {
    const auto exchanges = exchanges_of(FakeGithub::Kind::enterprise);
    for (const auto* spec : {"ghes-3.17", "ghes-3.19"}) {
        const auto good = validated(spec, exchanges);
        CHECK_MESSAGE(good.code == 0, spec << "\n" << good.output << good.errors);
    }
}
