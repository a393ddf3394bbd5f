#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/integration_log.hpp"
#include "handlers/joining.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/slackbot_notice.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;
using storage::TokenKind;

constexpr std::chrono::hours look_back{24 * 30};
constexpr int max_pages = 50;
constexpr int routed_pause = 10;  // polls, until a channel that could not be read is tried again

// Meta: the one call that a round waits for. The two conversations are read beside each other.
std::string_view outstanding(bool personal) {
    return personal ? "slackbot_poll" : "slackbot_routed";
}
// Meta: since when a conversation is listened to, as one of its time stamps.
std::string since_of(const std::string& channel) {
    return "slackbot_since:" + channel;
}
// Meta: up to which message a conversation was read to its end.
std::string mark_of(const std::string& channel) {
    return "slackbot_latest:" + channel;
}

// The manager's conversation is that person's to read; the channel that requests are routed to is the bot's.
Outcome ask(std::string_view method, std::string_view purpose, const std::string& page, const json& args,
            const json& kept, bool personal) {
    auto made = reviewer_call(method, purpose, text_field(kept, "round"), page, args.dump());
    if (!personal) made.token = TokenKind::bot;
    made.context = kept.dump();
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(outstanding(personal)), made.key});
    outcome.effects.push_back(std::move(made));
    return outcome;
}

bool is_expected(const EffectAnswer& answer, bool personal, const Context& context) {
    return context.view.meta(outstanding(personal)) == answer.key;
}

// One message an hour for one cause; the next round tries again.
Outcome cannot(const EffectAnswer& answer, std::string_view what, const std::string& advice,
               const Context& context) {
    Outcome outcome;
    const auto hour = std::chrono::floor<std::chrono::hours>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings,
        fmt::format("{}:{}:{}:{}", answer.purpose, text_field(answer.args, "channel"), answer.error, hour),
        views::alarm_notice(what, advice)));
    return outcome;
}

std::string round_of(const EffectAnswer& answer) {
    return text_field(answer.context, "round");
}

std::string new_round(bool personal, const Context& context) {
    const auto last = context.view.meta(outstanding(personal));
    std::int64_t before = 0;
    if (const auto at = last.find(':'); at != std::string::npos)
        std::from_chars(last.data() + at + 1, last.data() + last.size(), before);
    // Never the same twice, not in the same moment and not after a clock was set back: its first call would
    // be taken for that of before.
    return std::to_string(std::max(to_millis(context.now), before + 1));
}

std::string as_ts(Timestamp time) {
    return fmt::format("{}.000000", to_millis(time) / 1000);
}

// From the oldest message that may still be edited to say a decision, or what was not seen yet.
std::string oldest(const std::string& channel, const Context& context) {
    auto from = context.view.meta(mark_of(channel));
    if (from.empty()) return as_ts(context.now - look_back);
    const auto reach_back_to = [&](RequestId request) {
        for (const auto& notice : context.view.slackbot_notices(request)) {
            // Slack's time stamps have the same number of digits until 2286.
            if (notice.channel.value == channel && notice.ts < from) from = notice.ts;
        }
    };
    for (const auto& open : context.view.open_requests()) {
        reach_back_to(open.id);
        for (const auto& joined : joined_with(open, context))
            reach_back_to(joined.id);
    }
    return from;
}

// Where a round stands. Slack tells the newest first: only when the last page was read, all up to the first
// message of the first page is seen.
struct Walk {
    std::string channel;
    bool personal;
    std::string oldest, latest;
    int pages = 0;
};

Outcome ask_history(const std::string& round, const std::string& cursor, const Walk& walk) {
    json args{{"channel", walk.channel}, {"oldest", walk.oldest}, {"inclusive", true}, {"limit", 200}};
    if (!cursor.empty()) args["cursor"] = cursor;
    return ask("conversations.history", purposes::slackbot_history, walk.channel + ":" + cursor, args,
               {{"round", round},
                {"personal", walk.personal},
                {"pages", walk.pages},
                {"oldest", walk.oldest},
                {"latest", walk.latest}},
               walk.personal);
}

Outcome read_history(const std::string& round, const std::string& channel, bool personal,
                     const Context& context) {
    const auto latest = context.view.meta(mark_of(channel));
    auto outcome = ask_history(
        round, "",
        {.channel = channel, .personal = personal, .oldest = oldest(channel, context), .latest = latest});
    if (context.view.meta(since_of(channel)).empty())
        outcome.changes.emplace_back(
            storage::SetMeta{since_of(channel), latest.empty() ? as_ts(context.now) : latest});
    return outcome;
}

Outcome ask_conversations(const std::string& round, const std::string& cursor) {
    json args{{"types", "im"}, {"limit", 200}};
    if (!cursor.empty()) args["cursor"] = cursor;
    return ask("conversations.list", purposes::slackbot_im, cursor, args, {{"round", round}}, true);
}

// With the Admin API Slack's own lists tell what was missed.
bool is_routed(const Context& context) {
    return !context.settings.slackbot_channel.empty() && !context.capabilities.admin;
}

Outcome history_unreadable(const EffectAnswer& answer, const Context& context) {
    if (field(answer.context, "personal") == true) {
        // An expired cursor only needs a new round.
        if (answer.error == "invalid_cursor") return {};
        auto outcome = cannot(answer, "The reviewer's conversation with Slackbot cannot be read.",
                              answer.trouble(), context);
        // The conversation may have another id now.
        if (answer.error == "channel_not_found")
            outcome.changes.emplace_back(storage::SetMeta{"slackbot_im", ""});
        return outcome;
    }
    auto outcome = read_routed_channel_in(poll_pause(context) * routed_pause, context);
    if (answer.error == "invalid_cursor") return outcome;
    const auto channel = text_field(answer.args, "channel");
    // A private channel that the bot is not in does not exist for it.
    const bool outside = answer.error == "not_in_channel" || answer.error == "channel_not_found";
    outcome.merge(cannot(
        answer,
        fmt::format("Slackbot's messages in the channel {} cannot be read: what was asked for while "
                    "Countersign did not listen is not known.",
                    channel),
        (outside ? "Invite the app to that channel (/invite); it is then read within ten minutes. " : "") +
            answer.trouble(),
        context));
    return outcome;
}

}  // namespace

