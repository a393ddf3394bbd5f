#include "config/base/text.hpp"
#include "handlers/review/app_ids.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;

namespace {

using Fields = std::map<std::string, std::string>;

handlers::Outcome ask_for(ReviewWorld& world, const std::string& user, Fields fields, bool in_ack = true) {
    fields.try_emplace("app", "Sketch Pad");
    fields.try_emplace("purpose", "drawing");
    return world.submit(user, ids::form_request, "", fields, in_ack);
}

std::string error_at(const handlers::Outcome& outcome, const std::string& field) {
    const auto ack = Json::parse(outcome.ack, nullptr, false);
    if (!ack.is_object() || !ack.contains("errors")) return "no error: " + outcome.ack;
    return ack["errors"].value(field, "no error at this field: " + outcome.ack);
}

bool heard_with(const ReviewWorld& world, const std::string& user, std::string_view part) {
    return std::ranges::any_of(world.heard(user),
                               [&](const std::string& text) { return text.contains(part); });
}

// A request made by the form, decided by hand.
void decide(ReviewWorld& world, std::int64_t id, bool approve) {
    if (!approve) {
        world.submit("U0SEC1", ids::form_reject, id, {{"reason", "too many permissions"}});
        world.run();
        return;
    }
    auto request = world.request(id);
    request.state = RequestState::approved;
    request.decided_at = world.clock.now();
    world.db.writer().transaction(
        [&] { storage::apply(world.db.writer(), storage::SaveRequest{request}, world.clock.now()); });
}

config::Tracker tracker_for(const std::string& name, config::TrackerPurpose purpose) {
    config::Tracker tracker;
    tracker.name = name;
    tracker.url = "https://gitlab.com";
    tracker.projects = {"acme/" + name};
    tracker.template_name = name;
    tracker.purpose = purpose;
    return tracker;
}

}  // namespace

TEST_CASE("R2: the guided form's answers stand on the card, empty ones do not") {
    ReviewWorld world;
    ask_for(world, "U0REQ",
            {{"data_class", "Confidential"}, {"users", "design team"}, {"needed_until", "2027-01-31"}});
    const auto purpose = world.request(1).purpose;
    CHECK(purpose == "drawing\nData: Confidential\nUsed by: design team\nNeeded until: 2027-01-31");
    ask_for(world, "U0REQ", {{"app", "Other"}, {"data_class", "unknown"}, {"alternatives", " "}});
    CHECK(world.request(2).purpose == "drawing");
    world.run();
    CHECK(world.performed_of("chat.postMessage").front().args.contains("Confidential"));
}

