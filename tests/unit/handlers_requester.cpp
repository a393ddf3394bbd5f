#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;

namespace {

bool heard_with(const ReviewWorld& world, const std::string& user, std::string_view part) {
    return std::ranges::any_of(world.heard(user),
                               [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

std::string acked(const handlers::Outcome& outcome) {
    REQUIRE_FALSE(outcome.ack.empty());
    const auto ack = Json::parse(outcome.ack);
    CHECK(ack["response_type"] == "ephemeral");
    return ack["text"];
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("R12: Withdraw cancels in Slack, once, for the requester alone") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0OTHER", ids::withdraw, 1);
    CHECK(world.state(1) == RequestState::in_review);
    world.press("U0REQ", ids::withdraw, 1);
    CHECK(world.state(1) == RequestState::withdrawn);
    world.press("U0REQ", ids::withdraw, 1);
    world.run();
    CHECK(world.performed_of("admin.apps.requests.cancel").size() == 1);
    CHECK(heard_with(world, "U0OTHER", "not your request"));
    CHECK(heard_with(world, "U0REQ", "already decided"));
    std::size_t told = 0;
    for (const auto& text : world.heard("U0REQ"))
        told += contains(text, "is withdrawn") ? 1 : 0;
    CHECK(told == 1);
}

TEST_CASE("R12: withdrawn in the second in which Slack's admin approved: Slack's decision is adopted") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.slack.decide_outside("Ar1", true);
    world.press("U0REQ", ids::withdraw, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.request(1).outside == storage::Outside::decided);
}

TEST_CASE("a cancel that Slack refuses is an alarm, a lost answer is repeated, at most twice") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0REQ", ids::withdraw, 1);
    for (int i = 0; i < 3; ++i) {
        world.run({"admin.apps.requests.cancel"});
        world.answer(world.expect("admin.apps.requests.cancel"), {"unclear", "timeout", Json::object()});
    }
    world.run();
    CHECK_FALSE(world.waiting("admin.apps.requests.cancel"));
    CHECK(heard_with(world, "C0ITALARMS", "could not be cancelled"));
    CHECK(world.state(1) == RequestState::withdrawn);
}

TEST_CASE("a cancel that did not get through is tried again while Slack lists the request, once an hour") {
    ReviewWorld world;
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0REQ", ids::withdraw, 1);
    const auto lost = [&] {
        for (int i = 0; i < 3; ++i) {
            world.run({"admin.apps.requests.cancel"});
            world.answer(world.expect("admin.apps.requests.cancel"), {"unclear", "timeout", Json::object()});
        }
        world.run();
    };
    lost();
    const auto cancels = [&] { return world.performed_of("admin.apps.requests.cancel").size(); };
    world.pass(std::chrono::hours(1));
    lost();
    CHECK(cancels() == 0);
    world.clock.advance(std::chrono::hours(1));
    for (int sweeps = 0; sweeps < 3; ++sweeps) {
        world.handle(handlers::EventKind::timer, {{"kind", "sweep"}}, "sweep");
        world.run();
    }
    CHECK(cancels() == 1);
    CHECK(world.slack.pending.empty());
    const auto alarms = world.heard("C0ITALARMS");
    CHECK(std::ranges::count_if(alarms, [](const auto& text) {
              return text.contains("could not be cancelled");
          }) == 1);  // once, however often it is tried
}

TEST_CASE(
    "R4: Link vendor issue opens the form; a wrong link is refused at the field, a good one starts the "
    "review") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    world.run();
    world.press("U0REQ", ids::link_issue, 1);
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_link);
    for (const auto* bad : {"", "hello", "https://evil.example/acme/vendors/-/issues/1",
                            "https://gitlab.com/acme/vendors/-/merge_requests/1"}) {
        const auto outcome = world.submit("U0REQ", ids::form_link, 1, {{"vendor_issue_link", bad}});
        CHECK(Json::parse(outcome.ack)["errors"].contains("vendor_issue_link"));
    }
    CHECK(world.state(1) == RequestState::awaiting_issue);
    world.submit("U0REQ", ids::form_link, 1, {{"vendor_issue_link", good_link}});
    CHECK(world.state(1) == RequestState::in_review);
    world.run();
    CHECK(heard_with(world, "U0REQ", "is linked to"));
    CHECK(world.audited("issue.linked", "REQ-1"));
}