Outcome begin_slackbot_poll(const Context& context) {
    Outcome outcome;
    if (!context.capabilities.reviewer || context.capabilities.admin) return outcome;
    outcome.changes.emplace_back(storage::SetTimer{
        {"slackbot_poll", context.now + poll_pause(context), R"({"kind":"slackbot_poll"})"}});
    if (still_in_outbox(context.view.meta(outstanding(true)), context)) return outcome;
    const auto channel = context.view.meta("slackbot_im");
    outcome.merge(channel.empty() ? ask_conversations(new_round(true, context), "")
                                  : read_history(new_round(true, context), channel, true, context));
    return outcome;
}

// Whose token it is may have changed with the restart, and what it may do.
Outcome begin_slackbot_poll_anew(const Context& context) {
    Outcome outcome;
    if (!context.capabilities.reviewer || context.capabilities.admin) return outcome;
    outcome.changes.emplace_back(storage::SetTimer{
        {"slackbot_poll", context.now + poll_pause(context), R"({"kind":"slackbot_poll"})"}});
    outcome.merge(begin_integration_log_anew(context));
    outcome.merge(ask("auth.test", purposes::reviewer, "", json::object(),
                      {{"round", new_round(true, context)}}, true));
    return outcome;
}

// Always anew: what a walk under way has read already may be what was missed.
Outcome read_routed_channel(const Context& context) {
    if (!is_routed(context)) return {};
    return read_history(new_round(false, context), context.settings.slackbot_channel.value, false, context);
}

Outcome read_routed_channel_in(std::chrono::milliseconds time, const Context& context) {
    Outcome outcome;
    if (!is_routed(context)) return outcome;
    outcome.changes.emplace_back(
        storage::SetTimer{{"slackbot_routed", context.now + time, R"({"kind":"slackbot_routed"})"}});
    return outcome;
}

Outcome reviewer_told(const EffectAnswer& answer, const Context& context) {
    if (!answer.ok())
        return cannot(answer, "The reviewer's token does not work: Slackbot's messages are not read.",
                      answer.trouble(), context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMeta{"reviewer_user", text_field(answer.response, "user_id")});
    outcome.changes.emplace_back(storage::SetMeta{"reviewer_team", text_field(answer.response, "team_id")});
    outcome.merge(ask_conversations(round_of(answer), ""));
    return outcome;
}

Outcome conversations_told(const EffectAnswer& answer, const Context& context) {
    if (!is_expected(answer, true, context)) return {};
    if (!answer.ok())
        return cannot(answer,
                      "The reviewer's conversation with Slackbot cannot be found; give the token im:read.",
                      answer.trouble(), context);
    Outcome outcome;
    for (const auto& conversation : field(answer.response, "channels")) {
        if (text_field(conversation, "user") != "USLACKBOT") continue;
        const auto channel = text_field(conversation, "id");
        outcome.changes.emplace_back(storage::SetMeta{"slackbot_im", channel});
        outcome.merge(read_history(round_of(answer), channel, true, context));
        return outcome;
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty()) return ask_conversations(round_of(answer), cursor);
    return outcome;
}

Outcome history_told(const EffectAnswer& answer, const Context& context) {
    const bool personal = field(answer.context, "personal") == true;
    if (!is_expected(answer, personal, context)) return {};
    if (!answer.ok()) return history_unreadable(answer, context);
    Outcome outcome;
    const ChannelId channel(text_field(answer.args, "channel"));
    const auto before = context.view.meta(mark_of(channel.value));
    const auto since = context.view.meta(since_of(channel.value));
    Walk walk{.channel = channel.value,
              .personal = personal,
              .oldest = text_field(answer.context, "oldest"),
              .latest = text_field(answer.context, "latest"),
              .pages = static_cast<int>(number_field(answer.context, "pages")) + 1};
    for (const auto& message : field(answer.response, "messages")) {
        const auto ts = text_field(message, "ts");
        walk.latest = std::max(walk.latest, ts);
        if (in_thread(message)) continue;
        const auto known = context.view.slackbot_notice(channel, ts);
        const auto digest = review::content_digest(message);
        if (known && known->digest == digest) continue;
        const auto notice = review::read_slackbot_notice(message, context.settings.slackbot_texts);
        if (notice.author != review::Author::slackbot) continue;
        if (!known && notice.kind == review::NoticeKind::other) continue;
        // Decided before we ever listened: nothing to do about it.
        if (!known && ts < since && notice.kind == review::NoticeKind::decision) continue;
        const json event{{"kind", "slackbot_entry"},
                         {"channel", channel.value},
                         {"personal", personal},
                         {"message", message}};
        outcome.changes.emplace_back(
            storage::SetTimer{{fmt::format("slackbot:{}:{}:{}", channel.value, ts, digest.substr(0, 8)),
                               context.now, event.dump(-1, ' ', false, json::error_handler_t::replace)}});
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty() && walk.pages < max_pages)
        outcome.merge(ask_history(round_of(answer), cursor, walk));
    else if (walk.latest != before)
        outcome.changes.emplace_back(storage::SetMeta{mark_of(channel.value), walk.latest});
    return outcome;
}

}  // namespace countersign::handlers
