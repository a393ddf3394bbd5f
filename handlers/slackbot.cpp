#include "handlers/slackbot.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/intake.hpp"
#include "handlers/integration_log.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/slackbot_notice.hpp"
#include "handlers/review/slackbot_sample.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::Author;
using review::field;
using review::NoticeKind;
using review::text_field;
using storage::AppRequest;

// Notices to several managers about one request come together (domain.md §8.5).
constexpr std::chrono::minutes together{10};

Timestamp time_of(std::string_view ts, Timestamp otherwise) {
    std::int64_t seconds = 0;
    std::from_chars(ts.data(), ts.data() + ts.size(), seconds);
    return seconds > 0 ? from_millis(seconds * 1000) : otherwise;
}

std::string raw(const json& message) {
    return message.dump(2, ' ', false, json::error_handler_t::replace);
}

// One message of Slackbot's while it is looked at.
struct Looked {
    const SeenMessage& seen;
    review::SlackbotNotice notice;
    std::string ts;
    std::string digest;
    std::optional<storage::SlackbotNotice> known;
};

storage::SlackbotNotice row(const Looked& looked, RequestId request, const Context& context) {
    auto saved = looked.known.value_or(storage::SlackbotNotice{});
    saved.channel = looked.seen.channel;
    saved.ts = looked.ts;
    saved.request = request;
    saved.kind = to_text(looked.notice.kind);
    saved.digest = looked.digest;
    saved.confidence = looked.notice.confidence;
    saved.doubtful = saved.doubtful || looked.notice.speaks_of_decision;
    saved.personal = looked.seen.personal;
    if (!looked.notice.approve_label.empty()) saved.approve_label = looked.notice.approve_label;
    if (!looked.notice.restrict_label.empty()) saved.restrict_label = looked.notice.restrict_label;
    saved.seen_at = context.now;
    return saved;
}

void record(const Looked& looked, Outcome& outcome, const Context& context) {
    auto sample = review::redacted_sample(looked.seen.message, looked.notice);
    auto shape = review::sample_shape(sample);
    outcome.changes.emplace_back(
        storage::RecordSlackbotSample{{.shape = std::move(shape),
                                       .kind = std::string(to_text(looked.notice.kind)),
                                       .confidence = looked.notice.confidence,
                                       .locale = looked.notice.locale,
                                       .sample = std::move(sample),
                                       .seen_at = context.now}});
}

// Not understood: a task for a person, with the raw message; once for each content of a message.
Outcome task(const Looked& looked, const std::string& what, const std::string& advice,
             const Context& context) {
    Outcome outcome;
    const auto request = looked.known ? looked.known->request : RequestId{};
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{row(looked, request, context)});
    record(looked, outcome, context);
    const auto why = text::joined(looked.notice.not_understood, "; ");
    outcome.audit.push_back(
        {"slack", "slackbot.not_understood", request.value > 0 ? to_text(request) : looked.seen.channel.value,
         details(
             {{"ts", looked.ts}, {"confidence", std::to_string(looked.notice.confidence)}, {"why", why}})});
    outcome.effects.push_back(alarm(
        context.settings,
        fmt::format("slackbot:{}:{}:{}", looked.seen.channel.value, looked.ts, looked.digest.substr(0, 16)),
        views::alarm_notice(why.empty() ? what : what + " (" + why + ")", advice, raw(looked.seen.message))));
    return outcome;
}

Outcome not_understood(const Looked& looked, const Context& context) {
    if (looked.known && looked.known->request.value > 0) {
        const auto id = to_text(looked.known->request);
        return task(
            looked,
            fmt::format("Slackbot has changed its message about {}, and the new words are not understood.",
                        id),
            fmt::format(
                "Look at the message in Slack. If it is decided there, press `Done` on the card of {}, "
                "after `Approve app` or `Restrict app`; add the words to slackbot_texts.toml.",
                id),
            context);
    }
    return task(looked, "Slackbot wrote something about an app that is not understood.",
                "Look at Slack's requests to install; if this is a request, its requester can enter it with "
                "/app-request. Add the words to slackbot_texts.toml and reload.",
                context);
}

bool same_app(const AppRequest& request, const review::SlackbotNotice& notice) {
    if (!request.app_id.empty() && !notice.app_id.empty()) return request.app_id == notice.app_id;
    return !notice.app_name.empty() && text::lower(request.app_name) == text::lower(notice.app_name);
}

bool fits(const AppRequest& request, const Looked& looked, Timestamp asked_at) {
    const auto& team = looked.seen.team;
    const bool here = request.team_id.empty() || team.empty() || request.team_id == team;
    if (!here || !same_app(request, looked.notice)) return false;
    if (!looked.notice.requester.empty() && !request.requester.empty())
        return request.requester == looked.notice.requester;
    return std::chrono::abs(asked_at - request.created_at) <= together;
}

