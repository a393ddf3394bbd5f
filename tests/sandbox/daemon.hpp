#pragma once

#include <nlohmann/json.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace countersign::sandbox {

// The real daemon as a child process: started, watched, started again when it dies, its log kept for the
// page.
class Daemon {
  public:
    struct Files {
        std::filesystem::path binary, config, credentials;
        std::filesystem::path clock_library, clock;  // moved_clock.hpp
    };
    explicit Daemon(Files files);
    ~Daemon();  // SIGTERM, and after three and a half seconds SIGKILL
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    void kill();  // -9
    // {"state":"running|starting|stopped (…)","pid":…,"restarts":…,"log":[…]}
    [[nodiscard]] nlohmann::json describe() const;
    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    // Where it listens for webhooks, as it says in its log; 0 = not yet.
    [[nodiscard]] std::uint16_t http_port() const;

  private:
    void supervise();
    [[nodiscard]] int start();  // the reading end of its stderr
    void read_log(int pipe);
    void ended(bool young);
    void note(std::string line);

    const Files files_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::string state_ = "starting";
    pid_t pid_ = 0;
    int starts_ = 0;
    std::uint16_t http_port_ = 0;
    bool stopping_ = false;
    std::deque<std::string> log_;
    std::atomic<std::uint64_t> changes_{0};
    std::thread thread_;
};

// What an operator types before the first start; throws with what it said when it fails.
void run_command(const Daemon::Files& files, std::vector<std::string> arguments);

}  // namespace countersign::sandbox
