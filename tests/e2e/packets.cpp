// What networks do to packets: the daemon and the fake Slack are in two networks of their own, and all that
// is between them goes through the test (tests/support/packet_path). TLS and TCP are the real ones.
#include "tests/support/packet_path.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <future>
#include <set>
#include <unistd.h>

using namespace countersign::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

namespace {

// As an ordinary user: once more, as the root of a user namespace.
Finished run_as_root_of_our_own() {
    std::map<std::string, std::string> environment{{"COUNTERSIGN_TEST_INSIDE", "1"}};
    if (const char* directory = std::getenv("TMPDIR")) environment["TMPDIR"] = directory;
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string name = doctest::getContextOptions()->currentTest->m_name;
    return run_process("/usr/bin/unshare",
                       {.arguments = {"--user", "--map-root-user", "--net", self, "-tc=" + name},
                        .environment = environment,
                        .directory = {}},
                       seconds(110));
}

// False: the test is over.
bool networks_here() {
    const std::string why_not = why_no_network_namespaces();
    if (why_not.empty()) return true;
    const bool may_try = ::geteuid() != 0 && std::getenv("COUNTERSIGN_TEST_INSIDE") == nullptr;
    if (may_try) {
        const auto inside = run_as_root_of_our_own();
        MESSAGE(inside.output << inside.errors);
        if (inside.output.contains("[doctest]")) {
            CHECK(inside.code == 0);
            return false;
        }
    }
    // The words that ctest knows a skipped test by.
    MESSAGE("skipped: no network namespaces with tunnels here: " << why_not);
    return false;
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Slack brings what is not acknowledged again after two seconds, for as long as a test takes.
DaemonOptions patient() {
    DaemonOptions options;
    options.slack.ack_deadline = seconds(2);
    options.slack.redelivery = std::vector<milliseconds>(400, milliseconds(250));
    return options;
}

struct Journey {
    explicit Journey(unsigned seed = 1)
        : path(seed), story(path.server().inside([] { return ReviewStory(patient()); })) {
        start();
        story.wait([this] { return story.slack.connections() == 2; }, "both connections");
        ask();
        expect_told();
        // The last call of a request, or it would be the first to meet what comes.
        story.wait([this] { return story.count("users.info") == 1; }, "the requester's name");
    }

    PacketPath path;
    ReviewStory story;
    std::size_t asked = 0;

    void start() {
        path.client().inside([this] { story.fixture.start(); });
    }
    // Slack may go on believing in the old ones.
    void expect_new_connections(int count) {
        story.wait([&] { return story.slack.connections_ever() >= 2 + count; },
                   fmt::format("{} new connections", count));
    }
    // More than two packets of any size, on the way here and in the card on the way back.
    void ask() {
        const auto app = fmt::format("A0APP{}", ++asked);
        story.slack.add_app({.id = app, .name = fmt::format("App {}", asked)});
        story.slack.request_app(office::employee, app, office::issue + (" " + std::string(2500, 'x')));
    }
    [[nodiscard]] std::set<std::string> acknowledged() const {
        std::set<std::string> ids;
        for (const auto& ack : story.slack.acks())
            ids.insert(ack.envelope_id);
        return ids;
    }
    void expect_told() {
        story.wait(
            [&] {
                return acknowledged().size() == asked && story.slack.message_count(office::review) >= asked &&
                       story.slack.message_count(office::employee) >= asked;
            },
            "acks, cards and messages");
    }
    // Everything that was asked for is acknowledged and told, and nothing twice.
    void expect_each_once() {
        expect_told();
        CHECK(story.fixture.stop() == 0);
        std::map<std::string, int> times;
        for (const char* place : {office::review, office::employee}) {
            CHECK(story.slack.message_count(place) == asked);
            for (const auto& message : story.slack.messages(place))
                ++times[message.metadata.at("event_payload").at("effect").get<std::string>()];
        }
        for (const auto& [effect, count] : times)
            CHECK_MESSAGE(count == 1, effect << " was told " << count << " times");
        CHECK(story.slack.unanswered().empty());
        CHECK(story.slack.violations().empty());
        CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    }
};

}  // namespace

TEST_CASE("packets: through loss and delay and in any order nothing is lost or told twice") {
    if (!networks_here()) return;
    Journey journey(2026);
    const auto before = journey.path.counts();
    const auto start = Clock::now();
    journey.path.set({.loss = 0.2, .twice = 0.05, .late = 0.2, .delay = milliseconds(20)});
    for (int i = 0; i < 20; ++i) {
        journey.ask();
        if (i == 10) journey.story.slack.refresh();
    }
    journey.expect_new_connections(1);
    journey.expect_each_once();
    const auto counts = journey.path.counts();
    const auto lost = counts.lost - before.lost, all = lost + counts.carried - before.carried;
    CHECK(lost > all / 10);
    CHECK(counts.twice > 0);
    CHECK(counts.late > 0);
    MESSAGE("loss: 20 requests in " << seconds_since(start) << " s; of " << all << " packets " << lost
                                    << " were lost, " << counts.late << " overtaken, " << counts.twice
                                    << " came twice");
}

TEST_CASE("packets: a path that has become narrow and says so ends no connection") {
    if (!networks_here()) return;
    Journey journey;
    journey.path.set({.fits = 600});
    for (int i = 0; i < 3; ++i)
        journey.ask();
    journey.expect_each_once();
    CHECK(journey.path.counts().too_big > 0);
    CHECK(journey.story.slack.connections_ever() == 2);
}

TEST_CASE("packets: connections that are reset are replaced at once") {
    if (!networks_here()) return;
    Journey journey;
    const auto start = Clock::now();
    journey.path.reset_connections();
    journey.ask();
    journey.expect_new_connections(2);
    MESSAGE("reset: both connections again after " << seconds_since(start) << " s");
    CHECK(journey.path.counts().resets >= 4);
    CHECK(journey.story.fixture.log().contains("reset by peer"));
    journey.expect_each_once();
}

TEST_CASE("packets: connections that a middlebox forgot are found out by the next packet (R22)") {
    if (!networks_here()) return;
    Journey journey;
    const auto start = Clock::now();
    journey.path.forget_connections(PacketPath::Memory::lost_and_says_so);
    journey.expect_new_connections(2);
    MESSAGE("forgotten: both connections again after " << seconds_since(start) << " s");
    CHECK(journey.path.counts().unknown > 0);
    CHECK_FALSE(journey.story.fixture.log().contains("cause=silent"));
    journey.ask();
    journey.expect_each_once();
}

TEST_CASE(
    "packets: what a killed process left with the kernel is not delivered after its successor's (R47)") {
    if (!networks_here()) return;
    Journey journey;
    journey.path.set({.to_server = false});
    journey.ask();
    journey.story.wait([&] { return journey.path.counts().lost >= 10; },
                       "packets to vanish, again and again");
    journey.story.fixture.kill();
    journey.path.set({});
    journey.start();
    journey.expect_told();
    // Time for a kernel that has not forgotten: it would try again within four seconds.
    journey.story.slack.wait([] { return false; }, seconds(5));
    journey.expect_each_once();
}

namespace {

struct Silence {
    const char* what;
    Weather weather;
    PacketPath::Memory memory = PacketPath::Memory::kept;
    int asked_meanwhile = 3;
};

struct Recovery {
    double noticed = 0;    // after it began
    double connected = 0;  // after the path was mended
    double told = 0;       // everything that was asked for meanwhile, since then
};

Recovery go_through(const Silence& silence) {
    Journey journey;
    auto start = Clock::now();
    journey.path.set(silence.weather);
    journey.path.forget_connections(silence.memory);
    for (int i = 0; i < silence.asked_meanwhile; ++i)
        journey.ask();
    Recovery recovery;
    journey.story.fixture.expect_log("cause=silent");
    recovery.noticed = seconds_since(start);
    const auto counts = journey.path.counts();
    CHECK_MESSAGE(counts.lost + counts.too_big + counts.unknown > 0, silence.what);
    // What a middlebox has forgotten stays forgotten.
    start = Clock::now();
    journey.path.set({});
    journey.expect_new_connections(1);
    recovery.connected = seconds_since(start);
    journey.expect_told();
    recovery.told = seconds_since(start);
    if (silence.asked_meanwhile == 0) journey.ask();
    journey.expect_each_once();
    // No old connection of the API was trusted with asking for a new WebSocket: that would take ten seconds.
    CHECK_MESSAGE(!journey.story.fixture.log().contains("socket_failed"), journey.story.fixture.log());
    return recovery;
}

}  // namespace

TEST_CASE("packets: whatever falls silent is found out within 20 s and replaced (R23 R24)") {
    if (!networks_here()) return;
    const std::vector<Silence> silences{
        {.what = "black hole", .weather = {.to_server = false, .to_client = false}},
        {.what = "black hole towards Slack", .weather = {.to_server = false}},
        {.what = "black hole from Slack", .weather = {.to_client = false}},
        {.what = "narrow path that says nothing", .weather = {.fits = 600, .says_too_big = false}},
        {.what = "middlebox that forgot and says nothing",
         .weather = {},
         .memory = PacketPath::Memory::lost_in_silence},
        {.what = "the same in a quiet hour",
         .weather = {},
         .memory = PacketPath::Memory::lost_in_silence,
         .asked_meanwhile = 0},
    };
    // Each waits for the daemon's own 20 s, so they wait together.
    std::vector<std::future<Recovery>> running;
    running.reserve(silences.size());
    for (const auto& silence : silences)
        running.push_back(std::async(std::launch::async, go_through, silence));
    for (std::size_t i = 0; i < silences.size(); ++i) {
        const std::string what = silences[i].what;
        const Recovery recovery = running[i].get();
        MESSAGE(what << ": noticed after " << recovery.noticed << " s; a connection " << recovery.connected
                     << " s and everything told " << recovery.told << " s after the path was mended");
        CHECK(recovery.noticed > 14);  // R23: never at less than 15 s since the last frame, which came before
    }
}
