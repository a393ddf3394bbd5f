// The fake Slack itself: what it refuses, what it sends, how it fails. Everything else leans on it.
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/fake_slack.hpp"
#include "tests/fakes/slack_visitor.hpp"

#include <doctest/doctest.h>

using namespace countersign::fakes;
using countersign::tests::SlackVisitor;
using namespace std::chrono_literals;

namespace {

FakeSlackOptions quick() {
    FakeSlackOptions options;
    options.redelivery = {0ms, 20ms};
    options.ack_deadline = 200ms;
    return options;
}

struct Office {
    explicit Office(FakeSlackOptions options = quick())
        : slack(std::move(options)), visitor(slack.api_url()) {
        slack.add_user("U0EMP", "emp");
        slack.add_user("U0SEC", "sec");
        slack.add_user_group("S0SEC", {"U0SEC"});
        slack.add_channel("C0REVIEW", "app-review");
        slack.add_channel("C0OTHER", "other", false);
        slack.add_app(
            {.id = "A0MIRO",
             .name = "Miro",
             .description = "Whiteboards",
             .scopes = {Json{{"name", "chat:write"}, {"token_type", "bot"}, {"is_sensitive", false}}}});
    }
    std::string error(const std::string& method, const std::string& token,
                      const Json& args = Json::object()) {
        return visitor.call(method, token, args).body.value("error", "");
    }
    FakeSlack slack;
    SlackVisitor visitor;
};

const Json card{
    {"channel", "C0REVIEW"},
    {"text", "a card"},
    {"blocks",
     Json::array({Json{
         {"type", "actions"},
         {"block_id", "votes"},
         {"elements", Json::array({Json{{"type", "button"},
                                        {"action_id", "yes"},
                                        {"value", "REQ-1"},
                                        {"text", {{"type", "plain_text"}, {"text", "Approve"}}}}})}}})}};

Json form(const std::string& type = "modal") {
    return {
        {"type", type},
        {"callback_id", "form_link"},
        {"title", {{"type", "plain_text"}, {"text", "Link vendor issue"}}},
        {"submit", {{"type", "plain_text"}, {"text", "Link"}}},
        {"blocks", Json::array({Json{{"type", "input"},
                                     {"block_id", "link"},
                                     {"label", {{"type", "plain_text"}, {"text", "Vendor issue link"}}},
                                     {"element", {{"type", "plain_text_input"}, {"action_id", "link"}}}}})}};
}

}  // namespace

TEST_CASE("fake Slack: each method takes its own kind of token") {
    Office office;
    CHECK(office.error("auth.test", "") == "not_authed");
    CHECK(office.error("auth.test", "xoxb-stolen") == "invalid_auth");
    CHECK(office.error("apps.connections.open", tokens::bot) == "not_allowed_token_type");
    CHECK(office.error("chat.postMessage", tokens::app, card) == "not_allowed_token_type");
    CHECK(office.error("admin.apps.approve", tokens::bot, {{"app_id", "A0MIRO"}}) ==
          "not_allowed_token_type");
    CHECK(office.error("admin.apps.approve", tokens::reviewer, {{"app_id", "A0MIRO"}}) == "missing_scope");
    CHECK(office.error("views.publish", tokens::admin, {{"user_id", "U0EMP"}, {"view", form("home")}}) ==
          "not_allowed_token_type");
    CHECK(office.error("chat.shout", tokens::bot) == "unknown_method");
    CHECK(office.error("auth.test", tokens::bot, {{"token", tokens::bot}}) == "invalid_auth");
    const auto self = office.visitor.call("auth.test", tokens::bot);
    CHECK(self.body["bot_id"] == ids::bot);
    CHECK(self.scopes.find("chat:write") != std::string::npos);
}

