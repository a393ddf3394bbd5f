// The real binary performs what is in its outbox for a tracker, once, whatever happens to it meanwhile.
#include "storage/database.hpp"
#include "storage/outbox.hpp"
#include "storage/view.hpp"
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/support/daemon_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>

using namespace countersign;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

constexpr const char* project = "acme/vendors";

struct Lab {
    Lab() {
        gitlab.add_project(project);
        gitlab.add_account("ann");
        issue = gitlab.open(project, "ann", "Zapier");
    }
    [[nodiscard]] tests::DaemonOptions options() const {
        tests::DaemonOptions options;
        options.more_sections =
            fmt::format("[[tracker]]\nname = \"lab\"\nkind = \"gitlab\"\nurl = \"{}\"\nprojects = [\"{}\"]\n",
                        gitlab.url(), project);
        options.environment = {{"LAB_TOKEN", gitlab.token()}};
        return options;
    }
    fakes::FakeGitlab gitlab;
    fakes::IssueRef issue;
};

// As a handler would have left it, in the database of a daemon that is not running.
void enqueue(const tests::DaemonFixture& daemon, const std::string& key, const std::string& method,
             Json args) {
    args["tracker"] = "lab";
    args["project"] = project;
    storage::Effect effect;
    effect.key = key;
    effect.method = method;
    effect.token = storage::TokenKind::tracker;
    effect.args = args.dump();
    auto database = storage::Database::open_writer(daemon.database());
    REQUIRE(database);
    database->transaction([&] { storage::Outbox(*database).enqueue(effect, system_clock().now()); });
}

Json note() {
    return {
        {"iid", 1}, {"marker", "<!-- countersign:REQ-1 -->"}, {"body", "<!-- countersign:REQ-1 -->\n1 of 2"}};
}
Json new_issue() {
    return {{"title", "Approve Zapier"},
            {"description", "Zapier\n<!-- countersign:REQ-1 -->"},
            {"labels", Json::array()},
            {"confidential", false},
            {"marker", "<!-- countersign:REQ-1 -->"}};
}

}  // namespace

TEST_CASE("tracker: S7 killed before, while or after it writes, the daemon leaves one note and one issue") {
    for (const char* failpoint : {"before_send", "after_send", "before_record", "after_record"}) {
        CAPTURE(failpoint);
        Lab lab;
        tests::DaemonFixture daemon(lab.options());
        daemon.start();
        CHECK(daemon.stop() == 0);
        enqueue(daemon, "note", "tracker.put_note", note());
        enqueue(daemon, "make", "tracker.create_issue", new_issue());
        // Other effects of the start pass these points too; each death is one of ours or of theirs.
        for (int death = 0; death < 3; ++death) {
            daemon.start(failpoint);
            REQUIRE(daemon.wait_for_death());
        }
        daemon.start();
        REQUIRE(lab.gitlab.wait([&] {
            return lab.gitlab.issue(lab.issue).notes.size() == 1 && lab.gitlab.issues(project).size() == 2;
        }));
        CHECK(daemon.stop() == 0);
        CHECK(lab.gitlab.issue(lab.issue).notes.size() == 1);
        CHECK(lab.gitlab.issues(project).size() == 2);
    }
}

TEST_CASE("tracker: S8 N12 a tracker that is down is tried again, and no token gets into log or database") {
    Lab lab;
    tests::DaemonFixture daemon(lab.options());
    daemon.start();
    CHECK(daemon.stop() == 0);
    enqueue(daemon, "note", "tracker.put_note", note());
    lab.gitlab.set_down(true);
    daemon.start();
    daemon.expect_log("event=effect_retried effect=note");
    lab.gitlab.set_down(false);
    CHECK(lab.gitlab.wait([&] { return lab.gitlab.issue(lab.issue).notes.size() == 1; }));
    CHECK_FALSE(daemon.log().contains(lab.gitlab.token()));
    CHECK(daemon.stop() == 0);
    CHECK(lab.gitlab.violations().empty());
}

TEST_CASE("tracker: a new token is used after SIGHUP") {
    Lab lab;
    auto options = lab.options();
    options.environment.erase("LAB_TOKEN");
    tests::DaemonFixture daemon(options);
    daemon.set_secret("lab_token", lab.gitlab.token());
    daemon.start();
    CHECK(daemon.stop() == 0);
    // It rests for a minute's part first: by the time it is tried again, the token is the new one.
    // Twice: the daemon asks who it is there when it starts.
    lab.gitlab.script("GET /user", {{"status", 429}, {"headers", {{"Retry-After", "5"}}}}, 2);
    enqueue(daemon, "note", "tracker.put_note", note());
    daemon.start();
    daemon.expect_log("event=effect_retried effect=note");
    lab.gitlab.rotate_token("glpat-the-next");
    daemon.set_secret("lab_token", "glpat-the-next");
    daemon.signal(SIGHUP);
    daemon.expect_log("event=reloaded");
    CHECK(lab.gitlab.wait([&] { return lab.gitlab.issue(lab.issue).notes.size() == 1; }));
    CHECK(daemon.stop() == 0);
}

TEST_CASE("tracker: S2 whose a token is is asked anew when it takes another's place, also over a restart") {
    Lab lab;
    const auto ann = lab.gitlab.add_account("ann.it");
    const auto bob = lab.gitlab.add_account("bob.it");
    auto options = lab.options();
    options.environment.erase("LAB_TOKEN");
    tests::DaemonFixture daemon(options);
    const auto known = [&] {
        const auto database = storage::Database::open_reader(daemon.database());
        if (!database) return std::int64_t{0};
        const auto kept = Json::parse(storage::View(*database).meta("tracker_account:lab"), nullptr, false);
        return kept.is_object() ? kept.at("account").get<std::int64_t>() : 0;
    };
    const auto give = [&](const std::string& token, const std::string& login) {
        lab.gitlab.rotate_token(token);
        lab.gitlab.give_token_to(login);
        daemon.set_secret("lab_token", token);
    };
    give("glpat-of-ann", "ann.it");
    daemon.start();
    CHECK(lab.gitlab.wait([&] { return known() == ann; }));
    give("glpat-of-bob", "bob.it");
    daemon.signal(SIGHUP);
    CHECK(lab.gitlab.wait([&] { return known() == bob; }));
    CHECK(daemon.stop() == 0);
    give("glpat-of-ann-again", "ann.it");
    daemon.start();
    CHECK(lab.gitlab.wait([&] { return known() == ann; }));
    CHECK(daemon.stop() == 0);
}
