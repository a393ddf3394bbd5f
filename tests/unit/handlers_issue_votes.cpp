// Which signatures are votes when issues, approvers and texts change (handlers/issue_votes.hpp).
#include "config/base/time_zone.hpp"
#include "tests/support/issue_world.hpp"

#include <utility>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

constexpr auto security = IssueStory::security_label;
constexpr auto legal = IssueStory::legal_label;

const std::string second_link = "https://gitlab.com/acme/vendors/-/issues/13";
const std::string unread_link = "https://gitlab.example.com/acme/legal/-/issues/5";

// Beside the usual tracker there is one without a token.
config::Settings two_trackers() {
    auto settings = tracker_settings();
    auto tracker = settings.trackers.front();
    tracker.name = "elsewhere";
    tracker.url = "https://gitlab.example.com";
    tracker.api_url = "https://gitlab.example.com/api/v4/";
    tracker.projects = {"acme/legal"};
    settings.trackers.push_back(tracker);
    return settings;
}

// What the second issue says: nobody has signed it.
IssueStory second_story(const IssueWorld& world) {
    IssueStory story;
    auto& facts = story.facts;
    facts.project = world.story.facts.project;
    facts.title = world.story.facts.title;
    facts.description = world.story.facts.description;
    facts.iid = 13;
    facts.url = second_link;
    return story;
}

void link_issue(IssueWorld& world, std::int64_t id, const std::string& url) {
    world.pass(1s);
    world.submit("U0REQ", ids::form_link, id, {{std::string(ids::field_issue), url}});
    world.run_all();
}

bool any_holds(const std::vector<std::string>& texts, std::string_view words) {
    return std::ranges::any_of(texts, [&](const auto& text) { return text.contains(words); });
}

bool any_on_second(IssueWorld& world, std::int64_t id) {
    const auto votes = world.view().votes(RequestId{id});
    return std::ranges::any_of(votes, [](const storage::Vote& vote) {
        return vote.source_ref.starts_with("procurement:acme/vendors#13:");
    });
}

std::int64_t signed_request(IssueWorld& world) {
    const auto id = world.linked_request();
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    return id;
}

}  // namespace

TEST_CASE("P6: what was signed on one issue does not count for another, and counts again with the first") {
    IssueWorld world(two_trackers());
    const auto id = signed_request(world);
    SUBCASE("of a tracker without a token") {
        link_issue(world, id, unread_link);
    }
    SUBCASE("that nobody has signed") {
        const auto first = std::exchange(world.story, second_story(world));
        link_issue(world, id, second_link);
        world.story = first;
    }
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("Security: waiting"));
    CHECK(world.card(id).contains("Legal: waiting"));
    CHECK(any_holds(world.alarms(),
                    "REQ-1 is not ready any more. Security: another issue is linked now; Legal: another"));
    link_issue(world, id, good_link);
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>, signed in GitLab"));
}

