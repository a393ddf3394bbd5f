#include "storage/inbox.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

InboxEntry entry(std::string envelope_id, std::string dedupe_key = "", Timestamp at = sample_time) {
    return {.envelope_id = std::move(envelope_id),
            .dedupe_key = std::move(dedupe_key),
            .kind = "events_api/app_requested",
            .retry_attempt = 0,
            .received_at = at};
}

std::string field(const Database& database, const std::string& column, const std::string& envelope_id) {
    return database.handle()
        .execAndGet("SELECT " + column + " FROM inbox WHERE envelope_id = '" + envelope_id + "'")
        .getString();
}

int rows(const Database& database) {
    return database.handle().execAndGet("SELECT count(*) FROM inbox").getInt();
}

}  // namespace

TEST_CASE("R47: an envelope is accepted once by its id and once by its event, and duplicates are counted") {
    TempDb db;
    Inbox inbox(db.writer());
    CHECK(inbox.accept(entry("e1", "T1:Ev1")));
    CHECK_FALSE(inbox.accept(entry("e1", "T1:Ev1")));
    CHECK_FALSE(inbox.accept(entry("e2", "T1:Ev1")));
    CHECK_FALSE(inbox.accept(entry("e1", "T1:Ev9")));
    CHECK(field(db.writer(), "duplicates", "e1") == "3");
    CHECK(inbox.accept(entry("e3", "T2:Ev1")));
    CHECK(rows(db.writer()) == 2);
}

TEST_CASE("R47: envelopes without a dedupe key are only told apart by their id") {
    TempDb db;
    Inbox inbox(db.writer());
    CHECK(inbox.accept(entry("e1")));
    CHECK(inbox.accept(entry("e2")));
    CHECK_FALSE(inbox.accept(entry("e1")));
    CHECK(field(db.writer(), "duplicates", "e1") == "1");
    CHECK(field(db.writer(), "duplicates", "e2") == "0");
}

TEST_CASE("R46: a retry is accepted like a first delivery") {
    TempDb db;
    auto retried = entry("e1", "T1:Ev1");
    retried.retry_attempt = 2;
    CHECK(Inbox(db.writer()).accept(retried));
    CHECK(field(db.writer(), "retry_attempt", "e1") == "2");
}

TEST_CASE("R41: an envelope accepted in a savepoint that is undone is new again") {
    TempDb db;
    Inbox inbox(db.writer());
    db.writer().transaction([&] {
        CHECK_THROWS(db.writer().savepoint([&] {
            CHECK(inbox.accept(entry("e1", "T1:Ev1")));
            throw std::runtime_error("handler");
        }));
        CHECK(inbox.accept(entry("e1", "T1:Ev1")));
    });
}

TEST_CASE("R52, R67: what was not handled keeps its error and its raw text, redacted and bounded") {
    TempDb db;
    Inbox inbox(db.writer());
    REQUIRE(inbox.accept(entry("e1")));
    // A token across the limit: cutting before redacting would leave half of it.
    const std::string token = "xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx";
    const std::string raw = std::string(65'536 - 20, 'a') + " " + token;
    inbox.record("e1", InboxOutcome::unreadable, "broken: " + token, raw);
    CHECK(field(db.writer(), "outcome", "e1") == "unreadable");
    CHECK(field(db.writer(), "error", "e1").starts_with("broken: "));
    CHECK(field(db.writer(), "error", "e1").find("xoxb") == std::string::npos);
    CHECK(field(db.writer(), "raw", "e1").size() <= 65'536);
    CHECK(field(db.writer(), "raw", "e1").find("xoxb") == std::string::npos);
    // Cut between code points.
    inbox.record("e1", InboxOutcome::unknown, "", std::string(65'535, 'a') + "é");
    CHECK(field(db.writer(), "raw", "e1").size() == 65'535);
}

TEST_CASE(
    "R48, R49: pruning removes old handled rows up to a bound; dedupe of younger ones survives a restart") {
    TempDb db;
    Inbox inbox(db.writer());
    for (int i = 0; i < 10; ++i) {
        REQUIRE(inbox.accept(entry("old" + std::to_string(i), "T1:Old" + std::to_string(i), sample_time)));
    }
    REQUIRE(inbox.accept(entry("young", "T1:Young", sample_time + 26h)));
    CHECK(inbox.prune(sample_time + 1h, 4) == 4);
    CHECK(rows(db.writer()) == 7);
    CHECK(inbox.prune(sample_time + 1h, 100) == 6);
    CHECK(inbox.prune(sample_time + 1h, 100) == 0);
    CHECK_FALSE(inbox.accept(entry("again", "T1:Young", sample_time + 27h)));
    CHECK(inbox.accept(entry("old0", "T1:Old0", sample_time + 27h)));
}

TEST_CASE("R49: rows kept for people are bounded and do not stand in the way of pruning") {
    TempDb db;
    Inbox inbox(db.writer());
    db.writer().transaction([&] {
        for (int i = 0; i < 3'000; ++i) {
            const std::string id = "bad" + std::to_string(i);
            REQUIRE(inbox.accept(entry(id)));
            inbox.record(id, InboxOutcome::unknown, "unknown kind", "{}");
        }
        for (int i = 0; i < 50; ++i)
            REQUIRE(inbox.accept(entry("good" + std::to_string(i))));
    });
    db.writer().transaction([&] {
        for (int i = 0; i < 40; ++i)
            (void)inbox.prune(sample_time + 1h, 100);
    });
    CHECK(rows(db.writer()) == 1'000);
    CHECK_FALSE(inbox.accept(entry("bad2999")));
    CHECK(inbox.prune(sample_time + 1h, 100) == 0);
}

TEST_CASE("R49: many young rows that are kept for people do not keep the old ones from going") {
    TempDb db;
    Inbox inbox(db.writer());
    const auto take = [&](const std::string& id, Timestamp at, bool handled) {
        REQUIRE(inbox.accept(entry(id, "", at)));
        if (!handled) inbox.record(id, InboxOutcome::unknown, "unknown kind", "{}");
    };
    db.writer().transaction([&] {
        for (int i = 0; i < 2'700; ++i)
            take("old" + std::to_string(i), sample_time, false);
        for (int i = 0; i < 50; ++i)
            take("handled" + std::to_string(i), sample_time, true);
        for (int i = 0; i < 1'600; ++i)
            take("young" + std::to_string(i), sample_time + 2h, false);
    });
    db.writer().transaction([&] {
        while (inbox.prune(sample_time + 1h, 500) == 500)
            continue;
    });
    CHECK(rows(db.writer()) == 1'600);
    CHECK_FALSE(inbox.accept(entry("young0")));
}

TEST_CASE("a clock that stepped back does not make pruning remove what is young") {
    TempDb db;
    Inbox inbox(db.writer());
    REQUIRE(inbox.accept(entry("later", "", sample_time + 2h)));
    REQUIRE(inbox.accept(entry("earlier", "", sample_time)));
    CHECK(inbox.prune(sample_time + 1h, 100) == 1);
    CHECK_FALSE(inbox.accept(entry("later", "", sample_time + 3h)));
}
