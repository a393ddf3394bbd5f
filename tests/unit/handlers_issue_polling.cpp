// What a tracker's clock may do to how its issues are followed (handlers/issue_polling.hpp).
#include "handlers/review/issue_verdict.hpp"
#include "tests/support/issue_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;

TEST_CASE("S6: a tracker's clock that ran ahead and was set right hides nothing that was signed since") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.tick();
    world.story.facts.read_at += 24h;
    world.poll();
    world.story.sign_all();
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("S6: a reading that another has overtaken takes nothing back") {
    IssueWorld world;
    const auto id = world.linked_request();
    const auto before = world.story;
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.story = before;
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.view().votes(RequestId{id}).size() == 2);
}

TEST_CASE(
    "S6: changes are asked for since the last reading, also where the tracker dated that in the future") {
    IssueWorld world;
    world.linked_request();
    world.story.tick();
    world.story.facts.read_at = world.clock.now() + 24h;
    world.poll();
    const auto read = to_millis(world.clock.now());
    world.pass(30min);
    CHECK(Json::parse(world.expect("tracker.changed_issues").args)["since"].get<std::int64_t>() <= read);
}

TEST_CASE("S2: with another token no sign is believed until the tracker has told whose it is") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.sign_all();
    world.pass(61s);
    world.run_all({"tracker.read_issue"});
    REQUIRE(world.waiting("tracker.read_issue"));
    world.take_token("8", IssueStory::own);
    CHECK(Json::parse(world.expect("tracker.whoami").args) ==
          Json{{"tracker", "procurement"}, {"mark", "8"}});
    world.run_all({"tracker.whoami"});
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK(world.card(id).contains("GitLab cannot be read (account_unknown)"));
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.view().votes(RequestId{id}).size() == 2);
    CHECK_FALSE(world.card(id).contains("cannot be read"));
}

TEST_CASE("S2, A18: nothing is approved while nobody knows whose the token is") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.sign_all();
    world.poll();
    world.take_token("8", IssueStory::own);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all({"tracker.whoami"});
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.performed_of("admin.apps.approve").empty());
    REQUIRE_FALSE(world.heard("U0ADMIN").empty());
    CHECK(world.heard("U0ADMIN").back().contains("Nothing was sent to Slack"));
    CHECK(world.view().votes(RequestId{id}).size() == 2);  // and nothing is taken from anybody
    world.run_all();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("S2, U8: the note of a request is written as soon as it is known whose the token is") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.take_token("8", IssueStory::own);
    world.press("U0SEC1", ids::vote_approve, id);
    world.run_all({"tracker.whoami"});
    REQUIRE_FALSE(world.notes.empty());
    CHECK_FALSE(world.notes.back().contains("approved"));
    world.run_all();
    world.pass(1s);
    world.run_all();
    CHECK(world.notes.back().contains("approved"));
    CHECK(world.alarms().empty());
}

TEST_CASE("S2, U8: of a decision made while nobody knows whose the token is a person hears, once") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.fails = "unauthorized";
    world.poll();
    const auto notes = world.notes.size();
    const auto missing = [&] {
        return std::ranges::count_if(world.alarms(), [](const std::string& alarm) {
            return alarm.contains("The decision on REQ-1 is not on its vendor issue") &&
                   alarm.contains("Whose its tracker's token is was not told") &&
                   alarm.contains("Write it there by hand.");
        });
    };
    world.press("U0SEC1", ids::vote_approve, id);
    world.run_all();
    CHECK(missing() == 0);
    SUBCASE("the issue itself") {}
    SUBCASE("nor was the issue read since") {
        world.fails.clear();
        world.press("U0LEGAL", ids::vote_approve, id);
        world.press("U0ADMIN", ids::approve_app, id);
        world.run_all({"tracker.whoami"});
        REQUIRE(world.card(id).contains("account_unknown"));
    }
    world.submit("U0LEGAL", ids::form_reject, id, {{std::string(ids::field_reason), "no contract"}});
    world.run_all();
    REQUIRE(world.state(id) == RequestState::denied);
    CHECK(missing() == 1);
    world.fails.clear();
    world.poll();
    world.poll();
    CHECK(missing() == 1);
    CHECK(world.notes.size() == notes);
}

