#pragma once

#include "config/base/result.hpp"

#include <filesystem>

namespace countersign::storage {

// An advisory lock on `FILE.lock`, held as long as the object lives and ended by the kernel when the process
// dies. Beside the database and not on it: closing any descriptor of the database file would drop SQLite's
// own locks.
class FileLock {
  public:
    // conflict: another process holds it; the text names the process.
    [[nodiscard]] static Result<FileLock> take(const std::filesystem::path& database);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace countersign::storage
