#include "tests/sandbox/daemon.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace countersign::sandbox {

namespace {

using std::chrono::steady_clock;
constexpr std::size_t kept_lines = 300;

// A clean environment: neither a proxy nor real tokens of the person who tries this may reach the child.
std::vector<std::string> environment(const Daemon::Files& files) {
    std::vector<std::string> out{"CREDENTIALS_DIRECTORY=" + files.credentials.string(),
                                 "LD_PRELOAD=" + files.clock_library.string(),
                                 "MOVED_CLOCK=" + files.clock.string()};
    for (const char* name : {"PATH", "TZ", "LANG", "ASAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
    }
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return fmt::format("ended by signal {}", WTERMSIG(status));
    return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

void run_command(const Daemon::Files& files, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), files.binary.string());
    arguments.insert(arguments.end(), {"--config", files.config.string()});
    std::vector<std::string> variables = environment(files);
    const auto argv = pointers(arguments);
    const auto envp = pointers(variables);
    pid_t child = 0;
    // The sandbox's own first line is its address.
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    const int error = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), envp.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::generic_category(), arguments[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0)
        throw std::runtime_error(fmt::format("{} {} {}", arguments[1], arguments[2], how_it_ended(status)));
}

Daemon::Daemon(Files files) : files_(std::move(files)) {
    thread_ = std::thread([this] { supervise(); });
}

Daemon::~Daemon() {
    pid_t pid = 0;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        pid = pid_;
        if (pid > 0) ::kill(pid, SIGTERM);
    }
    wake_.notify_all();
    {
        std::unique_lock lock(mutex_);
        if (!wake_.wait_for(lock, std::chrono::milliseconds(3500), [this] { return pid_ == 0; }))
            ::kill(pid_, SIGKILL);
    }
    thread_.join();
}

void Daemon::kill() {
    const std::lock_guard lock(mutex_);
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

nlohmann::json Daemon::describe() const {
    const std::lock_guard lock(mutex_);
    return {{"state", state_}, {"pid", pid_}, {"restarts", starts_ > 0 ? starts_ - 1 : 0}, {"log", log_}};
}

std::uint16_t Daemon::http_port() const {
    const std::lock_guard lock(mutex_);
    return http_port_;
}

void Daemon::supervise() {
    while (true) {
        const auto began = steady_clock::now();
        int pipe = -1;
        {
            // Under the lock, so that the destructor either sees the child or prevents it.
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            pipe = start();
        }
        ++changes_;
        read_log(pipe);
        ::close(pipe);
        ended(steady_clock::now() - began < std::chrono::seconds(2));
    }
}

int Daemon::start() {
    std::vector<std::string> arguments{files_.binary.string(), "run", "--config", files_.config.string()};
    std::vector<std::string> variables = environment(files_);
    const auto argv = pointers(arguments);
    const auto envp = pointers(variables);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) {
        // Only calls that are safe after fork in a program with threads.
        ::setpgid(0, 0);  // Ctrl-C reaches the sandbox alone, which then stops the child in order
        ::prctl(PR_SET_PDEATHSIG,
                SIGTERM);  // and should the sandbox be killed, the child must not stay behind
        if (::getppid() != parent) ::_exit(1);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    pid_ = child;
    ++starts_;
    state_ = "running";
    return ends[0];
}

void Daemon::read_log(int pipe) {
    std::array<char, 4096> buffer{};
    std::string rest;
    while (true) {
        const auto got = ::read(pipe, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        rest.append(buffer.data(), static_cast<std::size_t>(got));
        const std::lock_guard lock(mutex_);
        for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            note(rest.substr(0, end));
            rest.erase(0, end + 1);
        }
    }
    const std::lock_guard lock(mutex_);
    if (!rest.empty()) note(rest);
}

void Daemon::ended(bool young) {
    siginfo_t ignored{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &ignored, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    std::unique_lock lock(mutex_);
    int status = 0;
    ::waitpid(pid_, &status,
              0);  // under the lock, so that nobody sends a signal to a number that is free again
    pid_ = 0;
    const auto how = how_it_ended(status);
    note("--- " + how + " ---");
    const bool by_hand = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    const bool broken = young && !by_hand;
    state_ = broken ? fmt::format("stopped ({})", how) : "starting";
    wake_.notify_all();
    // One that dies at once is not started in a tight loop; one that was killed by hand comes back
    // immediately.
    if (broken) wake_.wait_for(lock, std::chrono::seconds(2), [this] { return stopping_; });
}

// The caller holds the lock.
void Daemon::note(std::string line) {
    constexpr std::string_view listening = "event=http_listening port=";
    if (const auto at = line.find(listening); at != std::string::npos) {
        const auto digits = std::string_view(line).substr(at + listening.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), http_port_);
    }
    log_.push_back(std::move(line));
    if (log_.size() > kept_lines) log_.pop_front();
    ++changes_;
}

}  // namespace countersign::sandbox
