// T1: Debian's GitLab client, which knows nothing of us, against our fake GitLab.
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/support/child_process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace countersign;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "acme/vendors";

struct Cli {
    explicit Cli(const fakes::FakeGitlab& gitlab) : gitlab_(&gitlab) {}

    Json run(std::vector<std::string> words) const {
        std::vector<std::string> arguments{"--server-url",   gitlab_->url(), "--private-token",
                                           gitlab_->token(), "--output",     "json"};
        arguments.insert(arguments.end(), words.begin(), words.end());
        const auto done = tests::run_process(
            "/usr/bin/python-gitlab",
            {.arguments = std::move(arguments), .environment = {{"PATH", "/usr/bin:/bin"}}, .directory = {}},
            std::chrono::seconds(60));
        INFO(done.errors << done.output);
        REQUIRE(done.code == 0);
        return done.output.find_first_not_of(" \n") == std::string::npos ? Json() : Json::parse(done.output);
    }
    const fakes::FakeGitlab* gitlab_;
};

}  // namespace

TEST_CASE("T1: gitlab-cli lists and gets issues, writes and reads notes and labels on the fake GitLab") {
    fakes::FakeGitlab gitlab;
    gitlab.add_project(project);
    gitlab.add_account("ann");
    gitlab.add_label(project, "vendor");
    const auto issue = gitlab.open(project, "ann", "Zapier", "Please look at it");
    for (int i = 0; i < 30; ++i)
        gitlab.open(project, "ann", "Another");
    const Cli cli(gitlab);

    CHECK(cli.run({"project", "get", "--id", project})["path_with_namespace"] == project);
    CHECK(cli.run({"project-issue", "list", "--project-id", project, "--get-all"}).size() == 31);
    const auto got = cli.run({"project-issue", "get", "--project-id", project, "--iid", "1"});
    CHECK(got["title"] == "Zapier");
    CHECK(got["author"]["username"] == "ann");
    CHECK(got["references"]["full"] == "acme/vendors#1");

    cli.run({"project-issue-note", "create", "--project-id", project, "--issue-iid", "1", "--body", "Hello"});
    const auto notes = cli.run({"project-issue-note", "list", "--project-id", project, "--issue-iid", "1"});
    REQUIRE(notes.size() == 1);
    CHECK(notes[0]["body"] == "Hello");

    cli.run({"project-issue", "update", "--project-id", project, "--iid", "1", "--labels", "vendor"});
    CHECK(gitlab.labels_of(issue) == std::vector<std::string>{"vendor"});
    const auto events =
        cli.run({"project-issue-resource-label-event", "list", "--project-id", project, "--issue-iid", "1"});
    REQUIRE(events.size() == 1);
    CHECK(events[0]["action"] == "add");
    CHECK(cli.run({"project-label", "list", "--project-id", project})[0]["name"] == "vendor");

    cli.run({"project-issue", "update", "--project-id", project, "--iid", "1", "--state-event", "close"});
    CHECK_FALSE(gitlab.issue(issue).open);
    const auto made =
        cli.run({"project-issue", "create", "--project-id", project, "--title", "Made by hand"});
    CHECK(made["iid"] == 32);
    CHECK(cli.run({"current-user", "get"})["username"] == "project_1_bot");
}
