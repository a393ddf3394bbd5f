#pragma once

#include "bot/health_monitor.hpp"
#include "storage/outbox.hpp"

#include <string>

namespace countersign::bot {

// The report in Prometheus' text format (R70, R72).
[[nodiscard]] std::string metrics_text(const HealthReport& report, const storage::Outbox::Depth& outbox);

}  // namespace countersign::bot
