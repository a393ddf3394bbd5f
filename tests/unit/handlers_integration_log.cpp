#include "storage/installed_view.hpp"
#include "tests/support/slackbot_world.hpp"

#include <doctest/doctest.h>

// What Slack's integration log tells: decisions, and whether anybody has installed what was approved.
using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

constexpr auto must_be_installed =
    "[deadlines]\nremind_install = [\"1 day\"]\ninstall_limit = \"10 days\"\n[calendar]\nquiet = \"\"";

Json entry(Timestamp at, const Json& more, const std::string& app = "A0MIRO") {
    Json out{{"app_id", app},
             {"app_type", "Miro"},
             {"user_id", "U0SOMEBODY"},
             {"date", std::to_string(to_millis(at) / 1000)}};
    out.update(more);
    return out;
}

struct LogWorld : SlackbotWorld {
    explicit LogWorld(const std::string& policy = "") {
        if (!policy.empty()) settings.policy = with_policy(policy).policy;
        capabilities.reviewer = true;
    }
    void happens(const Json& more) {
        clock.advance(seconds(2));
        slack.log.insert(slack.log.begin(), entry(clock.now(), more));
    }
    void read_log() {
        handle(handlers::EventKind::timer, {{"kind", "integration_log"}}, next("timer"));
        run();
    }
    void days_pass(int count) {
        for (int day = 0; day < count; ++day) {
            pass(days(1));
            run();
        }
    }
    void approve_by_hand() {
        posted(notice(), ts());
        press("U0SEC1", ids::vote_approve, 1);
        press("U0LEGAL", ids::vote_approve, 1);
        run();
        press("U0ADMIN", ids::done, 1);
        run();
        REQUIRE(state(1) == RequestState::approved);
    }
    [[nodiscard]] bool told(const std::string& person, const std::string& words) const {
        return std::ranges::any_of(heard(person), [&](const auto& text) { return text.contains(words); });
    }
};

// The organisation's: an approval that nobody uses is taken back.
struct LapsingWorld : ReviewWorld {
    LapsingWorld() : ReviewWorld(with_policy(must_be_installed)) {}
    void approve(const Json& team) {
        app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, good_link, team));
        run();
        press("U0SEC1", ids::vote_approve, 1);
        press("U0LEGAL", ids::vote_approve, 1);
        press("U0ADMIN", ids::approve_app, 1);
        run();
        REQUIRE(state(1) == RequestState::approved);
        clock.advance(hours(1));
    }
    void logged(const std::string& app, const Json& more) {
        slack.log.push_back(entry(clock.now(), more, app));
    }
    void wait_for_the_limit() {
        for (int day = 0; day < 12; ++day) {
            pass(days(1));
            run();
        }
    }
    [[nodiscard]] bool asks_a_person() const {
        return std::ranges::any_of(heard("C0ITALARMS"), [](const auto& text) {
            return text.contains("whether anybody has installed it cannot be told");
        });
    }
};

}  // namespace

TEST_CASE("invariant 6: an entry of the log decides a request only where its scopes are those asked for") {
    LogWorld world;
    world.posted(world.notice(), world.ts());
    REQUIRE(world.request(1).scopes.size() == 2);
    bool decides = false;
    SUBCASE("installed as it was before") {
        world.happens({{"change_type", "added"}, {"scope", "chat:write"}});
    }
    SUBCASE("installed, with scopes that are not told") {
        world.happens({{"change_type", "added"}});
    }
    SUBCASE("installed with all that is asked for") {
        world.happens({{"change_type", "added"}, {"scope", "chat:write,users:read,commands"}});
        decides = true;
    }
    SUBCASE("approved as it was before") {
        world.happens({{"change_type", "updated"}, {"resolution", "approved"}, {"scope", "chat:write"}});
    }
    SUBCASE("approved, with scopes that are not told") {
        world.happens({{"change_type", "updated"}, {"resolution", "approved"}});
        decides = true;
    }
    world.read_log();
    CHECK(world.state(1) == (decides ? RequestState::approved : RequestState::in_review));
}

TEST_CASE("invariant 6: where Slack does not say what is asked for, an installation approves nothing") {
    LogWorld world;
    auto words = fakes::notice_words("2026");
    world.posted(fakes::slackbot_notice(words, {"", ""}), world.ts());
    REQUIRE(world.request(1).scopes.empty());
    world.happens({{"change_type", "added"}, {"scope", "chat:write"}});
    world.read_log();
    CHECK_FALSE(storage::is_final(world.state(1)));
}

