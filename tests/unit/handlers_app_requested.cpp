#include "handlers/review/app_request_payload.hpp"
#include "storage/vault.hpp"
#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using handlers::review::read_app_request;

namespace {

const Timestamp now{std::chrono::milliseconds(1'795'305'600'000)};

handlers::review::ReadAppRequest read(const Json& body) {
    auto result =
        read_app_request({{"type", "app_requested"}, {"app_request", body}}, EnterpriseId("E1"), now);
    REQUIRE(result.has_value());
    return *result;
}

bool heard_with(const ReviewWorld& world, const std::string& user, std::string_view part) {
    return std::ranges::any_of(world.heard(user),
                               [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("domain.md 2.1: Slack's example is read in full") {
    const auto body = slack_request("Ar1", "A1", "W1", {slack_scope("chat:write")}, "please");
    const auto request = read(body).request;
    CHECK(request.slack_id == SlackRequestId("Ar1"));
    CHECK(request.app_id == AppId("A1"));
    CHECK(request.team_id == TeamId("T1"));
    CHECK(request.enterprise_id.empty());
    CHECK(request.requester == UserId("W1"));
    CHECK(request.message == "please");
    CHECK(request.publisher == storage::Publisher::marketplace);
    CHECK(request.requester_is_collaborator == false);
    CHECK(to_millis(request.created_at) == 1'795'300'000'000);
}

TEST_CASE("domain.md 2.1: the traps of the payload") {
    auto body = slack_request("Ar1", "A1", "U1", {slack_scope("chat:write")});
    SUBCASE("team null is the whole organisation") {
        body["team"] = nullptr;
        CHECK(read(body).request.team_id.empty());
        CHECK(read(body).request.enterprise_id == EnterpriseId("E1"));
        body["enterprise"] = {{"id", "E2"}, {"name", "Other"}};
        CHECK(read(body).request.enterprise_id == EnterpriseId("E2"));
    }
    SUBCASE("scopes left out, as in Slack's Java sample: nothing is concluded") {
        body.erase("scopes");
        CHECK_FALSE(read(body).scopes_told);
        CHECK(read(body).request.scopes.empty());
    }
    SUBCASE("token_type null, is_dangerous for is_sensitive, is_optional, a scope twice") {
        body["scopes"] =
            Json::array({{{"name", "admin"}, {"is_dangerous", true}, {"token_type", nullptr}},
                         {{"name", "chat:write"}, {"token_type", "user"}, {"is_optional", true}},
                         {{"name", "chat:write"}, {"token_type", "bot"}},
                         {{"name", "chat:write"}, {"token_type", "bot"}, {"is_sensitive", true}}});
        const auto scopes = read(body).request.scopes;
        REQUIRE(scopes.size() == 3);
        CHECK(scopes[0].name == "admin");
        CHECK(scopes[0].sensitive);
        CHECK(scopes[0].token_type == storage::TokenType::unknown);
        CHECK(scopes[1].sensitive);
        CHECK(scopes[2].optional);
    }
    SUBCASE("fields beside app_request, as Slack's TypeScript types have them") {
        Json event{{"type", "app_requested"}};
        for (const auto* key : {"user", "team", "scopes", "message"}) {
            event[key] = body[key];
            body.erase(key);
        }
        event["app_request"] = body;
        const auto result = read_app_request(event, {}, now);
        REQUIRE(result);
        CHECK(result->request.requester == UserId("U1"));
        CHECK(result->request.team_id == TeamId("T1"));
        CHECK(result->request.scopes.size() == 1);
        CHECK(result->whole_message == good_link);
    }
    SUBCASE("previous_resolution absent, null, with and without scopes; never looked for inside app") {
        body["app"]["previous_resolution"] = {{"status", "approved"}};
        CHECK(read(body).request.previous_status.empty());
        body.erase("previous_resolution");
        CHECK(read(body).request.previous_status.empty());
        body["previous_resolution"] = {{"status", "restricted"}};
        CHECK(read(body).request.previous_status == "restricted");
        body["previous_resolution"] = {{"status", "approved"},
                                       {"scopes", {slack_scope("a"), slack_scope("b")}}};
        CHECK(read(body).request.previous_scopes.size() == 2);
    }
    SUBCASE("message none, NONE, empty, missing") {
        for (const auto* none : {"none", " NONE ", ""}) {
            body["message"] = none;
            CHECK(read(body).request.message.empty());
        }
        body.erase("message");
        CHECK(read(body).request.message.empty());
    }
    SUBCASE("every field missing or of a wrong type but the two ids") {
        const Json bare{{"id", 1234},           {"app", {{"id", "A1"}, {"name", nullptr}, {"icons", "x"}}},
                        {"user", "U1"},         {"team", "T1"},
                        {"scopes", "nonsense"}, {"message", 5},
                        {"date_created", "no"}, {"is_user_app_collaborator", "yes"}};
        const auto request = read(bare).request;
        CHECK(request.slack_id == SlackRequestId("1234"));
        CHECK(request.requester == UserId("U1"));
        CHECK(request.created_at == now);
        CHECK_FALSE(request.requester_is_collaborator.has_value());
    }
    SUBCASE("a clock nobody should trust") {
        for (const auto created : {std::int64_t{-5}, std::int64_t{1}, std::int64_t{9'000'000'000'000'000}}) {
            body["date_created"] = created;
            CHECK(read(body).request.created_at == now);
        }
    }
    SUBCASE("hostile text is cleaned and bounded") {
        body["message"] = std::string(100'000, 'x') + "\xe2\x80\xae\x01";
        body["app"]["name"] = std::string(5'000, 'y');
        CHECK(read(body).request.message.size() <= 4'003);
        CHECK(read(body).request.app_name.size() <= 203);
        CHECK(read(body).whole_message.find('\x01') == std::string::npos);
    }
}

TEST_CASE("P8: the scope hash is of (token, name, optional), whatever the order") {
    using handlers::review::read_scopes;
    using handlers::review::scope_hash;
    const auto hash = [](const Json& scopes) { return scope_hash(read_scopes(scopes)); };
    const auto a = slack_scope("a");
    const auto b = slack_scope("b");
    CHECK(hash(Json::array({a, b})) == hash(Json::array({b, a, a})));
    CHECK(hash(Json::array({a})) != hash(Json::array({slack_scope("a", "user")})));
    auto optional = a;
    optional["is_optional"] = true;
    CHECK(hash(Json::array({a})) != hash(Json::array({optional})));
    CHECK(hash(Json::array({slack_scope("a:0\nbot:1:b")})) != hash(Json::array({a, b})));
    const auto changed = handlers::review::difference(
        read_scopes(Json::array({a, b})), read_scopes(Json::array({slack_scope("a", "user"), b})));
    CHECK(handlers::review::names(changed.added) == "a (user)");
    CHECK(handlers::review::names(changed.removed) == "a (bot)");
}

TEST_CASE("a request becomes one row, one card and one message to the requester") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.view().vendor_issue(RequestId{1})->iid == 12);
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    CHECK(world.view().next_request_id() == RequestId{2});
    CHECK(world.performed_of("chat.postMessage").size() == 2);
    CHECK(world.performed_of("chat.update").empty());
    CHECK(Json::parse(world.performed_of("chat.postMessage")[0].args)["channel"] == "C0APPREVIEW");
    CHECK(world.heard("U0REQ").size() == 1);
}

TEST_CASE("R4 L10: no link, or several, asks the requester, Slack's wire form of one link is taken") {
    ReviewWorld world;
    SUBCASE("none") {
        world.app_requested(slack_request("Ar1", "A1", "U0REQ", {}, ""));
        world.run();
        CHECK(world.state(1) == RequestState::awaiting_issue);
        CHECK(heard_with(world, "U0REQ", "needs a vendor issue"));
    }
    SUBCASE("three") {
        world.app_requested(
            slack_request("Ar1", "A1", "U0REQ", {}, good_link + " " + good_link + "0 " + good_link + "1"));
        world.run();
        CHECK(world.state(1) == RequestState::awaiting_issue);
        CHECK(heard_with(world, "U0REQ", "needs a vendor issue"));
    }
    SUBCASE("wire form") {
        world.app_requested(
            slack_request("Ar1", "A1", "U0REQ", {}, "see <" + good_link + "?a=1&amp;b=2|the issue>"));
        CHECK(world.state(1) == RequestState::in_review);
        CHECK(world.view().vendor_issue(RequestId{1})->url == good_link);
    }
}

TEST_CASE(
    "domain.md 8.4: a request for more scopes supersedes the open one; another app or workspace does not") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("a")}));
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("a"), slack_scope("b")}));
    world.app_requested(
        slack_request("Ar3", "A1", "U0REQ", {slack_scope("a"), slack_scope("b")}, good_link, {{"id", "T2"}}));
    CHECK(world.state(1) == RequestState::in_review);
    world.app_requested(slack_request("Ar4", "A1", "U0TWO", {slack_scope("a"), slack_scope("b")}));
    world.run();
    CHECK(world.state(1) == RequestState::superseded);
    CHECK(world.state(4) == RequestState::in_review);
    CHECK(heard_with(world, "U0REQ", "newer request"));
}

