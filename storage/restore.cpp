#include "storage/restore.hpp"

#include "storage/audit.hpp"
#include "storage/backup_seal.hpp"
#include "storage/database.hpp"
#include "storage/descriptor.hpp"
#include "storage/file_lock.hpp"
#include "storage/outbox.hpp"
#include "storage/schema.hpp"
#include "storage/storage_error.hpp"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace countersign::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::array logs{"-wal", "-journal"};

std::string reason() {
    return std::generic_category().message(errno);
}

// A log beside it holds a part of the database that is not in the file itself, or was left behind by another
// file of that name: nobody can say which.
Result<void> stands_alone(const fs::path& backup) {
    for (const char* suffix : logs) {
        const std::string log = backup.string() + suffix;
        std::error_code error;
        if (const auto size = fs::file_size(log, error); !error && size > 0) {
            return fail(
                Errc::storage,
                fmt::format(
                    "{0} has a log beside it, {1}, that may hold changes: end what has the file open and "
                    "make one of both (sqlite3 {0} 'PRAGMA journal_mode = DELETE'), or move the log away "
                    "to restore the file without them",
                    backup.string(), log));
        }
    }
    return {};
}

Result<Descriptor> open_backup(const fs::path& backup) {
    Descriptor input(::open(backup.c_str(), O_RDONLY | O_CLOEXEC));
    if (!input) {
        const auto code = errno == EACCES ? Errc::forbidden : Errc::not_found;
        return fail(code, fmt::format("{} cannot be read: {}", backup.string(), reason()));
    }
    if (auto alone = stands_alone(backup); !alone) return std::unexpected(alone.error());
    return input;
}

// What the first 100 bytes say (sqlite.org/fileformat2.html, "The Database Header").
struct Header {
    std::uint64_t bytes = 0;  // of all pages
    std::uint32_t schema = 0;
    std::uint32_t application = 0;
};

std::uint32_t big_endian(const std::array<unsigned char, 100>& bytes, std::size_t at) {
    return (std::uint32_t{bytes[at]} << 24) | (std::uint32_t{bytes[at + 1]} << 16) |
           (std::uint32_t{bytes[at + 2]} << 8) | bytes[at + 3];
}

Result<Header> read_header(const Descriptor& input, const fs::path& file) {
    std::array<unsigned char, 100> bytes{};
    const auto length = ::pread(input.get(), bytes.data(), bytes.size(), 0);
    constexpr std::string_view magic("SQLite format 3\0", 16);
    const auto got = static_cast<std::size_t>(std::max<ssize_t>(length, 0));
    const std::size_t compared = std::min(got, magic.size());
    if (!std::equal(magic.begin(), magic.begin() + static_cast<std::ptrdiff_t>(compared), bytes.begin()))
        return fail(Errc::storage, fmt::format("{} is not a backup of countersign", file.string()));
    if (got < bytes.size())
        return fail(Errc::storage,
                    fmt::format("{} is truncated: only {} bytes are there", file.string(), got));
    const std::uint32_t size = (std::uint32_t{bytes[16]} << 8) | bytes[17];
    return Header{.bytes = std::uint64_t{size == 1 ? 65536 : size} * big_endian(bytes, 28),
                  .schema = big_endian(bytes, 60),
                  .application = big_endian(bytes, 68)};
}

struct Inspected {
    std::uint64_t bytes = 0;
    bool sealed = false;
};

// What can be said without opening it as a database, in the order that names the real cause: a newer file is
// not called altered.
Result<Inspected> inspect(const Descriptor& input, const fs::path& file) {
    const auto header = read_header(input, file);
    if (!header) return std::unexpected(header.error());
    if (header->application != own_application_id())
        return fail(Errc::storage, fmt::format("{} belongs to another program", file.string()));
    if (std::cmp_greater(header->schema, newest_schema())) {
        return fail(Errc::storage,
                    fmt::format("{} was written by a newer countersign (schema {}, this one knows {}): "
                                "install that version first",
                                file.string(), header->schema, newest_schema()));
    }
    struct stat facts{};
    if (::fstat(input.get(), &facts) != 0)
        return fail(Errc::storage, fmt::format("{} cannot be read: {}", file.string(), reason()));
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (size < header->bytes) {
        return fail(Errc::storage, fmt::format("{} is truncated: {} of {} bytes are there", file.string(),
                                               size, header->bytes));
    }
    if (size == header->bytes) return Inspected{size, false};
    if (size < header->bytes + seal_bytes)
        return fail(Errc::storage,
                    fmt::format("{} is truncated: the checksum at its end is not complete", file.string()));
    const auto holds = seal_holds(file, header->bytes);
    if (!holds) return std::unexpected(holds.error());
    if (!*holds || size > header->bytes + seal_bytes) {
        return fail(
            Errc::storage,
            fmt::format("{} was altered after it was made: its checksum does not match", file.string()));
    }
    return Inspected{header->bytes, true};
}

