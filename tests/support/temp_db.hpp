#pragma once

#include "storage/database.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace countersign::tests {

// A new empty directory, removed with everything in it.
class TempDir {
  public:
    TempDir() {
        std::string name = (std::filesystem::temp_directory_path() / "countersign-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory: " + name);
        path_ = name;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A real database file with an open writer.
class TempDb {
  public:
    TempDb() : database_(opened(storage::Database::open_writer(copied(file())))) {}

    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "countersign.db"; }
    [[nodiscard]] storage::Database& writer() { return database_; }
    [[nodiscard]] storage::Database reader() const { return opened(storage::Database::open_reader(file())); }
    // In the file or its log, as whoever copies them would find it.
    [[nodiscard]] bool holds(std::string_view word) const {
        return bytes_of(file()).contains(word) || bytes_of(file().string() + "-wal").contains(word);
    }

  private:
    static std::string bytes_of(const std::filesystem::path& file) {
        std::ifstream input(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(input), {}};
    }
    // The schema's steps run once a program; every test starts from a copy of the empty database they made.
    static const std::string& empty_database() {
        static const std::string bytes = [] {
            const TempDir dir;
            const auto file = dir.path() / "empty.db";
            (void)opened(storage::Database::open_writer(file));
            return bytes_of(file);
        }();
        return bytes;
    }
    static std::filesystem::path copied(std::filesystem::path to) {
        std::ofstream(to, std::ios::binary) << empty_database();
        return to;
    }
    static storage::Database opened(Result<storage::Database> result) {
        if (!result) throw std::runtime_error(result.error().text);
        return std::move(*result);
    }

    TempDir dir_;
    storage::Database database_;
};

}  // namespace countersign::tests
