#include "bot/message_search.hpp"
#include "tests/support/fake_http_client.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace countersign;
using tests::FakeHttpClient;

namespace {

struct History {
    History() { secrets.bot_token = Secret("xoxb-bot"); }
    void answers(std::string body) {
        auto response = FakeHttpClient::json(200, std::move(body));
        response.headers["date"] = "Sun, 22 Nov 2026 08:20:00 GMT";  // 1795335600
        http.script.emplace_back(std::move(response));
    }
    // The `ts` found, "" = none.
    std::string search(const std::string& channel = "C1", const std::string& thread = "") {
        storage::Effect effect;
        effect.key = "card:1";
        effect.method = "chat.postMessage";
        effect.claimed_before = claimed_before;
        nlohmann::json args{{"channel", channel}, {"text", "x"}};
        if (!thread.empty()) args["thread_ts"] = thread;
        effect.args = args.dump();
        net::asio::io_context io;
        const auto found = tests::run(io, bot::find_posted_message(api, effect));
        REQUIRE(found.has_value());
        return found->has_value() ? nlohmann::json::parse(**found).at("ts").get<std::string>() : "";
    }

    std::chrono::milliseconds claimed_before{0};
    FakeHttpClient http;
    config::Secrets secrets;
    slack::WebApi api{http, "https://slack.com/api/", secrets};
};

}  // namespace

TEST_CASE("a message is found by the effect in its metadata, on whatever page it stands") {
    History history;
    history.answers(
        R"({"ok":true,"messages":[{"ts":"1795335600.1"}],"response_metadata":{"next_cursor":"n"}})");
    history.answers(
        R"({"ok":true,"messages":[{"ts":"1795335590.2","metadata":{"event_payload":{"effect":"card:1"}}}]})");
    CHECK(history.search() == "1795335590.2");
    CHECK(history.http.requests.size() == 2);
}

TEST_CASE("a line in a thread is looked for among its replies, to their end") {
    History history;
    history.answers(R"({"ok":true,"messages":[{"ts":"7.1"}],"response_metadata":{"next_cursor":"n"}})");
    history.answers(
        R"({"ok":true,"messages":[{"ts":"7.2","metadata":{"event_payload":{"effect":"card:1"}}}]})");
    CHECK(history.search("C1", "7.1") == "7.2");
    REQUIRE(history.http.requests.size() == 2);
    CHECK(history.http.requests[0].url.ends_with("conversations.replies"));
    CHECK(history.http.requests[0].body.contains("7.1"));
}

TEST_CASE("the history is read as far back as the message can be old, by Slack's clock") {
    // Slack says 1795335600 now; the message was first claimed an hour before.
    const auto page = [](const char* ts) {
        return fmt::format(R"({{"ok":true,"messages":[{{"ts":"{}"}}],"response_metadata":)"
                           R"({{"next_cursor":"n"}}}})",
                           ts);
    };
    History history;
    history.claimed_before = std::chrono::hours(1);
    history.answers(page("1795335500.1"));
    history.answers(page("1795331900.1"));
    history.answers(page("1795331800.1"));  // more than an hour and two minutes ago
    history.answers(R"({"ok":true,"messages":[]})");
    CHECK(history.search().empty());
    CHECK(history.http.requests.size() == 3);
    // Our clock was set back since: then there is no telling, and all pages are read.
    History unknown;
    unknown.claimed_before = -std::chrono::hours(1);
    for (int each = 0; each < 30; ++each)
        unknown.answers(page("1.1"));
    CHECK(unknown.search().empty());
    CHECK(unknown.http.requests.size() == 20);
}

TEST_CASE("a message that is much older than the effect can be is another one of that key") {
    // Numbers begin again in a database that is made anew, and Slack keeps what was.
    const auto found = [](std::chrono::milliseconds claimed_before, const std::string& ts) {
        History history;
        history.claimed_before = claimed_before;
        history.answers(R"({"ok":true,"messages":[{"ts":")" + ts +
                        R"(","metadata":{"event_payload":{"effect":"card:1"}}}]})");
        return history.search();
    };
    constexpr auto hour = std::chrono::hours(1);
    CHECK(found(hour, "1795332100.1") == "1795332100.1");
    CHECK(found(hour, "1795329600.1") == "1795329600.1");  // the call itself may have taken long
    CHECK(found(hour, "1795328000.1").empty());
    CHECK(found(-hour, "1.1") == "1.1");  // its age cannot be told: rather it than a message twice
}

TEST_CASE("a direct message is looked for in its conversation") {
    History history;
    history.answers(R"({"ok":true,"channel":{"id":"D7"}})");
    history.answers(R"({"ok":true,"messages":[]})");
    CHECK(history.search("U1").empty());
    REQUIRE(history.http.requests.size() == 2);
    CHECK(history.http.requests[1].body.contains("D7"));
}

TEST_CASE("a history of unexpected shapes is no match and does no harm") {
    for (const std::string messages :
         {R"("none")", "null", "{}", "[1,null,\"x\",[]]", R"([{"metadata":"x"}])",
          R"([{"metadata":{"event_payload":[]}}])", R"([{"metadata":{"event_payload":{"effect":{}}}}])"}) {
        CAPTURE(messages);
        History history;
        history.answers(R"({"ok":true,"response_metadata":{"next_cursor":7},"messages":)" + messages + "}");
        history.answers(R"({"ok":true,"messages":[]})");
        CHECK(history.search().empty());
    }
    History history;
    history.answers(R"({"ok":true,"channel":"D7"})");
    CHECK(history.search("U1").empty());
}