TEST_CASE("Create vendor issue says where, with template and title filled in and nothing injected") {
    ReviewWorld world;
    auto body = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, "");
    body["app"]["name"] = "A&B|> /close\n#";
    world.app_requested(body);
    world.run();
    world.press("U0REQ", ids::create_issue, 1);
    world.run();
    CHECK(heard_with(world, "U0REQ", "issuable_template=app_integrations"));
    CHECK_FALSE(heard_with(world, "U0REQ", "%5D=Slack app: A&B"));
}

TEST_CASE("votes count before a vendor issue is linked, Approve app does not go through without one") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::awaiting_issue);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(heard_with(world, "U0ADMIN", "no vendor issue is linked"));
    world.submit("U0REQ", ids::form_link, 1, {{"vendor_issue_link", good_link}});
    CHECK(world.state(1) == RequestState::ready);
}

TEST_CASE("R2: the request form: compulsory fields, app ids found in pages, a card and a message") {
    ReviewWorld world;
    const auto empty = world.submit("U0REQ", ids::form_request, "", {{"app", " "}, {"purpose", "x"}});
    CHECK(Json::parse(empty.ack)["errors"].contains("app"));
    const auto aimless = world.submit("U0REQ", ids::form_request, "", {{"app", "Miro"}, {"purpose", ""}});
    CHECK(Json::parse(aimless.ack)["errors"].contains("purpose"));
    const auto wrong = world.submit("U0REQ", ids::form_request, "",
                                    {{"app", "Miro"}, {"purpose", "x"}, {"vendor_issue_link", "http://x"}});
    CHECK(Json::parse(wrong.ack)["errors"].contains("vendor_issue_link"));
    world.submit("U0REQ", ids::form_request, "",
                 {{"app", "https://acme.slack.com/apps/A061BL8RQ0-test-app"},
                  {"purpose", "drawing"},
                  {"vendor_issue_link", good_link}});
    CHECK(world.request(1).app_id == AppId("A061BL8RQ0"));
    CHECK(world.request(1).source == storage::RequestSource::form);
    CHECK(world.state(1) == RequestState::in_review);
    const auto twice =
        world.submit("U0TWO", ids::form_request, "", {{"app", "A061BL8RQ0"}, {"purpose", "me too"}});
    CHECK(twice.ack.empty());  // joined (R8)
    world.run();
    CHECK(heard_with(world, "U0TWO", "REQ-1 asks for *https"));
    // The card, what each of the two hears, and the second one's reason in the thread.
    CHECK(world.performed_of("chat.postMessage").size() == 4);
}

