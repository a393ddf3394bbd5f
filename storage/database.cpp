#include "storage/database.hpp"

#include "storage/checkpointer.hpp"
#include "storage/descriptor.hpp"
#include "storage/file_lock.hpp"
#include "storage/query.hpp"
#include "storage/schema.hpp"
#include "storage/storage_error.hpp"
#include "storage/way_back.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>
#include <utility>

namespace countersign::storage {
namespace {

// Below Slack's three seconds, so that a locked database is noticed and reported before the ack is late for
// good.
constexpr int busy_timeout_ms = 2'000;

// The file exists before SQLite opens it, because SQLite would create it with the umask's mode; its -wal and
// -shm files take the mode over.
Result<void> create_private(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        ::close(descriptor);
        return {};
    }
    const int error = errno;
    if (error == EEXIST) {
        // Not ours to change when it belongs to somebody else; then opening it decides.
        [[maybe_unused]] const int tightened = ::chmod(file.c_str(), 0600);
        return {};
    }
    const auto code = error == EACCES || error == EPERM || error == EROFS ? Errc::forbidden : Errc::storage;
    return fail(
        code, fmt::format("{} cannot be created: {}", file.string(), std::generic_category().message(error)));
}

Failure opening_failed(const std::filesystem::path& file, const std::exception& exception) {
    const auto trouble = storage_trouble(exception).value_or(StorageTrouble::other);
    auto code = Errc::storage;
    if (trouble == StorageTrouble::read_only) code = Errc::forbidden;
    if (trouble == StorageTrouble::locked) code = Errc::conflict;
    return {code,
            fmt::format("{} cannot be opened: {}; {}", file.string(), exception.what(), advice(trouble))};
}

std::optional<Failure> unsuitable(const std::filesystem::path& file, SQLite::Database& connection) {
    if (is_foreign(connection)) {
        return Failure(Errc::storage,
                       fmt::format("{} belongs to another program: set storage.path to a file of our own",
                                   file.string()));
    }
    if (const int schema = schema_of(connection); schema > newest_schema()) {
        const auto kept = way_back(file, newest_schema());
        std::error_code unreadable;
        return Failure(
            Errc::storage,
            fmt::format("{} was written by a newer countersign (schema {}, this one knows {}): install that "
                        "version, or restore {}",
                        file.string(), schema, newest_schema(),
                        std::filesystem::exists(kept, unreadable) ? kept.string() + ", kept by the upgrade"
                                                                  : "a backup made before the upgrade"));
    }
    return std::nullopt;
}

void set_pragmas(SQLite::Database& connection) {
    connection.exec("PRAGMA foreign_keys = ON");
    connection.exec("PRAGMA trusted_schema = OFF");
    connection.exec("PRAGMA cell_size_check = ON");
    // What is deleted or overwritten is gone from the file too: secrets, and the words of who was erased.
    connection.exec("PRAGMA secure_delete = ON");
    // The old pages that a savepoint keeps, above all: as a file they cost more than the rest of an envelope.
    connection.exec("PRAGMA temp_store = MEMORY");
    // Of 4 KiB each. The pages that a batch of envelopes changes have to fit, or they are written twice.
    connection.exec("PRAGMA cache_size = 1500");
}

// 64 MiB of log. The checkpointer cannot catch up with a writer that never pauses; the little that it left,
// the writer then writes back itself, and begins the log anew with its next commit.
constexpr int longest_log = 16'000;

int after_commit(void* checkpointer, sqlite3* connection, const char* name, int pages) {
    static_cast<Checkpointer*>(checkpointer)->log_is(pages);
    if (pages >= longest_log)
        sqlite3_wal_checkpoint_v2(connection, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return SQLITE_OK;
}

// For the process, before its first connection; refused, and not needed, when something opened SQLite
// earlier.
void configure_library() {
    // A lock around a counter at each allocation, which nobody reads.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace

// The order of the members is the order of closing, backwards: statements, connection, lock.
struct Database::Impl {
    Impl(std::optional<FileLock> held, const std::filesystem::path& file, int flags)
        : lock(std::move(held)), connection(file.string(), flags | SQLite::OPEN_NOMUTEX, busy_timeout_ms) {}
    static std::unique_ptr<Impl> open(std::optional<FileLock> lock, const std::filesystem::path& file,
                                      int flags) {
        [[maybe_unused]] static const bool configured = (configure_library(), true);
        return std::make_unique<Impl>(std::move(lock), file, flags);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        for (const auto& [text, statement] : statements)
            sqlite3_finalize(statement);
    }

    std::optional<FileLock> lock;
    SQLite::Database connection;
    std::unordered_map<const char*, sqlite3_stmt*> statements;
    std::optional<Checkpointer> checkpointer;
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open_writer(const std::filesystem::path& file) {
    auto lock = FileLock::take(file);
    if (!lock) return std::unexpected(lock.error());
    if (auto created = create_private(file); !created) return std::unexpected(created.error());
    try {
        auto impl = Impl::open(std::move(*lock), file, SQLite::OPEN_READWRITE);
        auto& connection = impl->connection;
        // SQLite opens a file that it may not write for reading, without a word.
        if (sqlite3_db_readonly(connection.getHandle(), "main") != 0) {
            return fail(Errc::forbidden,
                        fmt::format("{} is read-only: {}", file.string(), advice(StorageTrouble::read_only)));
        }
        // Looked at before anything is written.
        if (auto failure = unsuitable(file, connection)) return std::unexpected(std::move(*failure));
        connection.exec("PRAGMA journal_mode = WAL");
        connection.exec("PRAGMA synchronous = FULL");
        set_pragmas(connection);
        Database opened(std::move(impl));
        if (auto kept = keep_way_back(opened, file); !kept) return std::unexpected(kept.error());
        migrate(connection);
        auto& checkpointer = opened.impl_->checkpointer.emplace(file);
        sqlite3_wal_hook(connection.getHandle(), after_commit, &checkpointer);
        return opened;
    } catch (const std::exception& exception) {
        return std::unexpected(opening_failed(file, exception));
    }
}

Result<Database> Database::open_beside(const std::filesystem::path& file) {
    {
        const bool fresh = !std::filesystem::exists(file);
        // Closed again at once, so that a daemon can start; refused while one runs, and then it has migrated.
        const auto made = open_writer(file);
        if (!made && made.error().code != Errc::conflict) return std::unexpected(made.error());
        if (fresh) {
            give_to_owner_of_directory(file);
            give_to_owner_of_directory(file.string() + ".lock");
        }
    }
    return open_migrated(file, true);
}

Result<Database> Database::open_reader(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return fail(error ? Errc::forbidden : Errc::not_found,
                    fmt::format("{} {}: check storage.path, and that `countersign run` was started once",
                                file.string(), error ? error.message() : "does not exist"));
    }
    return open_migrated(file, false);
}

Result<Database> Database::open_migrated(const std::filesystem::path& file, bool writing) {
    try {
        auto impl = Impl::open(std::nullopt, file, writing ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY);
        auto& connection = impl->connection;
        if (auto failure = unsuitable(file, connection)) return std::unexpected(std::move(*failure));
        if (const int schema = schema_of(connection); schema < newest_schema()) {
            return fail(Errc::storage,
                        fmt::format("{} has schema {}, this program reads {}: start `countersign run` of "
                                    "this version once, it migrates the database",
                                    file.string(), schema, newest_schema()));
        }
        if (writing) connection.exec("PRAGMA synchronous = FULL");
        set_pragmas(connection);
        return Database(std::move(impl));
    } catch (const std::exception& exception) {
        return std::unexpected(opening_failed(file, exception));
    }
}

void Database::transaction(const std::function<void()>& work) {
    if (in_transaction()) throw std::logic_error("a transaction was started inside a transaction");
    // Immediate: a read that turns into a write would get SQLITE_BUSY in spite of the timeout.
    Query(*this, "BEGIN IMMEDIATE").run();
    try {
        work();
        Query(*this, "COMMIT").run();
    } catch (...) {
        if (in_transaction()) Query(*this, "ROLLBACK").run();
        throw;
    }
}

void Database::savepoint(const std::function<void()>& work) {
    // Alone, a savepoint would begin and commit a transaction of its own.
    if (!in_transaction()) throw std::logic_error("a savepoint was opened outside a transaction");
    Query(*this, "SAVEPOINT item").run();
    try {
        work();
        Query(*this, "RELEASE item").run();
    } catch (...) {
        if (in_transaction()) {
            Query(*this, "ROLLBACK TO item").run();
            Query(*this, "RELEASE item").run();
        }
        throw;
    }
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(impl_->connection.getHandle()) == 0;
}

int Database::schema_version() const {
    return schema_of(impl_->connection);
}

std::string Database::integrity() const {
    SQLite::Statement pages(impl_->connection, "PRAGMA integrity_check(1)");
    pages.executeStep();
    if (const std::string found = pages.getColumn(0).getString(); found != "ok") return found;
    SQLite::Statement references(impl_->connection, "PRAGMA foreign_key_check");
    if (!references.executeStep()) return "ok";
    return fmt::format("a row of table {} refers to a row of {} that does not exist",
                       references.getColumn(0).getString(), references.getColumn(2).getString());
}

SQLite::Database& Database::handle() const {
    return impl_->connection;
}

sqlite3_stmt* Database::statement(const char* literal) const {
    auto& known = impl_->statements[literal];
    if (known == nullptr) {
        auto* connection = impl_->connection.getHandle();
        const int code =
            sqlite3_prepare_v3(connection, literal, -1, SQLITE_PREPARE_PERSISTENT, &known, nullptr);
        if (code != SQLITE_OK) {
            impl_->statements.erase(literal);
            throw SQLite::Exception(connection, code);
        }
    }
    return known;
}

}  // namespace countersign::storage
