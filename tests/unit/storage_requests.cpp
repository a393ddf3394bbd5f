#include "storage/storage_error.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

// Every field other than its default, so that a forgotten column shows.
AppRequest full_request() {
    AppRequest r;
    r.id = RequestId{7};
    r.slack_id = SlackRequestId("Ar7");
    r.source = RequestSource::slackbot;
    r.app_id = AppId("A7");
    r.app_name = "Näme \"quoted\"; DROP TABLE app_request; --";
    r.app_description = "description";
    r.app_directory_url = "https://directory";
    r.app_homepage_url = "https://homepage";
    r.app_privacy_url = "https://privacy";
    r.publisher = Publisher::distributed;
    r.team_id = TeamId("T7");
    r.team_name = "team";
    r.enterprise_id = EnterpriseId("E7");
    r.requester = UserId("U7");
    r.requester_name = "name";
    r.requester_is_collaborator = false;
    r.message = "message\nwith lines";
    r.purpose = "purpose";
    r.scopes = {{"a:read", TokenType::bot, "reads", true, false},
                {"b:write", TokenType::user, "", false, true}};
    r.scope_hash = "abc";
    r.previous_status = "approved";
    r.previous_scopes = {{"a:read", TokenType::unknown, "", false, false}};
    r.state = RequestState::need_info;
    r.state_note = "note";
    r.state_since = sample_time + 1ms;
    r.outside = Outside::cancelled;
    r.info_party = "Security";
    r.info_asker = UserId("U8");
    r.info_question = "why?";
    r.info_answer = "because";
    r.decision = DecisionKind::restrict;
    r.decided_by = UserId("U9");
    r.decision_reason = "reason";
    r.decided_at = sample_time + 2ms;
    r.created_at = sample_time + 3ms;
    return r;
}

void check_same(const AppRequest& a, const AppRequest& b) {
    CHECK(a.id == b.id);
    CHECK(a.slack_id == b.slack_id);
    CHECK(a.source == b.source);
    CHECK(a.app_id == b.app_id);
    CHECK(a.app_name == b.app_name);
    CHECK(a.app_description == b.app_description);
    CHECK(a.app_directory_url == b.app_directory_url);
    CHECK(a.app_homepage_url == b.app_homepage_url);
    CHECK(a.app_privacy_url == b.app_privacy_url);
    CHECK(a.publisher == b.publisher);
    CHECK(a.team_id == b.team_id);
    CHECK(a.team_name == b.team_name);
    CHECK(a.enterprise_id == b.enterprise_id);
    CHECK(a.requester == b.requester);
    CHECK(a.requester_name == b.requester_name);
    CHECK(a.requester_is_collaborator == b.requester_is_collaborator);
    CHECK(a.message == b.message);
    CHECK(a.purpose == b.purpose);
    CHECK(a.scopes == b.scopes);
    CHECK(a.scope_hash == b.scope_hash);
    CHECK(a.previous_status == b.previous_status);
    CHECK(a.previous_scopes == b.previous_scopes);
    CHECK(a.state == b.state);
    CHECK(a.state_note == b.state_note);
    CHECK(a.state_since == b.state_since);
    CHECK(a.outside == b.outside);
    CHECK(a.info_party == b.info_party);
    CHECK(a.info_asker == b.info_asker);
    CHECK(a.info_question == b.info_question);
    CHECK(a.info_answer == b.info_answer);
    CHECK(a.decision == b.decision);
    CHECK(a.decided_by == b.decided_by);
    CHECK(a.decision_reason == b.decision_reason);
    CHECK(a.decided_at == b.decided_at);
    CHECK(a.created_at == b.created_at);
}

void save(Database& database, const AppRequest& request) {
    apply(database, SaveRequest{request}, sample_time);
}

