// ./dev sandbox: a fake Slack, the real daemon against it, and a page on loopback to try both.
#include "tests/fakes/fake_slack.hpp"
#include "tests/fakes/server.hpp"
#include "tests/sandbox/daemon.hpp"
#include "tests/sandbox/moved_clock.hpp"
#include "tests/sandbox/page_api.hpp"
#include "tests/sandbox/sign_in.hpp"
#include "tests/sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace {

using namespace countersign;
namespace fs = std::filesystem;

constexpr std::string_view usage =
    "countersign_sandbox [--port N] [--state DIR] [--daemon PROGRAM] [--workspace [--personal]] [--words "
    "2019|2026|de|pt]\n"
    "  --port N          the page's port on 127.0.0.1; default: any free one\n"
    "  --state DIR       keep the daemon's configuration and database there; default: a temporary directory\n"
    "  --daemon PROGRAM  the daemon; default: the countersign beside this program\n"
    "  --workspace       a workspace without the Admin API: Slackbot tells of requests, managers press its "
    "buttons\n"
    "  --personal        Slackbot tells each manager in a conversation of their own, not in a channel\n"
    "  --words W         Slackbot's wording: of 2019, of 2026 (default), German or Portuguese\n";

struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Arguments {
    std::uint16_t port = 0;
    fs::path state, daemon;
    sandbox::Mode mode;
};

fs::path own_directory() {
    return fs::read_symlink("/proc/self/exe").parent_path();
}

Arguments parse(std::span<char*> words) {
    Arguments out;
    for (std::size_t at = 1; at < words.size(); ++at) {
        const std::string_view word = words[at];
        const auto value = [&]() -> std::string_view {
            if (at + 1 >= words.size()) throw UsageError(fmt::format("{} needs a value", word));
            return words[++at];
        };
        if (word == "--port") {
            const auto text = value();
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.port);
            if (error != std::errc{} || end != text.data() + text.size())
                throw UsageError("--port needs a number up to 65535");
        } else if (word == "--state") {
            out.state = value();
        } else if (word == "--workspace") {
            out.mode.workspace = true;
        } else if (word == "--personal") {
            out.mode.workspace = out.mode.personal = true;
        } else if (word == "--words") {
            out.mode.words = value();
            constexpr std::array<std::string_view, 4> known{"2019", "2026", "de", "pt"};
            if (std::ranges::find(known, out.mode.words) == known.end())
                throw UsageError("--words is one of 2019, 2026, de, pt");
        } else if (word == "--daemon") {
            out.daemon = value();
        } else {
            throw UsageError(fmt::format("unexpected \"{}\"", word));
        }
    }
    if (out.daemon.empty()) out.daemon = own_directory() / "countersign";
    out.daemon = fs::absolute(out.daemon);
    if (::access(out.daemon.c_str(), X_OK) != 0) throw UsageError("no program at " + out.daemon.string());
    return out;
}

// Where the daemon's files live; removed at the end unless the caller named the place.
class StateDirectory {
  public:
    explicit StateDirectory(const fs::path& kept) : path_(kept), temporary_(kept.empty()) {
        if (!temporary_) {
            fs::create_directories(path_);
            path_ = fs::canonical(path_);
            return;
        }
        std::string pattern = (fs::temp_directory_path() / "countersign-sandbox-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::system_error(errno, std::generic_category(), pattern);
        path_ = pattern;
    }
    ~StateDirectory() {
        std::error_code ignored;
        if (temporary_) fs::remove_all(path_, ignored);
    }
    StateDirectory(const StateDirectory&) = delete;
    StateDirectory& operator=(const StateDirectory&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
    bool temporary_;
};

// SIGINT and SIGTERM wait for sigwait in main: blocked before any thread starts, so that all inherit it.
sigset_t hold_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return ends;
}

fakes::FakeSlackOptions slack_options(const sandbox::Mode& mode) {
    fakes::FakeSlackOptions options;
    options.rate_scale = sandbox::rate_scale;
    options.enterprise = !mode.workspace;
    options.slackbot_words = mode.words;
    if (mode.workspace && !mode.personal) options.slackbot_channel = sandbox::requests_channel;
    if (mode.personal) {
        options.reviewer_user = sandbox::reviewer;
        options.reviewer_events = true;
        for (const auto& person : sandbox::people())
            if (person.role == "admin") options.app_managers.push_back(person.id);
    }
    return options;
}

void run(const Arguments& arguments) {
    const sigset_t ends = hold_signals();
    const StateDirectory state(arguments.state);

    const auto clock_file = state.path() / "clock";
    auto* const ahead = moved_clock(clock_file.c_str());
    if (ahead == nullptr) throw std::system_error(errno, std::generic_category(), clock_file.string());

    fakes::FakeSlack slack(slack_options(arguments.mode));
    sandbox::fill(slack, arguments.mode);
    fakes::FakeGitlab gitlab;
    sandbox::fill(gitlab);
    sandbox::SignIn sign_in;

    const auto config =
        sandbox::write_config(state.path(), slack, gitlab, arguments.mode, sign_in.sections());
    sandbox::write_credentials(state.path() / "credentials", gitlab, arguments.mode);
    const sandbox::Daemon::Files files{.binary = arguments.daemon,
                                       .config = config,
                                       .credentials = state.path() / "credentials",
                                       .clock_library = own_directory() / "libmoved_clock.so",
                                       .clock = clock_file};
    sandbox::run_command(files, {"authorizations", "register", "--kind", "gitlab", "--url", sign_in.url(),
                                 "--client-id", sandbox::SignIn::client_id});
    sandbox::Daemon daemon(files);

    sandbox::PageApi api(slack, gitlab, sign_in, daemon, *ahead, arguments.mode);
    // A port of its own: the page must stay when Slack's is made to fail.
    fakes::Server::Callbacks callbacks;
    callbacks.http = [&api](const fakes::HttpQuery& query) { return api.answer(query); };
    callbacks.upgrade = [](const fakes::HttpQuery&) { return 404; };
    const fakes::Server page(std::nullopt, arguments.port, callbacks);

    fmt::print("Sandbox: http://127.0.0.1:{}/\n", page.port());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
}

}  // namespace

int main(int count, char** words) {
    try {
        run(parse(std::span(words, static_cast<std::size_t>(count))));
        return 0;
    } catch (const UsageError& problem) {
        fmt::print(stderr, "countersign_sandbox: {}\n{}", problem.what(), usage);
        return 2;
    } catch (const std::exception& problem) {
        fmt::print(stderr, "countersign_sandbox: {}\n", problem.what());
        return 1;
    }
}
