#pragma once

#include "bot/health_monitor.hpp"
#include "config/base/clock.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace countersign::bot {

// Beside the database, for `countersign check --watch` (O3): whether the daemon can act, rewritten as soon as
// that changes and every few seconds. A file, because the database may be what refuses.
class HealthFile {
  public:
    explicit HealthFile(const std::filesystem::path& database);
    ~HealthFile();  // an orderly stop leaves none
    HealthFile(const HealthFile&) = delete;
    HealthFile& operator=(const HealthFile&) = delete;

    // Failures are left to the reader, who then finds an old file.
    void write(const HealthReport& report, Timestamp now);

  private:
    std::filesystem::path path_;
    std::string last_;
    std::optional<SteadyTime> written_;
};

struct WrittenHealth {
    Timestamp at;
    bool acts = false;
    std::string why;      // "" when it acts
    std::string release;  // how to get approval back by hand
};
// nullopt: there is none, or it cannot be read.
[[nodiscard]] std::optional<WrittenHealth> read_health(const std::filesystem::path& database);

}  // namespace countersign::bot
