// The machine has no more to give: descriptors, memory, a clock that jumps, frames and crowds that are too
// large. Each ends in a state that is known, and nothing is lost by it.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace countersign::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

void add_app(ReviewStory& story, const std::string& id, const std::string& name) {
    story.slack.add_app({.id = id, .name = name});
}

// Wall time of a daemon, ahead of the machine's, and how long it has slept (tests/sandbox/moved_clock).
class MovedClock {
  public:
    MovedClock() {
        const int descriptor = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        REQUIRE(descriptor >= 0);
        REQUIRE(::ftruncate(descriptor, size) == 0);
        void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
        REQUIRE(at != MAP_FAILED);
        ahead_ = static_cast<std::int64_t*>(at);
    }
    MovedClock(const MovedClock&) = delete;
    MovedClock& operator=(const MovedClock&) = delete;
    ~MovedClock() {
        ::munmap(ahead_, size);
        std::filesystem::remove(file_);
    }
    void move(std::chrono::hours by) {
        __atomic_store_n(ahead_, std::chrono::nanoseconds(by).count(), __ATOMIC_RELAXED);
    }
    void sleep(std::chrono::minutes time) {
        __atomic_store_n(ahead_ + 1, std::chrono::nanoseconds(time).count(), __ATOMIC_RELAXED);
    }
    [[nodiscard]] std::map<std::string, std::string> environment() const {
        const auto library =
            std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "libmoved_clock.so";
        return {{"LD_PRELOAD", library.string()}, {"MOVED_CLOCK", file_.string()}};
    }

  private:
    static constexpr std::size_t size = 2 * sizeof(std::int64_t);
    std::filesystem::path file_ =
        std::filesystem::temp_directory_path() / ("countersign-clock-" + std::to_string(::getpid()));
    std::int64_t* ahead_ = nullptr;
};

std::size_t status_of(pid_t pid, std::string_view field) {  // bytes
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(field)) return std::stoul(line.substr(field.size())) * 1024;
    return 0;
}
std::size_t peak_memory(pid_t pid) {
    return status_of(pid, "VmHWM:");
}
std::size_t data_size(pid_t pid) {  // what RLIMIT_DATA limits
    return status_of(pid, "VmData:");
}

void limit_data(pid_t pid, std::size_t bytes) {
    const rlimit most{bytes, bytes};
    REQUIRE(data_size(pid) < bytes);
    REQUIRE(::prlimit(pid, RLIMIT_DATA, &most, nullptr) == 0);
}

// Just below 16 MiB: two bytes each on the way, sixteen and more each for whoever builds them.
std::string frame_of_zeros(const std::string& envelope_id) {
    std::string frame = R"({"envelope_id":")" + envelope_id + R"(","type":"events_api","payload":[0)";
    while (frame.size() < (16U << 20) - 4)
        frame += ",0";
    return frame + "]}";
}

// Copies of what was posted to the review channel, waiting to be posted to another.
void add_waiting_messages(const std::filesystem::path& file, int count) {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    const std::map<std::string, std::string> changed{
        {"id", "NULL"},
        {"key", "'flood:' || i"},
        {"state", "'pending'"},
        {"message", "''"},
        {"lane", "''"},
        {"request", "NULL"},
        {"claimed_at", "NULL"},
        {"finished_at", "NULL"},
        {"deadline", "NULL"},
        {"context", "'{}'"},
        {"purpose", "'notice'"},
        {"bucket", "replace(bucket, 'C0APPREVIEW', 'C0GENERAL')"},
        {"waiting", "0"},
        {"not_before", "NULL"},
        {"args", "replace(args, 'C0APPREVIEW', 'C0GENERAL')"}};
    std::string columns;
    SQLite::Statement table(database, "PRAGMA table_info(outbox)");
    while (table.executeStep()) {
        const std::string name = table.getColumn(1);
        const auto other = changed.find(name);
        columns += (columns.empty() ? "" : ", ") + (other == changed.end() ? name : other->second);
    }
    database.exec(
        fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) INSERT "
                    "INTO outbox SELECT {} "
                    "FROM n, (SELECT * FROM outbox WHERE method = 'chat.postMessage' AND args LIKE "
                    "'%C0APPREVIEW%' LIMIT 1)",
                    count, columns));
}

}  // namespace