TEST_CASE(
    "a form's request without an app id cannot be applied by API: the admin gets the steps, then Done") {
    ReviewWorld world;
    world.submit("U0REQ", ids::form_request, "",
                 {{"app", "Miro"}, {"purpose", "drawing"}, {"vendor_issue_link", good_link}});
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::ready);
    CHECK(heard_with(world, "U0ADMIN", "by hand"));
    world.press("U0ADMIN", ids::done, 1);
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("/app-request: the form, and answers in the ack") {
    ReviewWorld world;
    CHECK(contains(acked(world.command("U0REQ", "list")), "no app requests"));
    CHECK(contains(acked(world.command("U0REQ", "status")), "no app requests"));
    CHECK(contains(acked(world.command("U0REQ", "link")), "no open app request"));
    CHECK(contains(acked(world.command("U0REQ", "withdraw")), "no open app request"));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    world.command("U0REQ", "");
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_request);
    world.run();
    CHECK(contains(acked(world.command("U0REQ", "status")), "REQ-1"));
    CHECK(contains(acked(world.command("U0REQ", "status REQ-1")), "Sketch Pad"));
    CHECK(contains(acked(world.command("U0REQ", "status Ar1")), "Sketch Pad"));
    CHECK(contains(acked(world.command("U0OTHER", "status 1")), "you may not"));
    CHECK(contains(acked(world.command("U0SEC1", "status 1")), "Sketch Pad"));
    CHECK(contains(acked(world.command("U0REQ", "status REQ-77")), "no request REQ-77"));
    CHECK(contains(acked(world.command("U0REQ", "list")), "REQ-1"));
    CHECK(contains(acked(world.command("U0REQ", "find Sketch Pad")), "Sketch Pad"));
    CHECK(contains(acked(world.command("U0REQ", "help")), "/app-request"));
    CHECK(contains(acked(world.command("U0REQ", "lisst")), "did you mean list"));
    CHECK(contains(acked(world.command("U0REQ", "\x01\x02 <!here>")), "/app-request"));
    CHECK(contains(acked(world.command("U0REQ", std::string(5'000, 'x'))), "/app-request"));
}

TEST_CASE("/app-request link and withdraw: with and without an id, wrong links, foreign requests") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    world.run();
    world.command("U0REQ", "link REQ-1");
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_link);
    world.run();
    world.command("U0REQ", "link");
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_link);
    world.run();
    CHECK_FALSE(contains(acked(world.command("U0REQ", "link REQ-1 https://evil.example/x")), "Linked"));
    CHECK(contains(acked(world.command("U0REQ", "link <" + good_link + ">")), "Linked REQ-1"));
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(contains(acked(world.command("U0SEC1", "link REQ-1 " + good_link + "3")), "Linked REQ-1"));
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}, ""));
    CHECK(contains(acked(world.command("U0REQ", "withdraw")), "Which one?"));
    CHECK(contains(acked(world.command("U0REQ", "link " + good_link)), "Which one?"));
    world.command("U0REQ", "link");  // two: the form with a choice
    const auto view = Json::parse(world.expect("views.open").args)["view"];
    CHECK(view.dump().find("REQ-2") != std::string::npos);
    CHECK(contains(acked(world.command("U0OTHER", "withdraw REQ-1")), "not your request"));
    CHECK(contains(acked(world.command("U0REQ", "withdraw REQ-1")), "REQ-1 is withdrawn"));
    CHECK(world.state(1) == RequestState::withdrawn);
    CHECK(contains(acked(world.command("U0REQ", "withdraw REQ-1")), "already decided"));
}

TEST_CASE("the form with a choice links the request that was chosen") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("a")}, ""));
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("b")}, ""));
    world.run();
    world.submit(
        "U0REQ", ids::form_link, "",
        {{"request", handlers::views::button_value(world.request(2))}, {"vendor_issue_link", good_link}});
    CHECK(world.state(1) == RequestState::awaiting_issue);
    CHECK(world.state(2) == RequestState::in_review);
}

TEST_CASE("R42: without time for the ack, the answer goes to the person in the channel of the command") {
    ReviewWorld world;
    const auto outcome = world.command("U0REQ", "help", false);
    CHECK(outcome.ack.empty());
    const auto line = Json::parse(world.expect("chat.postEphemeral").args);
    CHECK(line["channel"] == "C0ANY");
    CHECK(line["user"] == "U0REQ");
}

TEST_CASE("/installed-apps says honestly that nothing is recorded yet") {
    ReviewWorld world;
    CHECK(contains(acked(world.command("U0REQ", "list", true, "/installed-apps")),
                   "No installed apps are recorded yet"));
    CHECK(contains(acked(world.command("U0REQ", "remove x", true, "/installed-apps")), "no installed app"));
    CHECK(contains(acked(world.command("U0REQ", "help", true, "/installed-apps")), "/installed-apps"));
}

