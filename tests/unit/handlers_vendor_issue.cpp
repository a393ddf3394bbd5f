#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/markdown.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/issue_world.hpp"

#include <utility>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;
using handlers::EventKind;

namespace {

constexpr auto security = IssueStory::security_label;
constexpr auto legal = IssueStory::legal_label;

bool any_holds(const std::vector<std::string>& texts, std::string_view words) {
    return std::ranges::any_of(texts, [&](const auto& text) { return text.contains(words); });
}

const storage::View& reader(IssueWorld& world) {
    static std::optional<storage::View> view;
    return view.emplace(world.view());
}

std::int64_t signed_request(IssueWorld& world) {
    const auto id = world.linked_request();
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    return id;
}

std::int64_t approved_request(IssueWorld& world) {
    const auto id = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    return id;
}

// Also where nobody would ask whether it has changed: for its age.
void reread(IssueWorld& world) {
    world.story.tick();
    world.pass(7h);
    world.run_all();
}

}  // namespace

TEST_CASE("P6: signatures on the issue are votes within a poll interval, and the card says where from") {
    IssueWorld world;
    const auto id = world.linked_request();
    CHECK(world.state(id) == RequestState::in_review);
    world.story.label(security, true, IssueStory::sec);
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>, signed in GitLab"));
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.card(id).contains("Legal: approved by account 4721 in procurement, signed in GitLab"));
    const auto votes = world.view().votes(RequestId{id});
    REQUIRE(votes.size() == 2);
    CHECK(votes[0].voter == UserId("U0SEC1"));
    CHECK(votes[0].source == storage::VoteSource::tracker);
    CHECK(votes[0].source_ref.starts_with("procurement:acme/vendors#12:label:"));
    // Reading it again adds nothing.
    world.story.tick();
    world.poll();
    CHECK(world.view().votes(RequestId{id}).size() == 2);
    CHECK_FALSE(world.view().evidence(RequestId{id}).empty());
}

TEST_CASE("P7: a label by an outsider is flagged on the card and not counted") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.label(security, true, IssueStory::outsider);
    world.poll();
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK(world.card(id).contains("u4799 may not sign for Security"));
}

TEST_CASE("without a token for the tracker nothing is asked of it and a link is enough") {
    IssueWorld world;
    world.capabilities.trackers.clear();
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.pass(2h);
    world.run_all();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.readings.empty());
}

TEST_CASE("A18: the issue is read again as the last thing before Slack's approve") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, id);
    SUBCASE("nothing changed") {
        world.run_all();
        CHECK(world.state(id) == RequestState::approved);
        std::string before;
        for (const auto& effect : world.performed) {
            if (effect.method == "admin.apps.approve") break;
            if (!effect.method.starts_with("chat.")) before = effect.method;
        }
        CHECK(before == "tracker.read_issue");
        return;
    }
    std::string expected;
    SUBCASE("a signature was taken off") {
        world.story.label(legal, false, IssueStory::outsider);
        expected = "Legal: the sign of @u4721 was taken off the issue";
    }
    SUBCASE("the text was changed") {
        world.story.facts.description += " and everything else";
        world.story.tick();
        expected = "the text was changed after @u4711 signed";
    }
    SUBCASE("the issue was moved") {
        world.story.facts.moved_to = 5;
        world.story.tick();
        expected = "The issue was moved";
    }
    SUBCASE("the tracker does not answer") {
        world.fails = "expired";
        world.fails_meaning = "expired";
        expected = "GitLab does not answer";
    }
    SUBCASE("the issue is gone") {
        world.fails = "issue_not_found";
        world.fails_meaning = "refused";
        expected = "has no such issue, or I have no access";
    }
    world.run_all();
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.state(id) != RequestState::approved);
    CHECK(world.state(id) != RequestState::manual);
    CHECK(any_holds(world.heard("U0ADMIN"), "Nothing was sent to Slack"));
    CHECK(any_holds(world.heard("U0ADMIN"), expected));
}

TEST_CASE("A18: an issue found gone before a decision is gone for every request that rests on it") {
    IssueWorld world;
    const auto first = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, first);
    world.run_all();
    REQUIRE(world.state(first) == RequestState::approved);
    const auto second = first + 1;
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("files:read")}, good_link));
    const auto third = second + 1;
    world.app_requested(slack_request("Ar3", "A1", "U0THREE", {slack_scope("users:read")}, good_link));
    world.run_all();
    for (const auto id : {second, third}) {
        world.press("U0SEC1", ids::vote_approve, id);
        world.press("U0LEGAL", ids::vote_approve, id);
    }
    world.run_all();
    REQUIRE(world.state(second) == RequestState::ready);
    REQUIRE(world.state(third) == RequestState::ready);
    world.press("U0ADMIN", ids::approve_app, second);
    world.fails = "issue_not_found";
    world.fails_meaning = "refused";
    world.run_all();
    CHECK(world.performed_of("admin.apps.approve").size() == 1);
    CHECK(world.state(first) == RequestState::reconsider);
    CHECK(world.card(third).contains("has no such issue"));
}