TEST_CASE("P6: a sign counts on when it becomes known whose account gave it, and when that is forgotten") {
    IssueWorld world;
    const auto id = signed_request(world);
    const auto reread = [&] {
        world.story.tick();
        world.poll();
        CHECK(world.state(id) == RequestState::ready);
        CHECK(world.alarms().empty());
    };
    CHECK(world.card(id).contains("Legal: approved by account 4721 in procurement"));
    const auto unknown = world.settings.people;
    world.settings.people.push_back({UserId("U0LEGAL"), "procurement", IssueStory::legal});
    reread();
    CHECK(world.card(id).contains("Legal: approved by <@U0LEGAL>, signed in GitLab"));
    world.settings.people = unknown;
    reread();
    CHECK_FALSE(world.card(id).contains("U0LEGAL"));
    // Of whoever asks for the app it counts no more.
    world.settings.people.push_back({UserId("U0REQ"), "procurement", IssueStory::legal});
    world.story.tick();
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE(
    "P2, P6: when it becomes known that two who agreed are one person, the admins hear of what is lost") {
    auto settings = tracker_settings();
    std::int64_t account = IssueStory::sec2;
    const char* person = "U0SEC2";
    SUBCASE("with a press in Slack") {
        settings.review.parties[0].quorum = 2;
    }
    SUBCASE("with a sign for another party") {
        account = IssueStory::legal;
        person = "U0SEC1";
    }
    IssueWorld world(settings);
    const auto id = world.linked_request();
    world.story.label(security, true, account == IssueStory::sec2 ? account : IssueStory::sec);
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    if (account == IssueStory::sec2) world.press("U0SEC2", ids::vote_approve, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::ready);
    world.settings.people.push_back({UserId(person), "procurement", account});
    world.story.tick();
    world.poll();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(any_holds(
        world.alarms(),
        "REQ-1 is not ready any more. Security: an account that signed is known as somebody else's"));
}

TEST_CASE("P2, P6: where two who agreed are one person and the party agrees all the same, nothing happens") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC2", ids::vote_approve, id);
    world.story.label(security, true, IssueStory::sec2);
    world.story.label(legal, true, IssueStory::legal);
    // The tracker's clock is days behind.
    for (auto& each : world.story.facts.label_events)
        each.at = world.clock.now() + 1min;
    world.story.facts.read_at = world.story.facts.updated_at = world.clock.now() + 2min;
    world.poll();
    REQUIRE(world.view().votes(RequestId{id}).size() == 3);
    auto state = RequestState::ready;
    SUBCASE("ready") {}
    SUBCASE("approved") {
        state = RequestState::approved;
        world.press("U0ADMIN", ids::approve_app, id);
        world.run_all();
    }
    REQUIRE(world.state(id) == state);
    world.settings.people.push_back({UserId("U0SEC2"), "procurement", IssueStory::sec2});
    world.story.facts.updated_at += 1s;
    world.story.facts.read_at += 1s;
    world.pass(7h);
    world.run_all();
    CHECK(world.state(id) == state);
    CHECK(world.alarms().empty());
}

TEST_CASE("P6: a sign from before a word in Slack does not hold up a later sign that is gone") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.comment(IssueStory::sec, "approved: Security");
    world.poll();
    REQUIRE(world.card(id).contains("Security: approved by <@U0SEC1>"));
    world.press("U0SEC1", ids::take_back, id);
    const auto told_at = world.clock.now();
    // The tracker's clock is days behind.
    const auto label = [&](bool added, std::int64_t who, std::chrono::minutes later) {
        world.story.label(security, added, who).at = told_at + later;
        world.story.facts.read_at = world.story.facts.updated_at = told_at + later + 1min;
        world.poll();
    };
    label(true, IssueStory::sec, 1min);
    REQUIRE(world.card(id).contains("Security: approved by <@U0SEC1>"));
    label(false, IssueStory::legal, 5min);
    CHECK(world.card(id).contains("Security: waiting"));
}

TEST_CASE("A13: one of two signs that is taken back changes nothing, and nobody hears of it") {
    IssueWorld world;
    const auto id = signed_request(world);
    world.story.comment(IssueStory::sec2, "approved: Security");
    world.poll();
    REQUIRE(world.card(id).contains("account 4712 in procurement"));
    world.story.label(security, false, IssueStory::sec);
    world.poll();
    CHECK_FALSE(world.card(id).contains("Security: approved by <@U0SEC1>"));
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.alarms().empty());
}

TEST_CASE(
    "P8: a vote that was carried counts again with its sign when another issue was linked for a while") {
    auto settings = two_trackers();
    settings.policy = with_policy("[[party]]\nname = \"Legal\"\nscopes = [\"users:read.email\"]").policy;
    IssueWorld world(settings);
    const auto id = signed_request(world);
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run_all();
    REQUIRE(world.card(id).contains("Legal: approved by"));
    link_issue(world, id, unread_link);
    CHECK(world.card(id).contains("Legal: waiting"));
    link_issue(world, id, good_link);
    CHECK(world.card(id).contains("Legal: approved by"));
    CHECK(world.card(id).contains("Security: waiting"));
}

