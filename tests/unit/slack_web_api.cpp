#include "bot/slack/web_api.hpp"
#include "tests/support/fake_http_client.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using storage::TokenKind;
using tests::FakeHttpClient;

struct Fixture {
    Fixture() {
        secrets.app_token = Secret("xapp-1-A1-app");
        secrets.bot_token = Secret("xoxb-bot");
        secrets.admin_token = Secret("xoxp-admin");
    }
    ApiAnswer call(const std::string& method, TokenKind token = TokenKind::bot,
                   const std::string& args = "{}") {
        net::asio::io_context io;
        return tests::run(io, api.call(method, token, args));
    }
    ApiAnswer answered(const std::string& method, int status, std::string body) {
        http.script.emplace_back(FakeHttpClient::json(status, std::move(body)));
        return call(method);
    }
    [[nodiscard]] std::string header(const std::string& name) const {
        std::string found;
        for (const auto& [key, value] : http.requests.back().headers) {
            if (key == name) found = value;
        }
        return found;
    }

    FakeHttpClient http;
    config::Secrets secrets;
    WebApi api{http, "https://slack.com/api/", secrets};
};

TEST_CASE("R1: a POST with the token in the Authorization header and nowhere else") {
    Fixture slack;
    slack.http.script.emplace_back(FakeHttpClient::json(200, R"({"ok":true,"url":"wss://x"})"));
    const ApiAnswer answer = slack.call("apps.connections.open", TokenKind::app);
    CHECK(answer.meaning == ApiMeaning::ok);
    CHECK(answer.body == R"({"ok":true,"url":"wss://x"})");
    const auto& request = slack.http.requests.back();
    CHECK(request.method == "POST");
    CHECK(request.url == "https://slack.com/api/apps.connections.open");
    CHECK(slack.header("Authorization") == "Bearer xapp-1-A1-app");
    CHECK(request.body.find("xapp") == std::string::npos);
}

TEST_CASE("each method gets the body it reads, nested values of a form are JSON text") {
    Fixture slack;
    slack.call("chat.postMessage", TokenKind::bot, R"({"channel":"C1","blocks":[{"type":"divider"}]})");
    CHECK(slack.header("Content-Type") == "application/json; charset=utf-8");
    CHECK(slack.http.requests.back().body == R"({"channel":"C1","blocks":[{"type":"divider"}]})");
    CHECK(slack.header("Authorization") == "Bearer xoxb-bot");

    slack.call("admin.apps.requests.list", TokenKind::admin,
               R"({"certified":true,"cursor":null,"filter":{"a":"é&="},"limit":100,"team_id":"T 1"})");
    CHECK(slack.header("Content-Type") == "application/x-www-form-urlencoded");
    CHECK(slack.http.requests.back().body ==
          "certified=true&filter=%7B%22a%22%3A%22%C3%A9%26%3D%22%7D&limit=100&team_id=T%201");
    CHECK(slack.header("Authorization") == "Bearer xoxp-admin");
}

TEST_CASE("a token that is not configured is an answer, not a call") {
    Fixture slack;
    const ApiAnswer answer = slack.call("conversations.history", TokenKind::reviewer);
    CHECK(answer.meaning == ApiMeaning::human);
    CHECK(answer.error == "not_authed");
    CHECK(slack.http.requests.empty());
    CHECK(slack.call("no.such.method").error == "unknown_method");
    CHECK(slack.call("auth.test", TokenKind::bot, "[]").error == "invalid_arguments");
}

TEST_CASE("ok:false carries Slack's code and its meaning") {
    Fixture slack;
    const ApiAnswer answer =
        slack.answered("views.open", 200, R"({"ok":false,"error":"expired_trigger_id"})");
    CHECK(answer.meaning == ApiMeaning::refused);
    CHECK(answer.error == "expired_trigger_id");
    CHECK(slack.answered("chat.postMessage", 503, R"({"ok":false,"error":"service_unavailable"})").meaning ==
          ApiMeaning::retry);
}

TEST_CASE("R11: 429 rests as long as Slack says, 30 s where it does not say, never above 10 minutes") {
    const auto rest = [](const char* value) {
        Fixture slack;
        auto response = FakeHttpClient::json(429, R"({"ok":false,"error":"ratelimited"})");
        if (value != nullptr) response.headers["retry-after"] = value;
        slack.http.script.emplace_back(response);
        return slack.call("chat.postMessage");
    };
    CHECK(rest("7").retry_after == 7s);
    CHECK(rest("7").meaning == ApiMeaning::retry);
    CHECK(rest("7").error == "ratelimited");
    CHECK(rest("0").retry_after == 1s);
    for (const char* garbled : {"", "soon", "-5", "1.5", "5 s", "Wed, 21 Oct 2026 07:28:00 GMT"}) {
        CHECK(rest(garbled).retry_after == 30s);
    }
    CHECK(rest(nullptr).retry_after == 30s);
    CHECK(rest("600").retry_after == 10min);
    CHECK_FALSE(rest("600").rest_capped);
    for (const char* long_time : {"99999999999999999", "601", "86400", "99999999999999999999999"}) {
        CHECK(rest(long_time).retry_after == 10min);
        CHECK(rest(long_time).rest_capped);
    }
}

TEST_CASE("ratelimited with HTTP 200 rests too") {
    Fixture slack;
    const ApiAnswer answer =
        slack.answered("chat.postMessage", 200, R"({"ok":false,"error":"rate_limited"})");
    CHECK(answer.retry_after == 30s);
}

TEST_CASE("N5: what is not Slack's answer: a read repeats, a write is looked up, nothing is approved") {
    for (const auto& [status, body] :
         std::vector<std::pair<int, std::string>>{{200, ""},
                                                  {200, "null"},
                                                  {200, "true"},
                                                  {200, "[]"},
                                                  {200, "\"ok\""},
                                                  {200, "{}"},
                                                  {200, "<html>ok</html>"},
                                                  {200, R"({"ok":true)"},
                                                  {200, R"({"ok":"true"})"},
                                                  {200, R"({"ok":1})"},
                                                  {200, R"({"ok":null})"},
                                                  {200, R"({"ok":true,"ok":true})"},
                                                  {200, R"({"ok":false,"ok":true})"},
                                                  {200, R"({"ok":false})"},
                                                  {200, R"({"ok":false,"error":7})"},
                                                  {200, R"({"ok":false,"error":""})"},
                                                  {200, R"({"ok":true,"error":"x"})"},
                                                  {200, "{\"ok\":true,\"name\":\"\xff\"}"},
                                                  {200, R"({"result":{"ok":true}})"},
                                                  {204, ""},
                                                  {301, R"({"ok":true})"},
                                                  {404, R"({"ok":true})"},
                                                  {500, ""},
                                                  {502, "<html>Bad Gateway</html>"},
                                                  {503, R"({"ok":true})"}}) {
        CAPTURE(status);
        CAPTURE(body);
        Fixture slack;
        const ApiAnswer write = slack.answered("admin.apps.approve", status, body);
        CHECK(write.meaning == ApiMeaning::unclear);
        CHECK(write.error == "malformed");
        CHECK(write.body == "{}");
        CHECK(write.http_status == status);
        CHECK(slack.answered("admin.apps.requests.list", status, body).meaning == ApiMeaning::retry);
    }
}

TEST_CASE("N5: JSON that calls itself a page is none") {
    Fixture slack;
    auto response = FakeHttpClient::json(200, R"({"ok":true})");
    response.headers["content-type"] = "text/html";
    slack.http.script.emplace_back(response);
    CHECK(slack.call("auth.test").error == "malformed");
}

TEST_CASE("what HTTP brings: not sent is repeated, maybe sent is looked up") {
    struct Row {
        Errc code;
        const char* error;
        ApiMeaning write;
    };
    for (const Row& row :
         {Row{Errc::timeout, "timeout", ApiMeaning::retry},
          Row{Errc::unreachable, "unreachable", ApiMeaning::retry}, Row{Errc::tls, "tls", ApiMeaning::retry},
          Row{Errc::unclear, "answer_lost", ApiMeaning::unclear},
          Row{Errc::cancelled, "answer_lost", ApiMeaning::unclear},
          Row{Errc::malformed, "malformed", ApiMeaning::unclear},
          Row{Errc::too_large, "malformed", ApiMeaning::unclear}}) {
        CAPTURE(row.error);
        Fixture slack;
        slack.http.script.emplace_back(fail(row.code, "test"));
        const ApiAnswer write = slack.call("chat.postMessage");
        CHECK(write.error == row.error);
        CHECK(write.meaning == row.write);
        CHECK(write.http_status == 0);
        slack.http.script.emplace_back(fail(row.code, "test"));
        CHECK(slack.call("conversations.history").meaning == ApiMeaning::retry);
    }
}

}  // namespace
}  // namespace countersign::slack
