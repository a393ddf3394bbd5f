#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace countersign::tests {

struct ProcessOptions {
    std::vector<std::string> arguments;
    // The whole environment of the child: nothing is inherited, so that a developer's own tokens stay out of
    // tests.
    std::map<std::string, std::string> environment;
    std::filesystem::path directory;  // "" = ours
    std::string input = {};           // its standard input, at most 64 KiB
    bool types_more = false;          // its input stays open for `type`
};

// A real process with its output collected. Killed when the object goes, and by the kernel when the thread
// that started it goes. Every wait ends at its condition or at its limit; nothing sleeps.
class ChildProcess {
  public:
    ChildProcess(const std::filesystem::path& program, ProcessOptions options);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // True as soon as the output or the errors contain the text; false after the limit, or when the process
    // ended without it.
    bool wait_for(std::string_view text, std::chrono::milliseconds limit = std::chrono::seconds(20));
    bool wait_until(
        const std::function<bool(const std::string& output, const std::string& errors)>& condition,
        std::chrono::milliseconds limit = std::chrono::seconds(20));

    // The exit code, or 128 + the signal that ended it; nothing after the limit. All output has been read
    // then.
    std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(20));

    void type(const std::string& text);  // into its standard input
    void signal(int number);
    std::optional<int> terminate(
        std::chrono::milliseconds limit = std::chrono::seconds(20));  // SIGTERM, then wait
    void kill();                                                      // kill -9, then wait

    [[nodiscard]] std::string output() const;  // stdout so far
    [[nodiscard]] std::string errors() const;  // stderr so far
    [[nodiscard]] pid_t pid() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Runs it to its end.
struct Finished {
    int code = -1;  // -1: it did not end in time
    std::string output;
    std::string errors;
};
[[nodiscard]] Finished run_process(const std::filesystem::path& program, ProcessOptions options,
                                   std::chrono::milliseconds limit = std::chrono::seconds(20));

}  // namespace countersign::tests
