#include "config/base/clock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace countersign {
namespace {

class SystemClock final : public Clock {
  public:
    Timestamp now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string to_rfc3339(Timestamp when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const auto millis = (when - seconds).count();
    const std::time_t epoch = seconds.time_since_epoch().count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(epoch), millis);
}

}  // namespace countersign
