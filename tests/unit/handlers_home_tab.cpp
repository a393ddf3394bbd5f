#include "config/policy_file.hpp"
#include "handlers/home_content.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/home_view.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/review_world.hpp"
#include "tests/support/view_samples.hpp"

#include <set>

using namespace countersign;
using namespace countersign::tests;
using handlers::EventKind;

namespace {

handlers::Outcome open_home(ReviewWorld& world, const std::string& user, const std::string& tab = "home") {
    auto outcome = world.handle(
        EventKind::events_api,
        {{"type", "event_callback"},
         {"event", {{"type", "app_home_opened"}, {"user", user}, {"channel", "D1"}, {"tab", tab}}}},
        world.next("env"));
    world.pass(std::chrono::milliseconds(1));
    return outcome;
}

handlers::Outcome press_home(ReviewWorld& world, const std::string& user, std::string_view action,
                             const std::string& value) {
    auto outcome =
        world.handle(EventKind::interactive,
                     {{"type", "block_actions"},
                      {"user", {{"id", user}}},
                      {"team", {{"id", "T1"}}},
                      {"container", {{"type", "view"}, {"view_id", "V1"}}},
                      {"view", {{"type", "home"}}},
                      {"trigger_id", world.next("trigger")},
                      {"actions", {{{"type", "button"}, {"action_id", action}, {"value", value}}}}},
                     world.next("env"));
    world.pass(std::chrono::milliseconds(1));
    return outcome;
}

// The newest view published for a person, checked against Slack's rules; null when there is none.
Json home_of(ReviewWorld& world, const std::string& user) {
    world.run();
    Json newest;
    for (const auto& effect : world.performed_of("views.publish")) {
        auto args = Json::parse(effect.args);
        CHECK(to_text(check_view(args["view"])) == "");
        if (args["user_id"] == user) newest = args["view"];
    }
    return newest;
}

std::size_t published(const ReviewWorld& world) {
    return world.performed_of("views.publish").size();
}

// Block ids of the action rows: which request stands in which list.
std::set<std::string> rows(const Json& view) {
    std::set<std::string> ids;
    for (const auto& block : view["blocks"]) {
        if (block["type"] == "actions") ids.insert(block["block_id"]);
    }
    return ids;
}

void ask(ReviewWorld& world, int from, int to, const std::string& user = "U0REQ") {
    for (int number = from; number <= to; ++number) {
        const auto id = std::to_string(number);
        world.app_requested(slack_request("Ar" + id, "A" + id, user, {slack_scope("chat:write")}));
    }
}

}  // namespace

TEST_CASE("P11: a person without any request sees an empty Home that says what to do") {
    ReviewWorld world;
    open_home(world, "U0NEW");
    const auto home = home_of(world, "U0NEW");
    REQUIRE(home.is_object());
    const auto text = home.dump();
    CHECK(text.contains("Request an app"));
    CHECK(text.contains("You have not asked for an app yet"));
    CHECK_FALSE(text.contains("Waits for your vote"));
    CHECK_FALSE(text.contains("All open requests"));
    CHECK(text.contains("I approve, restrict and cancel in Slack myself"));
    CHECK(text.contains("not known yet"));  // R21: fewer than five samples
    world.capabilities.admin = false;
    open_home(world, "U0NEW");
    CHECK(home_of(world, "U0NEW").dump().contains("I have no admin token"));
}

TEST_CASE("P11: the Messages tab and people without a name are not a Home tab") {
    ReviewWorld world;
    open_home(world, "U0NEW", "messages");
    world.handle(EventKind::events_api, {{"event", {{"type", "app_home_opened"}, {"tab", "home"}}}}, "env-x");
    world.pass(std::chrono::seconds(5));
    world.run();
    CHECK(published(world) == 0);
}

TEST_CASE("P11: Home is drawn for each role, and never for someone who did not open it") {
    ReviewWorld world;
    ask(world, 1, 1);
    world.run();
    world.pass(std::chrono::seconds(5));
    world.run();
    REQUIRE(published(world) == 0);

    open_home(world, "U0SEC1");
    CHECK(rows(home_of(world, "U0SEC1")).contains("queue:REQ-1"));
    CHECK(rows(home_of(world, "U0SEC1")).contains("open:REQ-1"));
    open_home(world, "U0REQ");
    CHECK(rows(home_of(world, "U0REQ")) == std::set<std::string>{"home", "installed", "mine:REQ-1"});
    open_home(world, "U0ADMIN");
    CHECK(rows(home_of(world, "U0ADMIN")) ==
          std::set<std::string>{"figures", "home", "installed", "open:REQ-1"});
}

