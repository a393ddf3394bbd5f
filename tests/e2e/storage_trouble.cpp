// The database refuses: nothing is acknowledged, somebody hears of it, and it goes on by itself when the
// cause is gone (issue 2 §5).
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

using namespace countersign::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A disk under the daemon whose writes fail on command (tests/support/preload).
class FaultyDisk {
  public:
    void fail_with(int error) const { std::ofstream(switch_) << error << std::flush; }
    void work() const { std::ofstream(switch_, std::ios::trunc); }
    [[nodiscard]] std::map<std::string, std::string> environment() const {
        return {{"LD_PRELOAD", library().string()}, {"FAULTY_DISK", switch_.string()}};
    }
    FaultyDisk() { work(); }
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;
    ~FaultyDisk() { std::filesystem::remove(switch_); }

  private:
    static std::filesystem::path library() {
        return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "libfaulty_disk.so";
    }

    std::filesystem::path switch_ =
        std::filesystem::temp_directory_path() / ("countersign-disk-" + std::to_string(::getpid()));
};

DaemonOptions patient(std::map<std::string, std::string> environment = {}) {
    DaemonOptions options;
    options.environment = std::move(environment);
    options.slack.ack_deadline = seconds(120);  // here the ack comes when the trouble is over
    options.slack.ping_interval = milliseconds(500);
    return options;
}

void add_second_app(ReviewStory& story) {
    story.slack.add_app({.id = "A0TWO", .name = "Second"});
}

void expect_refusal(ReviewStory& story, const std::string& advice) {
    story.fixture.expect_log("event=storage_failed");
    story.expect_alarm("cannot write to its database");
    story.expect_alarm(advice);
}

// The same for every trouble that passes: `begin` brings it about, `end` takes it away.
void expect_recovery(ReviewStory& story, const std::function<void()>& begin, const std::string& advice,
                     const std::function<void()>& end) {
    add_second_app(story);
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    story.ask(office::issue);
    story.wait([&] { return story.slack.ack_count() == 1; }, "the first ack");

    begin();
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    expect_refusal(story, advice);
    CHECK(story.slack.ack_count() == 1);
    // A person's click is acked in the meantime, so that Slack shows no error; the answer comes afterwards.
    const auto lines = story.slack.message_count(office::general);
    story.slack.command(office::outsider, office::general, "/app-request", "help");
    story.wait([&] { return story.slack.ack_count() == 2; }, "the interim ack (R58)");
    CHECK(story.slack.message_count(office::review) == 1);
    CHECK(story.slack.message_count(office::general) == lines);

    end();
    story.expect_card("REQ-2 Second: In review");
    story.wait([&] { return story.slack.ack_count() == 3; }, "the ack of the request");
    story.wait([&] { return story.slack.message_count(office::general) == lines + 1; }, "the late answer");
    story.fixture.expect_log("event=storage_recovered");
    // R25: while the writer was stuck, Slack's pings were answered.
    CHECK(story.slack.connections_ever() == 2);
    const auto alarms = story.slack.messages(office::alarms);
    CHECK(std::ranges::count_if(
              alarms, [](const auto& each) { return says(each, "cannot write to its database"); }) == 1);
    CHECK(story.slack.message_count(office::review) == 2);
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
}

}  // namespace

TEST_CASE("storage: the disk is full, and then has room again (R25, R41)") {
    const FaultyDisk disk;
    ReviewStory story(patient(disk.environment()));
    expect_recovery(story, [&] { disk.fail_with(ENOSPC); }, "no space", [&] { disk.work(); });
}

TEST_CASE("storage: the file system turns read-only, and back (R25, R41)") {
    const FaultyDisk disk;
    ReviewStory story(patient(disk.environment()));
    expect_recovery(story, [&] { disk.fail_with(EROFS); }, "refuses writes", [&] { disk.work(); });
}