TEST_CASE("R2: days that are none, or over, and answers of any length or kind are refused or cut") {
    ReviewWorld world;
    for (const auto* day : {"2027-02-30", "2027-1-1", "tomorrow", "2027-01-311", "0x27-01-01", "2027-13-01"})
        CHECK_MESSAGE(
            error_at(ask_for(world, "U0REQ", {{"needed_until", day}}), "needed_until").contains("not a date"),
            day);
    CHECK(
        error_at(ask_for(world, "U0REQ", {{"needed_until", "2001-01-01"}}), "needed_until").contains("over"));
    CHECK_FALSE(world.view().request(RequestId{1}).has_value());
    ask_for(world, "U0REQ",
            {{"users", std::string(9'000, 'x')}, {"data_class", "<!channel>"}, {"kind", "nonsense"}});
    CHECK(world.request(1).purpose.size() < 3'200);
    world.run();
    CHECK(world.performed_of("chat.postMessage").front().args.find("<!channel>") == std::string::npos);
}

TEST_CASE("R8: asking for an app that somebody asks for joins that request, and all hear how it ends") {
    ReviewWorld world;
    ask_for(world, "U0REQ", {});
    CHECK(ask_for(world, "U0TWO", {{"app", "sketch pad"}}).ack.empty());
    CHECK(error_at(ask_for(world, "U0TWO", {}), "app").contains("REQ-1"));  // again
    world.run();
    CHECK(world.view().followers(RequestId{1}) == std::vector{UserId("U0TWO")});
    CHECK(world.heard("U0TWO").size() == 1);
    CHECK(world.audited("request.joined", "REQ-1"));
    CHECK_FALSE(world.view().request(RequestId{2}).has_value());
    world.press("U0REQ", ids::withdraw, 1);
    world.run();
    CHECK(heard_with(world, "U0TWO", "which you wait for: *Withdrawn*"));
    CHECK(world.heard("U0TWO").size() == 2);
}

TEST_CASE("R8 U8: why another one asks stands in the card's thread, inert, and in the log as a hash alone") {
    ReviewWorld world;
    ask_for(world, "U0REQ", {});
    world.run();
    ask_for(world, "U0TWO", {{"purpose", "For <!channel> Zephyr"}, {"data_class", "Confidential"}});
    world.run();
    std::vector<Json> replies;
    for (const auto& effect : world.performed_of("chat.postMessage"))
        if (effect.args.contains("thread_ts")) replies.push_back(Json::parse(effect.args));
    REQUIRE(replies.size() == 1);
    const std::string purpose = "For <!channel> Zephyr\nData: Confidential";
    CHECK(replies[0]["text"] ==
          "<@U0TWO> asks for this app too.\n" + handlers::views::quoted(purpose, 1'500));
    CHECK_FALSE(replies[0]["text"].get<std::string>().contains("<!channel>"));
    CHECK(replies[0]["channel"] == "C0APPREVIEW");
    CHECK(replies[0]["thread_ts"] == world.view().message(handlers::card_name(RequestId{1}))->ts);
    CHECK(world.logged("request.joined", "REQ-1")["purpose"] == "sha256:" + text::sha256_hex(purpose));
    CHECK_FALSE(world.log_tells("Zephyr"));
    // The words are nowhere but in what was sent, which an erasure reaches.
    world.erase_person("U0TWO");
    CHECK(storage::truncate_log(world.db.writer()));
    CHECK_FALSE(world.db.holds("Zephyr"));
    CHECK(world.request(1).purpose == "drawing");
}

TEST_CASE("R8: another workspace's request, or one of two apps of one name, is not joined") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A061BL8RQ0", "U0REQ", {slack_scope("chat:write")}, good_link,
                                      {{"id", "T2"}, {"name", "Other"}}));
    ask_for(world, "U0TWO", {{"app", "A061BL8RQ0"}});
    CHECK(world.view().followers(RequestId{1}).empty());
    CHECK(world.request(2).team_id == TeamId("T1"));
    world.app_requested(slack_request("Ar3", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.app_requested(slack_request("Ar4", "A2", "U0REQ", {slack_scope("chat:write")}));
    ask_for(world, "U0TWO", {});  // which of the two is meant is not known
    CHECK(world.request(5).app_name == "Sketch Pad");
    CHECK(world.view().followers(RequestId{3}).empty());
}

TEST_CASE("R8: my own open request is named instead of made twice") {
    ReviewWorld world;
    ask_for(world, "U0REQ", {});
    CHECK(error_at(ask_for(world, "U0REQ", {}), "app").contains("REQ-1"));
    CHECK(world.view().followers(RequestId{1}).empty());
}

TEST_CASE(
    "R13: the same words after a refusal are refused with its reason, other words show the difference") {
    ReviewWorld world;
    ask_for(world, "U0REQ", {{"vendor_issue_link", good_link}});
    decide(world, 1, false);
    REQUIRE(world.state(1) == RequestState::denied);
    const auto again = ask_for(world, "U0REQ", {});
    CHECK(error_at(again, "purpose").contains("since REQ-1 was denied (too many permissions)"));
    ask_for(world, "U0REQ", {{"purpose", "drawing, without reading messages"}});
    CHECK(world.request(2).purpose ==
          "drawing, without reading messages\nAsked before: REQ-1, Denied: too many permissions");
    decide(world, 2, false);
    CHECK(error_at(ask_for(world, "U0REQ", {{"purpose", "drawing, without reading messages"}}), "purpose")
              .contains("REQ-2"));
    world.pass(std::chrono::hours(24 * 8));
    CHECK(ask_for(world, "U0REQ", {{"purpose", "drawing, without reading messages"}}).ack.empty());
    CHECK(world.request(3).purpose.contains("Asked before: REQ-2"));
    CHECK(ask_for(world, "U0NEW", {{"app", "Else"}}).ack.empty());  // nobody else's history
}

TEST_CASE("R1 R17: an approved app is not asked for again, a change of it goes to the change process") {
    ReviewWorld world;
    world.settings.trackers.push_back(tracker_for("changes", config::TrackerPurpose::change));
    ask_for(world, "U0REQ", {{"vendor_issue_link", good_link}});
    CHECK(error_at(ask_for(world, "U0TWO", {{"kind", "change"}}), "kind").contains("no approval"));
    decide(world, 1, true);
    CHECK(error_at(ask_for(world, "U0TWO", {}), "app").contains("approved already"));
    const auto change = Json::parse(ask_for(world, "U0TWO", {{"kind", "change"}}).ack);
    CHECK(change["response_action"] == "update");
    CHECK(to_text(check_view(change["view"])) == "");
    CHECK(change["view"].dump().contains(
        "https://gitlab.com/acme/changes/-/issues/new?issuable_template=changes"));
    CHECK_FALSE(world.view().request(RequestId{2}).has_value());
    world.settings.trackers.pop_back();
    CHECK(ask_for(world, "U0TWO", {{"kind", "change"}}).ack.contains("ask the admins"));
}

TEST_CASE("8.4: a restricted app is not asked for again in our form, and the reason of then is said") {
    ReviewWorld world;
    const auto restricted = [&](const std::string& app) {
        return error_at(ask_for(world, "U0TWO", {{"app", app}}), "app");
    };
    SUBCASE("by us") {
        const auto id = world.ready_request("Ar1", "A061BL8RQ0");
        world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "sells what it reads"}});
        world.run();
        REQUIRE(world.state(id) == RequestState::restricted);
        CHECK(restricted("A061BL8RQ0").contains("it is restricted here (sells what it reads)"));
        CHECK(restricted("sketch pad").contains("sells what it reads"));
        const auto slack_lists_it_as = [&](const std::string& status) {
            world.db.writer().transaction([&] {
                storage::apply(world.db.writer(),
                               storage::SaveResolution{{.app_id = AppId("A061BL8RQ0"),
                                                        .team_id = TeamId("T1"),
                                                        .status = status,
                                                        .scopes = {},
                                                        .seen_at = world.clock.now()}},
                               world.clock.now());
            });
        };
        slack_lists_it_as("approved");
        CHECK(restricted("A061BL8RQ0").contains("approved already"));
        CHECK(world.command("U0TWO", "find A061BL8RQ0").ack.contains("approved: install it"));
        // Lifted in Slack: a new request is welcome, whatever we decided then.
        slack_lists_it_as("");
        CHECK_FALSE(world.command("U0TWO", "find A061BL8RQ0").ack.contains("restricted: nobody may"));
        CHECK(ask_for(world, "U0TWO", {{"app", "sketch pad"}}).ack.empty());
        CHECK(world.view().next_request_id() == RequestId{3});
    }
    SUBCASE("in Slack, and nobody asked here") {
        world.slack.restricted["A061BL8RQ0"] = Json::array({slack_scope("admin")});
        world.start();
        CHECK(restricted("A061BL8RQ0").contains("it is restricted here: nobody"));
        CHECK(world.view().next_request_id() == RequestId{1});
    }
}

TEST_CASE("R17: an app that looks approved while other scopes are being reviewed is no mere change") {
    ReviewWorld world;
    world.settings.trackers.push_back(tracker_for("changes", config::TrackerPurpose::change));
    const auto id = world.ready_request("Ar1", "A061BL8RQ0");
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    const auto change = [&](const std::string& app) {
        return ask_for(world, "U0TWO", {{"app", app}, {"kind", "change"}});
    };
    CHECK(change("A061BL8RQ0").ack.contains("changes/-/issues/new"));
    world.app_requested(slack_request("Ar2", "A061BL8RQ0", "U0REQ", {slack_scope("chat:write")}));
    CHECK(change("A061BL8RQ0").ack.contains("changes/-/issues/new"));  // the same scopes: still one
    world.press("U0REQ", ids::withdraw, 2);
    world.app_requested(slack_request("Ar3", "A061BL8RQ0", "U0REQ",
                                      {slack_scope("chat:write"), slack_scope("files:read", "user")}));
    for (const auto* name : {"A061BL8RQ0", "Sketch Pad"}) {
        CAPTURE(name);
        CHECK(error_at(change(name), "kind").contains("REQ-3 asks for other permissions"));
    }
    // The way it names: one waits for that review.
    CHECK(ask_for(world, "U0TWO", {{"app", "A061BL8RQ0"}}).ack.empty());
    CHECK(world.view().followers(RequestId{3}) == std::vector{UserId("U0TWO")});
    CHECK_FALSE(world.view().request(RequestId{4}).has_value());
}

TEST_CASE("R17: a change names the app's owner, and says where nobody is known or the owner has left") {
    ReviewWorld world;
    world.settings.trackers.push_back(tracker_for("changes", config::TrackerPurpose::change));
    const auto id = world.ready_request("Ar1", "A061BL8RQ0");
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    const auto change = [&] {
        return ask_for(world, "U0TWO", {{"app", "A061BL8RQ0"}, {"kind", "change"}}).ack;
    };
    CHECK(change().contains("Nobody is recorded as its owner"));
    const auto save = [&](const storage::Change& what) {
        world.db.writer().transaction([&] { storage::apply(world.db.writer(), what, world.clock.now()); });
    };
    storage::InventoryEntry entry;
    entry.app_id = AppId("A061BL8RQ0");
    entry.team_id = TeamId("T1");
    entry.app_name = "Sketch Pad";
    save(storage::ChangeInstalled{storage::SaveInventoryEntry{entry}});
    CHECK(change().contains("Nobody is recorded as its owner"));
    entry = world.view().installed().entry(entry.app_id, entry.team_id).value();
    entry.owner = UserId("U0OWNER");
    save(storage::ChangeInstalled{storage::SaveInventoryEntry{entry}});
    CHECK(change().contains("Its owner here is <@U0OWNER>"));
    const auto by_name = ask_for(world, "U0TWO", {{"kind", "change"}}).ack;
    CHECK(by_name.contains("Its owner here is <@U0OWNER>"));
    save(storage::SavePerson{{.id = UserId("U0OWNER"),
                              .name = "Olga",
                              .locale = {},
                              .zone = {},
                              .zone_offset = 0,
                              .active = false,
                              .guest = false,
                              .read_at = world.clock.now()}});
    CHECK(change().contains("Nobody is recorded as its owner"));
}

TEST_CASE("R18: a system other than Slack goes to the IT tracker, also where none is configured") {
    ReviewWorld world;
    CHECK(ask_for(world, "U0REQ", {{"kind", "system"}}).ack.contains("ask the admins"));
    world.settings.trackers.push_back(tracker_for("it", config::TrackerPurpose::it_request));
    const auto way =
        Json::parse(ask_for(world, "U0REQ", {{"app", "Mainframe|<x>&y"}, {"kind", "system"}}).ack);
    CHECK(to_text(check_view(way["view"])) == "");
    CHECK(way["view"].dump().contains("https://gitlab.com/acme/it/-/issues/new"));
    CHECK(way["view"].dump().contains("Mainframe%7C%3Cx%3E%26y"));
    ask_for(world, "U0REQ", {{"kind", "system"}}, false);
    world.run();
    CHECK(heard_with(world, "U0REQ", "requested from IT"));
    CHECK_FALSE(world.view().request(RequestId{1}).has_value());
}

TEST_CASE("R23: 500 requests are listed page by page, and pages that do not exist are answered") {
    ReviewWorld world;
    for (int number = 1; number <= 500; ++number)
        world.app_requested(slack_request("Ar" + std::to_string(number), "A" + std::to_string(number),
                                          "U0REQ", {slack_scope("chat:write")}));
    const auto list = [&](const std::string& page) { return world.command("U0REQ", "list " + page).ack; };
    CHECK(list("").contains("REQ-500"));
    CHECK(list("").contains("/app-request list 2"));
    CHECK(list("25").contains("`REQ-1`"));
    CHECK_FALSE(list("25").contains("/app-request list 26"));
    CHECK(list("26").contains("no older ones"));
    for (const auto* page : {"0", "-1", "x", "2x", "99999999999999999999999", "1001"})
        CHECK_MESSAGE(list(page).contains("is no page"), page);
}

TEST_CASE("R1: app ids are told from names and from damaged ids") {
    using namespace handlers::review;
    CHECK(is_app_id("A061BL8RQ0"));
    CHECK_FALSE(is_app_id("A061BL8rq0"));
    CHECK(app_id_in("https://slack.com/marketplace/A061BL8RQ0-board?x=1") == AppId("A061BL8RQ0"));
    CHECK_FALSE(app_id_in("https://slack.com/marketplace/").has_value());
    CHECK(looks_like_app_id("a061bl8rq0"));
    CHECK(looks_like_app_id("A1"));
    for (const auto* name : {"Asana", "A", "", "A 1", "Airtable 2", "B061BL8RQ0", "A061BL8RQ0"})
        CHECK_MESSAGE(!looks_like_app_id(name), name);
}

TEST_CASE("P17 R8: who joins a request by the form does not vote for it, and brings what it lacks") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A061BL8RQ0", "U0REQ", {slack_scope("chat:write")}, "no link"));
    world.run();
    REQUIRE(world.state(1) == RequestState::awaiting_issue);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.slack.people["U0OTHER"] = {{"profile", {{"display_name", "Otto"}}}};
    ask_for(world, "U0LEGAL",
            {{"app", "A061BL8RQ0"}, {"vendor_issue_link", good_link}, {"on_behalf_of", "U0OTHER"}});
    world.run();
    CHECK(world.view().vendor_issue(RequestId{1})->url == good_link);
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(heard_with(world, "U0OTHER", "asks for"));
    CHECK(world.view().followers(RequestId{1}).size() == 2);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    CHECK(heard_with(world, "U0LEGAL", "you asked for this app yourself"));
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::in_review);  // Legal's vote counts no more
}