TEST_CASE("fake Slack: bodies and arguments are checked as Slack's reference says (N4)") {
    Office office;
    CHECK(office.error("conversations.info", tokens::bot, {{"channel", "C0REVIEW"}}) == "invalid_post_type");
    CHECK(office.visitor.call_with_form("conversations.info", tokens::bot, "channel=C0REVIEW").body["ok"] ==
          true);
    CHECK(office.error("chat.postMessage", tokens::bot, {{"text", "x"}}) == "invalid_arguments");
    CHECK(office.error("chat.postMessage", tokens::bot, {{"channel", 7}, {"text", "x"}}) ==
          "invalid_arguments");
    CHECK(office.visitor.post(office.slack.api_url() + "auth.test", "text/html", "x", tokens::bot)
              .body["error"] == "invalid_post_type");
    CHECK(office.slack.calls("conversations.info").back().args == Json{{"channel", "C0REVIEW"}});
}

TEST_CASE("fake Slack: messages") {
    FakeSlackOptions options = quick();
    options.enforce_rates = false;
    Office office(options);
    const auto post = [&](const char* channel, const Json& more = {{"text", "x"}}) {
        Json args{{"channel", channel}};
        args.update(more);
        return office.error("chat.postMessage", tokens::bot, args);
    };
    CHECK(post("C0NONE") == "channel_not_found");
    CHECK(post("C0OTHER") == "not_in_channel");
    CHECK(post("U0NOBODY") == "channel_not_found");
    CHECK(post("C0REVIEW", {{"blocks", Json::array()}}) == "no_text");
    CHECK(post("U0EMP", {{"text", "x"}, {"metadata", {{"event_type", "e"}}}}) == "invalid_metadata_format");
    CHECK(post("U0EMP", {{"blocks", Json::array({Json{{"type", "section"}}})}}) == "invalid_blocks");

    const auto direct =
        office.visitor.call("chat.postMessage", tokens::bot, {{"channel", "U0EMP"}, {"text", "hello"}}).body;
    CHECK(direct["channel"] == "D0EMP");
    const auto edit = [&](const Json& channel, const Json& ts) {
        return office.error("chat.update", tokens::bot,
                            {{"channel", channel}, {"ts", ts}, {"text", "changed"}});
    };
    CHECK(edit("U0EMP", direct["ts"]) == "channel_not_found");  // the D id, not the person's
    CHECK(edit("D0EMP", "1.2") == "message_not_found");
    CHECK(edit("D0EMP", direct["ts"]) == "");
    CHECK(office.slack.messages("U0EMP").at(0).text == "changed");
    const std::string own = office.slack.say("U0EMP", "D0EMP", "thanks");
    CHECK(edit("D0EMP", own) == "cant_update_message");
    CHECK(office.error("chat.postEphemeral", tokens::bot,
                       {{"channel", "C0REVIEW"}, {"user", "U0NOBODY"}, {"text", "psst"}}) ==
          "user_not_in_channel");
}

TEST_CASE("fake Slack: history pages newest first and shows metadata when asked") {
    Office office;
    for (int i = 0; i < 3; ++i) {
        office.visitor.call("chat.postMessage", tokens::bot,
                            {{"channel", i == 0 ? "C0REVIEW" : "U0EMP"},
                             {"text", std::to_string(i)},
                             {"metadata", {{"event_type", "effect"}, {"event_payload", {{"effect", i}}}}}});
    }
    const auto page =
        office.visitor.call("conversations.history", tokens::bot,
                            {{"channel", "D0EMP"}, {"limit", 1}, {"include_all_metadata", true}});
    CHECK(page.body["messages"][0]["metadata"]["event_payload"]["effect"] == 2);
    CHECK(page.body["has_more"] == true);
    const auto next = office.visitor.call(
        "conversations.history", tokens::bot,
        {{"channel", "D0EMP"}, {"limit", 1}, {"cursor", page.body["response_metadata"]["next_cursor"]}});
    CHECK(next.body["messages"][0]["text"] == "1");
    CHECK_FALSE(next.body["messages"][0].contains("metadata"));
    CHECK(office.error("conversations.history", tokens::bot, {{"channel", "D0EMP"}, {"cursor", "zzz"}}) ==
          "invalid_cursor");
}