// A conversation is told of each request once: a second message in it is about another one.
bool told_here(const AppRequest& request, const Looked& looked, const Context& context) {
    return std::ranges::any_of(context.view.slackbot_notices(request.id),
                               [&](const auto& notice) { return notice.channel == looked.seen.channel; });
}

// The request that the notice is about, if we have it: one of those that are open, or one that was decided
// before the notice to the second manager was read. One that is looked at again was decided, too.
std::optional<AppRequest> find_request(const Looked& looked, Timestamp asked_at, const Context& context) {
    for (auto& open : context.view.open_requests()) {
        if (!review::is_looked_at_again(open.state) && fits(open, looked, asked_at)) return std::move(open);
    }
    const auto& notice = looked.notice;
    const auto& app = notice.app_id.empty() ? notice.app_name : notice.app_id.value;
    if (app.empty()) return std::nullopt;
    for (auto& past : context.view.requests({.state = {}, .app = app, .requester = {}, .limit = 20})) {
        const bool then = std::chrono::abs(asked_at - past.created_at) <= together;
        const bool decided = storage::is_final(past.state) || review::is_looked_at_again(past.state);
        if (then && decided && fits(past, looked, asked_at) && !told_here(past, looked, context))
            return std::move(past);
    }
    return std::nullopt;
}

review::ReadAppRequest as_request(const Looked& looked, Timestamp asked_at) {
    const auto& notice = looked.notice;
    review::ReadAppRequest read;
    auto& request = read.request;
    request.app_id = notice.app_id;
    request.app_name = text::shortened(notice.app_name.empty() ? notice.app_id.value : notice.app_name, 200);
    request.team_id = looked.seen.team;
    request.team_name = text::shortened(notice.workspace, 200);
    request.requester = notice.requester;
    request.requester_name = text::shortened(notice.requester_name, 200);
    read.whole_message = notice.reason;
    request.message = text::shortened(notice.reason, 4'000);
    request.scopes = notice.scopes;
    request.scope_hash = review::scope_hash(request.scopes);
    read.scopes_told = !notice.scopes.empty();
    request.created_at = asked_at;
    return read;
}

Outcome request_seen(const Looked& looked, const Context& context) {
    const auto asked_at = time_of(looked.ts, context.now);
    auto read = as_request(looked, asked_at);
    auto found = looked.known && looked.known->request.value > 0 ? context.view.request(looked.known->request)
                                                                 : find_request(looked, asked_at, context);
    Outcome outcome;
    const auto id = found ? found->id : context.view.next_request_id();
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{row(looked, id, context)});
    record(looked, outcome, context);
    outcome.audit.push_back({"slack", "slackbot.request", to_text(id),
                             details({{"channel", looked.seen.channel.value},
                                      {"ts", looked.ts},
                                      {"confidence", std::to_string(looked.notice.confidence)},
                                      {"locale", looked.notice.locale},
                                      {"doubts", text::joined(looked.notice.not_understood, "; ")}})});
    if (found)
        outcome.merge(learn_of(std::move(*found), read, context));
    else
        outcome.merge(take_in(std::move(read), storage::RequestSource::slackbot, context));
    if (!looked.known)
        outcome.effects.push_back(ask_permalink(looked.seen.channel, looked.ts, looked.seen.personal));
    return outcome;
}

std::string evidence(const Looked& looked) {
    return details({{"slackbot_message", looked.ts},
                    {"channel", looked.seen.channel.value},
                    {"digest", looked.digest},
                    {"confidence", std::to_string(looked.notice.confidence)}});
}

// Slack approves what the message asks for. An older one of a request that has grown since, and has a newer
// message, is no answer to it.
Outcome approved_for_less(const Looked& looked, const AppRequest& request, const Context& context) {
    const auto id = to_text(request.id);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{row(looked, request.id, context)});
    record(looked, outcome, context);
    outcome.audit.push_back({looked.notice.who.empty() ? "slack" : looked.notice.who.value,
                             "decision.for_less", id, details({{"ts", looked.ts}})});
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("for_less:{}:{}", looked.seen.channel.value, looked.ts),
              views::alarm_notice(
                  fmt::format("{} ({}) was approved in Slack on a message that asks for fewer permissions "
                              "than the request does now.",
                              id, request.app_name),
                  "The review of what it asks for now goes on. Restrict the app in Slack's admin pages if it "
                  "must not be used meanwhile.")));
    return outcome;
}

