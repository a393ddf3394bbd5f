#include "storage/database.hpp"
#include "storage/storage_error.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;

namespace {

void set_meta(Database& database, const std::string& key, const std::string& value) {
    apply(database, SetMeta{key, value}, sample_time);
}

std::string meta(const Database& database, const std::string& key) {
    return View(database).meta(key);
}

int mode_of(const std::filesystem::path& file) {
    struct stat found{};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return static_cast<int>(found.st_mode & 07777U);
}

// Runs `work` in a process of its own and returns its wait status; nothing of this process is cleaned up in
// it.
int in_child(const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            work();
        } catch (...) {
            ::_exit(99);
        }
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

Failure failure_of(const Result<Database>& result) {
    REQUIRE_FALSE(result);
    return result.error();
}

std::string text_of(const Database& database, const std::string& sql) {
    return database.handle().execAndGet(sql).getString();
}

}  // namespace

TEST_CASE("a new database is private, migrated and durable") {
    TempDb db;
    CHECK(mode_of(db.file()) == 0600);
    CHECK(mode_of(db.file().string() + "-wal") == 0600);
    CHECK(mode_of(db.file().string() + ".lock") == 0600);
    CHECK(text_of(db.writer(), "PRAGMA journal_mode") == "wal");
    CHECK(text_of(db.writer(), "PRAGMA synchronous") == "2");
    CHECK(text_of(db.writer(), "PRAGMA foreign_keys") == "1");
    CHECK(text_of(db.writer(), "PRAGMA busy_timeout") == "2000");
    CHECK(db.writer().schema_version() > 0);
    CHECK(db.writer().integrity() == "ok");
    CHECK(db.writer()
              .handle()
              .execAndGet("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = "
                          "'table' AND strict = 0 AND name NOT LIKE 'sqlite%'")
              .getInt() == 0);
}

TEST_CASE("the mode of a database that others could read is tightened") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    {
        REQUIRE(Database::open_writer(file));
    }
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    REQUIRE(Database::open_writer(file));
    CHECK(mode_of(file) == 0600);
}

TEST_CASE(
    "a second writer on the same file is refused with the process that has it, and welcome afterwards") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    {
        const auto first = Database::open_writer(file);
        REQUIRE(first);
        const auto second = Database::open_writer(file);
        REQUIRE_FALSE(second);
        CHECK(second.error().code == Errc::conflict);
        CHECK(second.error().text.find("in use by another countersign (process " +
                                       std::to_string(::getpid()) + ")") != std::string::npos);
    }
    CHECK(Database::open_writer(file));
}

TEST_CASE("a writer that moved keeps its lock") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    auto first = Database::open_writer(file);
    REQUIRE(first);
    Database moved = std::move(*first);
    CHECK_FALSE(Database::open_writer(file));
}

TEST_CASE("a newer schema refuses to open, for writing and reading, and stays as it is") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    {
        auto database = Database::open_writer(file);
        REQUIRE(database);
        database->handle().exec("PRAGMA user_version = 999");
    }
    for (const auto& failure :
         {failure_of(Database::open_writer(file)), failure_of(Database::open_reader(file))}) {
        CHECK(failure.code == Errc::storage);
        CHECK(failure.text.find("newer countersign (schema 999") != std::string::npos);
    }
    SQLite::Database raw(file.string());
    CHECK(raw.execAndGet("PRAGMA user_version").getInt() == 999);
}

TEST_CASE("a database of another program is left alone") {
    TempDir dir;
    const auto file = dir.path() / "other.db";
    {
        SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE cats(name)");
    }
    const auto result = Database::open_writer(file);
    REQUIRE_FALSE(result);
    CHECK(result.error().text.find("belongs to another program") != std::string::npos);
    CHECK(SQLite::Database(file.string()).execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 1);
}