TEST_CASE("P11: a vote from Home counts, and Home follows at once") {
    ReviewWorld world;
    ask(world, 1, 1);
    world.run();
    open_home(world, "U0SEC1");
    world.run();
    const auto value = handlers::views::button_value(world.request(1));
    press_home(world, "U0SEC1", ids::vote_approve, value);
    CHECK(world.view().votes(RequestId{1}).size() == 1);
    CHECK_FALSE(rows(home_of(world, "U0SEC1")).contains("queue:REQ-1"));

    // Rights, staleness and forgery are checked as on the card.
    press_home(world, "U0OUT", ids::vote_approve, value);
    press_home(world, "U0LEGAL", ids::vote_approve, "REQ-1:00000000");
    press_home(world, "U0LEGAL", ids::vote_approve, "REQ-9:00000000");
    press_home(world, "U0LEGAL", ids::vote_approve, "nonsense");
    CHECK(world.view().votes(RequestId{1}).size() == 1);
    world.run();
    CHECK(world.heard("U0OUT").back().contains("you may not, because"));
    CHECK(world.heard("U0LEGAL").size() >= 3);
}

TEST_CASE("P11: changes are debounced, and only those whose request it is are drawn anew") {
    ReviewWorld world;
    open_home(world, "U0REQ");
    open_home(world, "U0OTHER");
    world.run();
    const auto before = published(world);
    ask(world, 1, 5);
    world.run();
    CHECK(published(world) == before);
    world.pass(std::chrono::seconds(3));
    CHECK(rows(home_of(world, "U0REQ")).contains("mine:REQ-5"));
    CHECK(published(world) == before + 1);
    world.pass(std::chrono::hours(13));  // they no longer look at it
    ask(world, 6, 6);
    world.pass(std::chrono::seconds(5));
    world.run();
    CHECK(published(world) == before + 1);
}

TEST_CASE("P11: one that waits to leave is not joined by another") {
    ReviewWorld world;
    open_home(world, "U0REQ");
    REQUIRE(world.waiting("views.publish").has_value());
    open_home(world, "U0REQ");
    world.pass(std::chrono::seconds(3));
    std::size_t waiting = 0;
    for (const auto& effect : world.due())
        waiting += effect.method == "views.publish" ? 1 : 0;
    CHECK(waiting == 1);
    world.run();
    world.pass(std::chrono::seconds(3));
    world.run();
    CHECK(published(world) == 2);
}

