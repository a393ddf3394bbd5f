#include "bot/outbox_runner.hpp"

#include "bot/failpoint.hpp"
#include "bot/tracker/tracker_api.hpp"
#include "config/base/log.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/payload_fields.hpp"
#include "storage/storage_error.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot {
namespace {

using handlers::review::text_field;
using nlohmann::json;
using slack::ApiMeaning;
using slack::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;
using storage::Effect;

// Calls under way at once: enough to hide latency, few enough that a crash leaves little to look up.
constexpr std::size_t max_in_flight = 16;
constexpr int heads_per_bucket = 4;
// A person has to mend something (invite the bot, renew a token): seldom enough not to hammer, soon enough to
// notice.
constexpr auto human_delay = std::chrono::minutes(5);

milliseconds retry_delay(int attempts) {
    const auto doubled = seconds(1) * (1 << std::clamp(attempts, 0, 6));
    return std::min<milliseconds>(doubled, seconds(60));
}

bool shown_in_channel(const Effect& effect) {
    return effect.method == "chat.postMessage" || effect.method == "chat.update";
}

// Slack's published tiers. Where a person waits, half a minute's calls may come at once: a form that opens
// late is a form that does not open.
net::Pace slack_pace_of(std::string_view bucket) {
    const auto* method = slack::find_method(bucket.substr(0, bucket.find(':')));
    if (method == nullptr) return {.per_minute = 20, .burst = 1};
    if (method->name == "chat.postMessage") return {.per_minute = 60, .burst = 1};
    if (method->name.starts_with("views.") || method->name == "chat.postEphemeral") {
        return {.per_minute = static_cast<double>(method->per_minute), .burst = method->per_minute / 2};
    }
    return {.per_minute = static_cast<double>(method->per_minute),
            .burst = std::max(1, method->per_minute / 4)};
}

Method::Repeat repeat_of(const Effect& effect) {
    if (effect.token == storage::TokenKind::tracker)
        return tracker::looked_up_before_repeat(effect.method) ? Method::Repeat::look_up
                                                               : Method::Repeat::harmless;
    const auto* method = slack::find_method(effect.method);
    return method == nullptr ? Method::Repeat::handler_decides : method->repeat;
}

std::string_view text_of(ApiMeaning meaning) {
    switch (meaning) {
        case ApiMeaning::ok:
            return "ok";
        case ApiMeaning::ok_in_disguise:
            return "ok_in_disguise";
        case ApiMeaning::retry:
            return "retry";
        case ApiMeaning::unclear:
            return "unclear";
        case ApiMeaning::human:
            return "human";
        case ApiMeaning::refused:
            return "refused";
    }
    return "unclear";
}

std::string advice_for(const Effect& effect, const slack::ApiAnswer& answer) {
    if (!answer.advice.empty()) return answer.advice;
    return std::string(effect.token == storage::TokenKind::tracker ? tracker::advice_for(answer.error)
                                                                   : slack::api_advice(answer.error));
}

slack::ApiAnswer without_answer(std::string error) {
    slack::ApiAnswer answer;
    answer.error = std::move(error);
    answer.body = "{}";
    return answer;
}

// What stands in a row is an object, unless somebody else has changed it.
json object_in(const std::string& text, std::string_view column, std::string& why) {
    json object = json::parse(text, nullptr, false);
    if (object.is_object()) return object;
    if (why.empty()) why = fmt::format("its {} is no JSON object", column);
    return json::object();
}

std::string why_unreadable(const Effect& effect) {
    std::string why;
    (void)object_in(effect.args, "args", why);
    if (!effect.context.empty()) (void)object_in(effect.context, "context", why);
    return why;
}

OutboxRunner::Result result_of(const Effect& effect, std::string_view meaning,
                               const slack::ApiAnswer& answer) {
    std::string why = answer.error == unreadable_row ? answer.detail : std::string();
    json args = object_in(effect.args, "args", why);
    json context = effect.context.empty() ? json::object() : object_in(effect.context, "context", why);
    json response = json::parse(answer.body, nullptr, false);
    if (!response.is_object()) response = json::object();
    json payload = {{"meaning", meaning},
                    {"error", answer.error},
                    {"advice", advice_for(effect, answer)},
                    {"response", std::move(response)},
                    {"effect",
                     {{"key", effect.key},
                      {"method", effect.method},
                      {"purpose", effect.purpose},
                      {"context", std::move(context)},
                      {"args", std::move(args)},
                      {"message", effect.message},
                      {"request", effect.request ? json(effect.request->value) : json(nullptr)}}}};
    return {effect.key, payload.dump(-1, ' ', false, json::error_handler_t::replace), std::move(why)};
}

}  // namespace

OutboxRunner::OutboxRunner(storage::Database& database, double pace)
    : database_(&database),
      outbox_(database),
      trackers_(std::make_shared<TrackerPaces>()),
      limit_(
          [trackers = trackers_](std::string_view bucket) {
              return trackers->pace_of(bucket).value_or(slack_pace_of(bucket));
          },
          pace) {}

