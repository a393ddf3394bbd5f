// What erasing a person takes out: their words and name, who they are in a tracker, codes, their place on
// Home.
#include "storage/audit.hpp"
#include "storage/erasure.hpp"
#include "storage/inbox.hpp"
#include "storage/installed_view.hpp"
#include "storage/outbox.hpp"
#include "storage/retention.hpp"
#include "storage/vault.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>

using namespace countersign;

TEST_CASE("U8: an erased person's connected account, login codes and place on Home are gone, others' stay") {
    tests::TempDb db;
    tests::ManualClock clock;
    const auto put = [&](const std::string& name, const std::string& value) {
        storage::apply(db.writer(), storage::SetMeta{name, value}, clock.now());
    };
    put("own_logins:vendors", R"([{"user":"U1","account":7},{"user":"U2","account":8}])");
    put("own_logins:other", R"([{"user":"U2","account":9}])");
    put("own_logins:broken", "not JSON U1");
    put("login_codes:vendors", R"([{"digest":"d","user":"U1","login":"ada","account":7,"until":1}])");
    put("home_installed:U1", "orphans:16");
    put("home_effect:U1", "key");
    put("home_installed:U12", "apps:0");
    // I10: a list that named only this person stays closed.
    for (const auto& [id, users] :
         {std::pair("a1", "U1"), std::pair("a2", "U12 U1 U2"), std::pair("a3", "U12")}) {
        storage::Authorization row;
        row.id = row.name = id;
        row.url = "https://gitlab.com";
        storage::apply(db.writer(), storage::SaveAuthorization{row}, clock.now());
        storage::apply(db.writer(), storage::SetAllowed{id, users, ""}, clock.now());
    }
    storage::Erased erased;
    db.writer().transaction([&] { erased = storage::erase_person(db.writer(), UserId("U1"), clock.now()); });
    const storage::View view(db.writer());
    CHECK(view.meta("own_logins:vendors") == R"([{"user":"U2","account":8}])");
    CHECK(view.meta("own_logins:other") == R"([{"user":"U2","account":9}])");
    CHECK(view.meta("own_logins:broken") == "not JSON U1");
    CHECK(view.meta("login_codes:vendors") == "[]");
    CHECK(view.meta("home_installed:U1").empty());
    CHECK(view.meta("home_effect:U1").empty());
    CHECK(view.meta("home_installed:U12") == "apps:0");
    const auto allowed = [&](std::string_view id) {
        return view.installed().authorization(id).value().allowed_users;
    };
    CHECK(allowed("a1") == "nobody");
    CHECK(allowed("a2") == "U12 U2");
    CHECK(allowed("a3") == "U12");
    CHECK(erased.other == 6);
}

namespace {

storage::Effect telling(std::string key, std::int64_t request, const std::string& words) {
    auto effect = tests::sample_effect(std::move(key));
    if (request > 0) effect.request = RequestId{request};
    effect.args = R"({"channel":"C1","text":")" + words + R"("})";
    effect.context = words;
    return effect;
}

}  // namespace

TEST_CASE(
    "U8: of an erased person's words nothing is left in the file or its log but what decisions rest on") {
    tests::TempDb db;
    auto& database = db.writer();
    const auto now = tests::sample_time;
    auto theirs = tests::sample_request(1);
    theirs.requester_name = theirs.message = theirs.purpose = theirs.info_answer = "Zephyr";
    auto judged = tests::sample_request(2);
    judged.requester = UserId("U5");
    judged.info_asker = UserId("U1");
    judged.info_question = "Evidence";
    auto others = tests::sample_request(3);
    others.requester = UserId("U5");
    others.message = "Unrelated";
    database.transaction([&] {
        for (const auto& request : {theirs, judged, others})
            storage::apply(database, storage::SaveRequest{request}, now);
        auto vote = tests::sample_vote(2, "Security");
        vote.voter = UserId("U1");
        vote.remark = "Evidence";
        storage::apply(database, storage::AddVote{vote}, now);
        storage::Person person;
        person.id = UserId("U1");
        person.name = "Zephyr";
        storage::apply(database, storage::SavePerson{person}, now);
        storage::Outbox outbox(database);
        // Of a request of theirs; of one they judged; to them; and what is still to leave.
        for (const auto& effect : {telling("card:1", 1, "Zephyr"), telling("thread:2", 2, "Zephyr"),
                                   telling("dm:1", 0, "<@U1> Zephyr"), telling("card:3", 3, "Unrelated")})
            outbox.enqueue(effect, now);
        for (const auto& effect : outbox.due(now, {.per_bucket = 10})) {
            outbox.claim(effect.id, now);
            outbox.done(effect.id, now);
        }
        outbox.enqueue(telling("waits:1", 1, "Waiting"), now);
        storage::Inbox inbox(database);
        for (const auto* id : {"e1", "e2"}) {
            const bool first = std::string_view(id) == "e1";
            REQUIRE(inbox.accept({id, id, "block_actions", 0, now}));
            inbox.record(id, storage::InboxOutcome::failed, first ? "near Zephyr" : "near Unrelated",
                         first ? R"({"user":"U1","text":"Zephyr"})" : R"({"user":"U5","text":"Unrelated"})");
        }
    });
    REQUIRE(db.holds("Zephyr"));
    storage::Erased erased;
    database.transaction([&] { erased = storage::erase_person(database, UserId("U1"), now); });
    CHECK(storage::truncate_log(database));
    CHECK_FALSE(db.holds("Zephyr"));
    for (const auto* kept : {"Evidence", "Unrelated", "Waiting"})
        CHECK_MESSAGE(db.holds(kept), kept);
    CHECK(erased.requests == 1);
    CHECK(erased.waiting == 1);
    // What was sent once is not sent again for that.
    storage::Outbox(database).enqueue(telling("card:1", 1, "again"), now);
    CHECK_FALSE(db.holds("again"));
    // Nor does a list of Slack's bring the words back: the request says that they were erased.
    const auto marks = storage::View(database).marks(RequestId{1});
    REQUIRE(marks.size() == 1);
    CHECK(marks[0].kind == storage::erased_mark);
    CHECK(storage::View(database).marks(RequestId{3}).empty());
    database.transaction([&] { erased = storage::erase_person(database, UserId("U1"), now); });
    CHECK(erased.other == 0);
}