TEST_CASE("A16: what the admins keep is kept without the sign that is gone, and another one is told of") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    world.story.label(legal, false, IssueStory::outsider);
    reread(world);
    REQUIRE(world.state(id) == RequestState::reconsider);
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "Legal agrees by mail"}});
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    const auto told = world.alarms().size();
    reread(world);
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.alarms().size() == told);
    world.story.label(security, false, IssueStory::outsider);
    reread(world);
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.alarms().size() == told + 1);
    CHECK_FALSE(world.alarms().back().contains("Legal"));
    SUBCASE("less is lost") {
        world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "both by mail"}});
        world.run_all();
        world.story.label(legal, true, IssueStory::legal);
        reread(world);
        CHECK(world.state(id) == RequestState::approved);
        CHECK(world.alarms().size() == told + 1);
    }
    SUBCASE("found and lost again while it is looked at") {
        world.story.label(legal, true, IssueStory::legal);
        reread(world);
        world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "Security by mail"}});
        world.run_all();
        REQUIRE(world.state(id) == RequestState::approved);
        world.story.label(legal, false, IssueStory::outsider);
        reread(world);
        CHECK(world.state(id) == RequestState::reconsider);
        CHECK(world.alarms().back().contains("Legal"));
    }
}

TEST_CASE("A16: all that an approval has lost is told, also what is found beside another reason") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    SUBCASE("two signs") {
        world.story.label(legal, false, IssueStory::outsider);
        world.story.label(security, false, IssueStory::outsider);
        reread(world);
    }
    SUBCASE("beside another reason") {
        world.story.facts.open = false;
        reread(world);
        world.story.facts.open = true;
        world.story.label(legal, false, IssueStory::outsider);
        world.story.label(security, false, IssueStory::outsider);
        reread(world);
        REQUIRE(world.state(id) == RequestState::reconsider);
        REQUIRE(any_holds(world.alarms(), "was opened again"));
        world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "a slip"}});
        world.run_all();
        REQUIRE(world.state(id) == RequestState::approved);
        reread(world);
    }
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.alarms().back().contains("Security: the sign of"));
    CHECK(world.alarms().back().contains("Legal: the sign of"));
}

TEST_CASE("A16: of two signs that are lost in the same words each is told") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.label(legal, true, IssueStory::legal);
    const auto sign = [&](std::int64_t who) {
        world.story.comment(who, "approved: Security");
        return world.story.facts.comments.size() - 1;
    };
    const auto first = sign(IssueStory::sec);
    const auto second = sign(IssueStory::sec2);
    world.poll();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    for (const auto at : {first, second}) {
        CAPTURE(at);
        auto& comment = world.story.facts.comments[at];
        world.story.tick();
        comment.updated_at = world.story.facts.read_at;
        reread(world);
        CHECK(world.state(id) == RequestState::reconsider);
        CHECK(world.alarms().back().contains("Security: the comment was edited later"));
        world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "by mail"}});
        world.run_all();
        REQUIRE(world.state(id) == RequestState::approved);
    }
}

TEST_CASE("A16: a sign that is found again is forgotten, one that nobody can look for is not") {
    IssueWorld world;
    const auto id = signed_request(world);
    const auto approve = [&] {
        world.press("U0ADMIN", ids::approve_app, id);
        world.run_all();
        REQUIRE(world.state(id) == RequestState::approved);
    };
    approve();
    world.story.label(security, false, IssueStory::outsider);
    world.story.label(legal, false, IssueStory::outsider);
    reread(world);
    REQUIRE(world.state(id) == RequestState::reconsider);
    SUBCASE("a party whose members cannot be read") {
        world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "both by mail"}});
        world.run_all();
        const auto before = std::exchange(world.settings.review.parties[0].members, {"S0UNKNOWN"});
        world.story.label(legal, true, IssueStory::legal);
        reread(world);
        REQUIRE(world.state(id) == RequestState::approved);
        world.settings.review.parties[0].members = before;
        reread(world);
        CHECK(world.state(id) == RequestState::approved);
        world.story.label(legal, false, IssueStory::outsider);
        reread(world);
        CHECK(world.state(id) == RequestState::reconsider);
        CHECK(world.alarms().back().contains("Legal: the sign of"));
        CHECK_FALSE(world.alarms().back().contains("Security"));
    }
    SUBCASE("a decision reads the issue") {
        world.story.label(security, true, IssueStory::sec);
        world.story.label(legal, true, IssueStory::legal);
        approve();
        world.story.label(legal, false, IssueStory::outsider);
        reread(world);
        CHECK(world.state(id) == RequestState::reconsider);
        CHECK(world.alarms().back().contains("Legal: the sign of"));
    }
}

