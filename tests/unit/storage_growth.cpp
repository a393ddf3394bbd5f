// A million past requests and effects must not be felt (design.md §8): every statement that the store ever
// prepared is explained, and the work it does is counted in SQLite's own steps, which no machine's speed
// changes.
#include "storage/audit.hpp"
#include "storage/inbox.hpp"
#include "storage/outbox.hpp"
#include "storage/retention.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp now = sample_time;

// One of everything that runs while the daemon is at work.
void work(Database& database, const std::string& tag) {
    database.transaction([&] {
        Inbox inbox(database);
        CHECK(inbox.accept({"e" + tag, "T1:Ev" + tag, "kind", 0, now}));
        CHECK_FALSE(inbox.accept({"e" + tag, "T1:Ev" + tag, "kind", 0, now}));
        inbox.record("e" + tag, InboxOutcome::failed, "error", "{}");

        const View view(database);
        const auto id = view.next_request_id();
        auto request = sample_request(id.value);
        request.app_id = AppId("A" + tag);
        request.requester = UserId("U" + tag);
        apply(database, SaveRequest{request}, now);
        request.state = RequestState::ready;
        apply(database, SaveRequest{request}, now);
        apply(database, AddVote{sample_vote(id.value, "Security")}, now);
        apply(database, SaveVendorIssue{{id, "t", "p", 1, "url", UserId("U1"), now}}, now);
        const IssueKey issue{"t", "p", id.value};
        apply(database, SaveTrackerIssue{{.key = issue, .next_check = now}}, now);
        apply(database, AddEvidence{{.request = id, .issue = issue}}, now);
        apply(database, PinLabel{{"t", "p", "Security", "Security::Approved", 7, now}}, now);
        CHECK(view.requests_on({"t", "p", 1}).size() >= 1);
        CHECK(view.tracker_issue(issue));
        CHECK(view.tracker_issues_due("t", now, 1).size() == 1);
        (void)view.unread_vendor_issues(1);
        CHECK(view.evidence(id).size() == 1);
        CHECK(view.newest_evidence(id));
        CHECK(view.newest_evidence_issue(id) == issue);
        (void)view.newest_verdict(id);
        CHECK(view.pinned_labels("t", "p").size() == 1);
        apply(database, AddDecision{sample_decision(id.value)}, now);
        apply(database, SaveMessageRef{{"card:" + tag, ChannelId("C1"), "1.1"}}, now);
        apply(database, SetTimer{{"t" + tag, now, "{}"}}, now);
        apply(database, SetTimer{{"c" + tag, now, "{}"}}, now);
        apply(database, CancelTimer{"c" + tag}, now);
        apply(database, SaveUserGroup{{"S" + tag, {}, now}}, now);
        apply(database, SaveResolution{{AppId("A" + tag), TeamId("T1"), "approved", {}, now}}, now);
        apply(database, SetMeta{"m" + tag, "v"}, now);
        apply(database, SavePolicy{{"p" + tag, "file", "text"}}, now);
        apply(database, SavePolicy{{"p" + tag, "another", "text"}}, now);
        CHECK(view.policy("p" + tag)->source == "file");
        apply(database, SetMark{{id, "claim", "Security", UserId("U1"), "", "h", now}}, now);
        apply(database, SetMark{{id, "claim", "Legal", UserId("U1"), "", "h", now}}, now);
        apply(database, ClearMarks{id, "claim", "Legal"}, now);
        CHECK(view.marks(id).size() == 1);
        apply(database, SaveAbsence{{UserId("U" + tag), UserId("UD" + tag), "2026-01-01", "2026-01-02", now}},
              now);
        CHECK(view.absence(UserId("U" + tag))->until == "2026-01-02");
        CHECK(view.absences_for(UserId("UD" + tag)).size() == 1);
        apply(database, EndAbsence{UserId("U" + tag)}, now);
        (void)view.request(id);
        (void)view.request(SlackRequestId("Ar" + std::to_string(id.value)));
        CHECK(view.open_requests(request.app_id, request.team_id).size() == 1);
        (void)view.open_requests();
        CHECK(view.requests_of(request.requester, 10).size() == 1);
        CHECK(view.requests(only("", "", "", 5)).size() <= 5);
        CHECK(view.requests(only("ready", "", "", 5)).size() <= 5);
        CHECK(view.requests(only("", "A" + tag)).size() == 1);
        CHECK(view.requests(only("", "no such app")).empty());
        CHECK(view.requests(only("", "", "U" + tag)).size() == 1);
        (void)view.request_counts();
        (void)view.votes(id);
        (void)view.vendor_issue(id);
        (void)view.decisions(id);
        CHECK(view.decisions_on(request.app_id, request.team_id).size() == 1);
        (void)view.message("card:" + tag);
        CHECK(view.message_at(ChannelId("C1"), "1.1").has_value());
        (void)view.user_group("S" + tag);
        (void)view.resolution(request.app_id, request.team_id);
        (void)view.timer("t" + tag);
        (void)view.meta("m" + tag);
        CHECK(take_due_timers(database, now, 5).size() == 1);
        (void)next_timer(database);

        Outbox outbox(database);
        outbox.release_claims();
        for (const auto* name : {"first", "second", "third"}) {
            auto effect = sample_effect(name + tag);
            effect.lane = "lane" + tag;
            effect.message = name + tag;
            outbox.enqueue(effect, now);
            outbox.enqueue(effect, now);
        }
        auto update = sample_effect("update" + tag);
        update.method = "chat.update";
        update.message = "third" + tag;
        outbox.enqueue(update, now);
        auto due = outbox.due(now, {});
        REQUIRE(due.size() == 1);
        outbox.claim(due[0].id, now);
        outbox.retry(due[0].id, "timeout", now, true);
        CHECK(outbox.next_due(now) == now);
        due = outbox.due(now, {});
        outbox.claim(due[0].id, now);
        outbox.done(due[0].id, now);
        outbox.failed(outbox.due(now, {}).at(0).id, "gone", now);
        (void)outbox.depth();
        (void)view.effect("first" + tag);
        outbox.done(view.effect("third" + tag)->id, now);

        AuditEntry entry;
        entry.subject = "s" + tag;
        Audit(database).append(entry);
        CHECK(audit_of(database, "s" + tag).size() == 1);
    });
}

