#include "config/base/text.hpp"
#include "storage/audit.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;

namespace {

AuditEntry entry(std::string subject, std::string details = "{}") {
    AuditEntry made;
    made.at = sample_time;
    made.actor = "U1";
    made.action = "vote.cast";
    made.subject = std::move(subject);
    made.details = std::move(details);
    return made;
}

void tamper(Database& database, const std::string& sql) {
    database.handle().exec("DROP TRIGGER audit_unchanged; DROP TRIGGER audit_kept;");
    database.handle().exec(sql);
}

}  // namespace

TEST_CASE("audit: entries are chained by their hashes, with every field's length in front") {
    TempDb db;
    Audit audit(db.writer());
    audit.append(entry("REQ-1"));
    audit.append(entry("REQ-2", R"({"a":1})"));
    audit.append(entry("REQ-1"));
    const auto entries = audit_of(db.writer(), "REQ-1");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].seq == 1);
    CHECK(entries[0].previous_hash.empty());
    CHECK(entries[0].hash == text::sha256_hex("0:1:113:17953056000002:U19:vote.cast5:REQ-12:{}"));
    CHECK(entries[1].seq == 3);
    CHECK(entries[1].previous_hash == audit_of(db.writer(), "REQ-2").at(0).hash);
    const auto verdict = verify_audit(db.writer());
    CHECK(verdict.entries == 3);
    CHECK_FALSE(verdict.first_broken);
    CHECK(verdict.reason.empty());
}

TEST_CASE("audit: an empty log is sound") {
    TempDb db;
    CHECK(verify_audit(db.writer()).entries == 0);
    CHECK_FALSE(verify_audit(db.writer()).first_broken);
}

TEST_CASE("audit: the first broken entry is named, whatever was done to it") {
    TempDb db;
    for (int i = 1; i <= 9; ++i)
        Audit(db.writer()).append(entry("REQ-" + std::to_string(i)));
    std::int64_t broken = 4;
    SUBCASE("details") {
        tamper(db.writer(), "UPDATE audit SET details = '{\"x\":1}' WHERE seq = 4");
    }
    SUBCASE("actor") {
        tamper(db.writer(), "UPDATE audit SET actor = 'U2' WHERE seq = 4");
    }
    SUBCASE("time") {
        tamper(db.writer(), "UPDATE audit SET at = at + 1 WHERE seq = 4");
    }
    SUBCASE("text moved between fields") {
        tamper(db.writer(), "UPDATE audit SET actor = 'U1vote', action = '.cast' WHERE seq = 4");
    }
    SUBCASE("hash") {
        tamper(db.writer(), "UPDATE audit SET hash = '00' WHERE seq = 4");
    }
    SUBCASE("removed") {
        tamper(db.writer(), "DELETE FROM audit WHERE seq = 4");
    }
    SUBCASE("removed in front") {
        tamper(db.writer(), "DELETE FROM audit WHERE seq <= 2");
        broken = 1;
    }
    SUBCASE("several removed (U4)") {
        tamper(db.writer(), "DELETE FROM audit WHERE seq BETWEEN 4 AND 6");
        CHECK(verify_audit(db.writer()).reason == "entries 4 to 6 are missing");
    }
    SUBCASE("exchanged") {
        tamper(db.writer(),
               "UPDATE audit SET seq = 100 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; "
               "UPDATE audit SET seq = 5 WHERE seq = 100");
    }
    SUBCASE("put in behind the end") {
        tamper(db.writer(),
               "INSERT INTO audit SELECT 10, at, actor, action, subject, details, previous_hash, hash FROM "
               "audit "
               "WHERE seq = 9");
        broken = 10;
    }
    const auto verdict = verify_audit(db.writer());
    CHECK(verdict.first_broken == broken);
    CHECK(verdict.reason.find(std::to_string(broken)) != std::string::npos);
}

TEST_CASE("audit: entries can neither be changed nor removed by an ordinary statement") {
    TempDb db;
    Audit(db.writer()).append(entry("REQ-1"));
    CHECK_THROWS(db.writer().handle().exec("UPDATE audit SET actor = 'U2'"));
    CHECK_THROWS(db.writer().handle().exec("DELETE FROM audit"));
    CHECK_FALSE(verify_audit(db.writer()).first_broken);
}

TEST_CASE("audit: an entry undone with its savepoint leaves no gap") {
    TempDb db;
    db.writer().transaction([&] {
        Audit(db.writer()).append(entry("REQ-1"));
        CHECK_THROWS(db.writer().savepoint([&] {
            Audit(db.writer()).append(entry("REQ-2"));
            throw std::runtime_error("handler");
        }));
        Audit(db.writer()).append(entry("REQ-3"));
    });
    CHECK(verify_audit(db.writer()).entries == 2);
    CHECK_FALSE(verify_audit(db.writer()).first_broken);
}
