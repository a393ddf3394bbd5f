#include "storage/backup_seal.hpp"
#include "storage/database.hpp"
#include "storage/storage_error.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace countersign::storage {
namespace {

// A name means nothing on disk until its directory is written.
void sync_directory(const std::filesystem::path& file) {
    const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace

// Under another name until it is complete, so that a file with the wanted name is always a whole backup.
Result<void> Database::backup_to(const std::filesystem::path& file) const {
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
        return fail(Errc::conflict,
                    fmt::format("{} exists: a backup never overwrites; choose another name", file.string()));
    }
    const std::filesystem::path partial = file.string() + ".partial";
    const int descriptor = ::open(partial.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return fail(errno == EACCES || errno == EROFS ? Errc::forbidden : Errc::storage,
                    fmt::format("{} cannot be written: {}", partial.string(),
                                std::generic_category().message(errno)));
    }
    ::close(descriptor);
    try {
        SQLite::Database copy(partial.string(), SQLite::OPEN_READWRITE);
        // In one step: one read transaction, so that a busy writer cannot make it start again for ever.
        SQLite::Backup(copy, handle()).executeStep(-1);
        // A single file that can be moved about; open_writer turns WAL on again.
        copy.exec("PRAGMA journal_mode = DELETE");
        if (const std::string found = copy.execAndGet("PRAGMA quick_check(1)").getString(); found != "ok") {
            std::filesystem::remove(partial, error);
            return fail(Errc::storage, fmt::format("the database is damaged, no backup was made: {}", found));
        }
    } catch (const std::exception& exception) {
        std::filesystem::remove(partial, error);
        const auto trouble = storage_trouble(exception).value_or(StorageTrouble::other);
        return fail(Errc::storage, fmt::format("the backup to {} failed: {}; {}", file.string(),
                                               exception.what(), advice(trouble)));
    }
    if (auto sealed = append_seal(partial); !sealed) {
        std::filesystem::remove(partial, error);
        return sealed;
    }
    std::filesystem::rename(partial, file, error);
    if (error) {
        return fail(Errc::storage,
                    fmt::format("{} cannot be renamed: {}", partial.string(), error.message()));
    }
    sync_directory(file);
    return {};
}

}  // namespace countersign::storage
