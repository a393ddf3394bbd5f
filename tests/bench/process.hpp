#pragma once

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace countersign::bench {

// A child process that is measured from outside, and ended with SIGTERM when it goes.
class Process {
  public:
    Process(const std::vector<std::string>& command,
            const std::vector<std::pair<std::string, std::string>>& environment, const std::string& log_file);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] double cpu_seconds() const;  // user + system so far
    [[nodiscard]] double resident_mib() const;
    [[nodiscard]] int open_files() const;
    void signal(int number) const;

  private:
    pid_t pid_ = -1;
};

}  // namespace countersign::bench