TEST_CASE("P11: 2,000 entries in a queue are shown page by page, each exactly once, within Slack's limits") {
    ReviewWorld world;
    ask(world, 1, 2'000);
    std::set<std::string> seen;
    open_home(world, "U0LEGAL");
    for (int page = 0; page < 251; ++page) {
        const auto effect = world.waiting("views.publish");
        REQUIRE(effect.has_value());
        world.perform(*effect);
        const auto view = Json::parse(effect->args)["view"];
        REQUIRE(to_text(check_view(view)) == "");
        std::string next;
        for (const auto& block : view["blocks"]) {
            const auto id = block.value("block_id", "");
            if (id.starts_with("queue:")) CHECK(seen.insert(id).second);
            if (id == "queue_pages" && block["elements"][0]["action_id"] == ids::home_next)
                next = block["elements"][0]["value"];
        }
        if (next.empty()) break;
        press_home(world, "U0LEGAL", ids::home_next, next);
    }
    CHECK(seen.size() == 2'000);
    press_home(world, "U0LEGAL", ids::home_first, "queue:0");
    CHECK(rows(Json::parse(world.expect("views.publish").args)["view"]).contains("queue:REQ-1"));
}

TEST_CASE("P11: what is overdue, what is in time and what waits for others stand apart") {
    ReviewWorld world(with_policy("[deadlines]\nremind_parties = [\"2 days\"]\n"));
    ask(world, 1, 3);
    world.run();
    open_home(world, "U0LEGAL");
    CHECK_FALSE(home_of(world, "U0LEGAL").dump().contains("Overdue"));
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.pass(std::chrono::hours(24 * 6));
    world.run();
    ask(world, 4, 5);
    world.run();
    open_home(world, "U0LEGAL");
    const auto home = home_of(world, "U0LEGAL");
    std::vector<std::string> order;
    for (const auto& block : home["blocks"]) {
        const auto id = block.value("block_id", "");
        if (id.starts_with("queue:")) order.push_back(id);
        if (block["type"] != "section" || !block.contains("text")) continue;
        const std::string text = block["text"]["text"];
        for (const std::string title : {"Overdue", "In time", "Waits for others"})
            if (text.contains(title)) order.push_back(title);
    }
    CHECK(order == std::vector<std::string>{"Overdue", "queue:REQ-2", "queue:REQ-3", "In time", "queue:REQ-4",
                                            "queue:REQ-5", "Waits for others"});
    CHECK(home.dump().contains("REQ-1 Sketch Pad: waits for Security"));
    // Nobody reminds, nothing is overdue.
    world.settings.policy = config::built_in_policy();
    open_home(world, "U0SEC1");
    CHECK(home_of(world, "U0SEC1").dump().contains("Overdue"));  // the shipped policy reminds, too
    world.settings.policy = with_policy("[deadlines]\nremind_parties = []\n").policy;
    open_home(world, "U0SEC1");
    CHECK_FALSE(home_of(world, "U0SEC1").dump().contains("Overdue"));
}

TEST_CASE("P11: pages that do not exist, and forged ones, end on a page that does") {
    ReviewWorld world;
    ask(world, 1, 3);
    open_home(world, "U0LEGAL");
    for (const auto* value : {"queue:99999", "queue:99999999999999999999999", "queue:-4", "queue:x", ":", "",
                              "queue", "nothing:7", "mine:1"}) {
        press_home(world, "U0LEGAL", ids::home_next, value);
        CHECK(home_of(world, "U0LEGAL").is_object());
    }
    press_home(world, "U0LEGAL", ids::home_first, "queue:0");
    CHECK(rows(home_of(world, "U0LEGAL")).contains("queue:REQ-1"));
}

TEST_CASE("P11: a Home tab that Slack refuses is an alarm once a day and stops nothing") {
    ReviewWorld world;
    open_home(world, "U0REQ");
    world.answer(world.expect("views.publish"), {"human", "not_enabled", Json::object()});
    world.run();
    CHECK(world.heard("C0ITALARMS").back().contains("Home tab"));
    open_home(world, "U0REQ");
    world.answer(world.expect("views.publish"), {"human", "not_enabled", Json::object()});
    world.run();
    CHECK(world.heard("C0ITALARMS").size() == 1);
}

TEST_CASE("P11 R22: large, hostile and German Home views keep Slack's limits") {
    namespace views = handlers::views;
    const auto draw = [](const Sample& sample, views::Language language) {
        views::HomeInput input;
        input.language = language;
        input.parties = {"Security", sample.request.app_name};
        input.admin = true;
        for (auto* list : {&input.queue, &input.mine, &input.open}) {
            list->more = true;
            list->from_start = false;
            for (std::size_t at = 0; at < views::home_page; ++at) {
                auto request = sample.request;
                request.id = RequestId{static_cast<std::int64_t>(at) + 1};
                request.state = static_cast<RequestState>(at);
                list->entries.push_back({request, sample.parties, at % 2 == 0});
            }
        }
        input.absent.assign(3, {UserId("U0LEGAL"), UserId("U0SEC1"), "2026-11-20", "2026-11-30", {}});
        input.others.entries.assign(5, input.queue.entries.front());
        input.others.more = true;
        input.followed.assign(5, sample.request);
        input.abilities = {"• one"};
        const auto view = Json::parse(views::home_view(input));
        CHECK(to_text(check_view(view)) == "");
        CHECK(to_text(check_texts(view)) == "");
    };
    for (const auto language : {views::Language::english, views::Language::german}) {
        draw(large_sample(), language);
        for (const auto& text : hostile_texts())
            draw(hostile_sample(text), language);
    }
}

TEST_CASE("R21: the expected waiting time is the median of five or more, else unknown") {
    ReviewWorld world;
    const auto wait_told = [&] {
        open_home(world, "U0REQ");
        return home_of(world, "U0REQ").dump();
    };
    for (int number = 1; number <= 5; ++number) {
        CHECK(wait_told().contains("is not known yet"));
        auto request = storage::AppRequest{};
        request.id = world.view().next_request_id();
        request.requester = UserId("U0X");
        request.state = RequestState::approved;
        request.created_at = world.clock.now();
        request.state_since = world.clock.now();
        request.decided_at = world.clock.now() + std::chrono::hours(24 * number);
        world.db.writer().transaction(
            [&] { storage::apply(world.db.writer(), storage::SaveRequest{request}, world.clock.now()); });
    }
    CHECK(wait_told().contains("about 3 days"));
}

TEST_CASE("R21: a request's waiting time is that of requests with the same risk") {
    ReviewWorld world;
    const auto decided = [&](const std::string& scope, std::chrono::milliseconds after) {
        auto request = storage::AppRequest{};
        request.id = world.view().next_request_id();
        request.requester = UserId("U0X");
        request.state = RequestState::approved;
        request.created_at = request.state_since = world.clock.now();
        request.decided_at = world.clock.now() + after;
        request.scopes = handlers::review::read_scopes(Json::array({slack_scope(scope)}));
        world.db.writer().transaction(
            [&] { storage::apply(world.db.writer(), storage::SaveRequest{request}, world.clock.now()); });
    };
    for (int i = 0; i < 20; ++i)
        decided("commands", std::chrono::minutes(3));
    for (int i = 0; i < 4; ++i)
        decided("admin", std::chrono::hours(24 * 9));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("admin")}));
    world.run();
    const auto status = [&] { return world.command("U0REQ", "status").ack; };
    CHECK(status().contains("is not known yet"));
    decided("admin", std::chrono::hours(24 * 9));
    CHECK(status().contains("Requests like this one took about 9 days lately."));
}