TEST_CASE("R15: without the Admin API an installation is found in the log, and nobody is reminded") {
    LogWorld world(must_be_installed);
    world.approve_by_hand();
    SUBCASE("with its scopes") {
        world.happens({{"change_type", "added"}, {"scope", "chat:write,users:read"}});
    }
    SUBCASE("without") {
        world.happens({{"change_type", "added"}});
    }
    SUBCASE("seen late, behind pages of other entries") {
        world.happens({{"change_type", "added"}, {"scope", "chat:write,users:read"}});
        for (int other = 0; other < 250; ++other)
            world.slack.log.insert(world.slack.log.begin(),
                                   entry(world.clock.now(), {{"change_type", "added"}}, "A0OTHER"));
    }
    world.read_log();
    CHECK(world.state(1) == RequestState::installed);
    const auto known = world.view().installed().entry(AppId("A0MIRO"), TeamId("T1"));
    REQUIRE(known);
    CHECK(known->request == RequestId{1});
    CHECK(world.told("U0EMP", "is installed by <@U0SOMEBODY>"));
    world.days_pass(12);
    CHECK_FALSE(world.told("U0EMP", "nobody has installed it"));
    CHECK_FALSE(world.alarmed("nobody has installed it"));
}

TEST_CASE("R15: what the log tells of older scopes, of a removal or of before is no installation") {
    LogWorld world;
    world.happens({{"change_type", "added"}});
    world.clock.advance(minutes(1));
    world.approve_by_hand();
    SUBCASE("nothing since") {}
    SUBCASE("the version with fewer scopes") {
        world.happens({{"change_type", "added"}, {"scope", "chat:write"}});
    }
    SUBCASE("installed and removed again") {
        world.happens({{"change_type", "added"}});
        world.happens({{"change_type", "removed"}});
    }
    world.read_log();
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("R15: nobody is reminded of an installation that nothing could tell of") {
    LogWorld world(must_be_installed);
    bool can_tell = false;
    SUBCASE("no reviewer's token") {
        world.capabilities.reviewer = false;
    }
    SUBCASE("a token that may not read the log") {
        world.slack.log_error = "missing_scope";
    }
    SUBCASE("a token that may") {
        can_tell = true;
    }
    world.approve_by_hand();
    if (world.capabilities.reviewer) world.read_log();
    world.days_pass(12);
    CHECK(world.told("U0EMP", "nobody has installed it") == can_tell);
    CHECK(world.alarmed("is approved, and nobody has installed it") == can_tell);
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("R15: an approval is taken back only where Slack's log says that nobody has installed the app") {
    LapsingWorld world;
    world.approve({{"id", "T1"}, {"name", "Acme"}});
    auto expected = RequestState::approved;
    SUBCASE("it is installed, and the event was missed") {
        world.logged("A1", {{"change_type", "added"}, {"scope", "chat:write"}});
        expected = RequestState::installed;
    }
    SUBCASE("it is not") {
        world.logged("A2", {{"change_type", "added"}});
        expected = RequestState::expired;
    }
    SUBCASE("the log cannot be read") {
        world.slack.log_error = "missing_scope";
    }
    SUBCASE("the log is not what it should be") {
        world.slack.log = nullptr;
    }
    SUBCASE("the log has more since than is read") {
        for (int n = 0; n < 150; ++n)
            world.logged("A1", {{"change_type", "renamed"}});
    }
    world.wait_for_the_limit();
    CHECK(world.state(1) == expected);
    CHECK(world.performed_of("admin.apps.clearResolution").empty() == (expected != RequestState::expired));
    CHECK(world.asks_a_person() == (expected == RequestState::approved));
}

TEST_CASE("R15: whether a workspace has installed what the organisation approved is for a person to see") {
    LapsingWorld world;
    world.approve(nullptr);
    world.wait_for_the_limit();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.clearResolution").empty());
    CHECK(world.asks_a_person());
}

TEST_CASE("invariant 6: what the log told before a request was taken up again decides nothing anew") {
    LogWorld world;
    world.approve_by_hand();
    world.happens(
        {{"change_type", "updated"}, {"resolution", "approved"}, {"scope", "chat:write,users:read"}});
    world.happens({{"change_type", "added"}, {"scope", "chat:write,users:read"}});
    world.clock.advance(minutes(1));
    auto waits = RequestState::reconsider;
    SUBCASE("because somebody objects") {
        world.command("U0LEGAL", "object REQ-1 the contract has ended");
    }
    SUBCASE("because it is suspended") {
        world.command("U0ADMIN", "suspend REQ-1 stolen");
        waits = RequestState::manual;
    }
    world.run();
    REQUIRE(world.state(1) == waits);
    world.read_log();
    CHECK(world.state(1) == waits);
    world.happens({{"change_type", "added"}, {"scope", "chat:write,users:read"}});
    world.read_log();
    CHECK(world.state(1) == waits);  // installed by the approval of then
    world.happens({{"change_type", "updated"}, {"resolution", "restricted"}});
    world.read_log();
    CHECK(world.state(1) ==
          (waits == RequestState::manual ? RequestState::suspended : RequestState::restricted));
}