TEST_CASE("resources: without a free descriptor nothing is lost, and it goes on when there are some again") {
    DaemonOptions options;
    options.slack.ack_deadline = seconds(60);
    ReviewStory story(options);
    add_app(story, "A0TWO", "Second");
    story.fixture.start();
    story.ask(office::issue);
    rlimit before{};
    REQUIRE(::prlimit(story.fixture.pid(), RLIMIT_NOFILE, nullptr, &before) == 0);
    const rlimit none{3, before.rlim_max};
    REQUIRE(::prlimit(story.fixture.pid(), RLIMIT_NOFILE, &none, nullptr) == 0);
    const int connections = story.slack.connections_ever();
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    story.slack.close_connections(1001);
    story.fixture.expect_log("Too many open files");
    CHECK(story.slack.connections_ever() == connections);
    REQUIRE(::prlimit(story.fixture.pid(), RLIMIT_NOFILE, &before, nullptr) == 0);
    story.wait([&] { return story.slack.connections() > 0; }, "a connection");
    story.expect_card("Second", 2);
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

TEST_CASE("resources: a day forward and a day back stop neither work nor messages, and repeat none") {
    MovedClock clock;
    DaemonOptions options;
    options.environment = clock.environment();
    ReviewStory story(options);
    add_app(story, "A0TWO", "Second");
    add_app(story, "A0THREE", "Third");
    story.fixture.start();
    story.ask(office::issue);
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    const int connections = story.slack.connections_ever();
    clock.move(std::chrono::hours(24));
    // What may have left is looked for by Slack's clock, not by ours.
    story.slack.script("chat.postMessage", {{"drop_after", true}}, 2);
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    story.expect_card("Second", 2);
    story.press(office::security, "Approve", 2);
    story.expect_card(std::string("approved by <@") + office::security, 2);
    clock.move(std::chrono::hours(0));
    story.fixture.expect_log("event=clock_set_back");
    story.slack.request_app(office::employee, "A0THREE", office::issue);
    story.expect_card("Third", 3);
    story.press(office::legal, "Approve", 2);
    story.expect_card(std::string("approved by <@") + office::legal, 2);
    clock.move(std::chrono::hours(-24));
    story.press(office::it, "Approve", 3);
    story.expect_card(std::string("approved by <@") + office::it, 3);
    CHECK(story.slack.connections_ever() == connections);
    CHECK(story.fixture.stop() == 0);
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    const auto posted = story.slack.messages(office::review);
    CHECK(std::ranges::count_if(posted, [](const auto& each) { return each.ephemeral_to.empty(); }) == 3);
    CHECK(story.slack.messages(office::employee).size() == 3);
    story.expect_good_manners();
}

TEST_CASE("resources: five seconds after ten minutes of suspend there is a new connection (R65)") {
    MovedClock clock;
    DaemonOptions options;
    options.environment = clock.environment();
    ReviewStory story(options);
    add_app(story, "A0TWO", "Second");
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    const int connections = story.slack.connections_ever();
    clock.sleep(std::chrono::minutes(10));
    CHECK(story.slack.wait([&] { return story.slack.connections_ever() > connections; }, seconds(5)));
    story.wait([&] { return story.slack.connections_ever() == connections + 2; }, "the other one");
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    story.expect_card("Second");
    CHECK(story.fixture.log().contains("cause=resume"));
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

TEST_CASE("resources: a frame of 16 MiB ends that connection, and the next one works (N4)") {
    ReviewStory story;
    add_app(story, "A0TWO", "Second");
    story.fixture.start();
    story.ask(office::issue);
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    const int connections = story.slack.connections_ever();
    story.slack.send_raw(R"({"type":"events_api","payload":")" + std::string(16 << 20, 'x') + R"("})");
    story.wait([&] { return story.slack.connections_ever() > connections && story.slack.connections() == 2; },
               "another connection");
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    story.expect_card("Second", 2);
    CHECK(peak_memory(story.fixture.pid()) < 64U << 20);
    CHECK(story.fixture.stop() == 0);
}

TEST_CASE("resources: thousands of presses at once are each acknowledged, within the queue's 64 MiB") {
    const std::size_t crowd = std::getenv("COUNTERSIGN_LONG_TESTS") != nullptr ? 10'000 : 2'000;
    DaemonOptions options;
    options.slack.ack_deadline = seconds(120);
    ReviewStory story(options);
    story.fixture.start();
    story.ask(office::issue);
    const auto card = story.card();
    // The card may be there before the ack.
    story.wait([&] { return story.slack.ack_count() == 1; }, "the request's ack");
    const auto acks = story.slack.ack_count();
    const auto memory = peak_memory(story.fixture.pid());
    for (std::size_t i = 0; i < crowd; ++i)
        story.slack.press_by_text(office::outsider, card.channel, card.ts, "Approve");
    const bool all = story.slack.wait([&] { return story.slack.ack_count() == acks + crowd; }, seconds(100));
    CHECK_MESSAGE(all, story.slack.ack_count());
    CHECK(peak_memory(story.fixture.pid()) - memory < 64U << 20);
    CHECK(story.fixture.stop() == 0);
    SQLite::Database database(story.fixture.database().string());
    CHECK(database.execAndGet("SELECT count(*) FROM inbox WHERE outcome <> 'handled'").getInt() == 0);
    CHECK(database.execAndGet("SELECT count(*) FROM vote").getInt() == 0);
}

TEST_CASE("resources: a million messages that wait for one channel delay neither the start nor what is new") {
    const int waiting = std::getenv("COUNTERSIGN_LONG_TESTS") != nullptr ? 1'000'000 : 50'000;
    ReviewStory story;
    add_app(story, "A0TWO", "Second");
    story.fixture.start();
    story.ask(office::issue);
    REQUIRE(story.fixture.stop() == 0);
    add_waiting_messages(story.fixture.database(), waiting);
    story.fixture.start();
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    story.expect_card("Second", 2);
    story.wait([&] { return story.slack.message_count(office::general) > 2; }, "the flood to move");
    CHECK(peak_memory(story.fixture.pid()) < 64U << 20);
    CHECK(story.fixture.stop() == 0);
    SQLite::Database database(story.fixture.database().string());
    const auto left =
        database.execAndGet("SELECT count(*) FROM outbox WHERE key LIKE 'flood:%' AND state <> 'done'");
    CHECK(left.getInt() > waiting / 2);
    story.expect_good_manners();
}

TEST_CASE("resources: 64 MiB are enough for a frame just below 16 MiB, which is not read, and for a crowd") {
    const std::size_t crowd = std::getenv("COUNTERSIGN_LONG_TESTS") != nullptr ? 10'000 : 2'000;
    constexpr std::size_t enough = 64U << 20;
    DaemonOptions options;
    options.slack.ack_deadline = seconds(120);
    options.slack_settings = "connections = 1\n";  // a raw frame comes on each
    ReviewStory story(options);
    add_app(story, "A0TWO", "Second");
    story.fixture.start();
    story.ask(office::issue);
    const auto card = story.card();
    story.wait([&] { return story.slack.ack_count() == 1; }, "the request's ack");
    const auto pid = story.fixture.pid();
    // The limit counts what is reserved for stacks too: all that is not in use yet has to fit into the rest.
    limit_data(pid, data_size(pid) + enough - status_of(pid, "VmRSS:"));
    story.slack.send_raw(frame_of_zeros("zeros"));
    story.wait([&] { return story.slack.ack_count() == 2; }, "the frame's ack");
    story.wait([&] { return story.slack.message_count(office::alarms) == 1; }, "an alarm");
    CHECK(story.slack.messages(office::alarms)[0].text.contains("a message of unknown kind: events_api"));
    for (std::size_t i = 0; i < crowd; ++i)
        story.slack.press_by_text(office::outsider, card.channel, card.ts, "Approve");
    const bool all = story.slack.wait([&] { return story.slack.ack_count() == crowd + 2; }, seconds(100));
    CHECK_MESSAGE(all, story.slack.ack_count());
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    story.expect_card("Second", 2);
    CHECK(peak_memory(pid) < enough);
    CHECK(story.fixture.stop() == 0);
    SQLite::Database database(story.fixture.database().string());
    CHECK(database.execAndGet("SELECT count(*) FROM inbox WHERE outcome = 'unknown'").getInt() == 1);
    CHECK(database.execAndGet("SELECT count(*) FROM vote").getInt() == 0);
}

TEST_CASE(
    "resources: where memory ends, it ends with code 75, and the next start goes on with all that was "
    "taken") {
    constexpr std::size_t crowd = 1'000;
    DaemonOptions options;
    options.slack.ack_deadline = seconds(120);
    ReviewStory story(options);
    add_app(story, "A0TWO", "Second");
    story.fixture.start();
    story.ask(office::issue);
    const auto card = story.card();
    const auto pid = story.fixture.pid();
    for (std::size_t i = 0; i < crowd; ++i)
        story.slack.press_by_text(office::outsider, card.channel, card.ts, "Approve");
    story.slack.request_app(office::employee, "A0TWO", office::issue);
    // What it has now, and eight MiB: the frame alone needs twice as much.
    limit_data(pid, data_size(pid) + (8U << 20));
    story.slack.send_raw(R"({"envelope_id":"long","text":")" + std::string(15U << 20, 'x') + R"("})");
    REQUIRE(story.slack.wait([&] { return data_size(pid) == 0; }, seconds(60)));
    CHECK(story.fixture.stop() == 75);
    CHECK(story.fixture.log().contains("event=out_of_memory"));
    const auto acknowledged = story.slack.ack_count();
    story.fixture.start();
    story.expect_card("Second", 2);
    CHECK(story.fixture.stop() == 0);
    SQLite::Database database(story.fixture.database().string());
    CHECK(static_cast<std::size_t>(database.execAndGet("SELECT count(*) FROM inbox").getInt()) >=
          acknowledged);
    CHECK(database.execAndGet("SELECT count(*) FROM vote").getInt() == 0);
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
}
