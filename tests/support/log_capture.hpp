#pragma once

#include "config/base/log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::tests {

// The log lines written while it lives.
class LogCapture {
  public:
    LogCapture() { log::capture(&LogCapture::take, this); }
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;
    ~LogCapture() { log::capture(nullptr, nullptr); }

    [[nodiscard]] std::size_t count(std::string_view part) const {
        std::size_t found = 0;
        for (const std::string& line : lines)
            found += line.find(part) != std::string::npos ? 1 : 0;
        return found;
    }

    std::vector<std::string> lines;

  private:
    static void take(void* self, std::string_view line) {
        static_cast<LogCapture*>(self)->lines.emplace_back(line);
    }
};

}  // namespace countersign::tests
