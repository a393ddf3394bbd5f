#include "bot/event_intake.hpp"

#include "bot/ack_fallback.hpp"
#include "bot/slack/envelope.hpp"
#include "config/base/log.hpp"
#include "config/base/secret.hpp"
#include "handlers/handlers.hpp"
#include "storage/audit.hpp"
#include "storage/inbox.hpp"
#include "storage/outbox.hpp"
#include "storage/storage_error.hpp"
#include "storage/writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot {
namespace {

using handlers::Event;
using handlers::EventKind;
using nlohmann::json;
using slack::MessageKind;

// At 2.5 s the socket acks in the meantime, and an answer after that finds no ack to ride on (R58): half a
// second is left for the commit.
constexpr auto answer_limit = std::chrono::milliseconds(2000);

constexpr std::int64_t late_seconds = 60;

// In a timer's event: how often its handler has thrown in a row.
constexpr const char* failures = "failures";
constexpr std::int64_t most_failures = 10;
constexpr auto first_pause = std::chrono::minutes(10);
constexpr auto longest_pause = std::chrono::hours(24);

EventKind kind_of(MessageKind kind) {
    switch (kind) {
        case MessageKind::interactive:
            return EventKind::interactive;
        case MessageKind::slash_commands:
            return EventKind::slash_command;
        default:
            return EventKind::events_api;
    }
}

std::string text_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// R47: the same event in a new envelope, the same click in a new envelope.
std::string dedupe_key(MessageKind kind, const json& payload) {
    if (kind == MessageKind::events_api) {
        const auto event = text_at(payload, "event_id");
        return event.empty() ? ""
                             : "event:" + text_at(payload, "team_id") + ":" + text_at(payload, "api_app_id") +
                                   ":" + event;
    }
    const auto trigger = text_at(payload, "trigger_id");
    return trigger.empty() ? "" : "trigger:" + trigger;
}

std::string kind_text(const slack::SocketMessage& message, const json& payload) {
    if (message.kind == MessageKind::events_api) {
        const auto event = payload.find("event");
        if (event != payload.end() && event->is_object()) return message.type + "/" + text_at(*event, "type");
    }
    const auto type = text_at(payload, "type");
    return type.empty() ? message.type : message.type + "/" + type;
}

}  // namespace

void IntakeCounts::add(const IntakeCounts& other) {
    handled += other.handled;
    duplicates += other.duplicates;
    failed += other.failed;
    unknown += other.unknown;
    late += other.late;
    for (std::size_t attempt = 0; attempt < redelivered.size(); ++attempt)
        redelivered.at(attempt) += other.redelivered.at(attempt);
}

std::string EventIntake::envelope(const slack::Delivery& delivery, std::chrono::milliseconds waited) const {
    const slack::SocketMessage& message = delivery.message;
    json frame = json::parse(delivery.text, nullptr, false);
    json payload = frame.is_object() && frame.contains("payload") ? std::move(frame["payload"]) : json();
    const bool readable = payload.is_object();
    if (!readable) payload = json::object();

    count_arrival(message, payload, delivery.received_at);
    storage::Inbox inbox(*database_);
    const std::string kind = kind_text(message, payload);
    if (!inbox.accept({message.envelope_id, dedupe_key(message.kind, payload), kind, message.retry_attempt,
                       delivery.received_at})) {
        ++counts_->duplicates;
        return slack::ack_text(message.envelope_id, "").text;
    }

    const bool routable =
        message.kind != MessageKind::unknown && (readable || message.kind == MessageKind::events_api);
    Handled handled;
    if (routable) {
        handled = handle({.kind = kind_of(message.kind),
                          .payload = payload,
                          .name = message.envelope_id,
                          .received_at = delivery.received_at,
                          .retry_attempt = message.retry_attempt,
                          .answer_in_ack = message.accepts_response_payload && waited < answer_limit});
    }
    if (!handled.error.empty()) {
        ++counts_->failed;
        inbox.record(message.envelope_id, storage::InboxOutcome::failed, handled.error, delivery.text);
    } else if (!routable || !handled.outcome.recognised) {
        ++counts_->unknown;
        inbox.record(message.envelope_id, storage::InboxOutcome::unknown, "", delivery.text);
        // A handler that did not understand has raised the alarm itself, once a kind and day.
        if (!routable)
            alarm("unreadable:" + message.type, "Slack sent a message of unknown kind: " + kind + ".",
                  delivery.text);
    } else {
        ++counts_->handled;
    }

    const auto ack =
        slack::ack_text(message.envelope_id, message.accepts_response_payload ? handled.outcome.ack : "");
    if (ack.payload_dropped) {
        if (auto effect = answer_by_message(payload, handled.outcome.ack, message.envelope_id)) {
            storage::Outbox(*database_).enqueue(*effect, now_);
        }
    }
    return ack.text;
}

