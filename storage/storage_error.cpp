#include "storage/storage_error.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace countersign::storage {

std::optional<StorageTrouble> storage_trouble(const std::exception& exception) {
    if (dynamic_cast<const UnreadableRow*>(&exception) != nullptr) return StorageTrouble::corrupt;
    const auto* error = dynamic_cast<const SQLite::Exception*>(&exception);
    if (error == nullptr) return std::nullopt;
    switch (error->getErrorCode()) {
        case SQLITE_FULL:
            return StorageTrouble::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return StorageTrouble::locked;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return StorageTrouble::read_only;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return StorageTrouble::corrupt;
        case SQLITE_CONSTRAINT:
        case SQLITE_TOOBIG:
        case SQLITE_MISMATCH:
            return StorageTrouble::rejected;
        case SQLITE_IOERR: {
            // A file size limit or quota is not ENOSPC, so SQLite calls it a failed write.
            const int code = error->getExtendedErrorCode();
            return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE ? StorageTrouble::full
                                                                              : StorageTrouble::other;
        }
        default:
            return StorageTrouble::other;
    }
}

bool concerns_all(const std::exception& exception) {
    const auto trouble = storage_trouble(exception);
    return trouble && *trouble != StorageTrouble::rejected &&
           dynamic_cast<const UnreadableRow*>(&exception) == nullptr;
}

std::string_view advice(StorageTrouble trouble) noexcept {
    switch (trouble) {
        case StorageTrouble::full:
            return "there is no space for the database, or its disk refuses writes: free some on its file "
                   "system, or raise the quota";
        case StorageTrouble::locked:
            return "another program holds the database locked: end it (an open sqlite3 shell, a second "
                   "daemon)";
        case StorageTrouble::read_only:
            return "the database cannot be written: check the owner and mode of the file and its directory, "
                   "and "
                   "whether the file system is mounted read-only";
        case StorageTrouble::corrupt:
            return "the database is damaged: stop the daemon and restore a backup (countersign restore "
                   "--from FILE)";
        case StorageTrouble::rejected:
            return "the database refused a row that breaks its rules: this is a bug, please report it";
        case StorageTrouble::other:
            break;
    }
    return "the database does not work: look at the disk and the system log";
}

}  // namespace countersign::storage
