// The real binary with trackers: what `check` finds out about them, and their webhooks.
#include "tests/fakes/fake_github.hpp"
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/support/daemon_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace countersign;
using namespace std::chrono_literals;

namespace {

constexpr const char* project = "acme/vendors";

std::string section(const fakes::FakeTracker& tracker, const std::string& name, const std::string& kind) {
    return fmt::format(R"(
[[tracker]]
name = "{}"
kind = "{}"
url = "{}"
api_url = "{}"
projects = ["{}"]
)",
                       name, kind, tracker.url(), tracker.api_url(), project);
}

struct Trackers {
    Trackers() {
        gitlab.add_project(project);
        gitlab.add_template(project, "app_integrations", "## App");
        github.add_project(project);
    }
    [[nodiscard]] tests::DaemonOptions options(const std::string& more = "") const {
        tests::DaemonOptions options;
        options.more_sections = section(gitlab, "lab", "gitlab") + section(github, "hub", "github") + more;
        options.environment = {{"LAB_TOKEN", gitlab.token()},
                               {"HUB_TOKEN", github.token()},
                               {"LAB_WEBHOOK_SECRET", "lab-hook-secret"}};
        return options;
    }
    fakes::FakeGitlab gitlab;
    fakes::FakeGithub github{{.token = "ghp_test"}};
};

std::uint16_t listening_port(tests::DaemonFixture& daemon) {
    daemon.expect_log("event=http_listening");
    const auto log = daemon.log();
    const auto at = log.find("port=", log.find("event=http_listening"));
    return static_cast<std::uint16_t>(std::stoi(log.substr(at + 5)));
}

std::string posted(std::uint16_t port, const std::string& path, const std::string& headers,
                   const std::string& body) {
    fakes::RawClient client(port);
    client.write(fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n{}", path,
                             body.size(), headers, body));
    return client.read_until("\r\n\r\n");
}

constexpr const char* issue_hook =
    R"({"object_kind":"issue","project":{"path_with_namespace":"acme/vendors"},"object_attributes":{"iid":1}})";

}  // namespace

TEST_CASE(
    "tracker: check tells of each tracker whether it is reached, what the token may, and what is missing") {
    Trackers trackers;
    trackers.gitlab.set_token_facts({"read_api"}, "2020-01-01");
    trackers.github.make_private(project);
    tests::DaemonFixture daemon(trackers.options());
    const auto checked = daemon.run_command({"check"});
    INFO(checked.output);
    CHECK(checked.output.contains("project_1_bot"));
    CHECK(checked.output.contains("version 17.9.2-ee"));
    CHECK(checked.output.contains("and not api"));
    CHECK(checked.output.contains("expired on 2020-01-01"));
    CHECK(checked.output.contains("tracker lab acme/vendors template: app_integrations is there"));
    CHECK(checked.output.contains("tracker hub acme/vendors: project_not_found"));
    CHECK(checked.output.contains("tracker procurement: has no token"));
    CHECK(checked.output.contains("PROCUREMENT_TOKEN"));
    CHECK_FALSE(checked.output.contains(trackers.gitlab.token()));

    trackers.gitlab.rotate_token("glpat-another");
    const auto refused = daemon.run_command({"check"});
    CHECK(refused.output.contains("tracker lab: unauthorized"));
    CHECK(refused.output.contains("LAB_TOKEN"));
    trackers.gitlab.set_down(true);
    CHECK(daemon.run_command({"check"}).output.contains("FAIL  tracker lab: "));
}

TEST_CASE(
    "tracker: a webhook is answered when it is kept, once for each delivery, and refused unless it is signed "
    "(G9)") {
    Trackers trackers;
    tests::DaemonFixture daemon(trackers.options("\n[http]\nlisten = \"127.0.0.1:0\"\n"));
    daemon.start();
    const auto port = listening_port(daemon);
    const std::string event = "X-Gitlab-Event: Issue Hook\r\nIdempotency-Key: 11\r\n";
    const std::string good = event + "X-Gitlab-Token: lab-hook-secret\r\n";

    CHECK(posted(port, "/webhooks/lab", good, issue_hook).starts_with("HTTP/1.1 200 "));
    CHECK(posted(port, "/webhooks/lab", good, issue_hook).starts_with("HTTP/1.1 200 "));  // sent again
    CHECK(posted(port, "/webhooks/lab", event + "X-Gitlab-Token: lab-hook-secreT\r\n", issue_hook)
              .starts_with("HTTP/1.1 401 "));
    CHECK(posted(port, "/webhooks/lab", event, issue_hook).starts_with("HTTP/1.1 401 "));
    CHECK(posted(port, "/webhooks/lab", good + "X-Gitlab-Instance: https://evil.example\r\n", issue_hook)
              .starts_with("HTTP/1.1 403 "));
    CHECK(posted(port, "/webhooks/lab", good, "{\"object_kind\":").starts_with("HTTP/1.1 400 "));
    CHECK(posted(port, "/webhooks/hub", good, issue_hook).starts_with("HTTP/1.1 404 "));  // without a secret
    CHECK(posted(port, "/webhooks/nobody", good, issue_hook).starts_with("HTTP/1.1 404 "));
    CHECK(posted(port, "/metrics", good, issue_hook).starts_with("HTTP/1.1 404 "));

    // More than is read of any body: refused without waiting for it.
    fakes::RawClient large(port);
    large.write("POST /webhooks/lab HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n" + good + "\r\n");
    CHECK(large.read_until("\r\n\r\n").starts_with("HTTP/1.1 413 "));

    fakes::RawClient metrics(port);
    metrics.write("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(metrics.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    CHECK_FALSE(daemon.log().contains("lab-hook-secret"));
    CHECK(daemon.stop() == 0);
}