// Statements whose work is bounded, by batch and not by table.
void tidy(Database& database) {
    database.transaction([&] {
        (void)Inbox(database).prune(now - 24h, 10);
        (void)Outbox(database).prune(now - 24h, 10);
        (void)erase_old_words(database, now - 24h, now, 10);
    });
}

void for_each_statement(Database& database, const std::function<void(sqlite3_stmt*)>& use) {
    auto* connection = database.handle().getHandle();
    for (auto* s = sqlite3_next_stmt(connection, nullptr); s != nullptr; s = sqlite3_next_stmt(connection, s))
        use(s);
}

using Steps = std::map<std::string, int>;

Steps steps_of(Database& database, const std::function<void()>& run) {
    for_each_statement(database,
                       [](sqlite3_stmt* s) { sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 1); });
    run();
    Steps steps;
    for_each_statement(database, [&](sqlite3_stmt* s) {
        steps[sqlite3_sql(s)] += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 1);
    });
    return steps;
}

void fill(Database& database, int rows) {
    const auto repeat = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                        std::to_string(rows) + ") ";
    const auto at = std::to_string(to_millis(now));
    const auto run = [&](const std::string& sql) { database.handle().exec(sql); };
    database.transaction([&] {
        run("INSERT INTO inbox(envelope_id, dedupe_key, kind, retry_attempt, received_at) " + repeat +
            "SELECT 'past' || i, 'T1:past' || i, 'kind', 0, " + at + " FROM n");
        run("INSERT INTO outbox(key, method, token, args, purpose, context, request, lane, bucket, message, "
            "interactive, state, blocked, waiting, enqueued_at, claimed_at, finished_at) " +
            repeat +
            "SELECT 'past' || i, 'chat.postMessage', 'bot', '{}', '', '', i, 'lane' || (i % 7), "
            "'chat.postMessage:C1', 'card:' || (i % 7), 0, 'done', 0, 0, " +
            at + ", " + at + ", " + at + " FROM n");
        run("INSERT INTO app_request " + repeat +
            "SELECT i + 1000, 'past' || i, 'event', 'Apast', 'Past', '', '', '', '', 'unknown', 'T1', '', "
            "'', 'Upast', "
            "'', NULL, '', '', '[]', 'h', '', '[]', CASE i % 2 WHEN 0 THEN 'approved' ELSE 'denied' END, "
            "'', " +
            at + ", 'no', '', '', '', '', 'none', '', '', NULL, " + at + ", " + at + ", 1 FROM n");
        run("INSERT INTO vote(request, party, voter, answer, remark, condition_until, scope_hash, source, "
            "source_ref, "
            "at) " +
            repeat + "SELECT i + 1000, 'Security', 'U2', 'approve', '', '', 'h', 'slack', '', " + at +
            " FROM n");
        run("INSERT INTO decision(request, kind, actor, outside, reason, scope_hash, evidence, policy, "
            "policy_rules, at) " +
            repeat + "SELECT i + 1000, 'approve', 'U9', 0, '', 'h', '{}', 'p', '[]', " + at + " FROM n");
        run("INSERT INTO mark " + repeat + "SELECT i + 1000, 'claim', 'Security', 'U2', '', 'h', " + at +
            " FROM n");
        run("INSERT INTO audit(seq, at, actor, action, subject, details, previous_hash, hash) " + repeat +
            "SELECT i + 1000, " + at + ", 'a', 'b', 'past' || i, '{}', '', '' FROM n");
        run("INSERT INTO message_ref " + repeat + "SELECT 'past' || i, 'C1', '1.1' FROM n");
        run("INSERT INTO timer " + repeat + "SELECT 'past' || i, " + at + " + 1000 + i, '{}' FROM n");
    });
}

}  // namespace

