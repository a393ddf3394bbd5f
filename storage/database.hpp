#pragma once

#include "config/base/result.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

struct sqlite3_stmt;
namespace SQLite {
class Database;
}

namespace countersign::storage {

// One connection to the file, with the pragmas that every connection of its kind must have
// (storage/DESIGN.md). The writer is owned by the dispatcher thread; a reader belongs to whoever opened it.
// Not thread-safe. After opening, SQLite::Exception means broken infrastructure and goes up to the dispatcher
// or the command.
class Database {
  public:
    // Creates the file (mode 0600) and migrates it, a copy of the older one being kept (way_back.hpp). Fails:
    // storage (newer schema, corrupt, disk full), forbidden, conflict (another daemon has it open).
    [[nodiscard]] static Result<Database> open_writer(const std::filesystem::path& file);
    // A second writing handle beside the daemon's, for a command: short transactions only, the daemon waits
    // for them. Creates and migrates the file first when no daemon has it open.
    [[nodiscard]] static Result<Database> open_beside(const std::filesystem::path& file);
    // Read-only; fails when the file does not exist (not_found), has another schema or cannot be read.
    [[nodiscard]] static Result<Database> open_reader(const std::filesystem::path& file);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    // BEGIN IMMEDIATE … COMMIT around `work`; rolls back and rethrows when it or the commit throws.
    void transaction(const std::function<void()>& work);
    // SAVEPOINT around `work`: rolls back its own part and rethrows when it throws.
    // Only inside a transaction. SQLite ends the whole transaction by itself on some errors (disk full, I/O):
    // then in_transaction() is false afterwards, and what earlier savepoints did is gone too.
    void savepoint(const std::function<void()>& work);
    [[nodiscard]] bool in_transaction() const;

    [[nodiscard]] int schema_version() const;
    // A consistent copy, mode 0600, while others write (SQLite backup API). Never overwrites.
    [[nodiscard]] Result<void> backup_to(const std::filesystem::path& file) const;
    // "ok", or the first thing that is wrong.
    [[nodiscard]] std::string integrity() const;

    // storage/*.cpp only:
    [[nodiscard]] SQLite::Database& handle() const;
    // Prepared once for each connection; `literal` must live for ever (storage/query.hpp).
    [[nodiscard]] sqlite3_stmt* statement(const char* literal) const;

  private:
    struct Impl;
    [[nodiscard]] static Result<Database> open_migrated(const std::filesystem::path& file, bool writing);
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::storage
