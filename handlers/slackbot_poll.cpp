#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/slackbot_notice.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;
using storage::DecisionKind;

constexpr std::chrono::seconds poll_every{60};
constexpr std::chrono::hours look_back{24 * 30};
constexpr int max_pages = 50;
constexpr int log_pause = 5;                               // polls
constexpr std::string_view outstanding = "slackbot_poll";  // meta: the one call that a round waits for

std::chrono::milliseconds pause(const Context& context) {
    const auto scaled = std::chrono::duration_cast<std::chrono::milliseconds>(poll_every) /
                        static_cast<std::int64_t>(context.settings.slack.rate_scale);
    return std::max(scaled, std::chrono::milliseconds(500));
}

Outcome ask(storage::Effect effect) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(outstanding), effect.key});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

// One message an hour for one cause; the next round tries again.
Outcome cannot(const EffectAnswer& answer, std::string_view what, const Context& context) {
    Outcome outcome;
    const auto hour = std::chrono::floor<std::chrono::hours>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(context.settings,
                                    fmt::format("{}:{}:{}", answer.purpose, answer.error, hour),
                                    views::alarm_notice(what, answer.trouble())));
    return outcome;
}

std::string round_of(const EffectAnswer& answer) {
    return text_field(answer.context, "round");
}

storage::Effect call(std::string_view method, std::string_view purpose, const std::string& round,
                     const std::string& page, const json& args, json more = json::object()) {
    auto made = reviewer_call(method, purpose, round, page, args.dump());
    more["round"] = round;
    made.context = more.dump();
    return made;
}

// From the oldest message that may still be edited to say a decision, or what was not seen yet.
std::string oldest(const Context& context) {
    auto from = context.view.meta("slackbot_latest");
    if (from.empty()) {
        const auto since = context.now - look_back;
        return fmt::format("{}.000000", to_millis(since) / 1000);
    }
    for (const auto& open : context.view.open_requests()) {
        for (const auto& notice : context.view.slackbot_notices(open.id)) {
            // Slack's time stamps have the same number of digits until 2286.
            if (notice.personal && notice.ts < from) from = notice.ts;
        }
    }
    return from;
}

// Where a round stands. Slack tells the newest first: only when the last page was read, all up to the first
// message of the first page is seen.
struct Walk {
    std::string channel, oldest, latest;
    int pages = 0;
};

Outcome ask_history(const std::string& round, const std::string& cursor, const Walk& walk) {
    json args{{"channel", walk.channel}, {"oldest", walk.oldest}, {"inclusive", true}, {"limit", 200}};
    if (!cursor.empty()) args["cursor"] = cursor;
    return ask(call("conversations.history", purposes::slackbot_history, round, cursor, args,
                    {{"pages", walk.pages}, {"oldest", walk.oldest}, {"latest", walk.latest}}));
}

Walk new_walk(const std::string& channel, const Context& context) {
    return {.channel = channel, .oldest = oldest(context), .latest = context.view.meta("slackbot_latest")};
}

Outcome ask_conversations(const std::string& round, const std::string& cursor) {
    json args{{"types", "im"}, {"limit", 200}};
    if (!cursor.empty()) args["cursor"] = cursor;
    return ask(call("conversations.list", purposes::slackbot_im, round, cursor, args));
}

Outcome read_conversation(const std::string& round, const Context& context) {
    const auto channel = context.view.meta("slackbot_im");
    if (channel.empty()) return ask_conversations(round, "");
    return ask_history(round, "", new_walk(channel, context));
}

bool waits_for_slack(const storage::AppRequest& request) {
    return !request.app_id.empty() && !storage::is_final(request.state) && !review::in_flight(request.state);
}

// The integration log needs the scope `admin`; a token without it says so once, and is not asked again
// before the next start.
Outcome ask_log(const std::string& round, int page) {
    Outcome outcome;
    outcome.effects.push_back(call("team.integrationLogs", purposes::integration_log, round,
                                   std::to_string(page), {{"count", "100"}, {"page", std::to_string(page)}},
                                   {{"page", page}}));
    return outcome;
}

