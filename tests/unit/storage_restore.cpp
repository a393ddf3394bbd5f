// A backup takes the database's place whole, or everything stays as it was.
#include "storage/audit.hpp"
#include "storage/restore.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
namespace fs = std::filesystem;

namespace {

void set_meta(Database& database, const std::string& key, const std::string& value) {
    database.transaction([&] { apply(database, SetMeta{key, value}, sample_time); });
}

// What the next start finds, in a file that is whole.
std::string value_in(const fs::path& file) {
    const auto database = Database::open_writer(file);
    REQUIRE_MESSAGE(database, database.error().text);
    CHECK(database->integrity() == "ok");
    return View(*database).meta("value");
}

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

fs::path with(const fs::path& file, const char* suffix) {
    return file.string() + suffix;
}

// A database as a killed daemon leaves it, of which a part is in its log alone, and an earlier backup.
struct Killed {
    Killed() {
        TempDb running;
        set_meta(running.writer(), "value", "of the backup");
        REQUIRE(running.writer().backup_to(backup));
        for (int i = 0; i < 40; ++i)
            set_meta(running.writer(), "filler" + std::to_string(i), std::string(500, 'f'));
        set_meta(running.writer(), "value", "of the log");
        for (const char* suffix : {"", "-wal"})
            fs::copy_file(with(running.file(), suffix), with(file, suffix));
        REQUIRE(fs::file_size(log) > 0);
    }

    TempDir dir;
    fs::path file = dir.path() / "countersign.db";
    fs::path log = with(file, "-wal");
    fs::path backup = dir.path() / "backup.db";
};

void expect_nothing_moved(const fs::path& file) {
    for (const char* suffix : {".restoring", ".before-restore", ".before-restore-wal"})
        CHECK_MESSAGE(!fs::exists(with(file, suffix)), suffix);
}

}  // namespace

TEST_CASE("restore: the log of a database that is gone is not read into the backup") {
    const Killed killed;
    fs::remove(killed.file);
    write(with(killed.file, "-journal"), "of the database that is gone");
    const auto restored = restore(killed.backup, killed.file);
    REQUIRE_MESSAGE(restored, restored.error().text);
    CHECK(restored->replaced.empty());
    CHECK(value_in(killed.file) == "of the backup");
    CHECK(fs::exists(with(killed.file, ".before-restore-wal")));
    CHECK(fs::exists(with(killed.file, ".before-restore-journal")));
    // The next database that is kept does not get it for its own.
    const auto again = restore(killed.backup, killed.file);
    REQUIRE_MESSAGE(again, again.error().text);
    CHECK(again->replaced == with(killed.file, ".before-restore-2"));
}

TEST_CASE("restore: what it replaces is kept with all that was in its log") {
    const Killed killed;
    const auto restored = restore(killed.backup, killed.file);
    REQUIRE_MESSAGE(restored, restored.error().text);
    CHECK(value_in(killed.file) == "of the backup");
    CHECK(value_in(restored->replaced) == "of the log");
}

