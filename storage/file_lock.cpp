#include "storage/file_lock.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace countersign::storage {
namespace {

std::string holder(int descriptor) {
    std::array<char, 16> digits{};
    const auto length = ::pread(descriptor, digits.data(), digits.size(), 0);
    std::string pid(digits.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    pid.erase(std::min(pid.find_first_not_of("0123456789"), pid.size()));
    return pid.empty() ? "" : fmt::format(" (process {})", pid);
}

}  // namespace

Result<FileLock> FileLock::take(const std::filesystem::path& database) {
    const std::string file = database.string() + ".lock";
    FileLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.descriptor_ < 0) {
        const int error = errno;
        const auto code =
            error == EACCES || error == EPERM || error == EROFS ? Errc::forbidden : Errc::storage;
        return fail(
            code, fmt::format("{} cannot be opened: {}; the directory must exist and belong to the user that "
                              "runs countersign",
                              file, std::generic_category().message(error)));
    }
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return fail(
                Errc::conflict,
                fmt::format("{} is in use by another countersign{}: stop that one first, or give this one a "
                            "storage.path of its own",
                            database.string(), holder(lock.descriptor_)));
        }
        return fail(Errc::storage, fmt::format("{} cannot be locked: {}; use a local file system", file,
                                               std::generic_category().message(errno)));
    }
    // For people only; the lock itself does not depend on it.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.descriptor_, 0) == 0) {
        [[maybe_unused]] const auto written = ::pwrite(lock.descriptor_, pid.data(), pid.size(), 0);
    }
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace countersign::storage
