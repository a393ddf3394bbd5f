// `./dev soak`: the real binary under a working load for half an hour, while Slack takes its connections
// away, the configuration is read again and the tracker is away for a while. Every ten seconds it is looked
// at from outside, and a line is written to soak.csv; what grew to the end fails the run.

#include "tests/bench/envelopes.hpp"
#include "tests/bench/flatness.hpp"
#include "tests/bench/load_server.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/report.hpp"
#include "tests/fakes/fake_gitlab.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace countersign::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto project = "acme/vendors";
constexpr int issues = 200;
constexpr std::uint32_t per_second = 500;
constexpr std::uint32_t look_every = 10;  // seconds
constexpr std::uint32_t slice = per_second * look_every;

struct Options {
    std::string daemon;
    fs::path folder;
    int minutes = 30;
    int window = 5;  // minutes: how long the stretches are that are compared
};

// Of 200 envelopes one asks for an app, one takes back what was asked for 20 s before (so that as much is
// open at the end as at the beginning), ten open a Home tab, and the rest is what bench calls mixed.
std::string working_day(std::uint32_t n, const std::string& tracker_url) {
    constexpr std::uint32_t later = per_second * 20;
    if (n % 200 == 0) {
        auto text = app_requested_envelope(n);
        const auto from = text.find(R"(https:\/\/gitlab.com)");
        const auto to = text.find(R"(","date_created")", from);
        return text.replace(from, to - from,
                            fmt::format("{}/{}/-/issues/{}", tracker_url, project, n / 200 % issues + 1));
    }
    if (n % 200 == 100 && n > later) {
        const auto asked = n - 100 - later;
        return command_envelope(n, asked, fmt::format("withdraw REQ-{}", asked / 200 + 1));
    }
    return n % 20 == 0 ? home_envelope(n) : mixed_envelope(n);
}

std::string configuration(const Options& options, const LoadServer& slack, const std::string& tracker_url) {
    return fmt::format(R"([slack]
api_url = "{}"
connections = 2
rate_scale = 1000.0
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
url = "{}"
projects = ["{}"]
poll_seconds = 10
[storage]
path = "{}"
)",
                       slack.api_url(), tracker_url, project, (options.folder / "soak.db").string());
}

double mebibytes(const fs::path& file) {
    std::error_code none;
    const auto size = fs::file_size(file, none);
    return none ? 0 : static_cast<double>(size) / 1'048'576;
}

// What a look sees; in the order of the columns.
struct Look {
    double minute = 0, p50 = 0, p99 = 0, longest_gap = 0, resident = 0, wal = 0, database = 0;
    int files = 0, inbox = 0, waiting = 0, open = 0;
};