std::vector<std::int64_t> ids(const std::vector<AppRequest>& requests) {
    std::vector<std::int64_t> found;
    for (const auto& request : requests)
        found.push_back(request.id.value);
    return found;
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a request comes back with every field, its version and its time of change") {
    TempDb db;
    const View view(db.writer());
    save(db.writer(), full_request());
    auto saved = view.request(RequestId{7});
    REQUIRE(saved);
    check_same(*saved, full_request());
    CHECK(saved->version == 1);
    CHECK(saved->updated_at == sample_time);

    saved->state = RequestState::manual;
    saved->requester_is_collaborator.reset();
    saved->decided_at.reset();
    saved->scopes.clear();
    apply(db.writer(), SaveRequest{*saved}, sample_time + 1h);
    const auto changed = view.request(RequestId{7});
    REQUIRE(changed);
    check_same(*changed, *saved);
    CHECK(changed->version == 2);
    CHECK(changed->updated_at == sample_time + 1h);

    // The other way round: every column is in the update, too.
    save(db.writer(), sample_request(7));
    save(db.writer(), full_request());
    check_same(*view.request(RequestId{7}), full_request());
}

TEST_CASE("hostile text is kept as it is, broken UTF-8 in a scope becomes U+FFFD") {
    TempDb db;
    auto request = sample_request(1);
    request.message = std::string("a\0b", 3) + "\xff<!channel>";
    request.scopes[0].description = "\xff";
    save(db.writer(), request);
    const auto saved = View(db.writer()).request(RequestId{1});
    REQUIRE(saved);
    CHECK(saved->message == request.message);
    CHECK(saved->scopes.at(0).description == "\xEF\xBF\xBD");
}

TEST_CASE("requests are found by number, Slack's id, app, person and state, newest first") {
    TempDb db;
    const View view(db.writer());
    CHECK(view.next_request_id() == RequestId{1});
    for (std::int64_t id = 1; id <= 6; ++id) {
        auto request = sample_request(id);
        if (id == 2) request.state = RequestState::approved;
        if (id == 3) request.team_id = TeamId("");
        if (id == 4) request.app_id = AppId("A4");
        if (id == 4) request.app_name = "Other";
        if (id == 5) request.requester = UserId("U5");
        if (id == 6) request.slack_id = SlackRequestId("Ar1");  // Slack used one again
        save(db.writer(), request);
    }
    CHECK(view.next_request_id() == RequestId{7});
    CHECK(view.request(SlackRequestId("Ar1"))->id == RequestId{6});
    CHECK_FALSE(view.request(SlackRequestId("Ar99")));
    CHECK_FALSE(view.request(SlackRequestId("")));
    CHECK_FALSE(view.request(RequestId{99}));
    CHECK(ids(view.open_requests()) == Ids{6, 5, 4, 3, 1});
    CHECK(ids(view.open_requests(AppId("A1"), TeamId("T1"))) == Ids{6, 5, 1});
    CHECK(ids(view.open_requests(AppId("A1"), TeamId(""))) == Ids{3});
    CHECK(ids(view.requests_of(UserId("U1"), 3)) == Ids{6, 4, 3});
    CHECK(ids(view.requests({})) == Ids{6, 5, 4, 3, 2, 1});
    CHECK(ids(view.requests(only("", "", "", 2))) == Ids{6, 5});
    CHECK(ids(view.requests(only("", "", "", 2, 5))) == Ids{4, 3});
    CHECK(ids(view.requests(only("approved"))) == Ids{2});
    CHECK(ids(view.requests(only("", "A4"))) == Ids{4});
    CHECK(ids(view.requests(only("", "other"))) == Ids{4});
    CHECK(ids(view.requests(only("", "A1", "U5"))) == Ids{5});
    CHECK(ids(view.requests(only("awaiting_issue", "A1", "U1", 100, 6))) == Ids{3, 1});
    CHECK(view.requests(only("nonsense")).empty());
}

TEST_CASE("requests without Slack's id do not clash") {
    TempDb db;
    for (std::int64_t id = 1; id <= 2; ++id) {
        auto request = sample_request(id);
        request.slack_id = SlackRequestId("");
        save(db.writer(), request);
    }
    CHECK_FALSE(View(db.writer()).request(SlackRequestId("")));
}

