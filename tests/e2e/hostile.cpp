// Text that means harm, in every field that a person or Slack fills; and envelopes nobody has heard of.
#include "tests/support/block_kit.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace countersign::tests;
using Json = countersign::fakes::Json;

namespace {

// The texts that Slack reads markup in: `text` of a message, and every mrkdwn object.
void collect_markup(const Json& value, std::string& out) {
    if (value.is_object()) {
        const bool markup = value.value("type", Json()) == "mrkdwn" || value.contains("channel");
        if (markup && value.contains("text") && value["text"].is_string())
            out += value["text"].get<std::string>() + "\n";
    }
    if (!value.is_structured()) return;
    for (const auto& each : value)
        collect_markup(each, out);
}

// Everything that was posted or shown must be within Slack's limits (the fake refuses the rest), and must
// call nobody.
void expect_inert(ReviewStory& story) {
    for (const auto& call : story.slack.calls()) {
        std::string markup;
        collect_markup(call.args, markup);
        CAPTURE(call.method);
        for (const char* harm :
             {"<!channel", "<!everyone", "<!here", "<@U0VICTIM", "<https://evil.example"}) {
            CHECK_MESSAGE(markup.find(harm) == std::string::npos, markup);
        }
        CHECK(call.args.dump().find("\u202e") == std::string::npos);  // right-to-left override
        CHECK(call.args.dump().find("\\u001b") == std::string::npos);
        if (call.method != "apps.connections.open") {
            CHECK_MESSAGE(call.answer.value("ok", false), call.args.dump() << " -> " << call.answer.dump());
        }
        if (call.method.rfind("chat.", 0) == 0) CHECK(to_text(check_texts(call.args)) == "");
    }
}

const std::vector<std::string> poison{
    "<!channel> <!here|x> <!everyone> @channel <@U0VICTIM> <#C0GENERAL>",
    "<https://evil.example|https://gitlab.com> & &amp; &lt;!channel&gt; > < ",
    "*bold* _it_ ~no~ `code` ```block``` \n> quote\n- list",
    "\u202egnp.exe \u2066 \u200b\u200b zero width",
    std::string("control \x01\x02\x07\x1b[31m red\r\n\ttab\x7f"),
    std::string(100'000, 'A'),
    "\xF0\x9F\x98\x80\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB emoji",
};

}  // namespace

TEST_CASE("hostile: poisoned requests make inert cards within limits (P18)") {
    for (const auto& text : poison) {
        ReviewStory story;
        story.fixture.start();
        CAPTURE(text.substr(0, 60));
        story.ask(text, {{"app",
                          {{"name", text},
                           {"description", text},
                           {"app_homepage_url", text},
                           {"privacy_policy_url", "javascript:alert(1)"},
                           {"app_directory_url", text}}},
                         {"user", {{"name", text}, {"email", text}}},
                         {"team", {{"name", text}}},
                         {"scopes",
                          Json::array({Json{{"name", text}, {"description", text}, {"token_type", text}}})}});
        story.expect_card("REQ-1");
        story.press(office::security, "Reject");
        story.fill(office::security, "Reject", {{"Reason", text.substr(0, 2000)}});
        story.expect_card(": Denied");
        story.wait([&] { return story.slack.messages(office::employee).size() == 2; },
                   "the requester to be told");
        CHECK(story.fixture.stop() == 0);
        expect_inert(story);
        story.expect_good_manners();
    }
}

TEST_CASE("hostile: L7: the host of a link that is not configured is never called") {
    // Somebody else's server: whoever connects is seen in its queue.
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(listener, 8) == 0);
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    const auto called = [&] {
        pollfd waiting{listener, POLLIN, 0};
        return ::poll(&waiting, 1, 0) == 1;
    };
    ReviewStory story;
    story.fixture.start();
    const auto port = std::to_string(ntohs(address.sin_port));
    for (const auto* host : {"127.0.0.1", "localhost"}) {
        const auto link = "https://" + std::string(host) + ":" + port + "/acme/vendors/-/issues/12";
        CAPTURE(link);
        if (story.slack.messages(office::employee).empty()) {
            story.ask("see " + link);
            story.expect_direct_message(office::employee, "known tracker");
        }
        story.press_direct(office::employee, "Link vendor issue");
        story.fill_refused(office::employee, "Link vendor issue", {{"Vendor issue link", link}},
                           "known tracker");
        // So that the next one is not taken for this one.
        story.slack.close_view(office::employee, story.form(office::employee, "Link vendor issue").id);
    }
    CHECK(story.fixture.stop() == 0);
    CHECK_FALSE(called());
    // The queue does show a call.
    const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(::connect(caller, reinterpret_cast<const sockaddr*>(&address), length) == 0);
    CHECK(called());
    ::close(caller);
    ::close(listener);
}