TEST_CASE("fake Slack: more than the published rate gets 429 and Retry-After") {
    Office office;
    int passed = 0;
    SlackVisitor::Reply last;
    for (int i = 0; i < 4; ++i) {
        last = office.visitor.call("chat.postMessage", tokens::bot, {{"channel", "C0REVIEW"}, {"text", "x"}});
        passed += last.status == 200 ? 1 : 0;
    }
    CHECK(passed == 2);
    CHECK(last.status == 429);
    CHECK(last.retry_after == "1");
    CHECK(office.slack.messages("C0REVIEW").size() == 2);
}

TEST_CASE("fake Slack: hello, escaping, envelopes, acks and their log (R5, R40, R44)") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    const Json hello = office.visitor.next();
    CHECK(hello["type"] == "hello");
    CHECK(hello["connection_info"]["app_id"] == ids::app);
    const std::string request = office.slack.request_app("U0EMP", "A0MIRO", "bitte für https://x.example/1");
    const Json envelope = office.visitor.next();
    CHECK(envelope["type"] == "events_api");
    CHECK(envelope["retry_attempt"] == 0);
    CHECK(envelope["payload"]["event"]["app_request"]["id"] == request);
    CHECK(office.visitor.last_text.find("f\\u00fcr https:\\/\\/x.example\\/1") != std::string::npos);
    office.visitor.ack(envelope["envelope_id"]);
    REQUIRE(office.slack.wait([&] { return office.slack.acks().size() == 1; }));
    CHECK(office.slack.acks()[0].frames == 1);
    CHECK(office.slack.acks()[0].payload.is_null());
    CHECK(office.slack.violations().empty());
}

TEST_CASE("fake Slack: tickets are used once and refused when unknown (R4)") {
    Office office;
    const std::string url = office.visitor.call("apps.connections.open", tokens::app).body["url"];
    CHECK(office.visitor.connect_to(url) == "101");
    SlackVisitor second(office.slack.api_url());
    CHECK(second.connect_to(url).find("401") != std::string::npos);
    office.slack.upgrade_status({503});
    CHECK(second.connect().find("503") != std::string::npos);
    CHECK(second.connect() == "101");
}

TEST_CASE("fake Slack: an event left alone comes again with the same ids (R46)") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    office.slack.request_app("U0EMP", "A0MIRO", "");
    const Json first = office.visitor.next(), again = office.visitor.next();
    CHECK(again["retry_attempt"] == 1);
    CHECK(again["envelope_id"] == first["envelope_id"]);
    CHECK(again["payload"] == first["payload"]);
    CHECK(office.visitor.next()["retry_attempt"] == 2);
    CHECK(office.visitor.next(400ms).is_null());
}

TEST_CASE("fake Slack: events wait for a connection, people's clicks do not (R59)") {
    FakeSlackOptions options = quick();
    options.redelivery = {0ms, 300ms, 300ms};
    Office office(options);
    office.slack.request_app("U0EMP", "A0MIRO", "");
    office.slack.command("U0EMP", "C0REVIEW", "/app-request", "");
    CHECK(office.slack.unanswered().size() == 1);
    REQUIRE(office.visitor.connect() == "101");
    CHECK(office.visitor.next()["type"] == "hello");
    CHECK(office.visitor.next()["type"] == "events_api");
}