TEST_CASE("restore: a damaged database is kept with its log as it is") {
    const Killed killed;
    const std::string damaged(5'000, 'x');
    write(killed.file, damaged);
    write(killed.log, "of the damaged database");
    const auto restored = restore(killed.backup, killed.file);
    REQUIRE_MESSAGE(restored, restored.error().text);
    CHECK(text_of(restored->replaced) == damaged);
    CHECK(text_of(with(restored->replaced, "-wal")) == "of the damaged database");
    CHECK(value_in(killed.file) == "of the backup");
}

TEST_CASE("restore: a file with a log beside it is not taken for all of it") {
    const Killed killed;
    const auto target = killed.dir.path() / "target.db";
    const auto expect_refusal = [&](const fs::path& backup, const char* suffix) {
        const auto refused = restore(backup, target);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::storage);
        CHECK_MESSAGE(refused.error().text.contains(with(backup, suffix).string()), refused.error().text);
        CHECK_FALSE(fs::exists(target));
    };
    expect_refusal(killed.file, "-wal");
    // As it says.
    {
        SQLite::Database(killed.file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA journal_mode = DELETE");
    }
    REQUIRE(restore(killed.file, target));
    CHECK(value_in(target) == "of the log");

    fs::remove(target);
    write(with(killed.backup, "-journal"), "of a change that was not finished");
    expect_refusal(killed.backup, "-journal");
    write(with(killed.backup, "-journal"), "");  // holds nothing
    REQUIRE(restore(killed.backup, target));
    CHECK(value_in(target) == "of the backup");
}

TEST_CASE("restore: a database that another program has open stays as it is") {
    const Killed killed;
    {
        SQLite::Database reader(killed.file.string(), SQLite::OPEN_READWRITE);
        reader.exec("BEGIN");
        CHECK(reader.execAndGet("SELECT value FROM meta WHERE key = 'value'").getString() == "of the log");
        const auto refused = restore(killed.backup, killed.file);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::conflict);
        CHECK_MESSAGE(refused.error().text.contains("is open in another program"), refused.error().text);
        expect_nothing_moved(killed.file);
        CHECK(fs::exists(killed.log));
        CHECK(reader.execAndGet("SELECT count(*) FROM meta WHERE key LIKE 'filler%'").getInt() == 40);
    }
    CHECK(value_in(killed.file) == "of the log");
    CHECK(restore(killed.backup, killed.file));
}

TEST_CASE("restore: where the old log cannot be moved everything stays as it was") {
    const Killed killed;
    // The name that its log would get is one byte too long, the one that it would get itself is not.
    const auto file = killed.dir.path() / std::string(237, 'd');
    const std::string damaged(5'000, 'x');
    write(file, damaged);
    write(with(file, "-wal"), "of the damaged database");
    const auto refused = restore(killed.backup, file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::storage);
    CHECK_MESSAGE(refused.error().text.contains("cannot be kept as"), refused.error().text);
    CHECK(text_of(file) == damaged);
    CHECK(text_of(with(file, "-wal")) == "of the damaged database");
    CHECK(fs::hard_link_count(file) == 1);
    CHECK_FALSE(fs::exists(with(file, ".restoring")));
}

TEST_CASE("restore: where the database cannot be kept its log stays beside it") {
    const Killed killed;
    fs::remove(killed.file);
    fs::create_directory(killed.file);  // has no second name
    const auto log = text_of(killed.log);
    const auto refused = restore(killed.backup, killed.file);
    REQUIRE_FALSE(refused);
    CHECK_MESSAGE(refused.error().text.contains("cannot be kept as"), refused.error().text);
    CHECK(text_of(killed.log) == log);
    CHECK(fs::is_directory(killed.file));
    expect_nothing_moved(killed.file);
}

TEST_CASE("backup: whether restore will take it is known when it is made, with the same words") {
    TempDb db;
    auto& database = db.writer();
    database.transaction([&] {
        for (const auto* action : {"request.created", "request.state"}) {
            AuditEntry entry;
            entry.at = sample_time;
            entry.action = action;
            Audit(database).append(entry);
        }
    });
    const auto backup = db.file().parent_path() / "backup.db", target = db.file().parent_path() / "target.db";
    std::string words;
    SUBCASE("nothing is wrong") {}
    SUBCASE("an audit entry was altered") {
        database.handle().exec("DROP TRIGGER audit_unchanged; UPDATE audit SET actor = 'U6' WHERE seq = 2");
        words = "entry 2 was changed after it was written";
    }
    SUBCASE("a row refers to none") {
        database.handle().exec("PRAGMA foreign_keys = OFF");
        apply(database, AddVote{sample_vote(5, "Security")}, sample_time);
        words = "a row of table vote refers to a row of app_request that does not exist";
    }
    SUBCASE("the log of an earlier file of that name was left") {
        write(with(backup, "-wal"), "left");
        words = "has a log beside it";
    }
    REQUIRE(database.backup_to(backup));
    const auto checked = check_backup(backup);
    const auto restored = restore(backup, target);
    CHECK(checked.has_value() == words.empty());
    CHECK(restored.has_value() == words.empty());
    if (words.empty()) return;
    CHECK_MESSAGE(checked.error().text.contains(words), checked.error().text);
    CHECK(restored.error().text == checked.error().text);
}