TEST_CASE("P8: a vote that was carried rests on whichever sign of that person's is still there") {
    auto settings = tracker_settings();
    settings.policy = with_policy("[[party]]\nname = \"Legal\"\nscopes = [\"users:read.email\"]").policy;
    IssueWorld world(settings);
    const auto id = signed_request(world);
    world.story.comment(IssueStory::legal, "approved: Legal");
    world.poll();
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run_all();
    world.story.label(legal, false, IssueStory::sec);
    world.poll();
    CHECK(world.card(id).contains("Legal: approved by"));
    CHECK(world.card(id).contains("Security: waiting"));
}

TEST_CASE("P8: a vote that was carried rests on no sign from before the scopes that it was given for") {
    auto settings = tracker_settings();
    settings.policy = with_policy("[[party]]\nname = \"Legal\"\nscopes = [\"users:read.email\"]").policy;
    IssueWorld world(settings);
    const auto id = world.linked_request();
    const auto grown = [&](const std::vector<Json>& scopes) {
        world.app_requested(slack_request("Ar1", "A1", "U0REQ", scopes));
        world.run_all();
    };
    grown({slack_scope("chat:write"), slack_scope("users:read")});
    world.story.comment(IssueStory::legal, "approved: Legal");
    world.poll();
    grown({slack_scope("chat:write"), slack_scope("users:read.email")});
    REQUIRE(world.card(id).contains("Legal: waiting"));
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    grown({slack_scope("chat:write"), slack_scope("users:read.email"), slack_scope("files:read")});
    REQUIRE(world.card(id).contains("Legal: approved by"));
    world.story.label(legal, false, IssueStory::sec);
    world.poll();
    CHECK(world.card(id).contains("Legal: waiting"));
}

TEST_CASE("P2, P10: whoever signs after their delegate has voted is one of a quorum with them") {
    auto settings = tracker_settings();
    settings.review.parties[0].quorum = 2;
    IssueWorld world(settings);
    const auto id = world.linked_request();
    const auto today = time_zone::date_text(world.clock.now(), "UTC");
    world.command("U0SEC1", "away " + today + " " + today + " U0NOBODY");
    world.run_all();
    for (const auto* person : {"U0NOBODY", "U0LEGAL"}) {
        world.press(person, ids::vote_approve, id);
        world.run_all();
    }
    world.story.label(security, true, IssueStory::sec);
    world.poll();
    REQUIRE(world.view().votes(RequestId{id}).size() == 3);
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1> (1 of 2), signed in GitLab"));
    world.press("U0SEC2", ids::vote_approve, id);
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P6: who signs both issues has signed whichever is linked") {
    IssueWorld world;
    const auto id = signed_request(world);
    const auto first = world.story;
    auto second = second_story(world);
    second.label(security, true, IssueStory::sec);
    for (int round = 0; round < 2; ++round) {
        CAPTURE(round);
        world.story = second;
        link_issue(world, id, second_link);
        CHECK(world.state(id) == RequestState::in_review);
        CHECK(world.card(id).contains("Security: approved by <@U0SEC1>, signed in GitLab"));
        CHECK(world.card(id).contains("Legal: waiting"));
        world.story = first;
        link_issue(world, id, good_link);
        CHECK(world.state(id) == RequestState::ready);
    }
}

TEST_CASE(
    "P8: a signature on an issue that is linked again is no newer than the scopes that grew meanwhile") {
    IssueWorld world(two_trackers());
    const auto id = signed_request(world);
    link_issue(world, id, unread_link);
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")}));
    world.run_all();
    link_issue(world, id, good_link);
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("the scopes have changed, it has to be signed again"));
}

TEST_CASE(
    "P8: a request that takes another's place with an issue of its own has no signature of the other's") {
    auto settings = two_trackers();
    settings.policy = with_policy("[[party]]\nname = \"Legal\"\nscopes = [\"users:read.email\"]").policy;
    IssueWorld world(settings);
    signed_request(world);
    const auto grown = [&](const std::string& link) {
        world.app_requested(slack_request("Ar2", "A1", "U0REQ",
                                          {slack_scope("chat:write"), slack_scope("files:read")}, link));
        world.run({"tracker.read_issue"});
        REQUIRE(world.state(1) == RequestState::superseded);
    };
    SUBCASE("with its own") {
        grown(unread_link);
        CHECK(world.card(2).contains("Legal: waiting"));
    }
    SUBCASE("with the same one") {
        grown(good_link);
        CHECK(world.card(2).contains("Legal: approved"));
    }
}