TEST_CASE("fake Slack: a press, its trigger, the form and its answers") {
    FakeSlackOptions options = quick();
    options.trigger_life = 150ms;
    options.ack_deadline = 3s;
    Office office(options);
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    const Json posted = office.visitor.call("chat.postMessage", tokens::bot, card).body;
    CHECK_THROWS(office.slack.press_by_text("U0SEC", "C0REVIEW", posted["ts"], "Reject"));

    const auto press = [&] {
        office.slack.press_by_text("U0SEC", "C0REVIEW", posted["ts"], "Approve");
        const Json envelope = office.visitor.next();
        office.visitor.ack(envelope["envelope_id"]);
        return envelope["payload"];
    };
    const auto open = [&](const Json& trigger) {
        return office.visitor.call("views.open", tokens::bot, {{"trigger_id", trigger}, {"view", form()}})
            .body;
    };
    const Json payload = press();
    CHECK(payload["actions"][0]["value"] == "REQ-1");
    CHECK(payload["container"]["channel_id"] == "C0REVIEW");
    CHECK(open("1.2.x")["error"] == "invalid_trigger_id");
    const Json opened = open(payload["trigger_id"]);
    CHECK(opened["ok"] == true);
    CHECK(open(payload["trigger_id"])["error"] == "exchanged_trigger_id");
    const Json late = press();
    CHECK_FALSE(office.slack.wait([] { return false; }, 200ms));
    CHECK(open(late["trigger_id"])["error"] == "expired_trigger_id");

    const std::string view = opened["view"]["id"];
    CHECK_THROWS(office.slack.submit("U0SEC", view, {{"Vendor issue link", ""}}));
    const auto submit = [&](const Json& answer) {
        office.slack.submit("U0SEC", view, {{"Vendor issue link", "https://x"}});
        const Json envelope = office.visitor.next();
        CHECK(envelope["payload"]["view"]["state"]["values"]["link"]["link"]["value"] == "https://x");
        const auto before = office.slack.acks().size();
        office.visitor.ack(envelope["envelope_id"], answer);
        REQUIRE(office.slack.wait([&] { return office.slack.acks().size() > before; }));
        return office.slack.views("U0SEC").back();
    };
    CHECK(submit({{"response_action", "errors"}, {"errors", {{"link", "not a link"}}}}).errors["link"] ==
          "not a link");
    CHECK(submit({{"response_action", "errors"}, {"errors", {{"nowhere", "x"}}}}).errors.contains(""));
    CHECK(submit({{"response_action", "update"}, {"view", form()}}).open);
    CHECK_FALSE(submit(nullptr).open);
    CHECK(office.slack.violations().empty());
}

TEST_CASE("fake Slack: app approval, pending requests and resolutions (domain.md §3.1)") {
    Office office;
    const std::string id = office.slack.request_app("U0EMP", "A0MIRO", "please");
    const auto approve = [&](const Json& args) {
        return office.error("admin.apps.approve", tokens::admin, args);
    };
    CHECK(approve({{"team_id", ids::team}}) == "request_id_or_app_id_is_required");
    CHECK(approve({{"team_id", ids::team}, {"app_id", "A0MIRO"}, {"request_id", id}}) ==
          "too_many_ids_provided");
    CHECK(approve({{"team_id", ids::team}, {"enterprise_id", ids::enterprise}, {"request_id", id}}) ==
          "too_many_teams_provided");
    CHECK(approve({{"enterprise_id", ids::enterprise}, {"request_id", id}}) == "invalid_request_id");
    const auto pending = [&] {
        return office.visitor
            .call_with_form("admin.apps.requests.list", tokens::admin, std::string("team_id=") + ids::team)
            .body["app_requests"];
    };
    CHECK(pending().size() == 1);
    office.slack.grow_scopes(id, {{"name", "users:read"}, {"token_type", "bot"}});
    CHECK(pending()[0]["scopes"].size() == 2);
    CHECK(approve({{"team_id", ids::team}, {"request_id", id}}) == "");
    CHECK(approve({{"team_id", ids::team}, {"request_id", id}}) == "request_already_resolved");
    CHECK(pending().empty());
    CHECK(office.slack.resolution("A0MIRO") == "approved");
    const auto listed = [&](const std::string& list, const std::string& more) {
        return office.visitor
            .call_with_form("admin.apps." + list + ".list", tokens::admin,
                            std::string("team_id=") + ids::team + more)
            .body;
    };
    CHECK(listed("approved", "")["approved_apps"][0]["app"]["id"] == "A0MIRO");
    CHECK(listed("approved", "&certified=true")["approved_apps"].empty());
    CHECK(listed("restricted", "")["restricted_apps"].empty());
}