void EventIntake::count_arrival(const slack::SocketMessage& message, const json& payload,
                                Timestamp received_at) const {
    if (message.retry_attempt > 0) {
        const auto last = counts_->redelivered.size() - 1;
        ++counts_->redelivered.at(
            std::min<std::size_t>(static_cast<std::size_t>(message.retry_attempt) - 1, last));
    }
    const auto time = payload.find("event_time");
    if (time != payload.end() && time->is_number_integer() &&
        time->get<std::int64_t>() < to_millis(received_at) / 1000 - late_seconds)
        ++counts_->late;
}

void EventIntake::effect_result(const OutboxRunner::Result& result) const {
    own_event(EventKind::effect_result, json::parse(result.payload), result.key);
    if (!result.unreadable.empty())
        alarm_unreadable("unreadable_effect:" + result.key,
                         fmt::format("effect {}: {}", result.key, result.unreadable), "");
}

void EventIntake::timer(const storage::Timer& timer) const {
    json payload = json::parse(timer.event, nullptr, false);
    if (!payload.is_object()) {
        alarm_unreadable("unreadable_timer:" + timer.name + ":" + to_rfc3339(timer.due),
                         fmt::format("timer {}: its event is no JSON object", timer.name), timer.event);
        return;
    }
    if (!own_event(EventKind::timer, payload, timer.name)) ring_again(timer, std::move(payload));
}

// Else what is done every hour would never be done again. Longer each time: what cannot be mended by waiting
// must not fill the audit log.
void EventIntake::ring_again(const storage::Timer& timer, json event) const {
    const auto before = event.find(failures);
    const auto failed = before != event.end() && before->is_number_integer()
                            ? std::clamp<std::int64_t>(before->get<std::int64_t>(), 0, most_failures)
                            : 0;
    event[failures] = failed + 1;
    const auto pause = std::min<std::chrono::milliseconds>(first_pause * (1LL << failed), longest_pause);
    storage::apply(*database_, storage::SetTimer{{timer.name, now_ + pause, event.dump()}}, now_);
}

void EventIntake::started() const {
    own_event(EventKind::started, json::object(), "started:" + to_rfc3339(now_));
}

void EventIntake::reloaded() const {
    own_event(EventKind::reloaded, json::object(), "reloaded:" + to_rfc3339(now_));
}

void EventIntake::reconnected() const {
    own_event(EventKind::reconnected, json::object(), "reconnected:" + to_rfc3339(now_));
}

bool EventIntake::own_event(EventKind kind, const json& payload, const std::string& name) const {
    const auto handled = handle({.kind = kind, .payload = payload, .name = name, .received_at = now_});
    if (!handled.error.empty()) ++counts_->failed;
    return handled.error.empty();
}

bool EventIntake::tracker_hook(std::string_view tracker, const tracker::Hook& hook) const {
    return hook_in(tracker, hook.delivery,
                   {{"tracker", tracker}, {"project", hook.project}, {"iid", hook.iid}});
}

