// `./dev bench`: the table of budgets, as ratios against reference programs in the same run. Prints a table
// and writes build/bench/results.json. Never a test: the machine is shared, so figures are medians of paired
// runs.

#include "tests/bench/envelopes.hpp"
#include "tests/bench/load_server.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/trackers.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <thread>

namespace countersign::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;

struct Options {
    std::string daemon, reference;
    fs::path folder;
    int rounds = 3;
    std::string only;  // one part of the table; "" = all
    std::uint32_t mixed = 60'000, requests = 20'000;
};

std::string configuration(const LoadServer& server, const fs::path& database, double rate_scale) {
    return fmt::format(R"([slack]
api_url = "{}"
connections = 1
rate_scale = {:.1f}
[review]
channel = "C0REVIEW"
admins = ["U0ADMIN"]
[[review.party]]
name = "Security"
members = ["U0SEC1"]
[[review.party]]
name = "Legal"
members = ["U0LEG1"]
[[tracker]]
name = "procurement"
kind = "gitlab"
url = "https://gitlab.com"
projects = ["acme/procurement"]
[storage]
path = "{}"
)",
                       server.api_url(), rate_scale, database.string());
}

// The daemon against the load server, from a clean or a given database.
class Daemon {
  public:
    Daemon(const Options& options, LoadServer& server, const fs::path& database, double rate_scale = 1000) {
        const auto file = options.folder / "countersign.toml";
        std::ofstream(file) << configuration(server, database, rate_scale);
        started_ = Steady::now();
        process_.emplace(
            std::vector<std::string>{options.daemon, "run", "--config", file.string()},
            std::vector<std::pair<std::string, std::string>>{{"SLACK_APP_TOKEN", "xapp-1-A0-1-bench"},
                                                             {"SLACK_BOT_TOKEN", "xoxb-bench"},
                                                             {"SLACK_ADMIN_TOKEN", "xoxp-bench"},
                                                             {"PATH", "/usr/bin"}},
            (options.folder / "daemon.log").string());
        if (!server.wait_for_client(seconds(20)))
            throw std::runtime_error("the daemon did not connect; see daemon.log");
        hello_ms_ = std::chrono::duration<double, std::milli>(server.last_hello() - started_).count();
    }
    [[nodiscard]] const Process& process() const { return *process_; }
    [[nodiscard]] double start_to_hello_ms() const { return hello_ms_; }

  private:
    std::optional<Process> process_;
    Steady::time_point started_;
    double hello_ms_ = 0;
};

void clean(const fs::path& database) {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"})
        fs::remove(database.string() + suffix);
}

struct Speed {
    double per_second = 0, cpu_us = 0, p50 = 0, p99 = 0;
};
Speed speed_of(const LoadResult& result, double cpu_seconds) {
    return {result.acknowledged / std::max(result.seconds, 1e-9),
            cpu_seconds * 1e6 / std::max(1U, result.acknowledged), at(result.latencies_ms, 0.5),
            at(result.latencies_ms, 0.99)};
}

Speed daemon_speed(const Options& options, const Load& load) {
    const auto database = options.folder / "speed.db";
    clean(database);
    LoadServer server;
    const Daemon daemon(options, server, database);
    const double before = daemon.process().cpu_seconds();
    const auto result = server.run(load, seconds(120));
    return speed_of(result, daemon.process().cpu_seconds() - before);
}

Speed reference_speed(const Options& options, const std::string& mode, const Load& load) {
    const auto database = options.folder / ("reference-" + mode + ".db");
    clean(database);
    LoadServer server;
    const auto url = server.link_url();
    const auto port = url.substr(url.rfind(':') + 1, url.rfind("/link") - url.rfind(':') - 1);
    const Process process({options.reference, mode, port, database.string()}, {},
                          (options.folder / "reference.log").string());
    if (!server.wait_for_client(seconds(10)))
        throw std::runtime_error("the reference client did not connect");
    const double before = process.cpu_seconds();
    const auto result = server.run(load, seconds(120));
    return speed_of(result, process.cpu_seconds() - before);
}