TEST_CASE("A18, M1: what is read of an issue says nothing once another one is linked") {
    IssueWorld world;
    world.capabilities.admin = false;
    const auto id = signed_request(world);
    world.clock.advance(5min);
    world.press("U0ADMIN", ids::approve_app, id);
    const auto reading = world.expect("tracker.read_issue");
    const auto told = world.tracker(reading);
    world.story = second_story(world);
    world.submit("U0REQ", ids::form_link, id, {{std::string(ids::field_issue), second_link}});
    world.run_all({"tracker.read_issue"});
    world.answer(reading, told);
    CHECK_FALSE(any_on_second(world, id));
    world.run_all();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(any_holds(world.heard("U0ADMIN"), "another issue is linked now"));
    CHECK(world.request(id).decision != storage::DecisionKind::approve);
}

TEST_CASE("P6: a sign that stays there counts again with who gave it, once they may sign again") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.label(security, true, IssueStory::sec2);
    world.story.label(legal, true, IssueStory::legal);
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    auto& parties = world.settings.review.parties;
    SUBCASE("not named any more") {
        parties[0].tracker_approvers = {IssueStory::both};
    }
    SUBCASE("the party was left out") {
        parties.erase(parties.begin());
    }
    world.story.tick();
    world.poll();
    const auto votes = world.view().votes(RequestId{id});
    CHECK(votes.back().party == "Security");
    CHECK(votes.back().answer == storage::VoteAnswer::retracted);
    parties = tracker_settings().review.parties;
    world.story.tick();
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("A13: a signature that was taken back is given anew, and the card says so of one that reappears") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.comment(IssueStory::sec, "approved: Security");
    world.poll();
    REQUIRE(world.card(id).contains("Security: approved by <@U0SEC1>"));
    world.story.comment(IssueStory::sec, "revoke: Security");
    world.poll();
    REQUIRE(world.card(id).contains("Security: waiting"));
    // Somebody deletes the comment that took it back.
    world.story.facts.comments.pop_back();
    world.story.tick();
    world.poll();
    CHECK(world.card(id).contains("Security: waiting"));
    CHECK(world.card(id).contains("u4711 took it back"));
    world.story.label(security, true, IssueStory::sec);
    world.poll();
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>"));
    // What was taken back does not hold up what was given since.
    world.story.label(security, false, IssueStory::legal);
    world.poll();
    CHECK(world.card(id).contains("Security: waiting"));
}

TEST_CASE("A8: what was signed and then edited before it was linked is signed anew") {
    IssueWorld world;
    world.story.sign_all();
    world.story.comment(IssueStory::author, "changed the description").system = true;
    const auto id = world.linked_request();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK(world.card(id).contains("the text was changed after"));
    for (const auto& [label, account] : {std::pair{security, IssueStory::sec}, {legal, IssueStory::legal}}) {
        world.story.label(label, false, account);
        world.story.label(label, true, account);
    }
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P5: an issue that is linked later gets the labels of parties that have agreed in Slack") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.run_all();
    const auto labelled = [&] {
        std::vector<std::string> found;
        for (const auto& effect : world.performed_of("tracker.set_labels")) {
            const auto args = Json::parse(effect.args);
            found.push_back(args["iid"].dump() + args["add"].dump() + args["remove"].dump());
        }
        return found;
    };
    const std::string first = "12[\"Security::Approved\"][]", second = "13[\"Security::Approved\"][]";
    REQUIRE(labelled() == std::vector{first});
    const auto before = std::exchange(world.story, second_story(world));
    link_issue(world, id, second_link);
    CHECK(labelled() == std::vector{first, second});
    world.story = before;
    link_issue(world, id, good_link);
    CHECK(labelled() == std::vector{first, second});
    world.press("U0SEC1", ids::take_back, id);
    world.run_all();
    CHECK(labelled() == std::vector<std::string>{first, second, "12[][\"Security::Approved\"]"});
}
