#include "bot/message_search.hpp"

#include "config/base/log.hpp"
#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace countersign::bot {
namespace {

using handlers::review::field;
using handlers::review::text_field;
using nlohmann::json;
using slack::ApiMeaning;
using std::chrono::seconds;

// Clocks differ: by Slack's, the message is at most this much older than what ours says has passed.
constexpr auto clock_slack = seconds(120);
// What is older than possible by more than this is of another database, whose numbers were the same. Less may
// be the time that a call took.
constexpr auto surely_another = std::chrono::hours(1);
constexpr int max_pages = 20;

Failure try_again(const slack::ApiAnswer& answer) {
    return {Errc::unavailable, "looking for an earlier copy of the message: " + answer.error};
}

bool cannot_be_told_now(ApiMeaning meaning) {
    return meaning == ApiMeaning::retry || meaning == ApiMeaning::unclear;
}

// By Slack's own clock: ours may have been wrong then or be wrong now. Nothing where it cannot be told.
std::optional<Timestamp> oldest_possible(const storage::Effect& effect, const slack::ApiAnswer& answer) {
    if (!answer.date || effect.claimed_before < seconds(0)) return std::nullopt;
    return *answer.date - effect.claimed_before - clock_slack;
}

bool is_older(const json& message, const std::optional<Timestamp>& oldest, seconds by = seconds(0)) {
    std::int64_t written = 0;
    const auto ts = text_field(message, "ts");
    const bool number = std::from_chars(ts.data(), ts.data() + ts.size(), written).ec == std::errc();
    return oldest && number && Timestamp(seconds(written)) < *oldest - by;
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

    // What stands in a thread is not in the channel's history.
    const auto thread = text_field(args, "thread_ts");
    const auto* const method = thread.empty() ? "conversations.history" : "conversations.replies";
    json query = {{"channel", *channel}, {"include_all_metadata", true}, {"limit", 200}};
    if (!thread.empty()) query["ts"] = thread;
    std::optional<Timestamp> oldest;
    for (int page = 0; page < max_pages && !channel->empty(); ++page) {
        const auto answer = co_await api.call(method, effect.token, query.dump());
        if (cannot_be_told_now(answer.meaning)) co_return std::unexpected(try_again(answer));
        const json body = json::parse(answer.body, nullptr, false);
        if (answer.meaning != ApiMeaning::ok || !body.is_object()) {
            log::warning("message_search_refused", {{"effect", effect.key}, {"error", answer.error}});
            co_return std::nullopt;
        }
        if (page == 0 && thread.empty()) oldest = oldest_possible(effect, answer);
        bool beyond = false;
        for (const json& message : field(body, "messages")) {
            beyond = is_older(message, oldest);
            const auto& payload = field(field(message, "metadata"), "event_payload");
            if (text_field(payload, "effect") != effect.key || is_older(message, oldest, surely_another))
                continue;
            const json found = {{"ok", true}, {"channel", *channel}, {"ts", text_field(message, "ts")}};
            co_return found.dump();
        }
        const auto cursor = text_field(field(body, "response_metadata"), "next_cursor");
        if (cursor.empty() || beyond) co_return std::nullopt;
        query["cursor"] = cursor;
    }
    log::warning("message_search_ended", {{"effect", effect.key}, {"pages", max_pages}});
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