TEST_CASE("8.4: what is superseded hands on its issue, its votes on unchanged scopes, and who waits for it") {
    ReviewWorld world(with_policy(R"(
[[party]]
name = "Legal"
scopes = ["files:*"]
)"));
    const auto a = slack_scope("chat:write");
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {a}));
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", {a}, "me too"));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    const auto more = [&](const Json& scope, const std::string& user, const std::string& message = "more") {
        world.app_requested(slack_request("Ar3", "A1", user, {a, scope}, message));
        world.run();
        REQUIRE(world.state(1) == RequestState::superseded);
    };
    const auto counting = [&] {
        std::vector<std::string> parties;
        for (const auto& vote :
             handlers::review::counting_votes(world.request(3), world.view().votes(RequestId{3})))
            parties.push_back(vote.party);
        return parties;
    };
    SUBCASE("Legal is not concerned by the new scope, Security votes again") {
        more(slack_scope("users:read"), "U0THREE");
        CHECK(counting() == std::vector<std::string>{"Legal"});
        CHECK(world.view().vendor_issue(RequestId{3})->url == good_link);
        CHECK(world.view().followers(RequestId{3}).size() == 2);
        CHECK(world.state(3) == RequestState::in_review);
        world.press("U0SEC1", ids::vote_approve, 3);
        CHECK(world.state(3) == RequestState::ready);
        world.press("U0ADMIN", ids::approve_app, 3);
        world.run();
        CHECK(heard_with(world, "U0REQ", "REQ-3"));
        CHECK(heard_with(world, "U0TWO", "REQ-3"));
    }
    SUBCASE("Legal is concerned: nobody's vote goes along") {
        more(slack_scope("files:read"), "U0THREE");
        CHECK(counting().empty());
    }
    SUBCASE("its own issue comes before the old one's") {
        more(slack_scope("users:read"), "U0THREE", good_link + "0");
        CHECK(world.view().vendor_issue(RequestId{3})->url == good_link + "0");
    }
    SUBCASE("a voter who asks now has no vote in it") {
        more(slack_scope("users:read"), "U0LEGAL");
        CHECK(counting().empty());
        for (const auto& vote : world.view().votes(RequestId{3}))
            CHECK(vote.voter != UserId("U0LEGAL"));
    }
}