Result<void> copy_pages(const Descriptor& input, std::uint64_t bytes, const fs::path& to) {
    const Descriptor output(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    const auto failed = [&] {
        const auto code =
            errno == EACCES || errno == EPERM || errno == EROFS ? Errc::forbidden : Errc::storage;
        return fail(code, fmt::format("{} cannot be written: {}", to.string(), reason()));
    };
    if (!output) return failed();
    off_t at = 0;
    while (std::cmp_less(at, bytes)) {
        if (::copy_file_range(input.get(), &at, output.get(), nullptr, bytes - static_cast<std::uint64_t>(at),
                              0) <= 0)
            break;
    }
    // Not every file system can do that.
    std::array<char, 65'536> piece{};
    while (std::cmp_less(at, bytes)) {
        const auto wanted = static_cast<std::size_t>(
            std::min<std::uint64_t>(piece.size(), bytes - static_cast<std::uint64_t>(at)));
        const auto length = ::pread(input.get(), piece.data(), wanted, at);
        if (length <= 0 ||
            ::pwrite(output.get(), piece.data(), static_cast<std::size_t>(length), at) != length)
            return failed();
        at += length;
    }
    if (::fsync(output.get()) != 0) return failed();
    return {};
}

// Here and not by opening it, which would keep a copy of the older one: that is what the backup is.
Result<void> bring_up_to_date(const fs::path& copy, const fs::path& backup) {
    try {
        SQLite::Database older(copy.string(), SQLite::OPEN_READWRITE);
        migrate(older);
        return {};
    } catch (const std::exception& exception) {
        return fail(Errc::storage, fmt::format("{} cannot be used: {}", backup.string(), exception.what()));
    }
}

// Reads all of it once.
Result<void> read_whole(const Database& database, const fs::path& backup) {
    if (const auto found = database.integrity(); found != "ok")
        return fail(Errc::storage, fmt::format("{} is damaged: {}", backup.string(), found));
    if (const auto verdict = verify_audit(database); verdict.first_broken)
        return fail(Errc::storage,
                    fmt::format("{} was altered: the audit log says {}", backup.string(), verdict.reason));
    return {};
}

// Opens the copy as the daemon would. What it has not sent may have left since the backup was made.
Result<void> prove(const fs::path& copy, const fs::path& backup) {
    if (auto ready = bring_up_to_date(copy, backup); !ready) return ready;
    auto database = Database::open_writer(copy);
    if (!database)
        return fail(Errc::storage,
                    fmt::format("{} cannot be used: {}", backup.string(), database.error().text));
    if (auto whole = read_whole(*database, backup); !whole) return whole;
    database->transaction([&] { Outbox(*database).doubt_unsent(); });
    return {};
}

void remove_with_companions(const fs::path& file) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"})
        fs::remove(file.string() + suffix, ignored);
}