bool EventIntake::access_hook(std::string_view tracker, const AccessHook& hook) const {
    const json access{{"what", hook.what}, {"account", hook.account}, {"name", hook.name}};
    return hook_in(tracker, hook.delivery, {{"tracker", tracker}, {"access", access}});
}

// H6, G9: a tracker may send one event again, and so may somebody who has recorded it.
bool EventIntake::hook_in(std::string_view tracker, const std::string& delivery, const json& payload) const {
    const std::string name = "hook:" + std::string(tracker) + ":" + delivery;
    if (!storage::Inbox(*database_).accept({name, "", "tracker_hook", 0, now_})) {
        ++counts_->duplicates;
        return false;
    }
    const auto handled =
        handle({.kind = EventKind::tracker_hook, .payload = payload, .name = name, .received_at = now_});
    if (handled.error.empty()) {
        ++counts_->handled;
    } else {
        ++counts_->failed;
        storage::Inbox(*database_).record(name, storage::InboxOutcome::failed, handled.error, payload.dump());
    }
    return true;
}

void EventIntake::oauth_callback(const std::string& text) const {
    const json payload = json::parse(text);
    const auto handled = handle({.kind = EventKind::oauth_callback,
                                 .payload = payload,
                                 .name = "oauth_callback:" + text_at(payload, "grant"),
                                 .received_at = now_});
    if (!handled.error.empty()) ++counts_->failed;
}

// Rows are written whole: somebody or something else has changed the file.
void EventIntake::alarm_unreadable(const std::string& key, const std::string& row,
                                   std::string_view raw) const {
    const json payload = {
        {"text",
         fmt::format("A row of the database cannot be read, and what it was for was not done ({}).", row)},
        {"advice",
         "Look at what it names, and do that by hand; everything else goes on. If nobody has changed the "
         "database "
         "by hand, its disk may be failing: see whether a backup must be restored."},
        {"raw", redacted(raw)}};
    (void)handle({.kind = EventKind::operator_alarm, .payload = payload, .name = key, .received_at = now_});
}

void EventIntake::alarm(std::string_view key, std::string_view text, std::string_view raw) const {
    const json payload = {{"text", text}, {"raw", redacted(raw)}};
    (void)handle({.kind = EventKind::operator_alarm,
                  .payload = payload,
                  .name = std::string(key),
                  .received_at = now_});
}

bool EventIntake::may_leave(const storage::Effect& effect) const {
    const storage::View view(*database_);
    return handlers::may_still_leave(effect, {now_, view, *settings_, *capabilities_});
}

EventIntake::Handled EventIntake::handle(const Event& event) const {
    const storage::View view(*database_);
    const handlers::Context context{now_, view, *settings_, *capabilities_};
    Handled handled;
    try {
        database_->savepoint([&] {
            handled.outcome = handlers::route(event, context);
            apply(handled.outcome);
        });
        return handled;
    } catch (const std::exception& error) {
        if (storage::concerns_all(error)) throw;
        handled.error = redacted(error.what());
    }
    log::error("handler_failed", {{"source", event.name}, {"error", handled.error}});
    try {
        database_->savepoint([&] {
            handled.outcome = handlers::failed(event, context, handled.error);
            apply(handled.outcome);
        });
    } catch (const std::exception& error) {
        if (storage::concerns_all(error)) throw;
        handled.outcome = {};
        log::error("fallback_failed", {{"source", event.name}, {"error", error.what()}});
    }
    return handled;
}

void EventIntake::apply(const handlers::Outcome& outcome) const {
    for (const auto& change : outcome.changes)
        storage::apply(*database_, change, now_);
    storage::Outbox outbox(*database_);
    for (const auto& effect : outcome.effects)
        outbox.enqueue(effect, now_);
    storage::Audit audit(*database_);
    for (const auto& note : outcome.audit) {
        storage::AuditEntry entry;
        entry.at = now_;
        entry.actor = note.actor;
        entry.action = note.action;
        entry.subject = note.subject;
        entry.details = note.details;
        audit.append(std::move(entry));
    }
}

}  // namespace countersign::bot