Look look(const fs::path& folder, const Process& daemon, const LoadResult& result) {
    const SQLite::Database database((folder / "soak.db").string(), SQLite::OPEN_READONLY, 5'000);
    const auto count = [&](const char* from) {
        return SQLite::Statement(database, fmt::format("SELECT count(*) FROM {}", from));
    };
    const auto number = [&](const char* from) {
        auto statement = count(from);
        statement.executeStep();
        return statement.getColumn(0).getInt();
    };
    Look seen;
    seen.p50 = at(result.latencies_ms, 0.5);
    seen.p99 = at(result.latencies_ms, 0.99);
    seen.longest_gap = result.longest_gap_ms;
    seen.resident = daemon.resident_mib();
    seen.files = daemon.open_files();
    seen.wal = mebibytes(folder / "soak.db-wal");
    seen.database = mebibytes(folder / "soak.db");
    seen.inbox = number("inbox");
    seen.waiting = number("outbox WHERE state IN ('pending', 'claimed')");
    seen.open = number("app_request WHERE state = 'in_review'");
    return seen;
}

// What may differ without being growth is what a refresh, a reload or the outage leaves for a while. The
// inbox and the database grow: they keep what came in for a week.
std::vector<Series> looked_at(const std::vector<Look>& looks) {
    const auto series = [&](std::string name, double allowance, auto figure) {
        Series made{.name = std::move(name), .allowance = allowance, .figures = {}};
        for (const Look& each : looks)
            made.figures.push_back(static_cast<double>(each.*figure));
        return made;
    };
    return {series("resident MiB", 3, &Look::resident), series("WAL MiB", 8, &Look::wal),
            series("descriptors", 8, &Look::files), series("effects waiting", 100, &Look::waiting),
            series("requests in review", 20, &Look::open)};
}

int soak(const Options& options) {
    fs::remove_all(options.folder);
    fs::create_directories(options.folder);
    fakes::FakeGitlab gitlab;
    gitlab.add_project(project);
    gitlab.add_account("eva.gl", "Eva");
    for (int issue = 0; issue < issues; ++issue)
        gitlab.open(project, "eva.gl", "Slack app");
    LoadServer slack;
    const auto file = options.folder / "countersign.toml";
    std::ofstream(file) << configuration(options, slack, gitlab.url());
    fs::create_directory(options.folder / "credentials");
    std::ofstream(options.folder / "credentials" / "procurement_token") << gitlab.token();
    const Process daemon({options.daemon, "run", "--config", file.string()},
                         {{"SLACK_APP_TOKEN", "xapp-1-A0-1-bench"},
                          {"SLACK_BOT_TOKEN", "xoxb-bench"},
                          {"SLACK_ADMIN_TOKEN", "xoxp-bench"},
                          {"CREDENTIALS_DIRECTORY", (options.folder / "credentials").string()},
                          {"PATH", "/usr/bin"}},
                         (options.folder / "daemon.log").string());
    if (!slack.wait_for_client(seconds(20))) throw std::runtime_error("no connection; see daemon.log");

    std::ofstream csv(options.folder / "soak.csv");
    csv << "minute,p50_ms,p99_ms,longest_gap_ms,resident_mib,wal_mib,database_mib,files,inbox,waiting,open\n";
    const auto make = [&](std::uint32_t n) { return working_day(n, gitlab.url()); };
    std::uint32_t sent = 0, acknowledged = 0;
    std::vector<Look> seen_so_far;
    const int looks = options.minutes * 60 / static_cast<int>(look_every);
    for (int turn = 0; turn < looks; ++turn) {
        Load load{.envelopes = slice,
                  .first = sent,
                  .window = 4 * per_second,
                  .per_second = per_second,
                  .refresh_every = seconds(4),
                  .make = make};
        if (turn % 6 == 3) load.cut_after = milliseconds(2'500);
        if (turn % 12 == 5) daemon.signal(SIGHUP);
        if (turn == looks / 3) gitlab.set_down(true);
        if (turn == looks / 2) gitlab.set_down(false);
        const auto result = slack.run(load, seconds(120));
        sent += slice;
        acknowledged += result.acknowledged;
        auto seen = look(options.folder, daemon, result);
        seen.minute = (turn + 1) * static_cast<double>(look_every) / 60;
        csv << fmt::format("{:.2f},{:.3f},{:.3f},{:.1f},{:.2f},{:.2f},{:.2f},{},{},{},{}\n", seen.minute,
                           seen.p50, seen.p99, seen.longest_gap, seen.resident, seen.wal, seen.database,
                           seen.files, seen.inbox, seen.waiting, seen.open)
            << std::flush;
        seen_so_far.push_back(seen);
    }
    std::cout << fmt::format("{} envelopes, {} acknowledged, {} calls of the tracker\n", sent, acknowledged,
                             gitlab.calls().size());
    const auto window = static_cast<std::size_t>(options.window) * 60 / look_every;
    const auto growth = grown(looked_at(seen_so_far), window);
    for (const auto& each : growth)
        std::cout << each << "\n";
    if (seen_so_far.size() < 3 * window)
        std::cout << "too short to say whether anything grows (--window N minutes)\n";
    else if (growth.empty())
        std::cout << "nothing grew\n";
    return acknowledged == sent && growth.empty() ? 0 : 1;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
    countersign::bench::Options options;
    options.folder = std::filesystem::path(argv[0]).parent_path() / "soak";
    for (int word = 1; word + 1 < argc; word += 2) {
        const std::string name = argv[word];
        if (name == "--daemon") options.daemon = argv[word + 1];
        if (name == "--minutes") options.minutes = std::stoi(argv[word + 1]);
        if (name == "--window") options.window = std::stoi(argv[word + 1]);
        if (name == "--folder") options.folder = argv[word + 1];
    }
    if (options.daemon.empty() || options.minutes < 1 || options.window < 1) {
        std::cerr << "usage: countersign_soak --daemon BINARY [--minutes N] [--window N] [--folder DIR]\n";
        return 2;
    }
    try {
        return countersign::bench::soak(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