TEST_CASE("every statement of the store uses an index, and scans only what is small by its nature") {
    TempDb db;
    work(db.writer(), "1");
    tidy(db.writer());
    (void)verify_audit(db.writer());
    // Plan lines without a key, each with the reason why it is bounded.
    const std::set<std::string> bounded = {
        "SCAN app_request USING INDEX app_request_open",     // all open requests is what was asked for
        "SCAN app_request USING INDEX app_request_open_id",  // the same, by number
        "SCAN request_count",                                // a row a state
        "SCAN audit",                                        // newest entry; verify reads all
        "SCAN timer USING COVERING INDEX timer_due",         // first entry
        "SCAN outbox USING INDEX outbox_waiting",            // first entry
        "SCAN inbox",                                        // first N by number
        "SCAN inbox USING INDEX inbox_unhandled",
        "SCAN person",  // a row for each person who was met within the term
        "SCAN (subquery-1)",
        "USE TEMP B-TREE FOR ORDER BY",  // decisions on one app
    };
    std::vector<std::string> statements;
    for_each_statement(db.writer(), [&](sqlite3_stmt* s) { statements.emplace_back(sqlite3_sql(s)); });
    int explained = 0;
    std::set<std::string> seen;
    for (const auto& sql : statements) {
        if (!sql.starts_with("SELECT") && !sql.starts_with("UPDATE") && !sql.starts_with("DELETE") &&
            !sql.starts_with("INSERT")) {
            continue;
        }
        ++explained;
        SQLite::Statement plan(db.writer().handle(), "EXPLAIN QUERY PLAN " + sql);
        while (plan.executeStep()) {
            const std::string line = plan.getColumn(3).getString();
            if (!line.starts_with("SCAN") && !line.starts_with("USE TEMP")) continue;
            INFO(sql);
            CHECK_MESSAGE(bounded.contains(line), line);
            seen.insert(line);
        }
    }
    CHECK(explained > 50);
    for (const auto& line : bounded)
        CHECK_MESSAGE(seen.contains(line), "no longer needed: ", line);
}

TEST_CASE("the same work costs the same number of steps with 20,000 finished rows in every table") {
    TempDb db;
    work(db.writer(), "warm");
    const auto empty = steps_of(db.writer(), [&] { work(db.writer(), "a"); });
    fill(db.writer(), 20'000);
    const auto filled = steps_of(db.writer(), [&] { work(db.writer(), "b"); });
    for (const auto& [sql, steps] : filled) {
        INFO(sql);
        const auto before = empty.find(sql);
        // More rows lie in front of a limit of 5; nothing else may grow.
        CHECK(steps <= (before == empty.end() ? 0 : before->second) + 500);
    }
    const auto tidied = steps_of(db.writer(), [&] { tidy(db.writer()); });
    for (const auto& [sql, steps] : tidied) {
        INFO(sql);
        CHECK(steps < 40'000);
    }
}

TEST_CASE("finding what is due stays cheap with 5,000 pending effects in one bucket") {
    const auto steps_with = [](const std::string& lane, bool waiting, int rows) {
        TempDb db;
        Outbox outbox(db.writer());
        db.writer().transaction([&] {
            for (int i = 0; i < rows; ++i) {
                auto effect = sample_effect("k" + std::to_string(i));
                effect.lane = lane.empty() ? "" : lane + std::to_string(i % 3);
                if (waiting && i > 2) effect.not_before = now + 1h;
                outbox.enqueue(effect, now);
            }
        });
        (void)outbox.due(now, {.per_bucket = 3});
        const auto steps = steps_of(db.writer(), [&] {
            const auto due = outbox.due(now, {.per_bucket = 3});
            CHECK(due.size() == 3);
            outbox.claim(due[0].id, now);
            outbox.done(due[0].id, now);
            outbox.enqueue(sample_effect("new"), now);
        });
        int sum = 0;
        for (const auto& [sql, count] : steps)
            sum += count;
        return sum;
    };
    CHECK(steps_with("", false, 5'000) <= steps_with("", false, 10) + 100);
    CHECK(steps_with("lane", false, 5'000) <= steps_with("lane", false, 10) + 100);
    CHECK(steps_with("", true, 5'000) <= steps_with("", true, 10) + 100);
}

TEST_CASE("many effects whose time has come at once are made ready piece by piece, and none is forgotten") {
    TempDb db;
    Outbox outbox(db.writer());
    db.writer().transaction([&] {
        for (int i = 0; i < 2'500; ++i) {
            auto effect = sample_effect("k" + std::to_string(i));
            effect.not_before = now + 1s;
            outbox.enqueue(effect, now);
        }
    });
    std::size_t found = 0;
    int looks = 0;
    while (outbox.next_due(now) == now + 1s) {
        found = outbox.due(now + 1s, {.per_bucket = 10'000}).size();
        REQUIRE(++looks <= 3);
    }
    CHECK(found == 2'500);
}
