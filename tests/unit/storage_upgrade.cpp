// A database of every earlier schema, with a row or more in each of its tables, becomes one of the newest
// with all of it; and there is a way back.
#include "storage/audit.hpp"
#include "storage/database.hpp"
#include "storage/installed_view.hpp"
#include "storage/outbox.hpp"
#include "storage/restore.hpp"
#include "storage/schema.hpp"
#include "storage/view.hpp"
#include "storage/way_back.hpp"
#include "storage/writer.hpp"
#include "tests/support/older_database.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
namespace fs = std::filesystem;

namespace {

struct Row {
    int since;  // the first schema that takes it
    const char* sql;
    int until = 1'000;  // the last one
};

// A table of the older schemas gets columns later: named where they have a default, else the row is written
// anew.
constexpr std::array<Row, 37> rows{{
    {1, "INSERT INTO inbox VALUES (1, 'e1', 'event:Ev1', 'app_requested', 0, 1000, 'handled', 2, '', '')"},
    {1, "INSERT INTO inbox VALUES (2, 'e2', '', 'unknown', 1, 1001, 'unknown', 0, 'what?', '{\"a\":1}')"},
    {1,
     "INSERT INTO app_request VALUES (1, 'Ar1', 'event', 'A1', 'Sketch Pad', 'draws', '', '', '', "
     "'marketplace', 'T1', 'Acme', '', 'U1', 'Ada', 0, 'please', 'to draw', "
     "'[{\"name\":\"chat:write\",\"token_type\":\"bot\",\"description\":\"Send\",\"sensitive\":false,"
     "\"optional\":false}]', 'h1', '', '[]', 'in_review', '', 1000, 'no', '', '', '', '', 'none', '', '', "
     "NULL, 1000, 1000, 3)"},
    {1,
     "INSERT INTO app_request VALUES (2, '', 'form', '', 'Ärger \"2\"', '', '', '', '', 'unknown', 'T1', '', "
     "'', 'U2', '', NULL, '', '', '[]', 'h2', 'approved', '[]', 'denied', 'so', 2000, 'decided', 'Legal', "
     "'U3', 'why?', 'because', 'deny', 'U9', 'no need', 2000, 1500, 2000, 7)"},
    {1,
     "INSERT INTO vote VALUES (1, 1, 'Security', 'U3', 'conditional', 'with SSO', '2027-01-01', 'h1', "
     "'slack', '', 1100)"},
    {1, "INSERT INTO vote VALUES (2, 1, 'Legal', 'U4', 'reject', '', '', 'h1', 'tracker', 'label:9', 1200)"},
    {1, "INSERT INTO vendor_issue VALUES (1, 'procurement', 'acme/vendors', 42, 'https://t/42', 'U1', 1050)"},
    {1, "INSERT INTO decision VALUES (1, 2, 'deny', 'U9', 0, 'no need', 'h2', '{}', 2000)", 2},
    {3, "INSERT INTO decision VALUES (1, 2, 'deny', 'U9', 0, 'no need', 'h2', '{}', 'p1', '[1]', 2000)"},
    {1, "INSERT INTO message_ref VALUES ('card:1', 'C1', '1700000000.000100')"},
    {1, "INSERT INTO timer VALUES ('deadline:REQ-1', 9000, '{\"kind\":\"deadline\",\"request\":1}')"},
    {1, "INSERT INTO user_group VALUES ('S1', '[\"U3\",\"U4\"]', 900)"},
    {1,
     "INSERT INTO app_resolution (app_id, team_id, status, scopes, seen_at) VALUES ('A1', 'T1', "
     "'restricted', '[]', 800)"},
    {1, "INSERT INTO meta VALUES ('cursor', 'abc')"},
    {1, "INSERT INTO outbox_key VALUES ('00112233445566778899aabbccddeeff')"},
    {1,
     "INSERT INTO outbox VALUES (1, 'card:1', 'chat.postMessage', 'bot', '{\"channel\":\"C1\"}', 'card', "
     "'{}', 1, 'REQ-1', 'chat.postMessage:C1', 'card:1', 0, NULL, NULL, 'done', 0, 0, 1, 0, 1000, 1001, "
     "1002, '')"},
    {1,
     "INSERT INTO outbox VALUES (2, 'card:1:u2', 'chat.update', 'bot', '{\"channel\":\"C1\"}', '', '', 1, "
     "'REQ-1', 'chat.update', 'card:1', 1, 5000, NULL, 'claimed', 0, 0, 2, 1, 1100, 1101, NULL, 'timeout')"},
    {1,
     "INSERT INTO outbox VALUES (3, 'dm:1', 'chat.postMessage', 'bot', '{\"channel\":\"U1\"}', '', '', 1, "
     "'REQ-1', 'chat.postMessage:U1', '', 0, NULL, 3000, 'pending', 1, 1, 0, 0, 1150, NULL, NULL, '')"},
    {2, "INSERT INTO person VALUES ('U1', 'Ada', 'de-DE', 'Europe/Berlin', 3600, 1, 0, 700)"},
    {2, "INSERT INTO home_tab VALUES ('U1', 600, 0, 10, 20)"},
    {2, "INSERT INTO follower VALUES (1, 'U5', 1010)"},
    {3, "INSERT INTO policy VALUES ('p1', 'policy.toml', '[[rule]]', 1)"},
    {3, "INSERT INTO mark VALUES (1, 'claim', 'Security', 'U3', '', 'h1', 1020)"},
    {3, "INSERT INTO absence VALUES ('U3', 'U4', '2026-12-01', '2026-12-24', 1030)"},
    {4,
     "INSERT INTO slackbot_notice VALUES ('D1', '1700000000.000200', 1, 'requested', 'd', 90, 0, 1, "
     "'Approve', 'Restrict', 'https://s/p', 1040)"},
    {4, "INSERT INTO slackbot_sample VALUES ('s1', 'requested', 90, 'en-US', '{\"text\":\"…\"}', 1041)"},
    {5,
     "INSERT INTO tracker_issue VALUES ('procurement', 'acme/vendors', 42, 'https://t/42', 'Sketch Pad', 1, "
     "'', 0, 'th', 500, 501, 502, 503, 504, 'etag', '', NULL, 'fh', 'rk', 'f', 'purpose')"},
    {5, "INSERT INTO evidence VALUES (1, 1, 'procurement', 'acme/vendors', 42, '{}', '{}', 'eh', 502, 503)"},
    {5, "INSERT INTO pinned_label VALUES ('procurement', 'acme/vendors', 'Security', 'sec::ok', 9, 504)"},
    {7, "INSERT INTO sealing_key VALUES ('1', 'w', 'c')"},
    {7, "INSERT INTO sealed_secret VALUES ('a1', 'token', 'gitlab', 'https://g', 1, '1', 'w', 'c')"},
    {7,
     "INSERT INTO authorization (id, kind, name, name_key, url, account, account_id, workspace, scopes, "
     "added_by, owner, added_at, flow, expires_at, renewable, fingerprint, state, state_note, state_since, "
     "checked_at, notes, version) VALUES ('a1', 'gitlab', 'Vendors', 'vendors', 'https://g', 'ada', '7', '', "
     "'api', 'U9', 'U9', 10, 'token', NULL, 0, 'fp', 'active', '', 10, NULL, '', 1)"},
    {7,
     "INSERT INTO integration (id, kind, name, authorization, authorization_name, authorization_kind, "
     "instance, target, purpose, owner, made_at, state, state_note, state_since, version) VALUES (1, "
     "'tracker', 'Issues', 'a1', 'Vendors', 'gitlab', 'https://g', 'acme/vendors', 'reviews', 'U1', 11, "
     "'active', '', 11, 1)"},
    {7,
     "INSERT INTO inventory (app_id, team_id, app_name, state, set_up_by, set_up_at, removed_at, removed_by, "
     "scopes, source, connected_to, owner, purpose, data_class, notes, request, first_seen, last_seen, "
     "version) VALUES ('A1', 'T1', 'Sketch Pad', 'installed', 'U1', 12, NULL, '', '[]', 'event', '', 'U1', "
     "'to draw', '', '', 1, 12, 13, 1)"},
    {8, "INSERT INTO oauth_app VALUES ('gitlab', 'https://g', 'c1', 'https://r', 1, 'U9', 14)"},
    {8,
     "INSERT INTO pending_grant VALUES ('g1', 'gitlab', 'https://g', 'Vendors', '', 0, 'c1', 'https://r', "
     "'sh', 'U9', 9000, 0, 'asked', '', '', '', '', '', '', NULL, 1)"},
    // The entries themselves come from the program, so that their chain holds.
    {1, "INSERT INTO audit SELECT * FROM newest.audit"},
}};

// A row as text, by the columns it had when it was written.
using Content = std::map<std::string, std::vector<std::string>>;

Content content_of(SQLite::Database& database, const std::map<std::string, std::string>& columns) {
    Content found;
    for (const auto& [table, names] : columns)
        found[table] =
            texts(database, fmt::format("SELECT json_array({0}) FROM {1} ORDER BY 1", names, table));
    return found;
}

std::map<std::string, std::string> columns_of_all(SQLite::Database& database) {
    std::map<std::string, std::string> columns;
    for (const auto& table : tables_of(database))
        columns[table] = columns_of(database, table);
    return columns;
}

std::vector<std::string> schema_texts(const Database& database) {
    return texts(database.handle(),
                 "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
}

// A filled database of an earlier schema, and what is in it.
struct Older {
    explicit Older(int schema) {
        TempDb newest;
        newest.writer().transaction([&] {
            for (const auto* action : {"request.created", "request.state"}) {
                AuditEntry entry;
                entry.at = sample_time;
                entry.actor = "U1";
                entry.action = action;
                entry.subject = "REQ-1";
                entry.details = "{}";
                Audit(newest.writer()).append(entry);
            }
        });
        auto raw = make_older(file, schema);
        raw.exec(fmt::format("ATTACH '{}' AS newest", newest.file().string()));
        raw.exec("PRAGMA foreign_keys = ON");
        for (const auto& row : rows)
            if (row.since <= schema && schema <= row.until) raw.exec(row.sql);
        raw.exec("DETACH newest");
        columns = columns_of_all(raw);
        content = content_of(raw, columns);
        for (const auto& [table, found] : content)
            REQUIRE_MESSAGE(!found.empty(), "no row for table " << table);
    }

    void expect_all_of_it(const Database& database) const {
        CHECK(database.schema_version() == newest_schema());
        CHECK(database.integrity() == "ok");  // foreign keys too
        CHECK(schema_texts(database) == schema_texts(TempDb().writer()));
        const auto now = content_of(database.handle(), columns);
        for (const auto& [table, before] : content)
            CHECK_MESSAGE(now.at(table) == before, "table " << table);
        CHECK_FALSE(verify_audit(database).first_broken);
        // As the program reads it.
        const View view(database);
        const auto request = view.request(RequestId{1});
        REQUIRE(request);
        CHECK(request->app_name == "Sketch Pad");
        REQUIRE(request->scopes.size() == 1);
        CHECK(request->scopes[0].name == "chat:write");
        CHECK(view.votes(request->id).size() == 2);
        CHECK(view.request(RequestId{2}).value().state == RequestState::denied);
        CHECK(view.next_request_id().value == 3);
        CHECK(Outbox(const_cast<Database&>(database)).depth().claimed == 1);  // NOLINT(*-const-cast)
    }

    TempDir dir;
    fs::path file = dir.path() / "countersign.db";
    std::map<std::string, std::string> columns;
    Content content;
};

Database open(const fs::path& file) {
    auto database = Database::open_writer(file);
    REQUIRE_MESSAGE(database, database.error().text);
    return std::move(*database);
}

// As the older program would find it.
void expect_as_it_was(const fs::path& file, const Older& older, int schema) {
    SQLite::Database raw(file.string());
    CHECK(raw.execAndGet("PRAGMA user_version").getInt() == schema);
    CHECK(content_of(raw, columns_of_all(raw)) == older.content);
}

}  // namespace

TEST_CASE("upgrade: a filled database of every earlier schema has all of it in the newest") {
    for (int schema = 1; schema < newest_schema(); ++schema) {
        CAPTURE(schema);
        const Older older(schema);
        const auto reader = Database::open_reader(older.file);
        REQUIRE_FALSE(reader);
        CHECK(reader.error().text.contains(fmt::format("has schema {}", schema)));
        older.expect_all_of_it(open(older.file));
        // And nothing is left to do the next time.
        fs::remove(way_back(older.file, schema));
        older.expect_all_of_it(open(older.file));
        CHECK_FALSE(fs::exists(way_back(older.file, schema)));
    }
}

TEST_CASE("upgrade: a backup of every earlier schema is restored into the newest, bare and sealed") {
    for (int schema = 1; schema < newest_schema(); ++schema) {
        CAPTURE(schema);
        const Older older(schema);
        const auto sealed = older.dir.path() / "sealed.db";
        {
            REQUIRE(open(older.file).schema_version() == newest_schema());
        }
        fs::rename(way_back(older.file, schema), sealed);
        const auto bare = older.dir.path() / "bare.db";
        {
            SQLite::Database(sealed.string()).exec(fmt::format("VACUUM INTO '{}'", bare.string()));
        }
        for (const auto& backup : {sealed, bare}) {
            CAPTURE(backup);
            fs::remove(older.file);
            const auto restored = restore(backup, older.file);
            REQUIRE_MESSAGE(restored, restored.error().text);
            CHECK(restored->sealed == (backup == sealed));
            auto expected = Older(schema);
            // What was pending may have left since.
            for (auto& row : expected.content["outbox"]) {
                const auto doubt = row.find("\"pending\",1,1,0,0,1150,null");
                if (doubt != std::string::npos) row.replace(doubt, 27, "\"pending\",1,1,0,1,1150,1150");
            }
            expected.expect_all_of_it(open(older.file));
            // The backup is the way back: no other is made.
            for (const auto& entry : fs::directory_iterator(older.dir.path()))
                CHECK_FALSE(entry.path().string().contains(".schema-"));
        }
    }
}

TEST_CASE(
    "upgrade: U8: what an erasure must find is found of earlier requests too, and no name stays in another's "
    "words") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    {
        auto raw = make_older(file, 12);
        const auto request = [&](int id, const std::string& purpose) {
            raw.exec(fmt::format(
                "INSERT INTO app_request VALUES ({0}, '', 'form', 'A{0}', 'Sketch Pad', '', '', '', "
                "'', 'unknown', 'T1', '', '', 'U2', '', NULL, '', '{1}', '[]', 'h', '', '[]', "
                "'in_review', '', 1000, 'no', '', '', '', '', 'none', '', '', NULL, 1000, 1000, 1)",
                id, purpose));
            raw.exec(fmt::format(
                "INSERT INTO inventory (app_id, team_id, app_name, state, set_up_by, removed_by, scopes, "
                "source, connected_to, owner, purpose, data_class, notes, first_seen, last_seen, version) "
                "VALUES ('A{0}', 'T1', '', 'installed', '', '', '', '', '', '', '{1}', '', '', 1, 1, 1)",
                id, purpose));
        };
        auto logged = [&, seq = 0](const std::string& action, const std::string& subject,
                                   const std::string& details, const std::string& actor = "a",
                                   int at = 2'000) mutable {
            raw.exec(fmt::format("INSERT INTO audit VALUES ({}, {}, '{}', '{}', '{}', '{}', '', '')", ++seq,
                                 at, actor, action, subject, details));
        };
        request(1, "boards\nOn behalf of: Lena\nAsked before: REQ-9");
        request(2, "boards\nOn behalf of: Lena");
        request(3, "boards\nOn behalf of: all of us");  // their own words: nobody is asked for
        request(4, "boards\nOn behalf of: our team\nOn behalf of: Lena");
        request(5, "of who was erased");
        request(6, "");
        raw.exec("UPDATE inventory SET purpose = 'copied' WHERE app_id = 'A6'");
        request(7, "");
        raw.exec("UPDATE inventory SET purpose = 'by an owner' WHERE app_id = 'A7'");
        raw.exec(
            "INSERT INTO mark VALUES (1, 'on_behalf', 'U3', 'U2', '', 'h', 1), (2, 'on_behalf', 'U3', 'U2', "
            "'', "
            "'h', 1), (3, 'on_behalf', 'U2', 'U2', '', 'h', 1), (4, 'on_behalf', 'U3', 'U2', '', 'h', 1), "
            "(6, 'erased', '', 'U2', '', '', 1), (7, 'erased', '', 'U2', '', '', 1)");
        request(8, "of who was erased");
        raw.exec("UPDATE app_request SET info_answer = 'by another', message = 'please' WHERE id = 8");
        request(9, "asked anew");
        raw.exec("UPDATE app_request SET info_answer = 'answered anew' WHERE id = 9");
        raw.exec(
            "INSERT INTO person(id, name, locale, zone, zone_offset, active, guest, read_at) "
            "VALUES ('U4', 'Mia', '', '', 0, 0, 0, 1)");
        logged("request.passed_on", "REQ-2", R"({"from":"U1","to":"U2"})");
        logged("request.passed_on", "REQ-77", R"({"from":"U1","to":"U2"})");
        logged("request.passed_on", "REQ-3", "damaged");
        logged("person.erased", "U4", "{}");
        logged("request.passed_on", "REQ-5", R"({"from":"U4","to":"U2"})");
        logged("inventory.edited", "A7", R"({"purpose":"by an owner"})");
        logged("inventory.edited", "A8", R"({"purpose":"copied"})");  // typed there, and for no other app
        logged("request.passed_on", "REQ-8", R"({"from":"U4","to":"U2"})");
        logged("question.answered", "REQ-8", "{}", "U2");
        logged("person.erased", "U5", "{}", "a", 999);
        logged("request.passed_on", "REQ-9", R"({"from":"U5","to":"U2"})");
    }
    auto database = open(file);
    const View view(database);
    for (const auto& [id, purpose] : {std::pair(1, "boards\nAsked before: REQ-9"),
                                      {2, "boards"},
                                      {3, "boards\nOn behalf of: all of us"},
                                      {4, "boards\nOn behalf of: our team"},
                                      {5, ""},
                                      {8, ""},
                                      {9, "asked anew"}}) {
        CAPTURE(id);
        CHECK(view.request(RequestId{id}).value().purpose == purpose);
        CHECK(view.installed().entry(AppId(fmt::format("A{}", id)), TeamId("T1")).value().purpose == purpose);
    }
    CHECK(texts(database.handle(),
                "SELECT request || ' ' || person || ' ' || at FROM mark WHERE kind = 'passed_on'") ==
          std::vector<std::string>{"2 U1 2000", "5 U4 2000", "8 U4 2000", "9 U5 2000"});
    CHECK(view.request(RequestId{8}).value().message.empty());
    CHECK(view.request(RequestId{8}).value().info_answer == "by another");
    CHECK(view.request(RequestId{9}).value().info_answer == "answered anew");
    CHECK(texts(database.handle(),
                "SELECT request || ' ' || person FROM mark WHERE kind = 'erased' ORDER BY request") ==
          std::vector<std::string>{"5 U2", "6 U2", "7 U2", "8 U2"});
    const auto purpose_of = [&](const char* app) {
        return view.installed().entry(AppId(app), TeamId("T1")).value().purpose;
    };
    CHECK(purpose_of("A6").empty());
    CHECK(purpose_of("A7") == "by an owner");
    CHECK(view.person(UserId("U4")).value().name.empty());
    Person back;
    back.id = UserId("U4");
    back.name = "Mia";
    apply(database, SavePerson{back}, sample_time);
    CHECK(view.person(UserId("U4")).value().name.empty());
}

