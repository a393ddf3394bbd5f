#include "bot/health_file.hpp"
#include "bot/health_monitor.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

using namespace countersign;
using namespace countersign::bot;
using std::chrono::seconds;

namespace {

HealthReport well(SteadyTime at) {
    HealthReport report;
    report.at = at;
    report.dispatcher.last_turn = at;
    report.socket.connected = true;
    report.org_driver = true;
    return report;
}

}  // namespace

TEST_CASE("O3: an alarm channel that takes nothing stands in the status line, beside whether it acts") {
    auto report = well(SteadyTime{seconds(1'000)});
    report.dispatcher.alarms_astray = "C0ITALARMS: is_archived";
    CHECK(report.cannot_act().empty());  // it acts all the same
    CHECK(report.summary().starts_with("connected"));
    CHECK(report.summary().ends_with("alarms cannot be posted, see the log: C0ITALARMS: is_archived"));
    report.socket.connected = false;
    CHECK(report.summary().contains("C0ITALARMS: is_archived"));
}

TEST_CASE("O3: each thing that keeps the daemon from acting is named, with the release step") {
    const SteadyTime at{seconds(1'000)};
    auto report = well(at);
    CHECK(report.cannot_act().empty());
    std::string expected;
    SUBCASE("database") {
        report.dispatcher.storage_ok = false;
        report.dispatcher.storage_error = "no space";
        expected = "it cannot write to its database: no space";
    }
    SUBCASE("dispatcher") {
        report.dispatcher.last_turn = at - seconds(60);
        expected = "the dispatcher does not answer";
    }
    SUBCASE("token") {
        report.dispatcher.dead_token = "SLACK_ADMIN_TOKEN: token_revoked";
        expected = "Slack does not take a token any more: SLACK_ADMIN_TOKEN: token_revoked";
    }
    SUBCASE("outbox") {
        report.dispatcher.stuck = "7 effects wait";
        expected = "nothing leaves the outbox: 7 effects wait";
    }
    SUBCASE("connection") {
        report.socket.connected = false;
        report.socket.slots.push_back({"waiting", "link_disabled", {}, 0, {}});
        expected = "not connected to Slack (waiting): link_disabled";
    }
    if (expected.empty()) return;
    CHECK(report.cannot_act() == expected);
    CHECK(report.summary().find("CANNOT ACT") == 0);
    CHECK(report.summary().find("revoke SLACK_ADMIN_TOKEN") != std::string::npos);
    report.org_driver = false;
    CHECK(report.summary().find("Requests to install") != std::string::npos);
}

TEST_CASE("O3: it is told once, after some patience, and so is its end") {
    const ServiceNotify notify;
    HealthMonitor monitor(notify, 1);
    SteadyTime at{seconds(1'000)};
    CHECK_FALSE(monitor.look(well(at)).dead_alarm);
    auto lost = well(at);
    lost.socket.connected = false;
    CHECK_FALSE(monitor.look(lost).dead_alarm);
    lost.at = lost.dispatcher.last_turn = at + seconds(100);
    CHECK_FALSE(monitor.look(lost).dead_alarm);  // a connection comes back within two minutes
    lost.at = lost.dispatcher.last_turn = at + seconds(121);
    const auto verdict = monitor.look(lost);
    REQUIRE(verdict.dead_alarm);
    CHECK(verdict.dead_alarm->find("switched off") != std::string::npos);
    lost.at = lost.dispatcher.last_turn = at + seconds(180);
    CHECK_FALSE(monitor.look(lost).dead_alarm);
    lost.at = lost.dispatcher.last_turn = at + seconds(182);
    CHECK(monitor.look(lost).dead_alarm);  // nobody could be told the first time
    monitor.alarm_delivered();
    lost.at = lost.dispatcher.last_turn = at + seconds(500);
    CHECK_FALSE(monitor.look(lost).dead_alarm);
    CHECK(monitor.look(well(at + seconds(501))).alive_again);
    monitor.alarm_delivered();  // the answer came after it could act
    CHECK_FALSE(monitor.look(well(at + seconds(502))).alive_again);
    lost.at = lost.dispatcher.last_turn = at + seconds(600);
    CHECK_FALSE(monitor.look(lost).dead_alarm);
    lost.at = lost.dispatcher.last_turn = at + seconds(721);
    CHECK(monitor.look(lost).dead_alarm);
}

TEST_CASE("O3: what is said of the time without it holds for both drivers") {
    const auto said = direct_alarm_arguments(ChannelId("C1"), "cannot act");
    CHECK(said.find("from Slack's own lists or from what Slackbot wrote") != std::string::npos);
}

TEST_CASE("O3: the health file says what the report says, of which process, and stays after it") {
    const auto database =
        std::filesystem::temp_directory_path() / ("countersign-health-" + std::to_string(::getpid()) + ".db");
    const auto now = from_millis(1'795'300'000'000);
    {
        HealthFile file(database);
        file.write(well(SteadyTime{seconds(1'000)}), now);
        auto seen = read_health(database);
        REQUIRE(seen);
        CHECK(seen->acts);
        CHECK(seen->at == now);
        auto bad = well(SteadyTime{seconds(1'001)});
        bad.dispatcher.dead_token = "SLACK_BOT_TOKEN: token_revoked";
        file.write(bad, now + seconds(1));  // a change is written at once
        seen = read_health(database);
        REQUIRE(seen);
        CHECK_FALSE(seen->acts);
        CHECK(seen->why.find("SLACK_BOT_TOKEN") != std::string::npos);
        CHECK(seen->release.find("revoke SLACK_ADMIN_TOKEN") != std::string::npos);
        auto workspace = well(SteadyTime{seconds(1'020)});
        workspace.org_driver = false;
        file.write(workspace, now + seconds(20));
    }
    const auto left = read_health(database);
    REQUIRE(left);
    CHECK(left->pid == ::getpid());
    CHECK(left->release.find("Requests to install") != std::string::npos);
    std::filesystem::remove(database.string() + ".health");
}