// So that the old database is one file and no log of it is left to be read into the new one.
Result<void> fold_log(const fs::path& database) {
    try {
        SQLite::Database old(database.string(), SQLite::OPEN_READWRITE);
        // What cannot be folded stays as it is: closing a damaged database would remove its log.
        sqlite3_db_config(old.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        old.exec("PRAGMA journal_mode = DELETE");
    } catch (const std::exception& exception) {
        if (storage_trouble(exception) == StorageTrouble::locked)
            return fail(Errc::conflict,
                        fmt::format("{} is open in another program: end that one first", database.string()));
        // Gone or damaged, which may be why somebody restores: its files are then moved as they are.
    }
    return {};
}

// A log without a frame, and the index of one, which SQLite makes anew: nothing of them is worth keeping.
void drop_empty_logs(const fs::path& database) {
    std::error_code ignored;
    fs::remove(database.string() + "-shm", ignored);
    for (const auto* suffix : logs)
        if (fs::file_size(database.string() + suffix, ignored) == 0)
            fs::remove(database.string() + suffix, ignored);
}

// Of nothing that was kept earlier, not even of a log without its database.
fs::path free_name(const fs::path& database) {
    const auto taken = [](const fs::path& name) {
        std::error_code error;
        return fs::exists(name, error) || std::ranges::any_of(logs, [&](const char* suffix) {
                   return fs::exists(name.string() + suffix, error);
               });
    };
    for (int number = 1;; ++number) {
        fs::path name = database.string() + ".before-restore";
        if (number > 1) name += fmt::format("-{}", number);
        if (!taken(name)) return name;
    }
}

void put_back(const fs::path& kept, const fs::path& database) {
    std::error_code ignored;
    for (const char* suffix : logs)
        fs::rename(kept.string() + suffix, database.string() + suffix, ignored);
    fs::remove(kept, ignored);
}

// Gives what is there another name, all of it or nothing, and returns that. A log may be there without its
// database: whoever removed the damaged file may have left it.
Result<fs::path> set_aside(const fs::path& database) {
    const auto failed = [](const std::error_code& error) {
        return error && error != std::errc::no_such_file_or_directory;
    };
    auto kept = free_name(database);
    std::error_code error;
    fs::create_hard_link(database, kept, error);  // the name is never without a database
    for (const char* suffix : logs)
        if (!failed(error)) fs::rename(database.string() + suffix, kept.string() + suffix, error);
    if (!failed(error)) return kept;
    put_back(kept, database);
    return fail(Errc::storage, fmt::format("{} cannot be kept as {}: {}", database.string(), kept.string(),
                                           error.message()));
}

Result<fs::path> swap_in(const fs::path& copy, const fs::path& database) {
    if (auto folded = fold_log(database); !folded) return std::unexpected(folded.error());
    drop_empty_logs(database);
    auto kept = set_aside(database);
    if (!kept) return kept;
    const Descriptor directory(::open(database.has_parent_path() ? database.parent_path().c_str() : ".",
                                      O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ::fsync(directory.get());  // a power cut must not leave the old log beside the new database
    std::error_code error;
    fs::rename(copy, database, error);
    if (error) {
        put_back(*kept, database);
        return fail(Errc::storage,
                    fmt::format("{} cannot be replaced: {}", database.string(), error.message()));
    }
    ::fsync(directory.get());
    return fs::exists(*kept, error) ? *kept : fs::path();
}

}  // namespace

Result<Restored> restore(const fs::path& backup, const fs::path& database) {
    // Held to the end: no daemon can start on a half restored database.
    const auto lock = FileLock::take(database);
    if (!lock) return std::unexpected(lock.error());
    give_to_owner_of_directory(database.string() + ".lock");
    const auto input = open_backup(backup);
    if (!input) return std::unexpected(input.error());
    const auto inspected = inspect(*input, backup);
    if (!inspected) return std::unexpected(inspected.error());

    const fs::path copy = database.string() + ".restoring";
    remove_with_companions(copy);
    auto ready = copy_pages(*input, inspected->bytes, copy);
    if (ready) ready = prove(copy, backup);
    if (!ready) {
        remove_with_companions(copy);
        return std::unexpected(ready.error());
    }
    std::error_code ignored;
    fs::remove(copy.string() + ".lock", ignored);
    give_to_owner_of_directory(copy);
    const auto replaced = swap_in(copy, database);
    if (!replaced) {
        remove_with_companions(copy);
        return std::unexpected(replaced.error());
    }
    return Restored{*replaced, inspected->sealed};
}

Result<void> check_backup(const fs::path& backup) {
    const auto input = open_backup(backup);
    if (!input) return std::unexpected(input.error());
    if (const auto inspected = inspect(*input, backup); !inspected) return std::unexpected(inspected.error());
    const auto database = Database::open_reader(backup);
    if (!database) return std::unexpected(database.error());
    return read_whole(*database, backup);
}

}  // namespace countersign::storage