TEST_CASE("A18: what Slack approves already is looked at again when the issue changes under a second press") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    world.story.label(legal, false, IssueStory::outsider);
    world.poll();
    REQUIRE(world.state(id) == RequestState::reconsider);
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    world.press("U0ADMIN", ids::approve_app, id);
    world.story.label(legal, false, IssueStory::outsider);
    world.run_all();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(any_holds(world.heard("U0ADMIN"), "Nothing was sent to Slack"));
}

TEST_CASE("A18, I7: an authorization that breaks or is paused makes no approval easier") {
    IssueWorld world;
    const auto take_token = [&] {
        world.capabilities.trackers.clear();
        world.fails = "no_token";
        world.handle(EventKind::timer, {{"kind", "tracker_lost"}, {"tracker", "procurement"}}, "lost");
        world.pass(1ms);
        world.run_all();
    };
    const auto approve = [&](std::int64_t id) {
        world.press("U0ADMIN", ids::approve_app, id);
        world.run_all();
        return world.state(id);
    };
    SUBCASE("of an issue that was read before") {
        const auto id = signed_request(world);
        take_token();
        CHECK(world.card(id).contains("GitLab cannot be read (no_token)"));
        CHECK(any_holds(world.alarms(), "The issues of tracker procurement cannot be read."));
        CHECK(approve(id) == RequestState::ready);
        CHECK(any_holds(world.heard("U0ADMIN"), "Nothing was sent to Slack"));
        // What is signed counts as last read: the reason is the reading alone.
        CHECK(world.view().votes(RequestId{id}).size() == 2);
        world.capabilities.trackers = {{"procurement", "7"}};
        world.fails.clear();
        world.handle(EventKind::timer, {{"kind", "tracker_begins"}, {"tracker", "procurement"}}, "back");
        world.poll();
        world.pass(1ms);
        world.run_all();
        CHECK_FALSE(world.card(id).contains("cannot be read"));
        CHECK(world.state(id) == RequestState::ready);
        CHECK(approve(id) == RequestState::approved);
    }
    SUBCASE("of an issue that was linked meanwhile") {
        storage::Integration paused{
            .name = "Vendor issues", .target = "procurement", .owner = UserId("U0REQ")};
        paused.state = storage::IntegrationState::paused;
        world.db.writer().transaction(
            [&] { storage::apply(world.db.writer(), storage::SaveIntegration{paused}, world.clock.now()); });
        take_token();
        const auto id = world.linked_request();
        world.press("U0SEC1", ids::vote_approve, id);
        world.press("U0LEGAL", ids::vote_approve, id);
        CHECK(approve(id) == RequestState::ready);
        CHECK(any_holds(world.heard("U0ADMIN"), "the vendor issue cannot be read just now"));
    }
    CHECK(std::ranges::count(world.performed, "admin.apps.approve", &storage::Effect::method) ==
          (world.fails.empty() ? 1 : 0));
}

TEST_CASE("A18: before an approval that Slack put off leaves, the issue is read once more") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all({"admin.apps.approve"});
    const auto put_off = world.expect("admin.apps.approve");
    REQUIRE(put_off.deadline.has_value());
    CHECK(*put_off.deadline - world.clock.now() <= 1min);
    const auto read = world.readings.size();
    world.pass(61s);
    SUBCASE("nothing changed") {
        world.answer(put_off, {"expired", "expired", {}});
        world.run_all();
        CHECK(world.readings.size() > read);
        CHECK(world.performed_of("admin.apps.approve").size() == 1);
        CHECK(world.state(id) == RequestState::approved);
    }
    SUBCASE("a signature was taken off meanwhile") {
        world.story.label(legal, false, IssueStory::outsider);
        world.answer(put_off, {"expired", "expired", {}});
        world.run_all();
        CHECK(world.performed_of("admin.apps.approve").empty());
        CHECK(world.state(id) == RequestState::in_review);
        CHECK(any_holds(world.heard("U0ADMIN"), "Nothing was sent to Slack"));
    }
}

TEST_CASE(
    "A18, S8: an automatic approval that cannot read the issue is tried again later, not for ever at once") {
    auto settings = tracker_settings();
    settings.review.auto_apply = true;
    IssueWorld world(settings);
    const auto id = world.linked_request();
    world.before_reading = [&] {
        const bool checks = world.state(id) == RequestState::applying;
        world.fails = checks ? "timeout" : "";
    };
    world.story.sign_all();
    world.poll();
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.state(id) == RequestState::held);
    world.before_reading = {};
    world.fails.clear();
    world.pass(6min);
    world.run_all();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE(
    "A8, domain 8.4: what was ready and loses a signature is in review again, and the admins hear of it") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.story.label(security, false, IssueStory::outsider);
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(any_holds(world.alarms(), "REQ-1 is not ready any more"));
    const auto told = world.alarms().size();
    world.story.tick();
    world.poll();
    CHECK(world.alarms().size() == told);
    world.story.label(security, true, IssueStory::sec);
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("one person's word in Slack after the signature holds") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.label(security, true, IssueStory::sec);
    world.poll();
    world.submit("U0SEC1", ids::form_reject, id, {{std::string(ids::field_reason), "no"}});
    world.run_all();
    CHECK(world.state(id) == RequestState::denied);
    world.press("U0ADMIN", ids::reopen, id);
    world.story.tick();
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("Security: waiting"));
}

