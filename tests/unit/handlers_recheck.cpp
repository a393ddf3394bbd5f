// Decisions worked out again from what is kept with them (U5, U7, U10).
#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/recheck.hpp"
#include "tests/support/issue_world.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

using namespace countersign;
using namespace countersign::tests;
using handlers::Recheck;
using handlers::RecheckKind;

namespace {

// "approval: was approved on … without Legal", a line a finding.
std::vector<std::string> findings(ReviewWorld& world, std::int64_t id) {
    const auto view = world.view();
    const auto request = world.request(id);
    auto found = handlers::recheck_request(request, view, world.clock.now());
    for (const auto& decision : view.decisions(request.id)) {
        if (decision.kind != storage::DecisionKind::approve || decision.outside) continue;
        std::ranges::move(handlers::recheck_approval(request, decision,
                                                     {decision.at, view, world.settings, world.capabilities}),
                          std::back_inserter(found));
    }
    std::vector<std::string> lines;
    for (const auto& each : found)
        lines.push_back(std::string(to_text(each.kind)) + ": " + each.text);
    return lines;
}

bool holds(const std::vector<std::string>& lines, std::string_view words) {
    INFO(text::joined(lines, "; "));
    CHECK(lines.size() == 1);
    return lines.size() == 1 && lines.front().contains(words);
}

std::int64_t approved_by_votes(ReviewWorld& world, const std::string& admin = "U0ADMIN") {
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.press(admin, ids::approve_app, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::approved);
    return 1;
}

void alter(ReviewWorld& world, const char* statement) {
    world.db.writer().handle().exec(statement);
}

}  // namespace

TEST_CASE("U7: what the votes carried is found to be carried by them, and nothing else is") {
    ReviewWorld world;
    const auto id = approved_by_votes(world);
    CHECK(findings(world, id).empty());
    SUBCASE("a vote is gone") {
        alter(world, "DELETE FROM vote WHERE party = 'Legal'");
        CHECK(holds(findings(world, id), "without Legal"));
    }
    SUBCASE("a vote came after the decision") {
        alter(world, "UPDATE vote SET at = at + 60000 WHERE party = 'Security'");
        CHECK(holds(findings(world, id), "without Security"));
    }
    SUBCASE("a vote was for other scopes") {
        alter(world, "UPDATE vote SET scope_hash = 'other' WHERE party = 'Security'");
        CHECK(holds(findings(world, id), "without Security"));
    }
    SUBCASE("the state was set by hand") {
        alter(world, "UPDATE app_request SET state = 'restricted'");
        CHECK(holds(findings(world, id), "is restricted, but the last decision was to approve"));
    }
    SUBCASE("the scopes were set by hand") {
        alter(world, "UPDATE app_request SET scope_hash = 'other'");
        CHECK(findings(world, id).front().contains("for other scopes"));
    }
    SUBCASE("the decision is gone") {
        alter(world, "DELETE FROM decision");
        CHECK(holds(findings(world, id), "no decision is kept"));
    }
    SUBCASE("the vendor issue is gone") {
        alter(world, "DELETE FROM vendor_issue");
        CHECK(holds(findings(world, id), "without a vendor issue"));
    }
}

TEST_CASE("U7: a refusal is what its request says") {
    ReviewWorld world;
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "no contract"}});
    world.run();
    REQUIRE(world.state(1) == RequestState::denied);
    CHECK(findings(world, 1).empty());
}

TEST_CASE("U7, A1: readings of the vendor issue lead to the verdict that was kept, or it is said") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.sign_all();
    world.poll();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    // U10: the tracker of this world is days behind.
    CHECK(holds(findings(world, id), "clock: the reading of"));
    CHECK_THROWS(alter(world, "UPDATE evidence SET facts = ''"));  // the database itself refuses
    alter(world, "DROP TRIGGER evidence_unchanged");
    alter(world, "UPDATE evidence SET read_at = at - 60000");
    CHECK(findings(world, id).empty());
    const auto newest = std::string(" WHERE id = (SELECT max(id) FROM evidence)");
    SUBCASE("altered by hand") {
        alter(world, ("UPDATE evidence SET facts = replace(facts, 'Sketch', 'Scotch')" + newest).c_str());
        CHECK(holds(findings(world, id), "was altered after it was kept"));
    }
    SUBCASE("altered with its hash") {
        auto evidence = world.view().evidence(RequestId{id}).back();
        const auto at = evidence.verdict.find("\"approved\"");
        REQUIRE(at != std::string::npos);
        evidence.verdict.replace(at, 10, "\"pending\"");
        SQLite::Statement change(world.db.writer().handle(),
                                 "UPDATE evidence SET verdict = ?, hash = ? WHERE id = ?");
        SQLite::bind(change, evidence.verdict, text::sha256_hex(evidence.facts + evidence.verdict),
                     evidence.id);
        change.exec();
        CHECK(holds(findings(world, id), "leads to another verdict"));
    }
}