TEST_CASE(
    "U8: a decision that stands on the issue is not missing because parties changed before the install") {
    IssueWorld world;
    const auto id = world.linked_request();
    for (const auto* person : {"U0SEC1", "U0LEGAL"})
        world.press(person, ids::vote_approve, id);
    world.run_all();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    REQUIRE(world.notes.back().contains("**Decision**: Approved by"));
    world.take_token("8", IssueStory::own);
    auto privacy = world.settings.review.parties.front();
    privacy.name = "Privacy";
    world.settings.review.parties.push_back(privacy);
    world.handle(handlers::EventKind::events_api,
                 {{"type", "event_callback"},
                  {"event",
                   {{"type", "app_installed"},
                    {"app_id", "A1"},
                    {"app_name", "Sketch Pad"},
                    {"user_id", "U0REQ"},
                    {"team_id", "T1"}}}},
                 world.next("env"));
    world.run_all({"tracker.whoami"});
    REQUIRE(world.state(id) == storage::RequestState::installed);
    CHECK(world.alarms().empty());
}

TEST_CASE("U8: a decision made while the tracker does not answer is written when it does") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    world.run_all();
    world.fails = "unreachable";
    world.story.tick();
    world.pass(7h);
    world.run_all();
    REQUIRE(world.card(id).contains("GitLab does not answer"));
    world.submit("U0LEGAL", ids::form_reject, id, {{std::string(ids::field_reason), "no contract"}});
    world.run_all({"tracker.put_note", "tracker.set_labels"});
    world.fails.clear();
    world.run_all();
    CHECK(world.notes.back().contains("**Decision**: Denied by"));
}

TEST_CASE("S2: what was put there with a colleague's token never signs for the party of that colleague") {
    IssueWorld world;
    world.own = IssueStory::legal;
    const auto id = world.linked_request();
    world.story.label(IssueStory::legal_label, true, IssueStory::legal);  // as told to
    world.poll();
    CHECK(world.view().votes(RequestId{id}).empty());
    const auto until = world.clock.now();
    world.take_token("8", IssueStory::own);
    world.run_all();
    world.story.tick();
    world.poll();
    CHECK(world.view().votes(RequestId{id}).empty());
    const auto evidence = world.view().newest_evidence(RequestId{id});
    REQUIRE(evidence);
    const auto question = handlers::review::parse_issue_question(evidence->verdict);
    REQUIRE(question);
    CHECK(question->own == handlers::review::OwnAccounts{IssueStory::own, {{IssueStory::legal, until}}});
}

TEST_CASE("S2: a token of somebody who has signed voids that at once, for nobody can tell them apart now") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.take_token("8", IssueStory::sec);
    world.run_all();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("Security: waiting"));
    CHECK(world.card(id).contains("Legal: approved by"));
}

TEST_CASE("S2: an answer about a token that has been replaced since tells nothing of the one in its place") {
    IssueWorld world;
    world.linked_request();
    world.take_token("8", IssueStory::sec);
    const auto late = world.expect("tracker.whoami");
    world.take_token("9", IssueStory::own);
    world.answer(late, {"ok", "", {{"account", {{"id", IssueStory::sec}, {"login", "sam"}}}}});
    const auto known = [&] { return Json::parse(world.view().meta("tracker_account:procurement")); };
    CHECK(known() == Json{{"account", IssueStory::own}, {"mark", "7"}, {"before", Json::array()}});
    world.run_all();
    CHECK(known() == Json{{"account", IssueStory::own}, {"mark", "9"}, {"before", Json::array()}});
}

TEST_CASE("S2: after the tracker has refused the token it is asked whose it is before it is believed") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.fails = "unauthorized";
    world.story.sign_all();
    world.poll();
    world.fails.clear();
    world.readings.clear();
    world.poll();
    CHECK(world.readings == std::vector<std::string>{"tracker.whoami"});
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("S2: where issues are looked at once an hour, whose the token is is asked for every minute") {
    auto settings = tracker_settings();
    settings.trackers.front().poll = 1h;
    IssueWorld world(std::move(settings));
    world.fails = "forbidden";
    world.start_all();
    REQUIRE(world.alarms().size() == 1);
    CHECK(world.alarms().front().contains("The issues of tracker procurement cannot be read."));
    world.fails.clear();
    world.readings.clear();
    world.poll();
    CHECK(world.readings == std::vector<std::string>{"tracker.whoami"});
    world.poll();
    CHECK(world.readings.size() == 1);
}

TEST_CASE("S2: the account that an earlier version knew of a token is asked for, and stays one of ours") {
    IssueWorld world;
    storage::apply(world.db.writer(),
                   storage::SetMeta{"tracker_account:procurement", std::to_string(IssueStory::legal)},
                   world.clock.now());
    world.start_all();
    CHECK(Json::parse(world.view().meta("tracker_account:procurement")) ==
          Json{{"account", IssueStory::own},
               {"mark", "7"},
               {"before", {{{"account", IssueStory::legal}, {"until", to_millis(world.clock.now())}}}}});
}