TEST_CASE("Home says what is applied without an admin's press, by policy and switch") {
    const auto said = [](const std::string& policy, bool automatic, const std::string& words) {
        auto settings = review_settings();
        settings.review.auto_apply = automatic;
        if (!policy.empty()) {
            config::Problems problems{"test", {}};
            settings.policy = std::make_shared<const config::Policy>(
                config::read_policy(policy, "test", settings.review.parties, problems));
            REQUIRE(problems.found.empty());
        }
        ReviewWorld world(settings);
        open_home(world, "U0REQ");
        CHECK(home_of(world, "U0REQ").dump().contains(words));
        world.command("U0ADMIN", "automatic off");
        open_home(world, "U0REQ");
        return home_of(world, "U0REQ").dump().contains("is switched off for now");
    };
    CHECK_FALSE(said("", false, "An admin applies each decision."));
    CHECK(said("", true, "I apply a decision as soon as every party agrees."));
    CHECK(said("[apply]\nautomatically = [\"low\", \"medium\"]", false, "where the risk is `low`, `medium`"));
    CHECK_FALSE(said("[apply]\nautomatically = []", true, "An admin applies each decision."));
}

TEST_CASE("R1: find tells whether an app is approved, restricted or unknown") {
    ReviewWorld world;
    const auto id = world.ready_request();
    CHECK(world.command("U0X", "find Sketch Pad").ack.contains("not decided"));
    CHECK(world.command("U0X", "find sketch pad").ack.contains("REQ-1"));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(world.command("U0X", "find Sketch Pad").ack.contains("approved: install it"));

    const auto other = world.ready_request("Ar9", "A061BL8RQ0");
    world.submit("U0ADMIN", ids::form_restrict, other, {{"reason", "no"}});
    world.run();
    REQUIRE(world.state(other) == RequestState::restricted);
    CHECK(world.command("U0X", "find A061BL8RQ0").ack.contains("restricted: nobody may"));
}