TEST_CASE("hostile: poisoned questions, answers, commands and forms (P18)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    for (const auto& text : poison) {
        const std::string fits = text.substr(0, 2000);
        CAPTURE(fits.substr(0, 60));
        story.press(office::it, "Need info");
        story.fill(office::it, "Need info", {{"Question", fits}});
        story.expect_card(": Needs information");
        story.press_direct(office::employee, "Answer");
        story.fill(office::employee, "Answer", {{"Answer", fits}});
        story.expect_card(": In review");
        const auto before = story.slack.messages(office::general).size();
        story.slack.command(office::employee, office::general, "/app-request",
                            "status " + text.substr(0, 4000));
        story.wait([&] { return story.slack.messages(office::general).size() > before; }, "an answer");
        for (const auto& answer : story.slack.messages(office::general)) {
            CHECK(answer.text.find("<!channel>") == std::string::npos);
            CHECK(answer.text.find("<@U0VICTIM>") == std::string::npos);
        }
    }
    CHECK(story.fixture.stop() == 0);
    expect_inert(story);
    story.expect_good_manners();
}

TEST_CASE(
    "e2e hostile: what nobody understood is acknowledged and shown in the alarm channel (R52, R53, R54)") {
    ReviewStory story;
    story.fixture.start();
    story.slack.send_envelope("weather_report", {{"sky", "falling down"}});
    story.expect_alarm("falling down");
    story.slack.send_envelope(
        "events_api", story.slack.make_event({{"type", "never_heard_of"}, {"x", "strange thing"}}), false);
    story.expect_alarm("strange thing");
    story.slack.send_envelope("events_api",
                              {{"type", "app_rate_limited"}, {"minute_rate_limited", 1518467820}}, false);
    story.slack.send_envelope("events_api", nullptr, false);
    story.slack.send_envelope("interactive", {{"type", "block_actions"}}, true);
    story.slack.send_envelope("interactive", Json::array({1, 2}), true);
    story.slack.send_envelope("slash_commands", {{"command", 7}}, true);
    for (const char* text :
         {"", "null", "7", "[]", "{}", "not json", "{\"type\":null}", "{\"type\":\"hello\"}"}) {
        story.slack.send_raw(text);
    }
    story.wait([&] { return story.slack.acks().size() == 7; }, "every envelope to be acknowledged");
    story.ask("");  // and it goes on working
    story.expect_card("REQ-1");
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    story.expect_good_manners();
}

TEST_CASE("hostile: app_requested in odd shapes is never dropped in silence (domain §2.1)") {
    ReviewStory story;
    story.fixture.start();
    const Json whole = [&] {
        story.ask("");
        return story.slack.requests().front().body;
    }();
    story.expect_card("REQ-1");
    int number = 1;
    const auto send = [&](const std::string& without, const Json& with = Json::object()) {
        Json body = whole;
        body["id"] = "Ar9999" + std::to_string(number);
        body["app"]["id"] = "A0ODD" + std::to_string(number);
        if (!without.empty()) body.erase(without);
        body.update(with);
        story.slack.send_envelope(
            "events_api", story.slack.make_event({{"type", "app_requested"}, {"app_request", body}}), false);
        ++number;
        CAPTURE(without);
        CAPTURE(with.dump());
        story.expect_card("REQ-" + std::to_string(number), number);
    };
    send("scopes");
    send("message");
    send("date_created");
    send("previous_resolution");
    send("is_user_app_collaborator");
    send("", {{"team", nullptr}, {"enterprise", {{"id", "E0ACME"}, {"name", "Acme Corp"}}}});
    send("", {{"previous_resolution", nullptr}});
    send("", {{"previous_resolution", {{"status", "restricted"}}}});
    send("", {{"message", "none"}});
    send("", {{"scopes", Json::array()}});
    send("",
         {{"scopes",
           Json::array({Json{{"name", "chat:write"}, {"is_dangerous", true}, {"token_type", nullptr}}})}});
    send("", {{"user", {{"id", "W0GRID"}, {"name", "grid"}}}});
    story.slack.send_envelope(
        "events_api", story.slack.make_event({{"type", "app_requested"}, {"app_request", {{"id", ""}}}}),
        false);
    story.slack.send_envelope("events_api", story.slack.make_event({{"type", "app_requested"}}), false);
    story.expect_alarm("app_requested");
}
