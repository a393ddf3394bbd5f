#pragma once

#include <cstdint>

// Wall time ahead of the machine's, for the sandbox and, preloaded, for its daemon: both read the distance
// in nanoseconds from one file in memory. Behind it stands how long the machine has slept besides (R65).
// Monotonic time stays as it is, so that nothing that is measured goes wrong. (Debian's faketime would do,
// but reads its file at every look at the clock.) Returns where the distance stands, or null when the file
// cannot be had.
extern "C" std::int64_t* moved_clock(const char* file);
