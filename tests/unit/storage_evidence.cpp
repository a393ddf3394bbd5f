#include "storage/outbox.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Exception.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

const IssueKey issue_12{"procurement", "group/sub/project", 12};

// A database with a view on it.
struct Store {
    TempDb db;
    View view{db.writer()};
    void apply(const Change& change) {
        db.writer().transaction([&] { storage::apply(db.writer(), change, sample_time); });
    }
};

TrackerIssue sample_issue() {
    return {.key = issue_12,
            .url = "https://gitlab.test/group/sub/project/-/issues/12",
            .title = "Slack app: Zoom",
            .open = false,
            .state_reason = "not_planned",
            .confidential = true,
            .text_hash = "h",
            .text_changed_at = sample_time - 1h,
            .remote_updated_at = sample_time - 2h,
            .read_at = sample_time,
            .full_at = sample_time - 1s,
            .next_check = sample_time + 1min,
            .etag = "W/\"1\"",
            .problem = "issue_moved",
            .problem_since = sample_time - 3h,
            .facts_hash = "f",
            .read_key = "k",
            .follower = UserId("U0DANA"),
            .purpose = "it-request"};
}

}  // namespace

TEST_CASE("A17: an issue is kept as last read, evidence is added and never changed") {
    Store db;
    const auto& view = db.view;
    db.apply(SaveRequest{sample_request(1)});
    db.apply(SaveTrackerIssue{sample_issue()});
    auto known = view.tracker_issue(issue_12);
    REQUIRE(known);
    CHECK(known->open == false);
    CHECK(known->state_reason == "not_planned");
    CHECK(known->confidential);
    CHECK(known->text_changed_at == sample_time - 1h);
    CHECK(known->remote_updated_at == sample_time - 2h);
    CHECK(known->full_at == sample_time - 1s);
    CHECK(known->etag == "W/\"1\"");
    CHECK(known->problem_since == sample_time - 3h);
    CHECK(known->follower == UserId("U0DANA"));
    CHECK(known->purpose == "it-request");
    CHECK_FALSE(view.tracker_issue({"procurement", "group/sub/project", 13}));

    CHECK(view.newest_verdict(RequestId{1}).empty());
    for (const auto* verdict : {"{\"n\":1}", "{\"n\":2}"}) {
        db.apply(AddEvidence{{.request = RequestId{1},
                              .issue = issue_12,
                              .facts = "{}",
                              .verdict = verdict,
                              .hash = "x",
                              .read_at = sample_time,
                              .at = sample_time}});
    }
    CHECK(view.evidence(RequestId{1}).size() == 2);
    CHECK(view.newest_evidence(RequestId{1})->issue == issue_12);
    CHECK(view.newest_verdict(RequestId{1}) == "{\"n\":2}");
}

TEST_CASE("S4: of issues whose time has come the one that waits longest comes first") {
    Store db;
    for (int iid = 1; iid <= 5; ++iid) {
        auto issue = sample_issue();
        issue.key.iid = iid;
        issue.next_check = sample_time - std::chrono::minutes(iid);
        if (iid == 3) issue.next_check.reset();
        db.apply(SaveTrackerIssue{issue});
    }
    const auto due = db.view.tracker_issues_due("procurement", sample_time - 2min, 2);
    REQUIRE(due.size() == 2);
    CHECK(due[0].key.iid == 5);
    CHECK(due[1].key.iid == 4);
    CHECK(db.view.tracker_issues_due("procurement", sample_time, 10).size() == 4);
    CHECK(db.view.tracker_issues_due("another", sample_time, 10).empty());
}

TEST_CASE("links of open requests to issues that were never read are found") {
    Store db;
    for (int id = 1; id <= 3; ++id) {
        auto request = sample_request(id);
        request.state = id == 2 ? RequestState::approved : RequestState::in_review;
        db.apply(SaveRequest{request});
        db.apply(SaveVendorIssue{
            {RequestId{id}, "procurement", "group/sub/project", 10 + id, "url", UserId("U1"), sample_time}});
    }
    auto unread = db.view.unread_vendor_issues(10);
    REQUIRE(unread.size() == 2);
    CHECK(unread[0].iid == 11);
    CHECK(unread[1].iid == 13);
    auto issue = sample_issue();
    issue.key.iid = 11;
    db.apply(SaveTrackerIssue{issue});
    CHECK(db.view.unread_vendor_issues(10).size() == 1);
    CHECK(db.view.requests_on({"procurement", "group/sub/project", 11}) == std::vector{RequestId{1}});
}

TEST_CASE("A6: a party's label is pinned once in a project") {
    Store db;
    db.apply(PinLabel{{"procurement", "g/p", "Security", "Security::Approved", 7, sample_time}});
    db.apply(PinLabel{{"procurement", "g/p", "Security", "Security::Approved", 8, sample_time}});
    const auto pinned = db.view.pinned_labels("procurement", "g/p");
    REQUIRE(pinned.size() == 1);
    CHECK(pinned[0].id == 7);
    CHECK(db.view.pinned_labels("procurement", "g/q").empty());
}

TEST_CASE("a tracker's reads and writes have a pace of their own, each tracker's apart") {
    auto effect = sample_effect("1");
    effect.token = TokenKind::tracker;
    effect.args = R"({"tracker":"procurement","project":"g/p","iid":1})";
    for (const auto* method : {"tracker.read_issue", "tracker.changed_issues", "tracker.read_template"}) {
        effect.method = method;
        CHECK(bucket_of(effect) == "tracker.read:procurement");
    }
    for (const auto* method : {"tracker.put_note", "tracker.create_issue", "tracker.set_labels"}) {
        effect.method = method;
        CHECK(bucket_of(effect) == "tracker.write:procurement");
    }
}
