#include "tests/sandbox/moved_clock.hpp"

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

std::atomic<std::int64_t*> ahead{nullptr};

constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t file_size = 2 * sizeof(std::int64_t);

[[gnu::constructor]] void read_environment() {
    if (const char* file = std::getenv("MOVED_CLOCK")) moved_clock(file);
}

timespec moved(timespec time, int which) {
    const auto* distance = ahead.load(std::memory_order_acquire);
    if (distance == nullptr) return time;
    const auto nanoseconds = time.tv_nsec + __atomic_load_n(distance + which, __ATOMIC_RELAXED);
    return {time.tv_sec + nanoseconds / second, nanoseconds % second};
}

}  // namespace

extern "C" std::int64_t* moved_clock(const char* file) {
    const int descriptor = ::open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return nullptr;
    const bool sized = ::ftruncate(descriptor, file_size) == 0;
    void* const at =
        sized ? ::mmap(nullptr, file_size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0) : MAP_FAILED;
    ::close(descriptor);
    if (at == MAP_FAILED) return nullptr;
    ahead.store(static_cast<std::int64_t*>(at), std::memory_order_release);
    return static_cast<std::int64_t*>(at);
}

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    if (::syscall(SYS_clock_gettime, clock, time) != 0) return -1;
    if (clock == CLOCK_REALTIME) *time = moved(*time, 0);
    if (clock == CLOCK_BOOTTIME) *time = moved(*time, 1);
    return 0;
}

extern "C" int gettimeofday(timeval* time, void*) noexcept {
    timespec now{};
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    *time = {now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

extern "C" time_t time(time_t* out) noexcept {
    timespec now{};
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}