TEST_CASE("P2: a person signs once, in Slack and on the issue") {
    auto settings = tracker_settings();
    settings.review.parties[0].quorum = 2;
    IssueWorld world(settings);
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.story.label(security, true, IssueStory::sec);
    world.story.facts.label_events.back().at = world.clock.now() + 10s;
    world.story.facts.read_at = world.clock.now() + 20s;
    world.poll();
    CHECK(world.card(id).contains("(1 of 2)"));
}

TEST_CASE(
    "L8, G2, G5, H2: an issue that cannot carry the approval sends the requester for another one, once") {
    IssueWorld world;
    std::string words;
    SUBCASE("not there") {
        world.fails = "issue_not_found";
        world.fails_meaning = "refused";
        words = "GitLab has no such issue, or I have no access to it";
    }
    SUBCASE("deleted") {
        world.fails = "issue_gone";
        world.fails_meaning = "refused";
        words = "The issue was deleted";
    }
    SUBCASE("in another project by now") {
        world.story.facts.project = "acme/elsewhere";
        words = "in a project whose issues do not count";
    }
    SUBCASE("of another app") {
        world.story.facts.title = world.story.facts.description = "Zoom";
        words = "does not name Sketch Pad";
    }
    const auto id = world.linked_request();
    CHECK(world.state(id) == RequestState::awaiting_issue);
    CHECK(any_holds(world.heard("U0REQ"), words));
    CHECK(world.card(id).contains(words));
    const auto told = world.heard("U0REQ").size();
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.poll();
    CHECK(world.heard("U0REQ").size() == told);
    CHECK(world.state(id) == RequestState::awaiting_issue);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    CHECK(any_holds(world.heard("U0ADMIN"), "you may not yet, because of the vendor issue"));
    CHECK(world.performed_of("admin.apps.approve").empty());
}

TEST_CASE("A15: an issue carries one app") {
    IssueWorld world;
    const auto first = signed_request(world);
    auto other = slack_request("Ar2", "A2", "U0REQ2", {slack_scope("chat:write")});
    other["app"]["name"] = "Pad";  // named in the issue, too
    world.app_requested(other);
    world.run_all();
    const auto second = first + 1;
    CHECK(world.state(first) == RequestState::ready);
    CHECK(world.state(second) == RequestState::awaiting_issue);
    CHECK(any_holds(world.heard("U0REQ2"), "belongs to another app's request"));
}

TEST_CASE("A16, S5: after the approval a broken basis opens the question again, with one notice") {
    IssueWorld world;
    const auto id = approved_request(world);
    const auto told = world.alarms().size();
    std::string words;
    SUBCASE("unlabelled") {
        world.story.label(security, false, IssueStory::outsider);
        words = "A signature on the vendor issue no longer counts";
    }
    SUBCASE("edited") {
        world.story.facts.description += " more";
        world.story.tick();
        words = "no longer counts";
    }
    SUBCASE("closed as not planned") {
        world.story.facts.open = false;
        world.story.facts.state_reason = "not_planned";
        world.story.tick();
        words = "closed as not planned";
    }
    SUBCASE("opened again") {
        world.story.facts.open = false;
        world.story.tick();
        world.pass(3h);
        world.run_all();
        REQUIRE(world.state(id) == RequestState::approved);
        world.story.facts.open = true;
        world.story.tick();
        words = "was opened again";
    }
    SUBCASE("deleted") {
        world.fails = "issue_gone";
        world.fails_meaning = "refused";
        // The list of changes is asked first; a deleted issue is found by reading it whole.
        world.pass(7h);
        words = "was deleted";
    }
    world.pass(3h);
    world.run_all();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(any_holds(world.alarms(), words));
    CHECK(world.performed_of("admin.apps.restrict").empty());
    const auto once = world.alarms().size();
    CHECK(once >= told + 1);
    world.story.tick();
    world.pass(3h);
    world.run_all();
    CHECK(world.alarms().size() == once);
}

TEST_CASE(
    "A16: an issue that breaks before Slack shows our approval is looked at again, as one that breaks "
    "after") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all({"admin.apps.approve"});
    const auto call = world.expect("admin.apps.approve");
    const auto move_away = [&] {
        world.story.facts.moved_to = 99;
        world.story.tick();
        world.pass(61s);
        world.run_all({"admin.apps.approve"});
    };
    SUBCASE("while the call is under way") {
        move_away();
        REQUIRE(world.state(id) == RequestState::applying);
        world.perform(call);
    }
    SUBCASE("while nobody knows what became of it") {
        world.answer(call, {});
        world.run_all();
        REQUIRE(world.state(id) == RequestState::manual);
        move_away();
        REQUIRE(world.state(id) == RequestState::manual);
        world.slack.perform(call.method, Json::parse(call.args));
        world.pass(world.settings.slack.reconcile);
    }
    world.run_all();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.request(id).outside == storage::Outside::no);
    CHECK(world.request(id).state_note.contains("was moved"));
    CHECK(any_holds(world.alarms(), "was moved"));
}