TEST_CASE("our form and then Slack's own button are one request, not two") {
    ReviewWorld world;
    world.submit("U0REQ", ids::form_request, "", {{"app", "A061BL8RQ0"}, {"purpose", "drawing"}});
    CHECK(world.state(1) == RequestState::awaiting_issue);
    world.app_requested(slack_request("Ar1", "A061BL8RQ0", "U0REQ", {slack_scope("chat:write")}));
    CHECK(world.view().next_request_id() == RequestId{2});
    CHECK(world.request(1).slack_id == SlackRequestId("Ar1"));
    CHECK(world.request(1).scopes.size() == 1);
    CHECK(world.state(1) == RequestState::in_review);
}

TEST_CASE("a request that cannot be read raises an alarm with the raw content and is not recognised") {
    ReviewWorld world;
    const auto outcome =
        world.handle(handlers::EventKind::events_api,
                     {{"event", {{"type", "app_requested"}, {"app_request", {{"id", ""}}}}}}, "env");
    CHECK_FALSE(outcome.recognised);
    world.run();
    CHECK(heard_with(world, "C0ITALARMS", "app_request"));
}

TEST_CASE("R4: a requester who cannot be reached is an alarm, not silence") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {}, ""));
    for (const auto& effect : world.due()) {
        const bool direct = effect.purpose == handlers::purposes::notice;
        world.answer(effect,
                     direct ? SlackAnswer{"human", "messages_tab_disabled", Json::object()} : SlackAnswer{});
    }
    world.run();
    CHECK(heard_with(world, "C0ITALARMS", "cannot be delivered"));
}

TEST_CASE("R9: a card that was deleted is posted again, and the new message is the card") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {}));
    world.run();
    const auto first = world.view().message("card:1")->ts;
    world.press("U0SEC1", ids::vote_approve, 1);
    world.answer(world.expect("chat.update"), {"refused", "message_not_found", Json::object()});
    world.run();
    CHECK(world.view().message("card:1")->ts != first);
}