TEST_CASE(
    "U7, A1: a reading that an earlier version kept leads to its verdict, though an account signed twice") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.sign_all();
    world.story.comment(IssueStory::sec, "approved: Security");
    world.poll();
    const auto altered = [&] {
        const auto all = findings(world, id);
        return std::ranges::count_if(all, [](const auto& each) { return each.starts_with("evidence:"); });
    };
    REQUIRE(altered() == 0);
    alter(world, "DROP TRIGGER evidence_unchanged");
    const auto evidence = world.view().evidence(RequestId{id}).back();
    auto verdict = Json::parse(evidence.verdict);
    auto& counted = verdict["parties"][0]["counted"];
    REQUIRE(counted.size() == 2);
    SUBCASE("which named each account once") {
        counted.erase(1);
        verdict["question"].erase("own_before");
    }
    SUBCASE("and not if it named none") {
        counted = Json::array();
    }
    const auto expected = counted.size() == 1 ? 0 : 1;
    const auto text = verdict.dump();
    SQLite::Statement change(world.db.writer().handle(),
                             "UPDATE evidence SET verdict = ?, hash = ? WHERE id = ?");
    SQLite::bind(change, text, text::sha256_hex(evidence.facts + text), evidence.id);
    change.exec();
    CHECK(altered() == expected);
}

TEST_CASE("U5: who had a hand in a request twice is listed, for a person to judge") {
    auto settings = review_settings();
    settings.review.parties[1].members = {"U0LEGAL", "U0ADMIN2"};
    ReviewWorld world(settings);
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0ADMIN2", ids::vote_approve, 1);
    world.press("U0ADMIN2", ids::approve_app, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::approved);
    CHECK(holds(findings(world, 1), "duty: U0ADMIN2 approved for Legal and pressed Approve app"));
    CHECK_FALSE(is_contradiction(RecheckKind::duty));
    alter(world, "UPDATE vote SET voter = 'U0SEC1'");
    const auto found = findings(world, 1);
    CHECK(std::ranges::find(found, "duty: U0SEC1 approved for Legal and for Security") != found.end());
}

TEST_CASE("U5: a vote in somebody's place counts for both, and a party that stands in for none") {
    auto settings = review_settings();
    settings.review.parties[1].members = {"U0LEGAL", "U0ADMIN2"};
    ReviewWorld world(settings);
    world.start();
    const auto today = time_zone::date_text(world.clock.now(), "UTC");
    const auto away = [&](const std::string& who, const std::string& delegate) {
        world.command(who, "away " + today + " " + today + " " + delegate);
        world.run();
    };
    const auto approved = [&](const std::string& presser) {
        world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
        world.press("U0SEC1", ids::vote_approve, 1);
        world.press("U0SEC2", ids::vote_approve, 1);
        world.run();
        world.press(presser, ids::approve_app, 1);
        world.run();
        REQUIRE(world.state(1) == RequestState::approved);
        return findings(world, 1);
    };
    SUBCASE("whoever chose the delegate presses Approve app") {
        away("U0ADMIN2", "U0SEC2");
        CHECK(holds(approved("U0ADMIN2"),
                    "duty: U0ADMIN2 approved for Legal through U0SEC2 and pressed Approve app"));
    }
    SUBCASE("another admin presses it: nobody had a hand in it twice") {
        away("U0ADMIN2", "U0SEC2");
        CHECK(approved("U0ADMIN").empty());
    }
    SUBCASE("the delegate voted for the own party, too") {
        away("U0LEGAL", "U0SEC2");
        approved("U0ADMIN");
        alter(world, "UPDATE vote SET voter = 'U0SEC2' WHERE party = 'Security'");
        const auto found = findings(world, 1);
        CHECK(std::ranges::find(found,
                                "duty: U0SEC2 approved for Legal in the place of U0LEGAL and for Security") !=
              found.end());
    }
}