OutboxRunner::Plan OutboxRunner::plan(Timestamp now, SteadyTime steady, const MayLeave& may_leave) {
    Plan plan;
    try {
        const auto is_closed = [&](std::string_view bucket, bool interactive) {
            return closed(bucket, interactive, plan, steady);
        };
        const auto free = max_in_flight - to_slack();
        const auto give_up = [&](const std::string& key, const std::string& why) {
            Effect effect;
            effect.key = key;
            plan.results.push_back(result_of(effect, "refused", not_to_be_read(why)));
        };
        auto due = outbox_.due(now, {heads_per_bucket, free, is_closed, give_up});
        const auto others = std::ranges::count(due, false, &Effect::interactive);
        for (Effect& effect : due) {
            if (consider_alone(effect, plan, now, steady, may_leave) == Step::leaves)
                plan.perform.push_back(std::move(effect));
        }
        // Not all were looked at. Each bucket that was read had room for one at least, so this comes to an
        // end.
        if (others >= static_cast<std::ptrdiff_t>(free) && to_slack() < max_in_flight) plan.wake = steady;
        if (const auto next = outbox_.next_due(now)) {
            const auto at = steady + (*next - now);
            if (!plan.wake || at < *plan.wake) plan.wake = at;
        }
    } catch (...) {
        forget(plan.perform);
        throw;
    }
    return plan;
}

// A bucket whose turn has not come: its effects, which may be many and large, need not be read. Messages of
// one channel leave one after the other: two under way could arrive in the wrong order. Where a person waits,
// others than messages are read in any case: those that are too late must be told so.
bool OutboxRunner::closed(std::string_view of_storage, bool interactive, Plan& plan,
                          SteadyTime steady) const {
    const std::string bucket = TrackerPaces::of(std::string(of_storage));
    const bool message = bucket.starts_with("chat.postMessage:");
    if (interactive && !message) return false;
    const bool of_tracker = TrackerPaces::is_tracker(bucket);
    if ((message || of_tracker) && under_way(bucket) >= (message ? 1 : trackers_->at_once(bucket))) {
        return true;
    }
    const auto earliest = limit_.earliest(bucket, steady);
    if (earliest <= steady) return false;
    if (!plan.wake || earliest < *plan.wake) plan.wake = earliest;
    return true;
}

// One that cannot be read, or be judged by what else is stored, must not hold up all the others.
OutboxRunner::Step OutboxRunner::consider_alone(Effect& effect, Plan& plan, Timestamp now, SteadyTime steady,
                                                const MayLeave& may_leave) {
    try {
        return consider(effect, plan, now, steady, may_leave);
    } catch (const std::exception& error) {
        if (storage::concerns_all(error)) throw;
        const auto answer = not_to_be_read(error.what());
        log::error("effect_unreadable", {{"effect", effect.key}, {"error", answer.detail}});
        outbox_.failed(effect.id, fmt::format("{}: {}", unreadable_row, answer.detail), now);
        plan.results.push_back(result_of(effect, "refused", answer));
        return Step::ends;
    }
}

OutboxRunner::Step OutboxRunner::consider(Effect& effect, Plan& plan, Timestamp now, SteadyTime steady,
                                          const MayLeave& may_leave) {
    if (effect.maybe_sent && repeat_of(effect) == Method::Repeat::handler_decides) {
        outbox_.failed(effect.id, "unclear: the answer was lost", now);
        plan.results.push_back(result_of(effect, "unclear", without_answer("answer_lost")));
        return Step::ends;
    }
    if (effect.deadline && *effect.deadline < now) {
        outbox_.failed(effect.id, "expired", now);
        plan.results.push_back(result_of(effect, "expired", without_answer("expired")));
        return Step::ends;
    }
    const std::string bucket = TrackerPaces::of(storage::bucket_of(effect));
    if (crowded(effect, bucket)) return Step::waits;
    if (const auto earliest = limit_.earliest(bucket, steady); earliest > steady) {
        if (!plan.wake || earliest < *plan.wake) plan.wake = earliest;
        return Step::waits;
    }
    if (const auto why = why_unreadable(effect); !why.empty()) throw storage::UnreadableRow(why);
    if (!address(effect)) {
        outbox_.failed(effect.id, "message_not_found", now);
        plan.results.push_back(result_of(effect, "refused", without_answer("message_not_found")));
        return Step::ends;
    }
    if (!may_leave(effect)) {
        outbox_.failed(effect.id, "overtaken", now);
        plan.results.push_back(result_of(effect, "expired", without_answer("overtaken")));
        return Step::ends;
    }
    take(effect, bucket, steady);
    outbox_.claim(effect.id, now);
    if (!effect.maybe_sent || !effect.claimed_at) effect.claimed_at = now;
    effect.claimed_before = now - *effect.claimed_at;
    in_flight_.emplace(effect.id, bucket);
    return Step::leaves;
}

std::size_t OutboxRunner::under_way(std::string_view bucket) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(in_flight_, [&](const auto& other) { return other.second == bucket; }));
}

