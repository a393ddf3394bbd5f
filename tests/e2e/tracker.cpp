// The real binary with trackers: what `check` finds out about them, and their webhooks.
#include "tests/fakes/fake_github.hpp"
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/support/daemon_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

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
                               {"LAB_WEBHOOK_SECRET", lab_secret},
                               {"HUB_WEBHOOK_SECRET", hub_secret}};
        return options;
    }
    std::string lab_secret = "lab-hook-secret", hub_secret = "hub-hook-secret";
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
    CHECK(posted(port, "/webhooks/procurement", good, issue_hook).starts_with("HTTP/1.1 404 "));  // no secret
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

namespace {

std::string hmac(const std::string& key, const std::string& data) {
    std::array<unsigned char, 32> digest{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string hex(const std::string& bytes) {
    std::string out;
    for (const char c : bytes)
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

std::string base64(const std::string& bytes) {
    std::string out(64, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

}  // namespace

TEST_CASE(
    "tracker: signed webhooks of GitHub and GitLab are taken, and replayed or altered ones are not (H6, "
    "G9)") {
    Trackers trackers;
    const std::string key = "0123456789abcdef0123456789abcdef";
    trackers.lab_secret = "whsec_" + base64(key);
    tests::DaemonFixture daemon(trackers.options("\n[http]\nlisten = \"127.0.0.1:0\"\n"));
    daemon.start();
    const auto port = listening_port(daemon);

    const std::string body =
        R"({"action":"labeled","issue":{"number":1},"repository":{"full_name":"acme/vendors"}})";
    const auto of_github = [&](const std::string& signature) {
        return posted(
            port, "/webhooks/hub",
            "X-GitHub-Event: issues\r\nX-GitHub-Delivery: d-1\r\nX-Hub-Signature-256: " + signature + "\r\n",
            body);
    };
    CHECK(of_github("sha256=" + hex(hmac("hub-hook-secret", body))).starts_with("HTTP/1.1 200 "));
    CHECK(of_github("sha256=" + hex(hmac("another", body))).starts_with("HTTP/1.1 401 "));

    const auto of_gitlab = [&](std::chrono::seconds ago) {
        const auto stamp = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                              std::chrono::system_clock::now().time_since_epoch() - ago)
                                              .count());
        const auto signature = "v1," + base64(hmac(key, "msg-1." + stamp + "." + issue_hook));
        return posted(port, "/webhooks/lab",
                      fmt::format("X-Gitlab-Event: Issue Hook\r\nwebhook-id: msg-1\r\nwebhook-timestamp: "
                                  "{}\r\nwebhook-signature: {}\r\n",
                                  stamp, signature),
                      issue_hook);
    };
    CHECK(of_gitlab(0s).starts_with("HTTP/1.1 200 "));
    CHECK(of_gitlab(10min).starts_with("HTTP/1.1 401 "));
    CHECK(daemon.stop() == 0);
}