TEST_CASE("U10: times that have not come yet are told with the clock that they are from, each clock once") {
    ReviewWorld world;
    const auto id = approved_by_votes(world);
    REQUIRE(findings(world, id).empty());
    const auto ahead = std::to_string(to_millis(world.clock.now() + std::chrono::hours(1)));
    const auto later = std::to_string(to_millis(world.clock.now() + std::chrono::hours(2)));
    SUBCASE("Slack's") {
        alter(world, ("UPDATE app_request SET created_at = " + ahead).c_str());
        CHECK(holds(findings(world, id), "clock: the request bears " +
                                             to_rfc3339(world.clock.now() + std::chrono::hours(1)) +
                                             ", which has not come yet; the clock is Slack's"));
    }
    SUBCASE("the tracker's") {
        alter(world, "UPDATE vote SET source = 'tracker' WHERE party = 'Legal'");
        CHECK(findings(world, id).empty());
        // A minute is what clocks differ by.
        const auto soon = std::to_string(to_millis(world.clock.now() + std::chrono::minutes(1)));
        alter(world, ("UPDATE vote SET at = " + soon + " WHERE party = 'Legal'").c_str());
        CHECK(findings(world, id).empty());
        alter(world, ("UPDATE vote SET at = " + ahead + " WHERE party = 'Legal'").c_str());
        const auto found = findings(world, id);
        CHECK(std::ranges::count_if(found, [](const auto& line) {
                  return line.contains("clock: the vote for Legal") &&
                         line.contains("the clock is the tracker's");
              }) == 1);
    }
    SUBCASE("ours, and the latest of it alone") {
        alter(world, ("UPDATE vote SET at = " + ahead).c_str());
        alter(world, ("UPDATE decision SET at = " + later).c_str());
        const auto found = findings(world, id);
        CHECK(holds(found, "clock: the decision bears"));
        CHECK(holds(found, "the clock is ours"));
    }
    CHECK_FALSE(is_contradiction(RecheckKind::clock));
}

TEST_CASE("U7: what came in another order, late or twice is worked out to the same") {
    using Step = std::function<void(ReviewWorld&)>;
    const auto told = [](ReviewWorld& world) {
        world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    };
    std::array<Step, 4> steps{Step([](ReviewWorld& world) { world.press("U0SEC1", ids::vote_approve, 1); }),
                              Step([](ReviewWorld& world) { world.press("U0LEGAL", ids::vote_approve, 1); }),
                              Step([&](ReviewWorld& world) { told(world); }),  // Slack delivers it once more
                              Step([](ReviewWorld& world) {  // installed, before anybody here has approved it
                                  world.handle(handlers::EventKind::events_api,
                                               {{"type", "event_callback"},
                                                {"event",
                                                 {{"type", "app_installed"},
                                                  {"app_id", "A1"},
                                                  {"app_name", "Sketch Pad"},
                                                  {"user_id", "U0REQ"},
                                                  {"team_id", "T1"}}}},
                                               world.next("env"));
                              })};
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    std::set<std::string> ends;
    do {
        CAPTURE(order[0] * 1'000 + order[1] * 100 + order[2] * 10 + order[3]);
        ReviewWorld world;
        world.start();
        told(world);
        for (const auto step : order)
            steps[step](world);
        world.press("U0ADMIN", ids::approve_app, 1);
        world.run();
        const auto found = findings(world, 1);
        CHECK_MESSAGE(found.empty(), text::joined(found, "; "));
        ends.insert(std::string(storage::to_text(world.state(1))) + " by " +
                    std::to_string(world.view().votes(RequestId{1}).size()));
    } while (std::ranges::next_permutation(order).found);
    CHECK_MESSAGE(ends.size() == 1, text::joined(std::vector(ends.begin(), ends.end()), "; "));
    CHECK(ends.begin()->ends_with(" by 2"));
}
