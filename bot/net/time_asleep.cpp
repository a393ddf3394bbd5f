#include "bot/net/time_asleep.hpp"

#include <ctime>

namespace countersign::net {
namespace {

std::chrono::nanoseconds read(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::chrono::milliseconds time_asleep() {
    return std::chrono::floor<std::chrono::milliseconds>(read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC));
}

}  // namespace countersign::net
