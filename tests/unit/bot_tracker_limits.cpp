// What following a thousand issues costs a tracker and us (S3, S4).
#include "tests/support/thousand_links.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

using namespace countersign;
using namespace std::chrono_literals;
using config::TrackerKind;
using tests::ThousandLinks;

namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("S3: a thousand open links stay under a quarter of the published quota and 5 % of a core") {
    SUBCASE("gitlab.com: 2,000 requests a minute") {
        ThousandLinks tracker(TrackerKind::gitlab);
        tracker.start();
        const auto before = cpu_seconds();
        tracker.run(1h);
        CHECK(tracker.requests() > 0);
        CHECK(tracker.most_within(1min) < 500);
        CHECK(cpu_seconds() - before < 0.05 * 3'600);
    }
    SUBCASE("github.com: 5,000 requests an hour") {
        ThousandLinks tracker(TrackerKind::github);
        tracker.start();
        tracker.run(1h);
        CHECK(tracker.most_within(1h) < 1'250);
    }
}

TEST_CASE(
    "S4: after a day offline a thousand changed issues are read again, the oldest first, within the limits") {
    ThousandLinks tracker(TrackerKind::gitlab);
    tracker.sleep(24h);
    tracker.all_change();
    tracker.start();
    tracker.run(30min);
    CHECK(tracker.most_within(1min) <= 500);
    auto order = tracker.read;
    std::ranges::sort(order);
    const auto [twice, end] = std::ranges::unique(order);
    order.erase(twice, end);
    CHECK(order.size() == ThousandLinks::count);
    // The higher the number, the longer ago it was looked at: a hundred are asked for at a time.
    REQUIRE(tracker.read.size() >= ThousandLinks::count);
    for (std::size_t at = 0; at + 200 < ThousandLinks::count; at += 100)
        CHECK(tracker.read[at] > tracker.read[at + 200]);
}