std::vector<double> bare_commits_ms(const fs::path& folder, int count) {
    const auto file = folder / "commit.db";
    clean(file);
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(id INTEGER PRIMARY KEY, body "
        "TEXT)");
    SQLite::Statement insert(database, "INSERT INTO t(body) VALUES(?)");
    const std::string body(1000, 'x');
    std::vector<double> times;
    for (int round = 0; round < count; ++round) {
        std::this_thread::sleep_for(milliseconds(5));  // the pace of a light load, not a wait for a condition
        const auto from = Steady::now();
        insert.bind(1, body);
        insert.exec();
        insert.reset();
        times.push_back(std::chrono::duration<double, std::milli>(Steady::now() - from).count());
    }
    return times;
}

void measure_latency(const Options& options, Report& report) {
    std::vector<double> p50, p99;
    for (int round = 0; round < options.rounds; ++round) {
        const auto commits = bare_commits_ms(options.folder, 400);
        const auto ours = daemon_speed(
            options, {.envelopes = 600, .window = 64, .per_second = 100, .make = mixed_envelope});
        p50.push_back(ours.p50 / median(commits));
        p99.push_back(ours.p99 / median(commits));
        if (round == 0) report.note("one bare SQLite FULL commit, p50", median(commits), "ms");
        if (round == 0) report.note("one bare SQLite FULL commit, p99", at(commits, 0.99), "ms");
        if (round == 0) report.note("ack, light load, p50", ours.p50, "ms");
    }
    report.add("ack, light load, p50 / bare commit", median(p50), "x", "<= 1.5", median(p50) <= 1.5);
    report.add("ack, light load, p99 / bare commit", median(p99), "x", "<= 4", median(p99) <= 4);
    const auto busy = daemon_speed(
        options, {.envelopes = 10'000, .window = 4'000, .per_second = 1'000, .make = mixed_envelope});
    report.add("ack at 1,000 envelopes/s, p99", busy.p99, "ms", "<= 25", busy.p99 <= 25);
}

void measure_throughput(const Options& options, Report& report) {
    std::map<std::string, std::vector<double>> ratios;
    Speed last_mixed, last_requests, last_group, last_bare;
    for (int round = 0; round < options.rounds; ++round) {
        const Load mixed{.envelopes = options.mixed, .window = 2'000, .make = mixed_envelope};
        const Load requests{.envelopes = options.requests, .window = 2'000, .make = app_requested_envelope};
        last_bare = reference_speed(options, "bare", mixed);
        last_group = reference_speed(options, "group", mixed);
        last_mixed = daemon_speed(options, mixed);
        const auto group_requests = reference_speed(options, "group", requests);
        last_requests = daemon_speed(options, requests);
        ratios["mixed"].push_back(last_mixed.per_second / last_group.per_second);
        ratios["requests"].push_back(last_requests.per_second / group_requests.per_second);
        ratios["cpu"].push_back(last_mixed.cpu_us / last_group.cpu_us);
    }
    report.note("bare loop: parse, ack", last_bare.per_second, "/s");
    report.note("bare loop: parse, group commit, ack", last_group.per_second, "/s");
    report.note("countersign, mixed stream", last_mixed.per_second, "/s");
    report.note("countersign, app_requested alone", last_requests.per_second, "/s");
    report.add("throughput, mixed / group-commit loop", median(ratios["mixed"]), "x", ">= 0.60",
               median(ratios["mixed"]) >= 0.6);
    report.add("throughput, app_requested / group-commit loop", median(ratios["requests"]), "x", ">= 0.25",
               median(ratios["requests"]) >= 0.25);
    report.add("CPU per envelope / group-commit loop", median(ratios["cpu"]), "x", "<= 2",
               median(ratios["cpu"]) <= 2);
}

void measure_memory_and_start(const Options& options, Report& report) {
    const auto database = options.folder / "requests.db";
    clean(database);
    {
        LoadServer server;
        const Daemon daemon(options, server, database);
        report.add("resident, idle", daemon.process().resident_mib(), "MiB", "<= 14",
                   daemon.process().resident_mib() <= 14);
        (void)server.run({.envelopes = 10'000, .window = 500, .make = app_requested_envelope}, seconds(120));
    }
    std::vector<double> starts;
    for (int round = 0; round < 2 * options.rounds + 1; ++round) {
        LoadServer server;
        const Daemon daemon(options, server, database);
        starts.push_back(daemon.start_to_hello_ms());
    }
    report.add("start to first hello, 10,000 requests", median(starts), "ms", "<= 30", median(starts) <= 30);

    clean(database);
    LoadServer server;
    const Daemon daemon(options, server, database);
    (void)server.run({.envelopes = 100'000, .window = 500, .make = mixed_envelope}, seconds(120));
    const double after = daemon.process().resident_mib();
    report.add("resident after 100,000 envelopes", after, "MiB", "<= 24", after <= 24);
    (void)server.run({.envelopes = 100'000, .first = 100'000, .window = 500, .make = mixed_envelope},
                     seconds(120));
    const double growth = daemon.process().resident_mib() - after;
    report.add("growth over 100,000 more", growth, "MiB", "<= 1", growth <= 1);
}

void measure_refresh(const Options& options, Report& report) {
    const auto database = options.folder / "refresh.db";
    clean(database);
    LoadServer server;
    const Daemon daemon(options, server, database);
    const auto result = server.run({.envelopes = 10'000,
                                    .window = 4'000,
                                    .per_second = 1'000,
                                    .refresh_every = milliseconds(3000),
                                    .make = mixed_envelope},
                                   seconds(60));
    report.add("lost over planned refreshes at 1,000/s", 10'000.0 - result.acknowledged, "envelopes", "= 0",
               result.acknowledged == 10'000);
    report.add("longest gap in acks over planned refreshes", result.longest_gap_ms, "ms", "<= 250",
               result.longest_gap_ms <= 250);
}

// 500 cards for one channel at 50 times Slack's rate: ten seconds are what Slack's published limit asks for.
void measure_burst(const Options& options, Report& report) {
    constexpr std::uint32_t cards = 500;
    constexpr double scale = 50;
    std::vector<double> ratios;
    for (int round = 0; round < options.rounds; ++round) {
        const auto database = options.folder / "burst.db";
        clean(database);
        LoadServer server;
        const Daemon daemon(options, server, database, scale);
        const auto from = Steady::now();
        (void)server.run({.envelopes = cards, .window = cards, .make = app_requested_envelope}, seconds(60));
        if (!server.wait_for_cards(cards, seconds(60))) throw std::runtime_error("cards are missing");
        ratios.push_back(std::chrono::duration<double>(server.last_card() - from).count() / (cards / scale));
    }
    report.add("burst of 500 requests, last card / Slack's limit", median(ratios), "x", "<= 1.1",
               median(ratios) <= 1.1);
}

// Copies of one real request, so that this knows nothing of the columns.
void add_past_requests(const fs::path& file, int count) {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    std::string columns;
    SQLite::Statement table(database, "PRAGMA table_info(app_request)");
    while (table.executeStep()) {
        const std::string name = table.getColumn(1);
        columns += (columns.empty() ? "" : ", ") + (name == "id"          ? "1000 + i"
                                                    : name == "slack_id"  ? "'past' || i"
                                                    : name == "app_id"    ? "'Apast' || (i % 1000)"
                                                    : name == "requester" ? "printf('U%08d', i % 5000)"
                                                    : name == "state"     ? "'approved'"
                                                                          : name);
    }
    database.exec(
        fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                    "INSERT INTO app_request SELECT {} FROM n, (SELECT * FROM app_request LIMIT 1)",
                    count, columns));
}

struct Answers {
    double ack = 0, list = 0, card = 0, home = 0;  // milliseconds
};
Answers answers_with(const Options& options, const fs::path& database, std::uint32_t& next) {
    LoadServer server;
    const Daemon daemon(options, server, database);
    const auto median_of = [&](std::uint32_t count, const MakeEnvelope& make) {
        const Load light{.envelopes = count, .first = next, .window = 64, .per_second = 100, .make = make};
        next += count;
        return median(server.run(light, seconds(60)).latencies_ms);
    };
    Answers answers;
    answers.ack = median_of(300, mixed_envelope);
    answers.list = median_of(200, list_envelope);
    std::vector<double> cards;
    for (int round = 0; round < 40; ++round) {
        const auto before = server.cards();
        const auto from = Steady::now();
        (void)server.run({.envelopes = 1, .first = next++, .make = app_requested_envelope}, seconds(10));
        (void)server.wait_for_cards(before + 1, seconds(10));
        cards.push_back(std::chrono::duration<double, std::milli>(server.last_card() - from).count());
    }
    answers.card = median(cards);
    std::vector<double> homes;
    for (int round = 0; round < 40; ++round) {
        const auto before = server.homes();
        // The one before must be recorded as published, or this one would be joined with it.
        std::this_thread::sleep_for(milliseconds(100));
        const auto from = Steady::now();
        (void)server.run({.envelopes = 1, .first = next++, .make = home_envelope}, seconds(10));
        (void)server.wait_for_homes(before + 1, seconds(10));
        homes.push_back(std::chrono::duration<double, std::milli>(server.last_home() - from).count());
    }
    answers.home = median(homes);
    return answers;
}

void measure_growth(const Options& options, Report& report) {
    constexpr int past = 1'000'000;
    const auto database = options.folder / "growth.db";
    clean(database);
    std::uint32_t next = 0;
    const auto small = answers_with(options, database, next);
    add_past_requests(database, past);
    const auto large = answers_with(options, database, next);
    clean(database);
    const auto add = [&](const std::string& what, double before, double after) {
        report.add(what + " with a million past requests / none", after / before, "x", "<= 2",
                   after <= 2 * before);
    };
    add("ack p50", small.ack, large.ack);
    add("list p50", small.list, large.list);
    add("card p50", small.card, large.card);
    add("Home p50", small.home, large.home);
}

// Slack's lists against a database that knows all of it already: nothing to write, little to think.
void measure_reconcile(const Options& options, Report& report) {
    const auto database = options.folder / "reconcile.db";
    clean(database);
    LoadServer server;
    server.know(3'000, 500);
    // Until no page has been asked for during a second.
    const auto until_quiet = [&] {
        for (auto seen = server.list_pages() + 1; seen != server.list_pages();) {
            seen = server.list_pages();
            std::this_thread::sleep_for(seconds(1));
        }
    };
    {
        const Daemon daemon(options, server, database);
        if (!server.wait_for_cards(500, seconds(60))) throw std::runtime_error("cards are missing");
        until_quiet();
    }
    std::vector<double> cpu;
    for (int round = 0; round < options.rounds; ++round) {
        const auto pages = server.list_pages();
        const Daemon daemon(options, server, database);
        until_quiet();
        if (server.list_pages() < pages + 18) throw std::runtime_error("the lists were not read");
        cpu.push_back(daemon.process().cpu_seconds());
    }
    report.add("CPU of start and reconciling 3,000 + 500, unchanged", median(cpu), "s", "< 2",
               median(cpu) < 2);
}

struct Part {
    std::string_view name;
    void (*measure)(const Options&, Report&);
};
constexpr std::array parts{
    Part{"latency", measure_latency},
    Part{"throughput", measure_throughput},
    Part{"memory", measure_memory_and_start},
    Part{"refresh", measure_refresh},
    Part{"burst", measure_burst},
    Part{"growth", measure_growth},
    Part{"reconcile", measure_reconcile},
    Part{"trackers", [](const Options&, Report& report) { measure_trackers(report); }}};

int run(const Options& options) {
    fs::create_directories(options.folder);
    Report report;
    for (const auto& part : parts) {
        if (options.only.empty() || options.only == part.name) part.measure(options, report);
    }
    report.write(options.folder / "results.json");
    std::cout << "written: " << (options.folder / "results.json").string() << "\n";
    return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
    countersign::bench::Options options;
    const auto self = std::filesystem::path(argv[0]);
    options.reference = (self.parent_path() / "bench_reference").string();
    options.folder = self.parent_path() / "results";
    for (int word = 1; word + 1 < argc; word += 2) {
        const std::string name = argv[word];
        if (name == "--daemon") options.daemon = argv[word + 1];
        if (name == "--rounds") options.rounds = std::stoi(argv[word + 1]);
        if (name == "--only") options.only = argv[word + 1];
        if (name == "--folder") options.folder = argv[word + 1];
    }
    if (options.daemon.empty()) {
        std::cerr << "usage: countersign_bench --daemon BINARY [--rounds N] [--only PART] [--folder DIR]\n";
        return 2;
    }
    try {
        return countersign::bench::run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
