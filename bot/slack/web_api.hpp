#pragma once

#include "bot/net/api_answer.hpp"
#include "bot/net/http_client.hpp"
#include "config/secrets.hpp"
#include "storage/records.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace countersign::slack {

// How Slack published each method (tests/unit checks this table against Slack's own reference).
struct Method {
    std::string_view name;
    enum class Body { json, form } body = Body::form;
    int per_minute = 50;  // the published tier: 1, 20, 50, 100; `chat.postMessage` is 1 a second and channel
    // What a repeat does when the answer was lost.
    enum class Repeat {
        harmless,         // reads, updates, and messages that only one person sees once (ephemeral)
        look_up,          // chat.postMessage: the channel is searched for our metadata first
        handler_decides,  // admin.apps.*, views.open: the result handler hears `unclear` and reads back or
                          // tells the person
    } repeat = Repeat::harmless;
};
// nullptr: not a method we call.
[[nodiscard]] const Method* find_method(std::string_view name);

using net::ApiAnswer;
using net::ApiMeaning;

[[nodiscard]] ApiMeaning meaning_of(std::string_view method, std::string_view slack_error);
// False: a code that is neither in Slack's reference for our methods nor one of our own.
[[nodiscard]] bool is_classified(std::string_view slack_error);
// A sentence that tells a person what to do about it.
[[nodiscard]] std::string_view api_advice(std::string_view slack_error);

// What an answer over HTTP means: status, type, Retry-After and body (R11, N5).
[[nodiscard]] ApiAnswer read_answer(const Method& method, net::HttpResponse response);

// Typed calls live in the handlers' effects; this performs any of them. Runs on the I/O thread.
class WebApi {
  public:
    WebApi(net::HttpClient& http, std::string api_url, const config::Secrets& secrets);

    // `args` is a JSON object; the token goes into the Authorization header only (R1).
    [[nodiscard]] net::Awaitable<ApiAnswer> call(std::string method, storage::TokenKind token,
                                                 std::string args,
                                                 std::chrono::milliseconds limit = std::chrono::seconds(30));

    // The next calls go over new connections.
    void close_idle() { http_->close_idle(); }

    // A file's bytes to where files.getUploadURLExternal said, without any token. Only Slack's own hosts, or
    // where the API is: nothing else is ever called (design.md §10).
    [[nodiscard]] net::Awaitable<ApiAnswer> upload(std::string url, std::string bytes);

  private:
    net::HttpClient* http_;
    std::string api_url_;
    const config::Secrets* secrets_;
};

}  // namespace countersign::slack
