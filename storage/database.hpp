#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "config/base/result.hpp"

namespace SQLite {
class Database;
}

namespace countersign::storage {

// One connection to the file, with the pragmas that every connection of its kind must have (storage/DESIGN.md).
// The writer is owned by the dispatcher thread; a reader belongs to whoever opened it. Not thread-safe.
// After opening, SQLite::Exception means broken infrastructure and goes up to the dispatcher or the command.
class Database {
  public:
    // Creates the file (mode 0600) and migrates it. Fails: newer schema, corrupt, not permitted, locked by another daemon.
    [[nodiscard]] static Result<Database> open_writer(const std::filesystem::path& file);
    // Read-only; fails when the file does not exist or has another schema.
    [[nodiscard]] static Result<Database> open_reader(const std::filesystem::path& file);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    // BEGIN IMMEDIATE … COMMIT around `work`; rolls back and rethrows when it throws.
    void transaction(const std::function<void()>& work);
    // SAVEPOINT around `work`: rolls back its own part and rethrows when it throws.
    void savepoint(const std::function<void()>& work);

    [[nodiscard]] int schema_version() const;
    // A consistent copy while others write (SQLite backup API).
    [[nodiscard]] Result<void> backup_to(const std::filesystem::path& file) const;
    // "ok", or the first thing that is wrong.
    [[nodiscard]] std::string integrity() const;

    [[nodiscard]] SQLite::Database& handle() const;  // storage/*.cpp only

  private:
    struct Impl;
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::storage