// A tracker that does not answer must not keep Slack's calls waiting: each has a measure of its own.
bool OutboxRunner::crowded(const Effect& effect, std::string_view bucket) const {
    if (TrackerPaces::is_tracker(bucket)) return under_way(bucket) >= trackers_->at_once(bucket);
    if (effect.method == "chat.postMessage" && under_way(bucket) > 0) return true;
    return to_slack() >= max_in_flight;
}

std::size_t OutboxRunner::to_slack() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        in_flight_, [](const auto& other) { return !TrackerPaces::is_tracker(other.second); }));
}

void OutboxRunner::take(const Effect& effect, std::string_view bucket, SteadyTime steady) {
    const int calls = TrackerPaces::is_tracker(bucket) ? tracker::cost_of(effect.method) : 1;
    for (int call = 0; call < calls; ++call)
        limit_.take(bucket, steady);
}

// An update names its message, a line in a thread may name the one above it; where that lives is known only
// once it was posted.
bool OutboxRunner::address(Effect& effect) const {
    const bool update = effect.method == "chat.update" && !effect.message.empty();
    if (!update && !effect.args.contains(handlers::thread_of)) return true;
    json args = json::parse(effect.args);
    const auto name = update ? effect.message : text_field(args, handlers::thread_of);
    if (name.empty()) return true;  // people's words happen to hold that one
    const auto reference = storage::View(*database_).message(name);
    if (!reference) return false;
    args.erase(handlers::thread_of);
    args["channel"] = reference->channel.value;
    args[update ? "ts" : "thread_ts"] = reference->ts;
    effect.args = args.dump();
    return true;
}

std::optional<OutboxRunner::Result> OutboxRunner::record(const EffectAnswer& answered, Timestamp now,
                                                         SteadyTime steady) {
    const auto& [effect, answer] = answered;
    failpoint("before_record");
    in_flight_.erase(effect.id);
    if (answer.retry_after) {
        for (const auto& bucket : TrackerPaces::together(TrackerPaces::of(storage::bucket_of(effect))))
            limit_.block(bucket, steady + *answer.retry_after);
    }

    switch (answer.meaning) {
        case ApiMeaning::retry:
            // A look for an earlier copy that could not be made leaves the question open.
            try_again(answered, effect.maybe_sent, answer.retry_after.value_or(retry_delay(effect.attempts)),
                      now);
            return std::nullopt;
        case ApiMeaning::unclear:
            if (repeat_of(effect) != Method::Repeat::handler_decides) {
                try_again(answered, true, retry_delay(effect.attempts), now);
                return std::nullopt;
            }
            break;
        case ApiMeaning::human:
            // A card or a notice is never given up: it waits until somebody has mended the cause.
            if (shown_in_channel(effect)) {
                try_again(answered, false, human_delay, now);
                log::error("message_refused", {{"effect", effect.key},
                                               {"error", answer.error},
                                               {"advice", advice_for(effect, answer)}});
                // Told when the cause is another one than the last time.
                return effect.error == answer.error ? std::nullopt
                                                    : std::optional(result_of(effect, "human", answer));
            }
            break;
        case ApiMeaning::ok:
        case ApiMeaning::ok_in_disguise:
        case ApiMeaning::refused:
            break;
    }

    const bool ok = answer.meaning == ApiMeaning::ok || answer.meaning == ApiMeaning::ok_in_disguise;
    if (!ok) {
        log::warning("effect_failed", {{"effect", effect.key},
                                       {"method", effect.method},
                                       {"error", answer.error},
                                       {"detail", answer.detail},
                                       {"advice", advice_for(effect, answer)}});
        outbox_.failed(effect.id, answer.error, now);
        return result_of(effect, text_of(answer.meaning), answer);
    }
    outbox_.done(effect.id, now);
    if (effect.method == "chat.postMessage" && !effect.message.empty()) {
        const json body = json::parse(answer.body, nullptr, false);
        const storage::MessageRef reference{effect.message, ChannelId(text_field(body, "channel")),
                                            text_field(body, "ts")};
        if (!reference.channel.empty() && !reference.ts.empty())
            storage::apply(*database_, storage::SaveMessageRef{reference}, now);
    }
    failpoint("after_record");  // recorded, not committed
    if (effect.purpose.empty()) return std::nullopt;
    return result_of(effect, text_of(answer.meaning), answer);
}

void OutboxRunner::try_again(const EffectAnswer& answered, bool maybe_sent, milliseconds delay,
                             Timestamp now) {
    outbox_.retry(answered.effect.id, answered.answer.error, now + delay, maybe_sent);
    log::info("effect_retried", {{"effect", answered.effect.key},
                                 {"error", answered.answer.error},
                                 {"detail", answered.answer.detail},
                                 {"in_ms", delay.count()},
                                 {"attempts", answered.effect.attempts + 1}});
}

void OutboxRunner::forget(const std::vector<Effect>& claimed) {
    for (const Effect& effect : claimed)
        in_flight_.erase(effect.id);
}

}  // namespace countersign::bot