bool is_expected(const EffectAnswer& answer, const Context& context) {
    return context.view.meta(outstanding) == answer.key;
}

std::int64_t seconds_of(const json& log) {
    const auto text = text_field(log, "date");
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

// What an entry of the log says of a request; nothing where it says nothing.
std::optional<SeenDecision> decision_in(const json& log) {
    const auto resolution = text_field(log, "resolution");
    const auto change = text_field(log, "change_type");
    SeenDecision seen;
    seen.told_by = "Slack's integration log";
    if (resolution == "approved" || resolution == "restricted") {
        seen.kind = resolution == "approved" ? DecisionKind::approve : DecisionKind::restrict;
        seen.who = UserId(text_field(log, "user_id"));
    } else if (change == "added") {
        // Installed while approval is required: so it was approved, by whom is not told.
        seen.kind = DecisionKind::approve;
    } else {
        return std::nullopt;
    }
    seen.evidence = details({{"read_from", "team.integrationLogs"},
                             {"change_type", change},
                             {"resolution", resolution},
                             {"user", text_field(log, "user_id")},
                             {"date", text_field(log, "date")}});
    return seen;
}

}  // namespace

Outcome begin_slackbot_poll(const Context& context) {
    Outcome outcome;
    if (!context.capabilities.reviewer || context.capabilities.admin) return outcome;
    outcome.changes.emplace_back(
        storage::SetTimer{{"slackbot_poll", context.now + pause(context), R"({"kind":"slackbot_poll"})"}});
    if (still_in_outbox(context.view.meta(outstanding), context)) return outcome;
    outcome.merge(read_conversation(std::to_string(to_millis(context.now)), context));
    return outcome;
}

// Whose token it is may have changed with the restart, and what it may do.
Outcome begin_slackbot_poll_anew(const Context& context) {
    Outcome outcome;
    if (!context.capabilities.reviewer || context.capabilities.admin) return outcome;
    outcome.changes.emplace_back(
        storage::SetTimer{{"slackbot_poll", context.now + pause(context), R"({"kind":"slackbot_poll"})"}});
    outcome.changes.emplace_back(storage::SetMeta{"integration_log", ""});
    outcome.merge(begin_integration_log(context));
    outcome.merge(ask(
        call("auth.test", purposes::reviewer, std::to_string(to_millis(context.now)), "", json::object())));
    return outcome;
}

// The integration log needs the scope `admin`; a token without it is not asked again before the next start.
Outcome begin_integration_log(const Context& context) {
    Outcome outcome;
    if (!context.capabilities.reviewer || context.capabilities.admin) return outcome;
    outcome.changes.emplace_back(storage::SetTimer{
        {"integration_log", context.now + pause(context) * log_pause, R"({"kind":"integration_log"})"}});
    const auto open = context.view.open_requests();
    if (context.view.meta("integration_log") != "refused" && std::ranges::any_of(open, waits_for_slack))
        outcome.merge(ask_log(std::to_string(to_millis(context.now)), 1));
    return outcome;
}

Outcome reviewer_told(const EffectAnswer& answer, const Context& context) {
    if (!answer.ok())
        return cannot(answer, "The reviewer's token does not work: Slackbot's messages are not read.",
                      context);
    Outcome outcome;
    const auto user = text_field(answer.response, "user_id");
    if (user != context.view.meta("reviewer_user"))  // another person, another conversation
        outcome.changes.emplace_back(storage::SetMeta{"slackbot_latest", ""});
    outcome.changes.emplace_back(storage::SetMeta{"reviewer_user", user});
    outcome.changes.emplace_back(storage::SetMeta{"reviewer_team", text_field(answer.response, "team_id")});
    outcome.merge(ask_conversations(round_of(answer), ""));
    return outcome;
}

