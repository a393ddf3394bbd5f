// O5: after which hello what was missed is asked for.
#include "bot/connection_gap.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace std::chrono_literals;

TEST_CASE("O5: a hello ends a gap when no other connection was there, but for the first one after a start") {
    const SteadyTime start{};
    bot::ConnectionGap gap(start);
    CHECK_FALSE(gap.ends_with_hello(0, start + 2s));  // the start has asked just now
    CHECK_FALSE(gap.ends_with_hello(1, start + 3s));
    CHECK_FALSE(gap.ends_with_hello(1, start + 1h));
    CHECK(gap.ends_with_hello(0, start + 1h));
    CHECK(gap.ends_with_hello(0, start + 1h));
}

TEST_CASE("O5: a first hello that was long in coming ends a gap, also when a reload has brought it") {
    const SteadyTime start{};
    bot::ConnectionGap gap(start);
    CHECK(gap.ends_with_hello(0, start + 2min));
    CHECK_FALSE(gap.ends_with_hello(1, start + 3min));
}