TEST_CASE("storage: another program locks the database, and lets go (R25, R41)") {
    ReviewStory story(patient());
    std::optional<SQLite::Database> shell;
    expect_recovery(
        story,
        [&] {
            shell.emplace(story.fixture.database().string(), SQLite::OPEN_READWRITE);
            shell->setBusyTimeout(10'000);
            shell->exec("BEGIN IMMEDIATE");
        },
        "holds the database locked", [&] { shell.reset(); });
}

TEST_CASE("storage: killed while the disk is full, the request is there after the restart (R41, R59)") {
    const FaultyDisk disk;
    auto options = patient(disk.environment());
    options.slack.redelivery = std::vector<milliseconds>(200, milliseconds(250));
    ReviewStory story(options);
    story.fixture.start();
    disk.fail_with(ENOSPC);
    story.slack.request_app(office::employee, "A0MIRO", office::issue);
    expect_refusal(story, "no space");
    story.fixture.kill();
    disk.work();
    story.fixture.start();
    story.expect_card("REQ-1 Miro: In review");
    story.wait([&] { return story.slack.ack_count() == 1; }, "the ack");
    CHECK(story.slack.message_count(office::review) == 1);
}

TEST_CASE("storage: damage met while running: no ack, an alarm, and a restored backup ends it (R41)") {
    auto options = patient();
    options.slack.redelivery = std::vector<milliseconds>(400, milliseconds(250));
    ReviewStory story(options);
    add_second_app(story);
    story.fixture.start();
    story.ask(office::issue);
    CHECK(story.fixture.stop() == 0);
    const auto file = story.fixture.database();
    const std::string backup = file.string() + ".backup";
    REQUIRE(story.fixture.run_command({"backup", "--to", backup}).code == 0);
    int root = 0, page = 0;
    {
        SQLite::Database database(file.string());
        root = database.execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = 'inbox'").getInt();
        page = database.execAndGet("PRAGMA page_size").getInt();
    }
    {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp(static_cast<std::streamoff>(root - 1) * page);
        bytes << std::string(static_cast<std::size_t>(page), '\x5a');
    }

    const auto acks = story.slack.ack_count();
    story.fixture.start();
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    expect_refusal(story, "restore a backup");
    CHECK(story.slack.ack_count() == acks);
    CHECK(story.fixture.stop() == 0);

    REQUIRE(story.fixture.run_command({"restore", "--from", backup}).code == 0);
    story.fixture.start();
    story.expect_card("REQ-2 Second: In review");
    CHECK(story.slack.message_count(office::review) == 2);
}

TEST_CASE("storage: at the start, what cannot be used is named and left as it is") {
    ReviewStory story;
    story.fixture.start();
    CHECK(story.fixture.stop() == 0);
    const auto file = story.fixture.database();
    const auto whole = (std::ostringstream() << std::ifstream(file, std::ios::binary).rdbuf()).str();
    const auto content = [&] {
        return (std::ostringstream() << std::ifstream(file, std::ios::binary).rdbuf()).str();
    };
    const auto refused = [&](const std::string& words, int code) {
        const auto before = content();
        const auto run = story.fixture.run_command({"run"});
        CHECK(run.code == code);
        CHECK_MESSAGE(run.errors.find("event=database_unusable") != std::string::npos, run.errors);
        CHECK_MESSAGE(run.errors.find(words) != std::string::npos, run.errors);
        CHECK(content() == before);
    };

    auto damaged = whole;
    damaged.replace(0, 200, 200, '\x5a');
    std::ofstream(file, std::ios::binary) << damaged;
    refused("restore a backup", 75);

    std::ofstream(file, std::ios::binary) << whole;
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 9999");
    refused("newer countersign (schema 9999", 75);

    std::ofstream(file, std::ios::binary) << whole;
    story.fixture.start();  // whole again, it starts
    const auto second = story.fixture.run_command({"run"});
    CHECK(second.code == 75);  // R73
    CHECK_MESSAGE(second.errors.find("in use by another countersign") != std::string::npos, second.errors);
    story.ask(office::issue);

    // No user may write there, not even root.
    story.fixture.change_config(file.string(), "/sys/countersign.db");
    const auto forbidden = story.fixture.run_command({"run"});
    CHECK(forbidden.code == 77);
    CHECK_MESSAGE(forbidden.errors.find("/sys/countersign.db") != std::string::npos, forbidden.errors);
}