TEST_CASE("R1: find knows what Slack's lists and the inventory know, also where nobody asked here") {
    ReviewWorld world;
    world.slack.approved["A061BL8RQ0"] = Json::array({slack_scope("chat:write")});
    world.slack.restricted["A061BL8RQ1"] = Json::array({slack_scope("admin")});
    world.slack.approved["A061BL8RQ2"] = Json::array({slack_scope("users:read")});
    world.slack.certified = {"A061BL8RQ2"};
    world.start();
    const auto find = [&](const std::string& words) { return world.command("U0X", "find " + words).ack; };
    CHECK(find("A061BL8RQ0").contains("approved: install it"));
    CHECK(find("A061BL8RQ0").contains("Nobody has asked for it here"));
    CHECK(find("A061BL8RQ1").contains("restricted: nobody may"));
    CHECK(find("A061BL8RQ2").contains("approved: install it"));  // only the certified pass lists it
    CHECK(find("A061BL8RQ9").contains("I know of no decision"));

    storage::InventoryEntry entry;
    entry.app_id = AppId("A061BL8RQ1");
    entry.team_id = TeamId("T1");
    entry.app_name = "Board Room";
    world.db.writer().transaction([&] {
        storage::apply(world.db.writer(), storage::ChangeInstalled{storage::SaveInventoryEntry{entry}},
                       world.clock.now());
        entry.app_id = AppId("A061BL8RQ5");
        entry.app_name = "Old Clock";
        storage::apply(world.db.writer(), storage::ChangeInstalled{storage::SaveInventoryEntry{entry}},
                       world.clock.now());
        entry.app_id = AppId("A061BL8RQ6");
        entry.team_id = TeamId("T2");
        entry.app_name = "Elsewhere";
        storage::apply(world.db.writer(), storage::ChangeInstalled{storage::SaveInventoryEntry{entry}},
                       world.clock.now());
    });
    CHECK(find("board room").contains("*Board Room* (`A061BL8RQ1`): restricted"));
    CHECK(find("A061BL8RQ5").contains("installed here, and no decision on it is known"));
    CHECK(find("Bord Room").contains("Did you mean *Board Room*?"));
    CHECK(find("Elsewhere").contains("I know of no decision"));
    CHECK(find("Board").contains("I know of no decision"));  // part of a name is none
}

TEST_CASE("R1: find knows apps by the names in Slack's lists, and where they have changed") {
    ReviewWorld world;
    world.slack.approved["A061BL8RQ0"] = Json::array({slack_scope("chat:write")});
    world.slack.restricted["A061BL8RQ1"] = Json::array({slack_scope("admin")});
    world.slack.approved["A061BL8RQ2"] = Json::array({slack_scope("users:read")});
    world.start();  // as before the names were kept
    const auto find = [&](const std::string& words) { return world.command("U0X", "find " + words).ack; };
    CHECK(find("Board Room").contains("I know of no decision"));
    const auto sweep_again = [&] {
        world.pass(std::chrono::minutes(11));
        world.run();
    };
    world.slack.names = {{"A061BL8RQ0", "Board Room"}, {"A061BL8RQ1", "Old Clock"}, {"A061BL8RQ2", "Twin"}};
    sweep_again();
    CHECK(find("board room").contains("*Board Room* (`A061BL8RQ0`): approved: install it"));
    CHECK(find("OLD CLOCK").contains("*Old Clock* (`A061BL8RQ1`): restricted: nobody may"));
    CHECK(find("A061BL8RQ1").contains("*Old Clock*"));
    CHECK(find("Bord Room").contains("Did you mean *Board Room*?"));
    CHECK_FALSE(world.audited("resolution.changed", "A061BL8RQ1"));  // a name is no decision

    world.slack.names["A061BL8RQ1"] = "twin";
    world.slack.names["A061BL8RQ2"] = "<!channel> Twin";
    sweep_again();
    CHECK(find("Old Clock").contains("I know of no decision"));
    CHECK(find("Twin").contains("(`A061BL8RQ1`): restricted"));
    CHECK_FALSE(find("A061BL8RQ2").contains("<!channel>"));

    world.slack.names["A061BL8RQ2"] = "Twin";
    sweep_again();
    CHECK(find("twin").contains("Several apps have this name"));
    world.slack.restricted.erase("A061BL8RQ1");
    sweep_again();
    CHECK_FALSE(find("twin").contains("Several apps have this name"));
}

