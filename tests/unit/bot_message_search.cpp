#include "bot/message_search.hpp"
#include "tests/support/fake_http_client.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace countersign;
using tests::FakeHttpClient;

namespace {

struct History {
    History() { secrets.bot_token = Secret("xoxb-bot"); }
    void answers(std::string body) { http.script.emplace_back(FakeHttpClient::json(200, std::move(body))); }
    // The `ts` found, "" = none.
    std::string search(const std::string& channel = "C1") {
        storage::Effect effect;
        effect.key = "card:1";
        effect.method = "chat.postMessage";
        effect.args = nlohmann::json{{"channel", channel}, {"text", "x"}}.dump();
        net::asio::io_context io;
        const auto found = tests::run(io, bot::find_posted_message(api, effect));
        REQUIRE(found.has_value());
        return found->has_value() ? nlohmann::json::parse(**found).at("ts").get<std::string>() : "";
    }

    FakeHttpClient http;
    config::Secrets secrets;
    slack::WebApi api{http, "https://slack.com/api/", secrets};
};

}  // namespace

TEST_CASE("a message is found by the effect in its metadata, on whatever page it stands") {
    History history;
    history.answers(
        R"({"ok":true,"messages":[{"ts":"1.1","text":"x"}],"response_metadata":{"next_cursor":"n"}})");
    history.answers(
        R"({"ok":true,"messages":[{"ts":"1.2","metadata":{"event_payload":{"effect":"card:1"}}}]})");
    CHECK(history.search() == "1.2");
    CHECK(history.http.requests.size() == 2);
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