TEST_CASE("S5: closing, opening and hiding before the decision each tell the requester once") {
    IssueWorld world;
    const auto id = world.linked_request();
    const auto told = [&] { return world.heard("U0REQ").size(); };
    auto before = told();
    world.story.facts.open = false;
    world.story.tick();
    world.poll();
    CHECK(told() == before + 1);
    CHECK(world.heard("U0REQ").back().contains("was closed"));
    world.poll();
    CHECK(told() == before + 1);
    world.story.facts.confidential = true;
    world.story.tick();
    world.poll();
    CHECK(told() == before + 2);
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE("G3: of a confidential issue nothing is shown in a channel") {
    IssueWorld world;
    world.story.facts.confidential = true;
    world.story.facts.title = "Secret plans for Sketch Pad";
    world.story.label(security, true, IssueStory::outsider);
    const auto id = world.linked_request();
    const auto card = world.card(id);
    CHECK(card.contains("a confidential issue"));
    CHECK_FALSE(card.contains("u4799"));
    for (const auto& effect : world.performed) {
        if (effect.token != storage::TokenKind::tracker) CHECK_FALSE(effect.args.contains("Secret plans"));
    }
}

TEST_CASE("P5, S1, U8: one note on the issue says how the request stands and how it was decided") {
    IssueWorld world;
    const auto id = world.linked_request();
    REQUIRE(world.notes.size() == 1);
    CHECK(world.notes[0].contains("<!-- countersign:status:REQ-1 -->"));
    CHECK(world.notes[0].contains("- Security: waiting"));
    world.press("U0SEC1", ids::vote_approve, id);
    world.run_all();
    CHECK(world.notes.back().contains("- Security: approved by"));
    CHECK(world.notes.back().contains("(in Slack)"));
    const auto written = world.notes.size();
    world.poll();
    CHECK(world.notes.size() == written);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(world.notes.back().contains("**Decision**: Approved by"));
    // Labels for votes in Slack, never for signatures on the issue (S2).
    const auto labels = world.performed_of("tracker.set_labels");
    REQUIRE(labels.size() == 2);
    CHECK(Json::parse(labels[0].args)["add"] == Json{"Security::Approved"});
}

TEST_CASE("P5: labels that the tracker did not take are put there with the next change") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.run_all({"tracker.set_labels"});
    world.answer(world.expect("tracker.set_labels"), {"human", "forbidden", Json::object()});
    CHECK(world.audited("issue.not_written", to_text(RequestId{id})));
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all({"tracker.set_labels"});
    const auto again = Json::parse(world.expect("tracker.set_labels").args);
    CHECK(again["add"] == Json({"Security::Approved", "Legal::Approved"}));
    CHECK(again["remove"] == Json::array());
}

TEST_CASE(
    "U8: a decision that a locked issue does not take is told with its link, and written with the next "
    "change") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    const auto before = world.notes.size();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all({"tracker.put_note"});
    REQUIRE(world.state(id) == RequestState::approved);
    const auto refused = world.expect("tracker.put_note");
    CHECK(refused.args.contains("**Decision**: Approved by"));
    world.answer(refused, {"human", "forbidden", Json::object()});
    world.run_all();
    CHECK(world.notes.size() == before);
    const auto told = world.alarms();
    REQUIRE(std::ranges::count_if(told, [](const auto& text) {
                return text.contains("The decision on REQ-1 is not on its vendor issue") &&
                       text.contains(good_link) && text.contains("forbidden");
            }) == 1);
    CHECK(world.audited("issue.not_written", "REQ-1"));
    CHECK(world.state(id) == RequestState::approved);
    // It was unlocked meanwhile; the note reads no other than the one that was lost.
    world.handle(handlers::EventKind::events_api,
                 {{"type", "event_callback"},
                  {"event",
                   {{"type", "app_installed"},
                    {"app_id", "A1"},
                    {"app_name", "Sketch Pad"},
                    {"user_id", "U0REQ"},
                    {"team_id", "T1"}}}},
                 world.next("env"));
    world.run_all();
    REQUIRE(world.notes.size() > before);
    CHECK(world.notes.back().contains("**Decision**: Approved by"));
    CHECK(world.alarms().size() == told.size());
}

TEST_CASE("U8: a closed issue gets the decision all the same, on one that moved away nobody is approved") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    SUBCASE("closed") {
        world.story.facts.open = false;
        world.story.tick();
        world.poll();
        world.press("U0ADMIN", ids::approve_app, id);
        world.run_all();
        CHECK(world.state(id) == RequestState::approved);
        CHECK(world.notes.back().contains("**Decision**: Approved by"));
    }
    SUBCASE("moved") {
        world.story.facts.moved_to = 99;
        world.story.tick();
        world.poll();
        const auto written = world.notes.size();
        CHECK(world.card(id).contains("was moved"));
        world.press("U0ADMIN", ids::approve_app, id);
        world.run_all();
        CHECK(world.state(id) != RequestState::approved);
        CHECK(world.performed_of("admin.apps.approve").empty());
        CHECK(world.notes.size() == written);
    }
}