TEST_CASE("the counts follow every change of state") {
    TempDb db;
    const View view(db.writer());
    const auto count = [&](const std::string& state) {
        for (const auto& counted : view.request_counts()) {
            if (counted.state == state) return counted.count;
        }
        return std::int64_t{0};
    };
    for (std::int64_t id = 1; id <= 3; ++id)
        save(db.writer(), sample_request(id));
    CHECK(count("awaiting_issue") == 3);
    auto request = sample_request(2);
    request.state = RequestState::approved;
    save(db.writer(), request);
    save(db.writer(), request);
    CHECK(count("awaiting_issue") == 2);
    CHECK(count("approved") == 1);
    CHECK_THROWS(db.writer().transaction([&] {
        save(db.writer(), sample_request(4));
        throw std::runtime_error("undone");
    }));
    CHECK(count("awaiting_issue") == 2);
}

TEST_CASE("every state is known to the table, and final ones are not open") {
    TempDb db;
    const View view(db.writer());
    std::int64_t id = 0;
    for (int i = 0; i < 14; ++i) {
        auto request = sample_request(++id);
        request.state = static_cast<RequestState>(i);
        CHECK(parse_request_state(to_text(request.state)) == request.state);
        save(db.writer(), request);
        CHECK(view.request(request.id)->state == request.state);
        bool open = false;
        for (const auto& each : view.open_requests())
            open = open || each.id == request.id;
        CHECK(open == !is_final(request.state));
    }
    CHECK_FALSE(parse_request_state("Approved"));
}

TEST_CASE("a state that this program does not know is an error, not a guess") {
    TempDb db;
    save(db.writer(), sample_request(1));
    db.writer().handle().exec("PRAGMA ignore_check_constraints = ON");
    db.writer().handle().exec("UPDATE app_request SET state = 'frobnicated'");
    try {
        (void)View(db.writer()).request(RequestId{1});
        FAIL("it was read");
    } catch (const std::exception& exception) {
        CHECK(std::string(exception.what()).find("request state 'frobnicated'") != std::string::npos);
        CHECK(storage_trouble(exception) == StorageTrouble::corrupt);
    }
}

TEST_CASE("votes, vendor issue and decisions of a request come back whole and in order") {
    TempDb db;
    auto& database = db.writer();
    const View view(database);
    save(database, sample_request(1));
    save(database, sample_request(2));
    auto vote = sample_vote(1, "Security");
    vote.answer = VoteAnswer::conditional;
    vote.remark = "only read";
    vote.condition_until = "2027-01-01";
    vote.source = VoteSource::tracker;
    vote.source_ref = "note:5";
    apply(database, AddVote{vote}, sample_time);
    auto second = sample_vote(1, "Legal");
    second.answer = VoteAnswer::reject;
    apply(database, AddVote{second}, sample_time);
    const auto votes = view.votes(RequestId{1});
    REQUIRE(votes.size() == 2);
    CHECK(votes[0].id < votes[1].id);
    CHECK(votes[0].party == "Security");
    CHECK(votes[0].voter == UserId("U2"));
    CHECK(votes[0].answer == VoteAnswer::conditional);
    CHECK(votes[0].remark == "only read");
    CHECK(votes[0].condition_until == "2027-01-01");
    CHECK(votes[0].scope_hash == "hash");
    CHECK(votes[0].source == VoteSource::tracker);
    CHECK(votes[0].source_ref == "note:5");
    CHECK(votes[0].at == sample_time);
    CHECK(votes[1].answer == VoteAnswer::reject);
    CHECK(view.votes(RequestId{2}).empty());

    VendorIssue issue{RequestId{1},        "procurement", "group/project", 42,
                      "https://gitlab/42", UserId("U1"),  sample_time};
    apply(database, SaveVendorIssue{issue}, sample_time);
    issue.iid = 43;
    apply(database, SaveVendorIssue{issue}, sample_time);
    CHECK(view.vendor_issue(RequestId{1})->iid == 43);
    CHECK(view.vendor_issue(RequestId{1})->project == "group/project");
    CHECK_FALSE(view.vendor_issue(RequestId{2}));

    for (const std::int64_t request : {1, 2, 1}) {
        auto decision = sample_decision(request);
        decision.outside = true;
        apply(database, AddDecision{decision}, sample_time);
    }
    const auto decisions = view.decisions(RequestId{1});
    REQUIRE(decisions.size() == 2);
    CHECK(decisions[0].kind == DecisionKind::approve);
    CHECK(decisions[0].actor == UserId("U9"));
    CHECK(decisions[0].outside);
    CHECK(decisions[0].evidence == "{}");
    const auto on_app = view.decisions_on(AppId("A1"), TeamId("T1"));
    REQUIRE(on_app.size() == 3);
    CHECK(on_app[0].id > on_app[1].id);
    CHECK(view.decisions_on(AppId("A1"), TeamId("")).empty());
}