TEST_CASE("R13: asked again through Slack's button, the difference to the last time is shown") {
    ReviewWorld world;
    const auto ask = [&](const std::string& id, const std::vector<Json>& scopes, const std::string& message,
                         const std::string& user = "U0REQ") {
        world.app_requested(slack_request(id, "A1", user, scopes, message));
        world.run();
        return world.view().request(SlackRequestId(id)).value();
    };
    const auto a = slack_scope("chat:write");
    const std::string please = "please… " + good_link;
    ask("Ar1", {a}, please);
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "say what for"}});
    world.run();
    REQUIRE(world.state(1) == RequestState::denied);
    SUBCASE("the same scopes and words: held, the parties are not called, an admin may let it through") {
        const auto again = ask("Ar2", {a}, please);
        CHECK(again.state == RequestState::held);
        CHECK(again.state_note.contains("as in REQ-1, which was denied"));
        CHECK(again.purpose == "Asked before: REQ-1, Denied: say what for. The same permissions.");
        CHECK(heard_with(world, "U0REQ", "with the same words a few days ago"));
        CHECK(heard_with(world, "C0ITALARMS", "REQ-2"));
        world.press("U0ADMIN", ids::let_through, 2);
        CHECK(world.state(2) == RequestState::in_review);
    }
    SUBCASE("other words") {
        const auto again = ask("Ar2", {a}, "for the release notes " + good_link);
        CHECK(again.state == RequestState::in_review);
        CHECK(again.purpose.contains("The same permissions."));
    }
    SUBCASE("other scopes") {
        const auto again = ask("Ar2", {slack_scope("files:read", "user")}, please);
        CHECK(again.state == RequestState::in_review);
        CHECK(again.purpose ==
              "Asked before: REQ-1, Denied: say what for. More permissions: files:read (user). No longer: "
              "chat:write (bot).");
        CHECK(world.performed_of("chat.postMessage").size() > 2);
    }
    SUBCASE("a week later") {
        world.clock.advance(std::chrono::days(8));
        CHECK(ask("Ar2", {a}, please).state == RequestState::in_review);
    }
    SUBCASE("nobody else's history") {
        const auto other = ask("Ar2", {a}, please, "U0TWO");
        CHECK(other.state == RequestState::in_review);
        CHECK(other.purpose.empty());
    }
}

TEST_CASE(
    "U8: a request that was passed on tells no name of whose it was, and is found when they are erased") {
    ReviewWorld world;
    const auto body = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, "for Zephyr");
    world.app_requested(body);
    world.run();
    world.submit("U0TWO", ids::form_request, "", {{"app", "Sketch Pad"}, {"purpose", "me too"}});
    world.run();
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "user_change"}, {"user", {{"id", "U0REQ"}, {"deleted", true}}}}}},
                 world.next("left"));
    world.run();
    REQUIRE(world.request(1).requester == UserId("U0TWO"));
    CHECK(world.logged("request.passed_on", "REQ-1") == Json{{"from", "U0REQ"}, {"to", "U0TWO"}});
    // Slack still lists it as the first one's, and they are called Jane there.
    world.app_requested(body);
    world.run();
    CHECK(world.request(1).requester_name.empty());
    world.submit("U0ADMIN", ids::form_need_info, 1, {{"question", "Why?"}});
    world.run();
    world.submit("U0TWO", ids::form_answer, 1, {{"answer", "Because of boards"}});
    world.run();
    world.erase_person("U0REQ");
    CHECK(world.request(1).message.empty());
    CHECK(world.request(1).info_answer == "Because of boards");
    world.app_requested(body);
    world.run();
    CHECK(storage::truncate_log(world.db.writer()));
    CHECK_FALSE(world.db.holds("Zephyr"));
    CHECK_FALSE(world.db.holds("Jane"));
}

TEST_CASE("U8: the erased words of a running request do not come back with Slack's list") {
    ReviewWorld world;
    const auto body = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, "for Zephyr");
    world.app_requested(body);
    world.run();
    REQUIRE(world.view().request(RequestId{1})->message == "for Zephyr");
    world.erase_person("U0REQ");
    world.app_requested(body);
    world.run();
    const auto request = world.view().request(RequestId{1});
    CHECK(request->message.empty());
    CHECK(request->requester_name.empty());
    // What else Slack says still counts.
    world.app_requested(slack_request("Ar1", "A1", "U0REQ",
                                      {slack_scope("chat:write"), slack_scope("files:read")}, "for Zephyr"));
    CHECK(world.view().request(RequestId{1})->scopes.size() == 2);
    CHECK(world.view().request(RequestId{1})->message.empty());
}