TEST_CASE("S2: a label that we put there ourselves is nobody's signature") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.label(security, true, IssueStory::own);
    world.poll();
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK_FALSE(world.card(id).contains("not counted"));
}

TEST_CASE("S8: a tracker that fails leaves requests where they are, with the reason on their cards") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.fails = "expired";
    world.fails_meaning = "expired";
    world.poll();
    world.pass(1ms);
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.card(id).contains("GitLab does not answer"));
    const auto told = world.alarms().size();
    world.poll();
    CHECK(world.alarms().size() == told);
    world.fails.clear();
    world.poll();
    world.pass(1ms);
    world.run_all();
    CHECK_FALSE(world.card(id).contains("does not answer"));
}

TEST_CASE(
    "S8: a tracker that answers in the moment in which a card says that it fails is not called silent") {
    IssueWorld world;
    const auto refused = world.linked_request();
    world.submit("U0SEC1", ids::form_reject, refused, {{std::string(ids::field_reason), "no"}});
    world.run_all();
    const auto id = world.linked_request("Ar2");
    REQUIRE(world.state(id) == RequestState::held);
    world.fails = "expired";
    world.fails_meaning = "expired";
    world.poll();
    world.pass(1ms);
    world.run_all();
    REQUIRE(world.card(id).contains("GitLab does not answer"));
    world.fails.clear();
    world.handle(handlers::EventKind::timer, {{"kind", "tracker_begins"}, {"tracker", "procurement"}},
                 world.next("begins"));
    for (const auto later : {0ms, 1ms}) {
        world.run_all();
        world.pass(later);
    }
    world.run_all();
    CHECK_FALSE(world.card(id).contains("does not answer"));
}

TEST_CASE(
    "S8: a card whose request has ended says nothing of a tracker's trouble, which nobody would take back") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.fails = "expired";
    world.fails_meaning = "expired";
    world.poll();
    world.pass(1ms);
    world.run_all();
    REQUIRE(world.card(id).contains("GitLab does not answer"));
    world.press("U0REQ", ids::withdraw, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::withdrawn);
    CHECK_FALSE(world.card(id).contains("does not answer"));
}

TEST_CASE("S3: a request that is reopened follows its issue again, also what was signed meanwhile") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.submit("U0SEC1", ids::form_reject, id, {{std::string(ids::field_reason), "no"}});
    world.run_all();
    REQUIRE(world.state(id) == RequestState::denied);
    // Nobody waits for the issue any more: it is not asked for.
    world.poll();
    world.poll();
    const auto asked = world.readings.size();
    world.poll();
    REQUIRE(world.readings.size() == asked);
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    world.press("U0ADMIN", ids::reopen, id);
    world.run_all();
    CHECK(world.card(id).contains("Legal: approved"));
}

TEST_CASE("S8: an issue that is known to be gone is known to be gone for whoever links it next") {
    IssueWorld world;
    world.fails = "issue_not_found";
    world.fails_meaning = "refused";
    world.linked_request();
    REQUIRE(world.state(1) == RequestState::awaiting_issue);
    const auto expect_gone = [&](std::int64_t id) {
        CHECK(world.state(id) == RequestState::awaiting_issue);
        CHECK(world.card(id).contains("has no such issue"));
    };
    SUBCASE("with a new request") {
        expect_gone(world.linked_request("Ar2", "A2"));
    }
    SUBCASE("by the form") {
        world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}, ""));
        world.run_all();
        world.submit("U0REQ", ids::form_link, 2, {{"vendor_issue_link", good_link}});
        world.run_all();
        expect_gone(2);
    }
    SUBCASE("by who joins a request without one, and by what Slack tells later") {
        world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}, ""));
        world.run_all();
        SUBCASE("joining") {
            world.app_requested(slack_request("Ar3", "A2", "U0TWO", {slack_scope("chat:write")}));
        }
        SUBCASE("later") {
            world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}));
        }
        world.run_all();
        expect_gone(2);
        world.fails = "";
        for (int round = 0; round < 5; ++round)
            world.poll();
        CHECK_FALSE(world.card(2).contains("has no such issue"));
    }
}