TEST_CASE(
    "R52: what nobody knows is marked, answered where a person waits, and shown to the operators with its "
    "content") {
    ReviewWorld world;
    CHECK_FALSE(world.press_with("U0REQ", "no_such_button", "x", "C0ANY", "1.1").recognised);
    CHECK_FALSE(world.command("U0REQ", "", true, "/other").recognised);
    CHECK_FALSE(
        world.handle(handlers::EventKind::events_api, {{"event", {{"type", "brand_new"}}}}, "e1").recognised);
    CHECK_FALSE(world.handle(handlers::EventKind::events_api, Json::array(), "e2").recognised);
    CHECK_FALSE(world
                    .handle(handlers::EventKind::interactive,
                            {{"type", "workflow_step_edit"}, {"user", {{"id", "U0REQ"}}}}, "e3")
                    .recognised);
    const Json somebody{{"id", "U0REQ"}};
    CHECK(world
              .handle(handlers::EventKind::interactive, {{"type", "block_suggestion"}, {"user", somebody}},
                      "e4")
              .ack == R"({"options":[]})");
    const Json form{{"callback_id", "form_request_app"}};
    CHECK_FALSE(
        world.handle(handlers::EventKind::interactive, {{"type", "view_submission"}, {"view", form}}, "e7")
            .recognised);
    CHECK(world.handle(handlers::EventKind::events_api, {{"event", {{"type", "app_home_opened"}}}}, "e5")
              .recognised);
    CHECK(world.handle(handlers::EventKind::events_api, {{"type", "app_rate_limited"}}, "e6").recognised);
    world.run();
    CHECK(heard_with(world, "U0REQ", "do not know this button"));
    CHECK(heard_with(world, "C0ITALARMS", "brand_new"));
}

TEST_CASE("a handler that failed: the person gets a visible answer and the operators an alarm") {
    ReviewWorld world;
    const Json press{{"type", "block_actions"},
                     {"user", {{"id", "U1"}}},
                     {"channel", {{"id", "C1"}}},
                     {"actions", Json::array()}};
    const Json form{
        {"type", "view_submission"}, {"user", {{"id", "U1"}}}, {"view", {{"callback_id", "form_reject"}}}};
    const Json command{{"command", "/app-request"}, {"user_id", "U1"}, {"channel_id", "C1"}};
    const auto failed = [&](handlers::EventKind kind, const Json& payload) {
        const auto view = world.view();
        return handlers::failed({kind, payload, "env", world.clock.now(), 0, true},
                                {world.clock.now(), view, world.settings, world.capabilities}, "boom");
    };
    CHECK(failed(handlers::EventKind::interactive, press).effects.size() == 2);
    CHECK(contains(failed(handlers::EventKind::interactive, form).ack, "errors"));
    CHECK(contains(failed(handlers::EventKind::slash_command, command).ack, "Something went wrong"));
    CHECK(failed(handlers::EventKind::timer, Json::object()).effects.size() == 1);
    for (const auto& garbage :
         {Json(nullptr), Json(5), Json::array(), Json{{"type", 7}, {"user", "x"}, {"actions", 4}}}) {
        for (const auto kind : {handlers::EventKind::events_api, handlers::EventKind::interactive,
                                handlers::EventKind::slash_command, handlers::EventKind::effect_result}) {
            CHECK_FALSE(failed(kind, garbage).effects.empty());
            world.handle(kind, garbage, world.next("garbage"));
        }
    }
}

TEST_CASE("R10: a link that is typed again is answered once, with what is true") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    CHECK(contains(acked(world.command("U0REQ", "link " + good_link)), "Linked REQ-1"));
    const auto version = world.request(1).version;
    const auto again = world.command("U0REQ", "link " + good_link, false);
    CHECK(world.request(1).version == version);
    const auto answers = std::ranges::count_if(
        again.effects, [](const auto& effect) { return effect.key.starts_with("answer:"); });
    CHECK(answers == 1);
    CHECK(contains(acked(world.command("U0REQ", "link " + good_link)), "already; nothing changed"));
}