// Slack has decided since the message was written, and edits every copy of it then: one that is read later
// tells of nothing new, also where the request was taken up again meanwhile.
bool told_before(const Looked& looked, const AppRequest& request, const Context& context) {
    const auto asked_at = time_of(looked.ts, context.now);
    const auto all = context.view.decisions(request.id);
    return std::ranges::any_of(all, [&](const storage::Decision& decision) {
        const bool in_slack = decision.outside || decision.kind == storage::DecisionKind::approve ||
                              decision.kind == storage::DecisionKind::restrict;
        return in_slack && decision.at >= asked_at;
    });
}

// The edit of a message that asked. Standing alone such words prove nothing: a reminder can say them.
Outcome decision_seen(const Looked& looked, const Context& context) {
    const bool ours = looked.known && looked.known->request.value > 0 && !looked.known->doubtful;
    const auto request = ours ? context.view.request(looked.known->request) : std::nullopt;
    const bool other_app = request && (!looked.notice.app_id.empty() || !looked.notice.app_name.empty()) &&
                           !same_app(*request, looked.notice);
    if (!request || other_app) return not_understood(looked, context);
    const bool final = storage::is_final(request->state);
    const bool old = !final && told_before(looked, *request, context);
    const bool for_less = looked.notice.decision == storage::DecisionKind::approve &&
                          !looked.notice.scopes.empty() &&
                          !review::covers(looked.notice.scopes, request->scopes);
    if (for_less && !final && !old) return approved_for_less(looked, *request, context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{row(looked, request->id, context)});
    record(looked, outcome, context);
    if (old) return outcome;
    outcome.merge(decided_in_slack(*request,
                                   {.kind = looked.notice.decision,
                                    .who = looked.notice.who,
                                    .evidence = evidence(looked),
                                    .told_by = "Slackbot"},
                                   context));
    return outcome;
}

// Slackbot tells a requester what became of it; seen where the requester is the manager whose token we have.
std::optional<AppRequest> own_request(const Looked& looked, const Context& context) {
    const UserId owner(context.view.meta("reviewer_user"));
    if (!looked.seen.personal || owner.empty()) return std::nullopt;
    const auto said_at = time_of(looked.ts, context.now);
    for (auto& open : context.view.open_requests()) {
        if (open.requester == owner && same_app(open, looked.notice) && said_at >= open.created_at)
            return std::move(open);
    }
    return std::nullopt;
}

// Words that a reminder can say too: Slack's log must say the same, or a person has a look.
Outcome hint(const Looked& looked, const AppRequest& request, const Context& context) {
    const auto id = to_text(request.id);
    if (!log_is_readable(context) || request.app_id.empty())
        return task(
            looked,
            fmt::format("Slackbot seems to say what became of {}, in words that a reminder can say too.", id),
            fmt::format("Look at Slack's requests to install. If it is decided there, press `Done` on "
                        "the card of {}, after `Approve app` or `Restrict app`.",
                        id),
            context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{row(looked, {}, context)});
    record(looked, outcome, context);
    outcome.audit.push_back({"slack", "slackbot.hint", id, evidence(looked)});
    outcome.merge(begin_integration_log(context));
    return outcome;
}

Outcome outcome_seen(const Looked& looked, const Context& context) {
    const auto request = own_request(looked, context);
    if (request && !looked.notice.understood()) return hint(looked, *request, context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{row(looked, {}, context)});
    record(looked, outcome, context);
    if (request)
        outcome.merge(decided_in_slack(*request,
                                       {.kind = looked.notice.decision,
                                        .who = looked.notice.who,
                                        .evidence = evidence(looked),
                                        .told_by = "Slackbot"},
                                       context));
    return outcome;
}

Outcome look_alike(const Looked& looked, const Context& context) {
    if (looked.notice.kind == NoticeKind::other || looked.seen.personal) return {};
    // A person who talks about an app is no look-alike; what has Slack's buttons or phrases is.
    if (looked.notice.kind == NoticeKind::unclear && looked.notice.author == Author::other) return {};
    auto author = text_field(looked.seen.message, "user");
    if (author.empty()) author = text_field(looked.seen.message, "bot_id");
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    Outcome outcome;
    outcome.audit.push_back({author, "slackbot.look_alike", looked.seen.channel.value,
                             details({{"ts", looked.ts}, {"kind", to_text(looked.notice.kind)}})});
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("look_alike:{}:{}", author, day),
              views::alarm_notice(
                  fmt::format("A message by {} looks like one of Slackbot's. It is not believed.", author),
                  "Find out who posts such messages, and why.", raw(looked.seen.message))));
    return outcome;
}