TEST_CASE("S3: what has not changed is not read again, and a thousand links cost ten questions a round") {
    IssueWorld world;
    world.story.facts.read_at += 10s;  // dates go by the second: what was read at once is read once more
    world.linked_request();
    const auto read = [&] { return std::ranges::count(world.readings, "tracker.read_issue"); };
    const auto before = read();
    for (int round = 0; round < 10; ++round)
        world.poll();
    CHECK(read() == before);
    for (int i = 2; i <= 1'000; ++i) {
        auto request = world.request(1);
        request.id = RequestId{i};
        request.slack_id = SlackRequestId("Ar" + std::to_string(i));
        const storage::IssueKey key{"procurement", "acme/vendors", 1'000 + i};
        world.db.writer().transaction([&] {
            storage::apply(world.db.writer(), storage::SaveRequest{request}, world.clock.now());
            storage::apply(world.db.writer(),
                           storage::SaveVendorIssue{
                               {request.id, key.tracker, key.project, key.iid, "u", UserId("U1"), {}}},
                           world.clock.now());
            storage::TrackerIssue issue{.key = key};
            issue.full_at = issue.read_at = world.clock.now();
            issue.next_check = world.clock.now();
            storage::apply(world.db.writer(), storage::SaveTrackerIssue{issue}, world.clock.now());
        });
    }
    const auto asked = world.readings.size();
    world.pass(61s);
    CHECK(std::ranges::count(world.due(), "tracker.changed_issues", &storage::Effect::method) == 10);
    CHECK(world.readings.size() == asked);
}

TEST_CASE("S6: a webhook is a hint: the issue is read, and other issues are none of ours") {
    IssueWorld world;
    const auto id = world.linked_request();
    const auto hook = [&](std::int64_t iid) {
        const Json hint{{"tracker", "procurement"}, {"project", "acme/vendors"}, {"iid", iid}};
        return handlers::tracker_hook(
            {EventKind::tracker_hook, hint, world.next("delivery"), world.clock.now()},
            {world.clock.now(), reader(world), world.settings, world.capabilities});
    };
    CHECK(hook(13).effects.empty());
    const auto outcome = hook(12);
    REQUIRE(outcome.effects.size() == 1);
    CHECK(outcome.effects[0].method == "tracker.read_issue");
    world.story.sign_all();
    world.apply(outcome);
    CHECK(hook(12).effects.empty());  // one that has not begun is enough
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("R5, G6: an issue is made once from the template, with the request's words inert, and linked") {
    IssueWorld world;
    world.start_all();
    world.story.facts.iid = 77;
    auto asked = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, "please\n/close\n@all #1");
    world.app_requested(asked);
    world.run_all();
    world.press("U0REQ", ids::create_issue, 1);
    world.press("U0REQ", ids::create_issue, 1);
    world.run_all();
    REQUIRE(world.made.size() == 1);
    const std::string text = world.made[0]["description"];
    CHECK(text.contains("<!-- countersign:issue:REQ-1 -->"));
    CHECK(text.contains("## Sketch Pad"));
    CHECK(text.contains("\n/label ~vendor"));
    CHECK_FALSE(text.contains("/close"));
    CHECK_FALSE(text.contains("@all"));
    CHECK(world.made[0]["labels"].empty());
    const auto issue = world.view().vendor_issue(RequestId{1});
    REQUIRE(issue);
    CHECK(issue->iid == 77);
    CHECK(world.state(1) == RequestState::in_review);
    world.press("U0REQ", ids::create_issue, 1);
    world.run_all();
    CHECK(world.made.size() == 1);
    CHECK(any_holds(world.heard("U0REQ"), "is linked to"));
}

TEST_CASE("R5 R19: the issue that is made names for whom the app is, by the name of then") {
    IssueWorld world;
    world.start_all();
    world.slack.people["U0LEGAL"] = {{"profile", {{"display_name", "Lena"}}}};
    world.submit("U0REQ", ids::form_request, "",
                 {{"app", "Sketch Pad"}, {"purpose", "boards"}, {"on_behalf_of", "U0LEGAL"}});
    world.run_all();
    world.press("U0REQ", ids::create_issue, 1);
    world.run_all();
    REQUIRE(world.made.size() == 1);
    const std::string text = world.made[0]["description"];
    CHECK_MESSAGE(text.contains(handlers::views::markdown_quote("boards\nOn behalf of: Lena")), text);
}

TEST_CASE("R5: when an issue cannot be made the person hears why and gets the form's page") {
    IssueWorld world;
    world.start_all();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, "please"));
    world.run_all();
    std::string words;
    world.fails_meaning = "refused";
    SUBCASE("no template") {
        world.fails = "template_not_found";
        words = "the project has no template app_integrations";
    }
    SUBCASE("no rights") {
        world.fails = "forbidden";
        words = "does not let me make issues there";
    }
    SUBCASE("no project") {
        world.fails = "project_not_found";
        words = "the project is not there";
    }
    world.press("U0REQ", ids::create_issue, 1);
    world.run_all();
    CHECK(any_holds(world.heard("U0REQ"), words));
    CHECK(any_holds(world.heard("U0REQ"), "issues/new?issuable_template=app_integrations"));
    world.fails.clear();
    world.press("U0REQ", ids::create_issue, 1);
    world.run_all();
    CHECK(world.made.size() == 1);
}