TEST_CASE("R1: bad names get an answer that helps") {
    ReviewWorld world;
    ask(world, 1, 1);
    auto second = slack_request("Ar7", "A061BL8RQ0", "U0REQ", {slack_scope("chat:write")});
    world.app_requested(second);
    CHECK(world.command("U0X", "find Scetch Pad").ack.contains("Did you mean *Sketch Pad*?"));
    CHECK(world.command("U0X", "find Sketch Pad").ack.contains("Several apps have this name"));
    CHECK(world.command("U0X", "find A061BL8RQ0").ack.contains("REQ-2"));
    CHECK(world.command("U0X", "find https://acme.slack.com/apps/A061BL8RQ0-sketch").ack.contains("REQ-2"));
    CHECK(world.command("U0X", "find a061bl8rq0x").ack.contains("not an app id"));
    CHECK(world.command("U0X", "find A12").ack.contains("not an app id"));
    CHECK(world.command("U0X", "find").ack.contains("Which app?"));
    CHECK(world.command("U0X", "find <!channel>").ack.find("<!channel>") == std::string::npos);
    const auto long_answer = world.command("U0X", "find " + std::string(3'000, 'x'));
    CHECK(long_answer.ack.contains("Nobody has asked"));
    CHECK(long_answer.ack.size() < 4'000);
}

TEST_CASE("R1: the find form answers in its own place, and blank or forged ones are answered too") {
    ReviewWorld world;
    ask(world, 1, 1);
    world.run();
    press_home(world, "U0X", ids::home_find, "home");
    CHECK(to_text(check_view(Json::parse(world.expect("views.open").args)["view"])) == "");
    world.run();
    for (const auto* name : {"Sketch Pad", "", "<@U1>"}) {
        const auto answer = Json::parse(world.submit("U0X", ids::form_find, "", {{"app", name}}).ack);
        CHECK(answer["response_action"] == "update");
        CHECK(to_text(check_view(answer["view"])) == "");
    }
    const auto late = world.submit("U0X", ids::form_find, "", {{"app", "Sketch Pad"}}, false);
    CHECK(late.ack.empty());
    world.run();
    CHECK(world.heard("U0X").back().contains("REQ-1"));
}

namespace {

handlers::Outcome use_shortcut(ReviewWorld& world, const std::string& callback,
                               const Json& message = nullptr) {
    Json payload{{"type", message.is_null() ? "shortcut" : "message_action"},
                 {"user", {{"id", "U0REQ"}}},
                 {"team", {{"id", "T1"}}},
                 {"callback_id", callback},
                 {"trigger_id", world.next("trigger")}};
    if (!message.is_null()) {
        payload["message"] = message;
        payload["channel"] = {{"id", "C0ANY"}};
    }
    return world.handle(EventKind::interactive, payload, world.next("env"));
}

// What the opened form has in its App field.
std::string prefilled(ReviewWorld& world) {
    const auto view = Json::parse(world.expect("views.open").args)["view"];
    world.run();
    CHECK(to_text(check_view(view)) == "");
    for (const auto& block : view["blocks"]) {
        if (block.value("block_id", "") == ids::field_app) return block["element"].value("initial_value", "");
    }
    return "no field";
}

}  // namespace

TEST_CASE("R1 R2: shortcuts open the form, list the requests, and read an app out of a message") {
    ReviewWorld world;
    use_shortcut(world, "shortcut_request_app");
    CHECK(prefilled(world) == "");
    use_shortcut(world, "shortcut_my_requests");
    world.run();
    CHECK(world.heard("U0REQ").back().contains("You have no app requests"));

    const auto from = [&](const Json& message) {
        use_shortcut(world, "request_this_app", message);
        return prefilled(world);
    };
    CHECK(from({{"text", "try <https://slack.com/marketplace/A061BL8RQ0-test-app>!"}}) == "A061BL8RQ0");
    CHECK(from({{"text", "installed by a bot"}, {"app_id", "A061BL8RQ0"}}) == "A061BL8RQ0");
    CHECK(from({{"text", "Sketch Pad\nis nice"}}) == "Sketch Pad");
    CHECK(from({{"text", "could somebody please look at this app for me"}}) == "");
    CHECK(from({{"text", ""}}) == "");
    CHECK(from({{"text", 7}}) == "7");
    CHECK(from(Json::object()) == "");
    CHECK(from({{"text", "<!channel> " + std::string(3'000, 'x')}}).find("<!") == std::string::npos);
}

TEST_CASE("shortcuts: one that nobody knows is answered and reported") {
    ReviewWorld world;
    const auto outcome = use_shortcut(world, "from_another_version", {{"text", "x"}});
    CHECK_FALSE(outcome.recognised);
    world.run();
    CHECK(world.heard("U0REQ").back().contains("I do not know"));
    CHECK(world.heard("C0ITALARMS").back().contains("from_another_version"));
}

TEST_CASE("M26: an admin by group may ask for the figures before the group was ever read") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    press_home(world, "U0ADMIN3", ids::home_figures, "home");
    world.run();
    CHECK(world.performed_of("files.getUploadURLExternal").size() == 1);
    for (const auto& line : world.heard("U0ADMIN3"))
        CHECK_FALSE(line.contains("do not know this button"));
}
