#include "bot/message_search.hpp"

#include "config/base/log.hpp"
#include "handlers/review/payload_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

using handlers::review::field;
using handlers::review::text_field;
using nlohmann::json;
using slack::ApiMeaning;
using std::chrono::seconds;

// Clocks differ: ours says when the effect was claimed, Slack's `oldest` counts in its own time.
constexpr auto clock_slack = seconds(120);
constexpr int max_pages = 20;

Failure try_again(const slack::ApiAnswer& answer) {
    return {Errc::unavailable, "looking for an earlier copy of the message: " + answer.error};
}

bool cannot_be_told_now(ApiMeaning meaning) {
    return meaning == ApiMeaning::retry || meaning == ApiMeaning::unclear;
}

// A direct message is addressed by user id; its history by the conversation's id.
net::Awaitable<Result<std::string>> conversation_of(slack::WebApi& api, std::string channel,
                                                    storage::TokenKind token) {
    if (!channel.starts_with("U") && !channel.starts_with("W")) co_return channel;
    const json args = {{"users", channel}};
    const auto answer = co_await api.call("conversations.open", token, args.dump());
    if (cannot_be_told_now(answer.meaning)) co_return std::unexpected(try_again(answer));
    const json body = json::parse(answer.body, nullptr, false);
    co_return text_field(field(body, "channel"), "id");
}

}  // namespace

net::Awaitable<Result<std::optional<std::string>>> find_posted_message(slack::WebApi& api,
                                                                       storage::Effect effect) {
    const json args = json::parse(effect.args);
    auto channel = co_await conversation_of(api, text_field(args, "channel"), effect.token);
    if (!channel) co_return std::unexpected(channel.error());

    const auto since = effect.claimed_at.value_or(Timestamp()) - clock_slack;
    json query = {{"channel", *channel},
                  {"oldest", fmt::format("{}.000000", to_millis(since) / 1000)},
                  {"include_all_metadata", true},
                  {"limit", 200}};
    for (int page = 0; page < max_pages && !channel->empty(); ++page) {
        const auto answer = co_await api.call("conversations.history", effect.token, query.dump());
        if (cannot_be_told_now(answer.meaning)) co_return std::unexpected(try_again(answer));
        const json body = json::parse(answer.body, nullptr, false);
        if (answer.meaning != ApiMeaning::ok || !body.is_object()) {
            log::warning("message_search_refused", {{"effect", effect.key}, {"error", answer.error}});
            break;
        }
        for (const json& message : field(body, "messages")) {
            const auto& payload = field(field(message, "metadata"), "event_payload");
            if (text_field(payload, "effect") != effect.key) continue;
            const json found = {{"ok", true}, {"channel", *channel}, {"ts", text_field(message, "ts")}};
            co_return found.dump();
        }
        const auto cursor = text_field(field(body, "response_metadata"), "next_cursor");
        if (cursor.empty()) break;
        query["cursor"] = cursor;
    }
    co_return std::nullopt;
}

namespace {

constexpr std::string_view metadata_type = "countersign_effect";

// The effect's key travels with the message, so that it can be found again.
std::string with_metadata(const storage::Effect& effect) {
    json args = json::parse(effect.args);
    args["metadata"] = {{"event_type", metadata_type}, {"event_payload", {{"effect", effect.key}}}};
    return args.dump(-1, ' ', false, json::error_handler_t::replace);
}

slack::ApiAnswer made_answer(slack::ApiMeaning meaning, std::string error, std::string body) {
    slack::ApiAnswer made;
    made.meaning = meaning;
    made.error = std::move(error);
    made.body = std::move(body);
    return made;
}

}  // namespace

net::Awaitable<slack::ApiAnswer> deliver_message(slack::WebApi& api, const storage::Effect& effect) {
    const bool post = effect.method == "chat.postMessage";
    if (post && effect.maybe_sent) {
        auto found = co_await find_posted_message(api, effect);
        if (!found.has_value()) co_return made_answer(slack::ApiMeaning::retry, found.error().text, "{}");
        if (found->has_value()) {
            log::info("message_found", {{"effect", effect.key}});
            co_return made_answer(slack::ApiMeaning::ok, "", std::move(**found));
        }
    }
    co_return co_await api.call(effect.method, effect.token, post ? with_metadata(effect) : effect.args);
}

}  // namespace countersign::bot