Outcome conversations_told(const EffectAnswer& answer, const Context& context) {
    if (!is_expected(answer, context)) return {};
    if (!answer.ok())
        return cannot(answer,
                      "The reviewer's conversation with Slackbot cannot be found; give the token im:read.",
                      context);
    Outcome outcome;
    for (const auto& conversation : field(answer.response, "channels")) {
        if (text_field(conversation, "user") != "USLACKBOT") continue;
        const auto channel = text_field(conversation, "id");
        outcome.changes.emplace_back(storage::SetMeta{"slackbot_im", channel});
        outcome.merge(ask_history(round_of(answer), "", new_walk(channel, context)));
        return outcome;
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty()) return ask_conversations(round_of(answer), cursor);
    return outcome;
}

Outcome history_told(const EffectAnswer& answer, const Context& context) {
    if (!is_expected(answer, context)) return {};
    const auto round = round_of(answer);
    if (!answer.ok()) {
        auto outcome = cannot(answer, "The reviewer's conversation with Slackbot cannot be read.", context);
        // The conversation may have another id now; an expired cursor only needs a new round.
        if (answer.error == "channel_not_found")
            outcome.changes.emplace_back(storage::SetMeta{"slackbot_im", ""});
        return answer.error == "invalid_cursor" ? Outcome{} : outcome;
    }
    Outcome outcome;
    const ChannelId channel(text_field(answer.args, "channel"));
    const auto before = context.view.meta("slackbot_latest");
    Walk walk{.channel = channel.value,
              .oldest = text_field(answer.context, "oldest"),
              .latest = text_field(answer.context, "latest"),
              .pages = static_cast<int>(number_field(answer.context, "pages")) + 1};
    for (const auto& message : field(answer.response, "messages")) {
        const auto ts = text_field(message, "ts");
        walk.latest = std::max(walk.latest, ts);
        const auto known = context.view.slackbot_notice(channel, ts);
        const auto digest = review::content_digest(message);
        if (known && known->digest == digest) continue;
        const auto notice = review::read_slackbot_notice(message, context.settings.slackbot_texts);
        if (notice.author != review::Author::slackbot) continue;
        if (!known && notice.kind == review::NoticeKind::other) continue;
        // Decided before we ever listened: nothing to do about it.
        if (!known && before.empty() && notice.kind == review::NoticeKind::decision) continue;
        const json event{{"kind", "slackbot_entry"}, {"channel", channel.value}, {"message", message}};
        outcome.changes.emplace_back(
            storage::SetTimer{{fmt::format("slackbot:{}:{}:{}", channel.value, ts, digest.substr(0, 8)),
                               context.now, event.dump(-1, ' ', false, json::error_handler_t::replace)}});
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty() && walk.pages < max_pages)
        outcome.merge(ask_history(round, cursor, walk));
    else if (walk.latest != before)
        outcome.changes.emplace_back(storage::SetMeta{"slackbot_latest", walk.latest});
    return outcome;
}

Outcome integration_log_told(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    if (!answer.ok()) {
        if (answer.meaning == "human")
            outcome.changes.emplace_back(storage::SetMeta{"integration_log", "refused"});
        return outcome;
    }
    auto open = context.view.open_requests();
    std::erase_if(open, [](const auto& request) { return !waits_for_slack(request); });
    auto newest_needed = context.now;
    for (const auto& request : open)
        newest_needed = std::min(newest_needed, request.created_at);
    bool reaches_back = false;
    for (const auto& log : field(answer.response, "logs")) {
        const auto at = from_millis(seconds_of(log) * 1000);
        reaches_back = reaches_back || at < newest_needed;
        const auto seen = decision_in(log);
        if (!seen) continue;
        const auto app = text_field(log, "app_id");
        const auto found = std::ranges::find_if(open, [&](const storage::AppRequest& request) {
            return request.app_id.value == app &&
                   at + std::chrono::seconds(1) > request.created_at;  // whole seconds
        });
        if (found == open.end()) continue;
        outcome.merge(decided_in_slack(*found, *seen, context));
        open.erase(found);
    }
    const auto page = static_cast<int>(number_field(answer.context, "page"));
    const auto pages = number_field(field(answer.response, "paging"), "pages");
    if (!reaches_back && page < pages && page < max_pages) outcome.merge(ask_log(round_of(answer), page + 1));
    return outcome;
}

}  // namespace countersign::handlers