TEST_CASE("a file that is no database, or a damaged one, is refused with what to do") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    SUBCASE("text") {
        std::ofstream(file) << std::string(5'000, 'x');
    }
    SUBCASE("damaged header page") {
        {
            REQUIRE(Database::open_writer(file));
        }
        std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
        damaged.seekp(100);
        damaged << std::string(3'000, '\xff');
    }
    for (const auto& failure :
         {failure_of(Database::open_writer(file)), failure_of(Database::open_reader(file))}) {
        CHECK(failure.code == Errc::storage);
        CHECK(failure.text.find("restore a backup") != std::string::npos);
    }
}

TEST_CASE("damage that is met later is thrown and classified") {
    TempDb db;
    auto& database = db.writer();
    database.transaction([&] {
        for (int i = 0; i < 500; ++i)
            set_meta(database, "key" + std::to_string(i), std::string(500, 'v'));
    });
    database.handle().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    {
        std::fstream damaged(db.file(), std::ios::in | std::ios::out | std::ios::binary);
        const auto size = static_cast<std::streamoff>(std::filesystem::file_size(db.file()));
        for (std::streamoff at = size / 2; at < size; at += 4'096) {
            damaged.seekp(at / 4'096 * 4'096);
            damaged << std::string(4'096, '\xff');
        }
    }
    auto reader = db.reader();
    CHECK(reader.integrity() != "ok");
    try {
        for (int i = 0; i < 500; ++i)
            (void)meta(reader, "key" + std::to_string(i));
        FAIL("the damage was not noticed");
    } catch (const std::exception& exception) {
        CHECK(storage_trouble(exception) == StorageTrouble::corrupt);
    }
}

TEST_CASE("missing files and directories are named") {
    TempDir dir;
    const auto reader = Database::open_reader(dir.path() / "none.db");
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == Errc::not_found);
    CHECK_FALSE(std::filesystem::exists(dir.path() / "none.db"));
    const auto writer = Database::open_writer(dir.path() / "no" / "such" / "countersign.db");
    REQUIRE_FALSE(writer);
    CHECK(writer.error().text.find("the directory must exist") != std::string::npos);
}

TEST_CASE("a directory that may not be written is forbidden, not a crash") {
    if (::geteuid() != 0) return;  // needs another user to become
    TempDir dir;
    REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
    const int status = in_child([&] {
        if (::setuid(65'534) != 0) ::_exit(98);
        const auto result = Database::open_writer(dir.path() / "countersign.db");
        ::_exit(!result && result.error().code == Errc::forbidden ? 7 : 1);
    });
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a transaction that throws leaves nothing, and the next one works") {
    TempDb db;
    CHECK_THROWS_WITH(db.writer().transaction([&] {
        set_meta(db.writer(), "a", "1");
        throw std::runtime_error("stop");
    }),
                      "stop");
    CHECK_FALSE(db.writer().in_transaction());
    CHECK(meta(db.writer(), "a").empty());
    db.writer().transaction([&] { set_meta(db.writer(), "a", "2"); });
    CHECK(meta(db.writer(), "a") == "2");
}

TEST_CASE("a savepoint that throws undoes its own part only (one savepoint per item)") {
    TempDb db;
    auto& database = db.writer();
    database.transaction([&] {
        database.savepoint([&] { set_meta(database, "first", "kept"); });
        CHECK_THROWS(database.savepoint([&] {
            set_meta(database, "second", "gone");
            throw std::runtime_error("handler");
        }));
        CHECK(database.in_transaction());
        database.savepoint([&] {
            set_meta(database, "third", "kept");
            CHECK_THROWS(database.savepoint([&] {
                set_meta(database, "third", "changed");
                throw std::runtime_error("inner");
            }));
        });
    });
    CHECK(meta(database, "first") == "kept");
    CHECK(meta(database, "second").empty());
    CHECK(meta(database, "third") == "kept");
}

TEST_CASE("transactions do not nest and savepoints need one") {
    TempDb db;
    CHECK_THROWS_AS(db.writer().savepoint([] {}), std::logic_error);
    CHECK_THROWS_AS(db.writer().transaction([&] { db.writer().transaction([] {}); }), std::logic_error);
    CHECK_FALSE(db.writer().in_transaction());
}

TEST_CASE("a reader beside the writer sees the last commit, blocks nobody and cannot write") {
    TempDb db;
    auto reader = db.reader();
    db.writer().transaction([&] {
        set_meta(db.writer(), "a", "1");
        CHECK(meta(db.writer(), "a") == "1");
        CHECK(meta(reader, "a").empty());
    });
    CHECK(meta(reader, "a") == "1");
    try {
        set_meta(reader, "a", "2");
        FAIL("a reader wrote");
    } catch (const std::exception& exception) {
        CHECK(storage_trouble(exception) == StorageTrouble::read_only);
    }
    CHECK(meta(reader, "a") == "1");
}

TEST_CASE("a write lock held by another program is reported as locked, and gone when it lets go") {
    TempDb db;
    db.writer().handle().setBusyTimeout(10);
    SQLite::Database shell(db.file().string(), SQLite::OPEN_READWRITE);
    shell.exec("BEGIN IMMEDIATE");
    try {
        db.writer().transaction([&] { set_meta(db.writer(), "a", "1"); });
        FAIL("two programs wrote");
    } catch (const std::exception& exception) {
        CHECK(storage_trouble(exception) == StorageTrouble::locked);
    }
    CHECK_FALSE(db.writer().in_transaction());
    shell.exec("ROLLBACK");
    db.writer().transaction([&] { set_meta(db.writer(), "a", "1"); });
    CHECK(meta(db.writer(), "a") == "1");
}

TEST_CASE("a full disk loses the batch, not the database, and needs no restart") {
    TempDb db;
    auto& database = db.writer();
    database.transaction([&] { set_meta(database, "before", "kept"); });
    const auto pages = text_of(database, "PRAGMA page_count");
    database.handle().execAndGet("PRAGMA max_page_count = " + pages);
    try {
        database.transaction([&] {
            for (int i = 0; i < 1'000; ++i)
                set_meta(database, "k" + std::to_string(i), std::string(1'000, 'v'));
        });
        FAIL("more was written than fits");
    } catch (const std::exception& exception) {
        CHECK(storage_trouble(exception) == StorageTrouble::full);
        CHECK(advice(*storage_trouble(exception)).find("space") != std::string_view::npos);
    }
    CHECK_FALSE(database.in_transaction());
    CHECK(meta(database, "before") == "kept");
    CHECK(meta(database, "k0").empty());
    database.handle().execAndGet("PRAGMA max_page_count = 1000000");
    database.transaction([&] { set_meta(database, "after", "written"); });
    CHECK(meta(database, "after") == "written");
    CHECK(database.integrity() == "ok");
}

TEST_CASE("writes refused by the system are classified as full and leave a sound database") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    const int status = in_child([&] {
        auto database = Database::open_writer(file);
        if (!database) ::_exit(98);
        database->transaction([&] { set_meta(*database, "before", "kept"); });
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{600'000, 600'000};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(98);
        try {
            for (int i = 0; i < 1'000; ++i) {
                database->transaction(
                    [&] { set_meta(*database, "k" + std::to_string(i), std::string(9'000, 'v')); });
            }
        } catch (const std::exception& exception) {
            ::_exit(storage_trouble(exception) == StorageTrouble::full && !database->in_transaction() ? 7
                                                                                                      : 1);
        }
    });
    CHECK(WEXITSTATUS(status) == 7);
    auto database = Database::open_writer(file);
    REQUIRE(database);
    CHECK(meta(*database, "before") == "kept");
    CHECK(database->integrity() == "ok");
}

TEST_CASE("a file system without space for the new database says so") {
    TempDir dir;
    const int status = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{20'000, 20'000};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(98);
        const auto result = Database::open_writer(dir.path() / "countersign.db");
        ::_exit(!result && result.error().text.find("space") != std::string::npos ? 7 : 1);
    });
    CHECK(WEXITSTATUS(status) == 7);
    CHECK(Database::open_writer(dir.path() / "countersign.db"));
}

TEST_CASE("killed between any two statements, the database holds whole transactions and opens again") {
    int kills = 0;
    for (int fatal = 1; fatal < 200; ++fatal) {
        TempDir dir;
        const auto file = dir.path() / "countersign.db";
        const int status = in_child([&] {
            auto database = Database::open_writer(file);
            if (!database) ::_exit(98);
            static int left;
            left = fatal;
            sqlite3_trace_v2(
                database->handle().getHandle(), SQLITE_TRACE_STMT,
                [](unsigned, void*, void*, void*) {
                    if (--left == 0) ::raise(SIGKILL);
                    return 0;
                },
                nullptr);
            for (int batch = 1; batch <= 4; ++batch) {
                database->transaction([&] {
                    database->savepoint([&] { set_meta(*database, "left", std::to_string(batch)); });
                    database->savepoint([&] { set_meta(*database, "right", std::to_string(batch)); });
                });
            }
        });
        const auto database = Database::open_writer(file);
        REQUIRE(database);
        CHECK(meta(*database, "left") == meta(*database, "right"));
        CHECK(database->integrity() == "ok");
        if (WIFEXITED(status)) {
            CHECK(WEXITSTATUS(status) == 0);
            CHECK(meta(*database, "left") == "4");
            break;
        }
        ++kills;
    }
    CHECK(kills > 20);
}

TEST_CASE("a migration that is cut off leaves an empty database that opens") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    // Fails within the transaction: the schema's own tables do not fit.
    {
        SQLite::Database raw(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        raw.exec("PRAGMA journal_mode = WAL");
    }
    const int status = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{30'000, 30'000};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(98);
        ::_exit(Database::open_writer(file) ? 1 : 7);
    });
    CHECK(WEXITSTATUS(status) == 7);
    auto database = Database::open_writer(file);
    REQUIRE(database);
    CHECK(database->integrity() == "ok");
    CHECK(View(*database).next_request_id() == RequestId{1});
}

TEST_CASE("a backup made while the writer writes is private, whole and consistent") {
    TempDb db;
    auto& database = db.writer();
    const auto set_both = [&](const std::string& value) {
        database.transaction([&] {
            set_meta(database, "left", value);
            set_meta(database, "filler" + value, std::string(5'000, 'f'));
            set_meta(database, "right", value);
        });
    };
    set_both("1");
    const auto reader = db.reader();
    const auto copy = db.file().parent_path() / "copy.db";
    SUBCASE("from a reader") {
        REQUIRE(reader.backup_to(copy));
        set_both("2");
    }
    SUBCASE("from the writer, inside nothing") {
        REQUIRE(database.backup_to(copy));
    }
    SUBCASE("with an open transaction beside it") {
        database.transaction([&] {
            set_meta(database, "left", "3");
            REQUIRE(reader.backup_to(copy));
            set_meta(database, "right", "3");
        });
    }
    CHECK(mode_of(copy) == 0600);
    CHECK_FALSE(std::filesystem::exists(copy.string() + ".partial"));
    CHECK_FALSE(std::filesystem::exists(copy.string() + "-wal"));
    const auto restored = Database::open_writer(copy);
    REQUIRE(restored);
    CHECK(meta(*restored, "left") == "1");
    CHECK(meta(*restored, "right") == "1");
    CHECK(restored->integrity() == "ok");
}

TEST_CASE("backups of a reader are consistent while another process commits without a pause") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    {
        REQUIRE(Database::open_writer(file));
    }
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto database = Database::open_writer(file);
        for (int round = 1; database; ++round) {
            database->transaction([&] {
                set_meta(*database, "left", std::to_string(round));
                set_meta(*database, "filler" + std::to_string(round % 100), std::string(20'000, 'f'));
                set_meta(*database, "right", std::to_string(round));
            });
        }
        ::_exit(1);
    }
    const auto reader = Database::open_reader(file);
    REQUIRE(reader);
    while (meta(*reader, "right").empty())
        std::this_thread::yield();
    int newest = 0;
    for (int i = 0; i < 10; ++i) {
        const auto copy = dir.path() / ("copy" + std::to_string(i));
        REQUIRE(reader->backup_to(copy));
        const auto opened = Database::open_reader(copy);
        REQUIRE(opened);
        CHECK(meta(*opened, "left") == meta(*opened, "right"));
        CHECK(std::stoi(meta(*opened, "left")) >= newest);
        newest = std::stoi(meta(*opened, "left"));
        // The next copy is of a later state.
        while (std::stoi(meta(*reader, "right")) == newest)
            std::this_thread::yield();
    }
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(Database::open_writer(file)->integrity() == "ok");
}

TEST_CASE("a backup never overwrites, least of all the database itself") {
    TempDb db;
    const auto onto_itself = db.writer().backup_to(db.file());
    REQUIRE_FALSE(onto_itself);
    CHECK(onto_itself.error().code == Errc::conflict);
    CHECK(db.writer().integrity() == "ok");
    const auto nowhere = db.writer().backup_to(db.file().parent_path() / "no" / "copy.db");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().text.find("cannot be written") != std::string::npos);
}

TEST_CASE("foreign keys hold, and what they refuse is the item's fault, not the database's") {
    TempDb db;
    try {
        apply(db.writer(), AddVote{sample_vote(5, "Security")}, sample_time);
        FAIL("a vote on nothing");
    } catch (const std::exception& exception) {
        CHECK(storage_trouble(exception) == StorageTrouble::rejected);
    }
    CHECK(storage_trouble(std::runtime_error("a handler's own")) == std::nullopt);
}