TEST_CASE("U8: a request that was passed on loses the words of whose it was, and no answer of whose it is") {
    tests::TempDb db;
    auto& database = db.writer();
    const auto now = tests::sample_time;
    const auto answer_of = [&](const std::string& person, std::int64_t request) {
        storage::AuditEntry entry;
        entry.at = now;
        entry.actor = person;
        entry.action = "question.answered";
        entry.subject = "REQ-" + std::to_string(request);
        entry.details = "{}";
        storage::Audit(database).append(entry);
    };
    database.transaction([&] {
        for (std::int64_t id = 1; id <= 3; ++id) {
            auto request = tests::sample_request(id);
            request.requester = UserId("U2");
            request.message = request.purpose = "Zephyr";
            request.info_answer = "Quokka";
            storage::apply(database, storage::SaveRequest{request}, now);
        }
        for (const std::int64_t id : {1, 2})
            storage::apply(database,
                           storage::SetMark{{.request = RequestId{id},
                                             .kind = std::string(storage::passed_on_mark),
                                             .subject = {},
                                             .person = UserId("U1"),
                                             .value = {},
                                             .scope_hash = {},
                                             .at = now}},
                           now);
        answer_of("U1", 1);
        answer_of("U2", 1);
        answer_of("U1", 2);
    });
    storage::Erased erased;
    database.transaction([&] { erased = storage::erase_person(database, UserId("U1"), now); });
    CHECK(erased.requests == 2);
    const storage::View view(database);
    for (std::int64_t id = 1; id <= 3; ++id) {
        CAPTURE(id);
        const auto request = view.request(RequestId{id}).value();
        CHECK(request.requester == UserId("U2"));
        CHECK(request.message == (id == 3 ? "Zephyr" : ""));
        CHECK(request.purpose == (id == 3 ? "Zephyr" : ""));
        CHECK(request.info_answer == (id == 2 ? "" : "Quokka"));
    }
    // With whose it is now goes the rest.
    database.transaction([&] { erased = storage::erase_person(database, UserId("U2"), now); });
    CHECK(erased.requests == 3);
    CHECK(storage::truncate_log(database));
    CHECK_FALSE(db.holds("Zephyr"));
    CHECK_FALSE(db.holds("Quokka"));
}

