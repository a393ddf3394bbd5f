// N1, H7: trackers behind an authority of their own, which nobody else is to trust: the real binary, fakes
// over TLS.
#include "storage/database.hpp"
#include "storage/outbox.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/fake_github.hpp"
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/support/daemon_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace countersign;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "acme/vendors";
constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

struct Lab {
    Lab() {
        for (fakes::FakeTracker* tracker :
             {static_cast<fakes::FakeTracker*>(&gitlab), static_cast<fakes::FakeTracker*>(&github)}) {
            tracker->add_project(project);
            tracker->add_template(project, "app_integrations", "## App");
        }
        gitlab.add_account("ann");
        issue = gitlab.open(project, "ann", "Zapier");
    }
    [[nodiscard]] tests::DaemonOptions options() const {
        tests::DaemonOptions options;
        constexpr auto section =
            "[[tracker]]\nname = \"{}\"\nkind = \"{}\"\nurl = \"{}\"\nprojects = [\"{}\"]\nca_file = \"\" # "
            "{}\n";
        options.more_sections = fmt::format(section, "lab", "gitlab", gitlab.url(), project, "lab") +
                                fmt::format(section, "hub", "github", github.url(), project, "hub");
        options.environment = {{"LAB_TOKEN", gitlab.token()}, {"HUB_TOKEN", github.token()}};
        return options;
    }
    fakes::TestCa ca;  // of the trackers: Slack's is the fixture's own
    fakes::FakeGitlab gitlab{{.tls = ca.good()}};
    fakes::FakeGithub github{{.tls = ca.good(), .token = "ghp_test"}};
    fakes::IssueRef issue;
};

void trust(tests::DaemonFixture& daemon, const std::string& tracker, const std::filesystem::path& file) {
    daemon.change_config(fmt::format("ca_file = \"\" # {}", tracker),
                         fmt::format("ca_file = \"{}\" # {}", file.string(), tracker));
}

void enqueue_note(const tests::DaemonFixture& daemon) {
    constexpr const char* marker = "<!-- countersign:REQ-1 -->";
    storage::Effect effect;
    effect.key = "note";
    effect.method = "tracker.put_note";
    effect.token = storage::TokenKind::tracker;
    effect.args = Json{{"tracker", "lab"},
                       {"project", project},
                       {"iid", 1},
                       {"marker", marker},
                       {"body", std::string(marker) + "\n1 of 2"}}
                      .dump();
    auto database = storage::Database::open_writer(daemon.database());
    REQUIRE(database);
    database->transaction([&] { storage::Outbox(*database).enqueue(effect, system_clock().now()); });
}

}  // namespace

TEST_CASE(
    "N1 H7: check says what to do about a tracker's own authority, and trusts it for that tracker alone") {
    Lab lab;
    tests::DaemonFixture daemon(lab.options());
    daemon.set_secret("countersign_key", key);
    const auto check = [&] { return daemon.run_command({"check"}).output; };
    const auto unknown = check();
    INFO(unknown);
    for (const auto* tracker : {"lab", "hub"})
        CHECK(unknown.contains(fmt::format("FAIL  tracker {}: tls (", tracker)));
    CHECK(unknown.contains("the certificate was refused: "));
    CHECK(unknown.contains("name its authority in ca_file of the tracker's section"));
    const auto add = [&](const fakes::FakeTracker& tracker, const std::string& kind,
                         const std::string& name) {
        return daemon.run_command({"authorizations", "add", "--kind", kind, "--url", tracker.url(), "--name",
                                   name, "--token-stdin"},
                                  tracker.token() + "\n");
    };
    const auto refused = add(lab.gitlab, "gitlab", "Lab");
    CHECK(refused.code != 0);
    CHECK_MESSAGE(refused.errors.contains("trusted once ca_file names it"), refused.errors);
    CHECK(lab.gitlab.calls().empty());

    trust(daemon, "lab", lab.ca.file());
    const auto known = check();
    INFO(known);
    CHECK(known.contains("tracker lab: project_1_bot"));
    CHECK(known.contains("tracker lab acme/vendors template: app_integrations is there"));
    CHECK(known.contains("FAIL  tracker hub: tls ("));
    const auto added = add(lab.gitlab, "gitlab", "Lab");
    CHECK_MESSAGE(added.code == 0, added.errors);
    CHECK(add(lab.github, "github", "Hub").code != 0);
    CHECK(lab.github.calls().empty());

    trust(daemon, "hub", "/nonexistent/ca.pem");
    CHECK(check().contains(
        "tracker.ca_file: \"/nonexistent/ca.pem\" cannot be read: No such file or directory"));
    const auto empty = daemon.directory() / "empty.pem";
    std::ofstream(empty).flush();
    daemon.change_config("/nonexistent/ca.pem", empty.string());
    CHECK(check().contains("empty.pem\" is empty; expected a PEM file of certificates"));
    std::ofstream(empty) << "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n";
    CHECK(check().contains("trackers: tracker hub: ca_file " + empty.string() +
                           " holds no readable PEM certificate"));
}

TEST_CASE("N1 H7: the daemon reaches a tracker of another authority from SIGHUP on, and Slack all the time") {
    Lab lab;
    tests::DaemonFixture daemon(lab.options());
    daemon.start();
    CHECK(daemon.stop() == 0);
    enqueue_note(daemon);
    daemon.start();
    daemon.expect_log("event=effect_retried effect=note error=tls");
    CHECK(daemon.log().contains("trusted once ca_file names it"));
    CHECK(lab.gitlab.calls().empty());
    // What cannot be used leaves what is in use.
    const auto broken = daemon.directory() / "broken.pem";
    std::ofstream(broken) << "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n";
    trust(daemon, "lab", broken);
    daemon.signal(SIGHUP);
    daemon.expect_log("event=reload_refused");
    daemon.change_config(broken.string(), lab.ca.file().string());
    daemon.signal(SIGHUP);
    daemon.expect_log("event=reloaded");
    CHECK(lab.gitlab.wait([&] { return lab.gitlab.issue(lab.issue).notes.size() == 1; }));
    CHECK(lab.github.calls().empty());
    CHECK(daemon.stop() == 0);
}

TEST_CASE("N1: a tracker's authority is not Slack's: with it the socket stays refused") {
    const fakes::TestCa other;
    tests::DaemonOptions options;
    options.more_sections = fmt::format(
        "[[tracker]]\nname = \"lab\"\nkind = \"gitlab\"\nurl = \"https://localhost:1\"\n"
        "projects = [\"acme/vendors\"]\nca_file = \"CA_OF_SLACK\"\n");
    tests::DaemonFixture daemon(options);
    const auto config =
        (std::ostringstream() << std::ifstream(daemon.directory() / "countersign.toml").rdbuf()).str();
    const auto at = config.find("ca_file = \"") + 11;
    const auto slacks = config.substr(at, config.find('"', at) - at);
    daemon.change_config(slacks, other.file().string());
    daemon.change_config("CA_OF_SLACK", slacks);
    const auto checked = daemon.run_command({"check"});
    CHECK(checked.code != 0);
    CHECK_MESSAGE(checked.output.contains("the certificate was refused"), checked.output);
    CHECK(daemon.slack().calls().empty());
}