TEST_CASE("message references, groups, resolutions and small facts are replaced by their names") {
    TempDb db;
    auto& database = db.writer();
    const View view(database);
    CHECK_FALSE(view.message("card:1"));
    apply(database, SaveMessageRef{{"card:1", ChannelId("C1"), "1.1"}}, sample_time);
    apply(database, SaveMessageRef{{"card:1", ChannelId("C2"), "2.2"}}, sample_time);
    CHECK(view.message("card:1")->channel == ChannelId("C2"));
    CHECK(view.message("card:1")->ts == "2.2");
    CHECK(view.message_at(ChannelId("C2"), "2.2")->name == "card:1");
    CHECK_FALSE(view.message_at(ChannelId("C1"), "1.1"));
    CHECK_FALSE(view.message_at(ChannelId("C1"), "2.2"));

    CHECK_FALSE(view.user_group("S1"));
    apply(database, SaveUserGroup{{"S1", {UserId("U2"), UserId("U1")}, sample_time}}, sample_time);
    CHECK(view.user_group("S1")->members == std::vector{UserId("U2"), UserId("U1")});
    apply(database, SaveUserGroup{{"S1", {}, sample_time + 1h}}, sample_time);
    CHECK(view.user_group("S1")->members.empty());
    CHECK(view.user_group("S1")->read_at == sample_time + 1h);

    const std::vector<Scope> scopes{{"a", TokenType::bot, "", false, false}};
    apply(database, SaveResolution{{AppId("A1"), TeamId(""), "approved", scopes, sample_time}}, sample_time);
    CHECK(view.resolution(AppId("A1"), TeamId(""))->scopes == scopes);
    CHECK_FALSE(view.resolution(AppId("A1"), TeamId("T1")));

    CHECK(view.meta("bot_user").empty());
    apply(database, SetMeta{"bot_user", "U0"}, sample_time);
    apply(database, SetMeta{"bot_user", "U1"}, sample_time);
    CHECK(view.meta("bot_user") == "U1");
}

TEST_CASE("timers are taken once, oldest first, and move when they are set again") {
    TempDb db;
    auto& database = db.writer();
    const auto set = [&](const std::string& name, Timestamp due) {
        apply(database, SetTimer{{name, due, R"({"name":")" + name + "\"}"}}, sample_time);
    };
    CHECK_FALSE(next_timer(database));
    set("late", sample_time + 3h);
    set("second", sample_time + 2h);
    set("first", sample_time + 1h);
    set("moved", sample_time);
    set("moved", sample_time + 9h);
    set("cancelled", sample_time);
    apply(database, CancelTimer{"cancelled"}, sample_time);
    CHECK(next_timer(database) == sample_time + 1h);
    CHECK(View(database).timer("moved")->due == sample_time + 9h);
    auto due = take_due_timers(database, sample_time + 3h, 2);
    REQUIRE(due.size() == 2);
    CHECK(due[0].name == "first");
    CHECK(due[0].event == R"({"name":"first"})");
    CHECK(due[1].name == "second");
    due = take_due_timers(database, sample_time + 3h, 2);
    REQUIRE(due.size() == 1);
    CHECK(due[0].name == "late");
    CHECK(take_due_timers(database, sample_time + 3h, 2).empty());
    CHECK_FALSE(View(database).timer("late"));
}