TEST_CASE(
    "U8 O18: the inventory loses a purpose with the request that it was copied from, edited ones stay") {
    tests::TempDb db;
    auto& database = db.writer();
    const auto now = tests::sample_time;
    const auto entry = [&](const std::string& team, const std::string& purpose) {
        storage::InventoryEntry made;
        made.app_id = AppId("A1");
        made.team_id = TeamId(team);
        made.purpose = purpose;
        made.request = RequestId{2};  // a later approval than that of whose words it has
        storage::apply(database, storage::SaveInventoryEntry{made}, now);
    };
    const auto purpose_in = [&](const std::string& team) {
        return storage::View(database).installed().entry(AppId("A1"), TeamId(team)).value().purpose;
    };
    database.transaction([&] {
        for (std::int64_t id = 1; id <= 2; ++id) {
            auto request = tests::sample_request(id);
            request.requester = UserId("U" + std::to_string(id));
            request.purpose = id == 1 ? "Zephyr" : "Quokka";
            request.state = storage::RequestState::approved;
            storage::apply(database, storage::SaveRequest{request}, now);
        }
        entry("T1", "Zephyr");
        entry("T2", "Zephyr and more");
        entry("T3", "Quokka");
    });
    database.transaction([&] { (void)storage::erase_person(database, UserId("U1"), now); });
    CHECK(purpose_in("T1").empty());
    CHECK(purpose_in("T2") == "Zephyr and more");
    CHECK(purpose_in("T3") == "Quokka");
    const auto later = now + std::chrono::days(31);
    database.transaction([&] { CHECK(storage::erase_old_words(database, later, later, 10) == 1); });
    CHECK(purpose_in("T2") == "Zephyr and more");
    CHECK(purpose_in("T3").empty());
    CHECK(storage::truncate_log(database));
    CHECK_FALSE(db.holds("Quokka"));
}

TEST_CASE("U8: the name of who was erased is not kept again, whichever row would have it, others' is") {
    tests::TempDb db;
    auto& database = db.writer();
    const auto now = tests::sample_time;
    database.transaction([&] { (void)storage::erase_person(database, UserId("U1"), now); });
    database.transaction([&] {
        for (const auto* id : {"U1", "U12"}) {
            storage::Person person;
            person.id = UserId(id);
            person.name = "Zephyr " + person.id.value + ".";
            person.locale = "de-DE";
            person.active = false;
            storage::apply(database, storage::SavePerson{person}, now);
            storage::apply(database, storage::SavePerson{person}, now);
            auto request = tests::sample_request(person.id.value == "U1" ? 1 : 2);
            request.requester = person.id;
            request.requester_name = person.name;
            request.message = "asked since";
            storage::apply(database, storage::SaveRequest{request}, now);
            storage::apply(database, storage::SaveRequest{request}, now);
        }
    });
    const storage::View view(database);
    const auto known = view.person(UserId("U1")).value();
    CHECK(known.name.empty());
    CHECK(known.locale == "de-DE");
    CHECK_FALSE(known.active);
    CHECK(view.request(RequestId{1}).value().requester_name.empty());
    CHECK(view.request(RequestId{1}).value().message == "asked since");
    CHECK(view.person(UserId("U12")).value().name == "Zephyr U12.");
    CHECK(view.request(RequestId{2}).value().requester_name == "Zephyr U12.");
    CHECK_FALSE(db.holds("Zephyr U1."));
}

TEST_CASE("O18: after its term a request that ended has no name and words, and an open one keeps them") {
    tests::TempDb db;
    auto& database = db.writer();
    const auto now = tests::sample_time;
    const auto term = std::chrono::days(30);
    database.transaction([&] {
        for (std::int64_t id = 1; id <= 4; ++id) {
            auto request = tests::sample_request(id);
            request.message = request.requester_name = "Zephyr";
            request.state = id == 1 ? storage::RequestState::in_review : storage::RequestState::denied;
            request.state_since = now - std::chrono::days(id == 4 ? 29 : 31);
            storage::apply(database, storage::SaveRequest{request}, now);
        }
        for (const int age : {1, 31}) {
            storage::Person person;
            person.id = UserId("U" + std::to_string(age));
            person.read_at = now - std::chrono::days(age);
            storage::apply(database, storage::SavePerson{person}, now);
        }
        storage::Inbox inbox(database);
        REQUIRE(inbox.accept({"e1", "e1", "block_actions", 0, now - std::chrono::days(31)}));
        inbox.record("e1", storage::InboxOutcome::failed, "bug", "Quokka");
    });
    const auto run = [&](int limit) {
        int erased = 0;
        database.transaction([&] { erased = storage::erase_old_words(database, now - term, now, limit); });
        return erased;
    };
    CHECK(run(1) == 1);
    CHECK(run(10) == 1);
    CHECK(run(10) == 0);
    const storage::View view(database);
    for (std::int64_t id = 1; id <= 4; ++id) {
        CAPTURE(id);
        const bool gone = id == 2 || id == 3;
        CHECK(view.request(RequestId{id})->message.empty() == gone);
        CHECK(view.request(RequestId{id})->requester_name.empty() == gone);
        CHECK(view.marks(RequestId{id}).size() == (gone ? 1 : 0));
    }
    CHECK(view.person(UserId("U1")));
    CHECK_FALSE(view.person(UserId("U31")));
    CHECK(storage::truncate_log(database));
    CHECK_FALSE(db.holds("Quokka"));
    CHECK(storage::audit_of(database, "requests").size() == 2);
    CHECK_FALSE(storage::verify_audit(database).first_broken);
}