TEST_CASE("fake Slack: scripted faults (N5)") {
    Office office;
    const Json post{{"channel", "C0REVIEW"}, {"text", "x"}};
    office.slack.script("chat.postMessage", {{"status", 429}, {"retry_after", 7}});
    CHECK(office.visitor.call("chat.postMessage", tokens::bot, post).retry_after == "7");
    office.slack.script("chat.postMessage", {{"drop_before", true}});
    CHECK(office.visitor.call("chat.postMessage", tokens::bot, post).status == 0);
    CHECK(office.slack.messages("C0REVIEW").empty());
    office.slack.script("chat.postMessage", {{"drop_after", true}});
    CHECK(office.visitor.call("chat.postMessage", tokens::bot, post).status == 0);
    CHECK(office.slack.messages("C0REVIEW").size() == 1);
    office.slack.script("auth.test", {{"html", true}});
    CHECK(office.visitor.call("auth.test", tokens::bot).text.find("<html>") != std::string::npos);
    office.slack.script("*", {{"status", 503}});
    CHECK(office.visitor.call("auth.test", tokens::bot).status == 503);
    CHECK(office.visitor.call("auth.test", tokens::bot).status == 200);
}

TEST_CASE("fake Slack: an ack of more than 20,480 bytes ends the connection with 1009 (R43)") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    office.slack.command("U0EMP", "C0REVIEW", "/app-request", "help");
    const Json envelope = office.visitor.next();
    office.visitor.ack(envelope["envelope_id"], {{"text", std::string(21'000, 'x')}});
    CHECK(office.visitor.next().is_null());
    CHECK(office.slack.wait([&] { return office.slack.connections() == 0; }));
    CHECK(office.slack.violations().size() == 1);
}

TEST_CASE("fake Slack: the eleventh connection is told too_many_websockets (R36)") {
    Office office;
    office.slack.ghosts(10);
    REQUIRE(office.visitor.connect() == "101");
    CHECK(office.visitor.next()["reason"] == "too_many_websockets");
    CHECK(office.visitor.next().is_null());
}

TEST_CASE("fake Slack: TLS, and a slash command answered in the ack") {
    const TestCa ca;
    FakeSlackOptions options = quick();
    options.tls = ca.good();
    FakeSlack slack(options);
    slack.add_user("U0EMP", "emp");
    slack.add_channel("C0REVIEW", "app-review");
    SlackVisitor visitor(slack.api_url(), ca.file().string());
    REQUIRE(visitor.connect() == "101");
    visitor.next();
    slack.command("U0EMP", "C0REVIEW", "/app-request", "help");
    visitor.ack(visitor.next()["envelope_id"], {{"text", "usage"}});
    REQUIRE(slack.wait([&] { return slack.messages("C0REVIEW").size() == 1; }));
    CHECK(slack.messages("C0REVIEW")[0].ephemeral_to == "U0EMP");
    const Json picture = slack.snapshot();
    CHECK(picture["channels"][0]["messages"][0]["text"] == "usage");
    CHECK(picture["connections"] == 1);
}

TEST_CASE("fake Slack: more paths on the same port") {
    FakeSlack slack;
    slack.serve("/page/", [](const HttpQuery& query) {
        return HttpReply{.status = 200,
                         .body = "page " + query.query.at("who"),
                         .content_type = "text/plain",
                         .headers = {}};
    });
    SlackVisitor visitor(slack.api_url());
    const std::string base = slack.api_url().substr(0, slack.api_url().size() - 5);
    CHECK(visitor.post(base + "/page/x?who=a%20b", "", "").text == "page a b");
}

TEST_CASE("fake Slack: a response_url works five times, for the eyes of the one who typed (domain.md §3.3)") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    office.slack.command("U0EMP", "C0REVIEW", "/app-request", "");
    const std::string url = office.visitor.next()["payload"]["response_url"];
    const auto answer = [&] {
        return office.visitor.post(url, "application/json", R"({"text":"later"})").status;
    };
    for (int i = 0; i < 5; ++i)
        CHECK(answer() == 200);
    CHECK(answer() == 404);
    CHECK(office.slack.messages("C0REVIEW").front().ephemeral_to == "U0EMP");
}

TEST_CASE("fake Slack: a late hello, a refresh and every reason to disconnect (R5, R17, R28)") {
    Office office;
    office.slack.withhold_hello(true);
    REQUIRE(office.visitor.connect() == "101");
    CHECK(office.visitor.next(200ms).is_null());
    CHECK(office.slack.connections() == 0);
    office.slack.withhold_hello(false);
    CHECK(office.visitor.next()["type"] == "hello");
    office.slack.refresh();
    CHECK(office.visitor.next()["reason"] == "warning");
    CHECK(office.visitor.next()["reason"] == "refresh_requested");
    office.slack.command("U0EMP", "C0REVIEW", "/app-request", "");  // a draining connection still delivers
    CHECK(office.visitor.next()["type"] == "slash_commands");
    office.slack.disconnect("link_disabled");
    CHECK(office.visitor.next()["reason"] == "link_disabled");
    CHECK(office.visitor.next().is_null());
}

TEST_CASE("fake Slack: half-open connections say nothing until they thaw (R21)") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    office.slack.half_open(true);
    office.slack.command("U0EMP", "C0REVIEW", "/app-request", "");
    CHECK(office.visitor.next(200ms).is_null());
    office.slack.half_open(false);
    CHECK(office.visitor.next()["type"] == "slash_commands");
}

TEST_CASE("fake Slack: a redelivery under a new envelope id carries the same event id (R47)") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    office.slack.request_app("U0EMP", "A0MIRO", "");
    const Json first = office.visitor.next();
    office.visitor.ack(first["envelope_id"]);
    office.slack.redeliver(first["envelope_id"], 0, true);
    const Json again = office.visitor.next();
    CHECK(again["envelope_id"] != first["envelope_id"]);
    CHECK(again["payload"]["event_id"] == first["payload"]["event_id"]);
    CHECK(again["retry_attempt"] == 0);
}

