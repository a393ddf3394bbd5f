#pragma once

#include "config/base/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace countersign::slack {

// Keeps a lasting fault from filling the log: the first line of a cause at once, then at most one a minute
// that says how many it stands for (R68).
class SummaryLog {
  public:
    // nullopt: leave this one out; else write it, with the number left out since the last line.
    [[nodiscard]] std::optional<std::uint64_t> note(const std::string& cause, SteadyTime now);

  private:
    struct Entry {
        SteadyTime written;
        std::uint64_t left_out = 0;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace countersign::slack
