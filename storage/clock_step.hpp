#pragma once

#include "config/base/clock.hpp"

namespace countersign::storage {

class Database;

// The wall clock was set back, `from` to `to`. What was due, or within an hour would be, still is: retries
// and short timers were reckoned on the wrong clock and would otherwise wait for as long as it was wrong.
// Later ones (reminders, quiet hours) are meant for a day and an hour and stay. Call inside a transaction.
void clock_set_back(Database& database, Timestamp from, Timestamp to);

// How long ago these may have been sent cannot be told any more: they are looked for from the beginning. Of a
// start: what was claimed later than now was claimed by another clock.
void forget_claims_after(Database& database, Timestamp when);

// What the wall clock said when an effect was written down last; each start writes one. The beginning of time
// where none ever was.
[[nodiscard]] Timestamp last_written(const Database& database);

}  // namespace countersign::storage