TEST_CASE("P8: a signature given before the scopes grew does not count for what is new") {
    IssueWorld world;
    const auto id = signed_request(world);
    auto grown = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")});
    world.app_requested(grown);
    world.run_all();
    CHECK(world.state(id) == RequestState::in_review);
    world.story.tick();
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("the scopes have changed, it has to be signed again"));
    world.story.label(security, false, IssueStory::sec);
    world.story.label(security, true, IssueStory::sec);
    world.story.label(legal, false, IssueStory::legal);
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P8: what was signed before the scopes grew and is read afterwards does not count") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.label(legal, true, IssueStory::legal);
    world.story.comment(IssueStory::sec, "approved: Security");
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")}));
    world.run_all();
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK(world.card(id).contains("the scopes have changed, it has to be signed again"));
    // Whatever becomes of our clock.
    for (const auto step : {-2h, 5h}) {
        world.clock.step_wall(step);
        world.story.tick();
        world.poll();
        CHECK(world.view().votes(RequestId{id}).empty());
        CHECK(world.card(id).contains("the scopes have changed, it has to be signed again"));
    }
}

TEST_CASE("P8, A13: after the scopes grew another comment signs anew, and the first one not again") {
    IssueWorld world;
    const auto id = world.linked_request();
    const auto comments = [&] {
        world.pass(1h);
        world.story.comment(IssueStory::sec, "approved: Security");
        world.poll();
    };
    comments();
    comments();  // twice says no more than once
    REQUIRE(world.view().votes(RequestId{id}).size() == 1);
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>, signed in GitLab"));
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")}));
    world.run_all();
    world.story.tick();
    world.poll();
    CHECK(world.card(id).contains("Security: waiting"));
    CHECK(world.card(id).contains("the scopes have changed, it has to be signed again"));
    comments();
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>, signed in GitLab"));
    CHECK_FALSE(world.card(id).contains("the scopes have changed, it has to be signed again"));
    CHECK(world.view().votes(RequestId{id}).size() == 2);
    // Of the new one nothing is left by the first.
    world.story.facts.comments.pop_back();
    world.story.tick();
    world.poll();
    CHECK(world.card(id).contains("Security: waiting"));
    CHECK(world.card(id).contains("the scopes have changed, it has to be signed again"));
}

TEST_CASE("A13: who has signed twice has signed as long as one of the signs is there") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.story.comment(IssueStory::sec, "approved: Security");
    world.poll();
    world.story.label(security, false, IssueStory::legal);
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.view().votes(RequestId{id}).size() == 2);
    world.story.facts.comments.clear();
    world.story.tick();
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE("R17, R18: other things get an issue too, and who asked hears when it is closed") {
    auto settings = tracker_settings();
    auto tracker = settings.trackers.front();
    tracker.name = "it";
    tracker.purpose = config::TrackerPurpose::it_request;
    settings.trackers.push_back(tracker);
    IssueWorld world(settings);
    world.capabilities.trackers.emplace("it", "8");
    world.start_all();
    const auto outcome = world.submit("U0REQ", ids::form_request, "",
                                      {{std::string(ids::field_app), "Jira"},
                                       {std::string(ids::field_purpose), "tickets\n/close"},
                                       {std::string(ids::field_kind), std::string(ids::kind_system)}});
    CHECK(outcome.ack.contains("An issue is being made"));
    world.run_all();
    REQUIRE(world.made.size() == 1);
    CHECK(world.made[0]["tracker"] == "it");
    CHECK(world.made[0]["title"] == "Request for Jira");
    CHECK_FALSE(world.log_tells("Jira"));  // U8: what a person typed
    CHECK(any_holds(world.heard("U0REQ"), "https://gitlab.com/acme/vendors/-/issues/77"));
    world.story.facts.iid = 77;
    world.poll();
    const auto told = world.heard("U0REQ").size();
    world.story.facts.open = false;
    world.story.tick();
    world.pass(2h);  // untouched for days, it is looked at once an hour
    world.run_all();
    CHECK(world.heard("U0REQ").size() == told + 1);
    CHECK(world.heard("U0REQ").back().contains("is closed"));
}

TEST_CASE("M1: what changes while the issue is read again before a person decides is told to that person") {
    IssueWorld world;
    world.capabilities.admin = false;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::ready);
    world.clock.advance(std::chrono::minutes(5));
    world.press("U0ADMIN", ids::approve_app, id);
    const auto reading = world.expect("tracker.read_issue");
    const auto* told = "";
    SUBCASE("it is withdrawn") {
        world.press("U0REQ", ids::withdraw, id);
        told = "already decided: REQ-1 is Withdrawn";
    }
    SUBCASE("a party takes its vote back") {
        world.press("U0SEC1", ids::take_back, id);
        told = "Security";
    }
    world.run_all({"tracker.read_issue"});
    world.answer(reading, world.tracker(reading));
    world.run_all();
    CHECK(world.heard("U0ADMIN").back().contains(told));
    CHECK(world.request(id).decision != storage::DecisionKind::approve);
}