TEST_CASE("fake Slack: one stack of at most three modals") {
    Office office;
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    const auto trigger = [&](const std::string& view) {
        if (view.empty()) {
            office.slack.command("U0EMP", "C0REVIEW", "/app-request", "");
        } else {
            office.slack.submit("U0EMP", view, {{"Vendor issue link", "https://x"}});
        }
        const Json envelope = office.visitor.next();
        return envelope["payload"]["trigger_id"].get<std::string>();
    };
    const auto show = [&](const std::string& method, const std::string& view) {
        return office.visitor.call(method, tokens::bot, {{"trigger_id", trigger(view)}, {"view", form()}})
            .body;
    };
    std::string top = show("views.open", "")["view"]["id"];
    for (int depth = 2; depth <= 3; ++depth) {
        const Json pushed = show("views.push", top)["view"];
        CHECK(pushed["previous_view_id"] == top);
        top = pushed["id"];
    }
    CHECK(show("views.push", top)["error"] == "push_limit_reached");
    const Json shown = office.slack.views("U0EMP").back().view;
    CHECK(office.error("views.update", tokens::bot, {{"view_id", top}, {"hash", "1.2"}, {"view", form()}}) ==
          "hash_conflict");
    CHECK(office.error("views.update", tokens::bot,
                       {{"view_id", top}, {"hash", shown["hash"]}, {"view", form()}}) == "");
}

TEST_CASE("fake Slack: a connection that leaves the server's pings unanswered is cut (R20)") {
    FakeSlackOptions options = quick();
    options.ping_interval = 30ms;
    Office office(options);
    REQUIRE(office.visitor.connect() == "101");
    office.visitor.next();
    CHECK(office.visitor.next(300ms).is_null());  // answered while it listens
    CHECK(office.slack.connections() == 1);
    CHECK(office.slack.wait([&] { return office.slack.connections() == 0; }, 5s));  // nobody listens now
}