// In a channel that exists for requests, nothing that Slackbot says is passed over in silence.
Outcome something_else(const Looked& looked, const Context& context) {
    if (looked.known && looked.known->request.value > 0) return not_understood(looked, context);
    if (looked.seen.personal) return {};
    Outcome outcome;
    record(looked, outcome, context);
    const auto shape = review::sample_shape(review::redacted_sample(looked.seen.message, looked.notice));
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("slackbot_other:{}:{}", shape, day),
        views::alarm_notice(
            "Slackbot wrote something in the request channel that is no app request as far as "
            "it is understood.",
            "If it is one, add its words to slackbot_texts.toml and reload.", raw(looked.seen.message))));
    return outcome;
}

// The message is gone: cancelled, or only tidied up? Nobody can tell from that.
Outcome deleted(const ChannelId& channel, const std::string& ts, const Context& context) {
    const auto known = context.view.slackbot_notice(channel, ts);
    Outcome outcome;
    if (!known || known->request.value == 0) return outcome;
    const auto request = context.view.request(known->request);
    if (!request || storage::is_final(request->state)) return outcome;
    outcome.audit.push_back({"slack", "slackbot.deleted", to_text(request->id), details({{"ts", ts}})});
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("slackbot_deleted:{}:{}", channel.value, ts),
        views::alarm_notice(fmt::format("Slackbot's message about {} was deleted.", to_text(request->id)),
                            "Look at Slack's requests to install: if the request is gone, its requester can "
                            "press `Withdraw`; if it was decided, press `Approve app` or `Restrict app` and "
                            "then `Done`.")));
    return outcome;
}

}  // namespace

Outcome slackbot_seen(const SeenMessage& seen, const Context& context) {
    Looked looked{.seen = seen,
                  .notice = {},
                  .ts = text_field(seen.message, "ts"),
                  .digest = review::content_digest(seen.message),
                  .known = {}};
    if (looked.ts.empty()) return {};
    looked.known = context.view.slackbot_notice(seen.channel, looked.ts);
    if (looked.known && looked.known->digest == looked.digest) return {};
    looked.notice = review::read_slackbot_notice(seen.message, context.settings.slackbot_texts);
    if (looked.notice.author != Author::slackbot) return look_alike(looked, context);
    switch (looked.notice.kind) {
        case NoticeKind::request:
            return looked.notice.understood() ? request_seen(looked, context)
                                              : not_understood(looked, context);
        case NoticeKind::decision:
            return decision_seen(looked, context);
        case NoticeKind::outcome:
            return outcome_seen(looked, context);
        case NoticeKind::unclear:
            return not_understood(looked, context);
        case NoticeKind::other:
            return something_else(looked, context);
    }
    return {};
}

bool in_thread(const json& message) {
    const auto thread = text_field(message, "thread_ts");
    return !thread.empty() && thread != text_field(message, "ts");
}

Outcome slackbot_message(const Event& event, const Context& context) {
    const auto& inner = field(event.payload, "event");
    const ChannelId channel(text_field(inner, "channel"));
    const bool personal = text_field(inner, "channel_type") == "im" || channel.value.starts_with('D');
    const bool routed = !channel.empty() && channel == context.settings.slackbot_channel;
    if (!personal && !routed) return {};
    const auto subtype = text_field(inner, "subtype");
    if (subtype == "message_deleted") return deleted(channel, text_field(inner, "deleted_ts"), context);
    const auto& message = subtype == "message_changed" ? field(inner, "message") : inner;
    if (in_thread(message)) return {};
    if (personal && text_field(message, "user") != "USLACKBOT") return {};
    return slackbot_seen({.message = message,
                          .channel = channel,
                          .team = TeamId(text_field(event.payload, "team_id")),
                          .personal = personal},
                         context);
}

Outcome slackbot_entry(const Event& event, const Context& context) {
    const bool personal = field(event.payload, "personal") == true;
    return slackbot_seen({.message = field(event.payload, "message"),
                          .channel = ChannelId(text_field(event.payload, "channel")),
                          .team = TeamId(context.view.meta(personal ? "reviewer_team" : "bot_team")),
                          .personal = personal},
                         context);
}

Outcome permalink_told(const EffectAnswer& answer, const Context& context) {
    auto known = context.view.slackbot_notice(ChannelId(text_field(answer.args, "channel")),
                                              text_field(answer.args, "message_ts"));
    Outcome outcome;
    if (!answer.ok() || !known) return outcome;  // the steps then name the place in words
    known->permalink = text_field(answer.response, "permalink");
    outcome.changes.emplace_back(storage::SaveSlackbotNotice{std::move(*known)});
    return outcome;
}

}  // namespace countersign::handlers
