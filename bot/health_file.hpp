#pragma once

#include "bot/health_monitor.hpp"
#include "config/base/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace countersign::bot {

// Beside the database, for `countersign check --watch` (O3): whether the daemon can act, rewritten as soon as
// that changes and every few seconds. A file, because the database may be what refuses. It outlives the
// daemon, whose release step is needed most when it does not run.
class HealthFile {
  public:
    explicit HealthFile(const std::filesystem::path& database);

    // Failures are left to the reader, who then finds an old file.
    void write(const HealthReport& report, Timestamp now);

  private:
    std::filesystem::path path_;
    std::string last_;
    std::optional<SteadyTime> written_;
};

struct WrittenHealth {
    std::int64_t pid = 0;  // of the daemon that wrote it
    Timestamp at;
    bool acts = false;
    std::string why;      // "" when it acts
    std::string release;  // how to get approval back by hand
};
// nullopt: there is none, or it cannot be read.
[[nodiscard]] std::optional<WrittenHealth> read_health(const std::filesystem::path& database);

}  // namespace countersign::bot
