#pragma once

#include "tests/bench/report.hpp"

namespace countersign::bench {

// Verdicts on a long issue, and what following a thousand issues costs for a round of polling.
void measure_trackers(Report& report);

}  // namespace countersign::bench