TEST_CASE("upgrade: the database as it was is kept beside it for the older program, and only the last one") {
    const int before = newest_schema() - 1;
    const Older older(before);
    std::ofstream(way_back(older.file, 1)) << "of an earlier upgrade";
    std::ofstream(way_back(older.file, before)) << "of this upgrade, which failed or was undone";
    {
        const auto upgraded = open(older.file);
    }
    CHECK_FALSE(fs::exists(way_back(older.file, 1)));
    const auto kept = way_back(older.file, before);
    CHECK(kept.filename() == fmt::format("countersign.db.schema-{}", before));
    CHECK(fs::status(kept).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    expect_as_it_was(kept, older, before);
}

TEST_CASE("upgrade: where no copy can be kept the database stays as it is") {
    const int before = newest_schema() - 1;
    const Older older(before);
    fs::create_directory(way_back(older.file, before).string() + ".partial");
    const auto refused = Database::open_writer(older.file);
    REQUIRE_FALSE(refused);
    CHECK_MESSAGE(refused.error().text.contains("is not upgraded without a copy"), refused.error().text);
    expect_as_it_was(older.file, older, before);
}

TEST_CASE("upgrade: the older program names what was kept for it") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db", kept = way_back(file, newest_schema());
    {
        const auto database = open(file);
        REQUIRE(database.backup_to(kept));
        database.handle().exec(fmt::format("PRAGMA user_version = {}", newest_schema() + 1));
    }
    const auto refused = Database::open_writer(file);
    REQUIRE_FALSE(refused);
    CHECK_MESSAGE(refused.error().text.contains("or restore " + kept.string()), refused.error().text);
    REQUIRE(restore(kept, file));
    CHECK(Database::open_writer(file));
}

TEST_CASE("upgrade: an empty file becomes a database, and nothing is kept of it") {
    TempDir dir;
    const auto file = dir.path() / "countersign.db";
    std::ofstream(file).flush();
    const auto reader = Database::open_reader(file);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().text.contains("has schema 0"));
    {
        const auto database = open(file);
    }
    CHECK(Database::open_reader(file));
    CHECK_FALSE(fs::exists(way_back(file, 0)));
}
