#pragma once

#include "config/policy_file.hpp"
#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/request_card.hpp"
#include "storage/audit.hpp"
#include "storage/erasure.hpp"
#include "storage/outbox.hpp"
#include "storage/timers.hpp"
#include "storage/writer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/review_office.hpp"
#include "tests/support/slack_model.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Plays the dispatcher and the runner over a real database: events go in, outcomes are applied in one
// transaction, effects are answered by the test or by a model of Slack.
namespace countersign::tests {

namespace ids = handlers::views::ids;
using storage::RequestState;

// The same under a policy of its own.
inline config::Settings with_policy(const std::string& toml) {
    auto settings = review_settings();
    config::Problems problems{"test", {}};
    auto policy = config::read_policy(toml, "test", settings.review.parties, problems);
    for (const auto& problem : problems.found)
        FAIL(config::to_text(problem));
    settings.policy = std::make_shared<const config::Policy>(std::move(policy));
    return settings;
}

class ReviewWorld {
  public:
    explicit ReviewWorld(config::Settings given = review_settings()) : settings(std::move(given)) {
        capabilities.admin = true;
        capabilities.bot_user = UserId("U0BOT");
        capabilities.own_app = AppId("A0COUNTERSIGN");
        capabilities.enterprise = EnterpriseId("E1");
        slack.groups["S0SECURITY"] = {"U0SEC3"};
        slack.groups["S0ADMINS"] = {"U0ADMIN3"};
    }

    config::Settings settings;
    handlers::Capabilities capabilities;
    ManualClock clock;
    SlackModel slack;
    TempDb db;
    std::function<void(const handlers::Event&, const handlers::Outcome&)> inspect;  // after every event

    [[nodiscard]] storage::View view() { return storage::View(db.writer()); }
    [[nodiscard]] storage::AppRequest request(std::int64_t id) {
        return view().request(RequestId{id}).value();
    }
    [[nodiscard]] RequestState state(std::int64_t id) { return request(id).state; }

    // --- events in ---
    handlers::Outcome handle(handlers::EventKind kind, const Json& payload, const std::string& name,
                             bool answer_in_ack = false, Timestamp received_at = {}) {
        const handlers::Event event{
            kind, payload, name, received_at == Timestamp() ? clock.now() : received_at, 0, answer_in_ack};
        handlers::Outcome outcome;
        db.writer().transaction([&] {
            const auto reader = view();
            outcome = handlers::route(event, {clock.now(), reader, settings, capabilities});
            apply(outcome);
        });
        if (inspect) inspect(event, outcome);
        return outcome;
    }

    handlers::Outcome app_requested(const Json& app_request) {
        slack.pending[app_request["id"]] = app_request;
        return handle(handlers::EventKind::events_api,
                      {{"type", "event_callback"},
                       {"event", {{"type", "app_requested"}, {"app_request", app_request}}}},
                      next("env"));
    }

    // By Slack's button, for an app of its own.
    std::int64_t ask(const std::string& message = good_link) {
        const auto id = view().next_request_id().value;
        app_requested(slack_request("Ar" + std::to_string(id), "A" + std::to_string(id), "U0REQ",
                                    {slack_scope("chat:write")}, message));
        run();
        return id;
    }

    // A press on the card of a request, or with any value and place at all.
    handlers::Outcome press(const std::string& user, std::string_view action, std::int64_t id) {
        const auto current = request(id);
        const auto card = view().message(handlers::card_name(current.id));
        const bool mine = action == ids::withdraw || action == ids::answer || action == ids::link_issue ||
                          action == ids::create_issue;
        return press_with(user, action, handlers::views::button_value(current),
                          mine ? "D0" + user : "C0APPREVIEW", card ? card->ts : "0");
    }
    handlers::Outcome press_with(const std::string& user, std::string_view action, const std::string& value,
                                 const std::string& channel, const std::string& ts) {
        return handle(handlers::EventKind::interactive,
                      {{"type", "block_actions"},
                       {"user", {{"id", user}}},
                       {"team", {{"id", "T1"}}},
                       {"api_app_id", "A0COUNTERSIGN"},
                       {"container", {{"type", "message"}, {"message_ts", ts}, {"channel_id", channel}}},
                       {"channel", {{"id", channel}}},
                       {"trigger_id", next("trigger")},
                       {"actions", {{{"type", "button"}, {"action_id", action}, {"value", value}}}}},
                      next("env"));
    }
    handlers::Outcome submit(const std::string& user, std::string_view form, const std::string& metadata,
                             const std::map<std::string, std::string>& fields, bool in_ack = true) {
        Json values = Json::object();
        for (const auto& [field, value] : fields)
            values[field][field] = {{"type", "plain_text_input"}, {"value", value}};
        return handle(
            handlers::EventKind::interactive,
            {{"type", "view_submission"},
             {"user", {{"id", user}}},
             {"team", {{"id", "T1"}}},
             {"view",
              {{"callback_id", form}, {"private_metadata", metadata}, {"state", {{"values", values}}}}}},
            next("env"), in_ack);
    }
    handlers::Outcome submit(const std::string& user, std::string_view form, std::int64_t id,
                             const std::map<std::string, std::string>& fields) {
        return submit(user, form, handlers::views::button_value(request(id)), fields);
    }
    handlers::Outcome command(const std::string& user, const std::string& text, bool in_ack = true,
                              const std::string& name = "/app-request") {
        return handle(handlers::EventKind::slash_command,
                      {{"command", name},
                       {"text", text},
                       {"user_id", user},
                       {"team_id", "T1"},
                       {"channel_id", "C0ANY"},
                       {"trigger_id", next("trigger")}},
                      next("env"), in_ack);
    }

    void start() {
        handle(handlers::EventKind::started, Json::object(), next("started"));
        run();
    }

    // --- effects out ---
    [[nodiscard]] std::vector<storage::Effect> due(int per_bucket = 1'000) {
        std::vector<storage::Effect> effects;
        db.writer().transaction(
            [&] { effects = storage::Outbox(db.writer()).due(clock.now(), {.per_bucket = per_bucket}); });
        return effects;
    }
    // The one that leaves next, apart from the methods named. Thousands may wait behind it.
    [[nodiscard]] std::optional<storage::Effect> next_due(const std::vector<std::string>& but = {}) {
        const auto all = due(but.empty() ? 1 : 1'000);
        const auto found = std::ranges::find_if(
            all, [&](const auto& each) { return std::ranges::find(but, each.method) == but.end(); });
        return found == all.end() ? std::nullopt : std::optional(*found);
    }
    [[nodiscard]] std::optional<storage::Effect> waiting(const std::string& method) {
        for (const int per_bucket : {1, 1'000}) {
            const auto all = due(per_bucket);
            const auto found = std::ranges::find(all, method, &storage::Effect::method);
            if (found != all.end()) return *found;
        }
        return std::nullopt;
    }
    storage::Effect expect(const std::string& method) {
        const auto found = waiting(method);
        REQUIRE_MESSAGE(found.has_value(), "no effect waits for " << method);
        return *found;
    }
    // What the runner does with an answer; `lost_row` answers without finishing the row again (a late
    // duplicate).
    handlers::Outcome answer(const storage::Effect& effect, const SlackAnswer& with, bool again = false) {
        if (!again) finish(effect, with);
        return handle(handlers::EventKind::effect_result, answer_payload(effect, with), effect.key);
    }
    static Json answer_payload(const storage::Effect& effect, const SlackAnswer& with) {
        return {{"meaning", with.meaning},
                {"error", with.error},
                {"advice", with.error.empty() ? "" : "do something about " + with.error},
                {"response", with.response},
                {"effect",
                 {{"key", effect.key},
                  {"method", effect.method},
                  {"purpose", effect.purpose},
                  {"context", effect.context.empty() ? Json::object() : Json::parse(effect.context)},
                  {"args", Json::parse(effect.args)},
                  {"message", effect.message},
                  {"request", effect.request ? effect.request->value : 0}}}};
    }
    handlers::Outcome perform(const storage::Effect& effect) {
        performed.push_back(effect);
        auto result = slack.perform(effect.method, Json::parse(effect.args), effect.token);
        if (effect.method == "chat.postMessage" && !effect.message.empty()) {
            result.response = {{"channel", Json::parse(effect.args)["channel"]},
                               {"ts", std::to_string(performed.size()) + ".0001"}};
        }
        return answer(effect, result);
    }
    // Performs everything that is due until nothing is, apart from the methods named.
    void run(const std::vector<std::string>& but = {}) {
        for (int round = 0; round < 1'000; ++round) {
            const auto effect = next_due(but);
            if (!effect) return;
            perform(*effect);
        }
        FAIL("the effects never end");
    }
    // Moves the clock and hands out what is due.
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        std::vector<storage::Timer> timers;
        db.writer().transaction([&] { timers = storage::take_due_timers(db.writer(), clock.now(), 100); });
        for (const auto& timer : timers) {
            handle(handlers::EventKind::timer, Json::parse(timer.event), timer.name);
        }
    }

    std::vector<storage::Effect> performed;
    // What the card of a request says now.
    [[nodiscard]] std::string card(std::int64_t id) const {
        const auto name = handlers::card_name(RequestId{id});
        std::string text;
        for (const auto& effect : performed)
            if (effect.message == name) text = Json::parse(effect.args)["text"];
        return text;
    }
    [[nodiscard]] std::vector<storage::Effect> performed_of(const std::string& method) const {
        std::vector<storage::Effect> found;
        std::ranges::copy_if(performed, std::back_inserter(found),
                             [&](const auto& effect) { return effect.method == method; });
        return found;
    }
    // Texts of direct messages and lines that one person got, oldest first.
    [[nodiscard]] std::vector<std::string> heard(const std::string& user) const {
        std::vector<std::string> texts;
        for (const auto& effect : performed) {
            const auto args = Json::parse(effect.args);
            const bool to_user = args.value("channel", "") == user || args.value("user", "") == user;
            if (to_user && args.contains("text")) texts.push_back(args["text"]);
        }
        return texts;
    }
    [[nodiscard]] bool audited(const std::string& action) {
        const auto entries = storage::audit_of(db.writer(), subject_);
        return std::ranges::any_of(entries, [&](const auto& entry) { return entry.action == action; });
    }
    [[nodiscard]] bool audited(const std::string& action, const std::string& subject) {
        subject_ = subject;
        return audited(action);
    }

    // What the newest such entry of the audit log says.
    [[nodiscard]] Json logged(const std::string& action, const std::string& subject) {
        Json newest;
        for (const auto& entry : storage::audit_of(db.writer(), subject))
            if (entry.action == action) newest = Json::parse(entry.details);
        return newest;
    }
    // Some entry of the audit log has these words.
    [[nodiscard]] bool log_tells(std::string_view words) {
        bool found = false;
        storage::for_each_audit_entry(
            db.writer(), [&](const auto& entry) { found = found || entry.details.contains(words); });
        return found;
    }
    void erase_person(const std::string& user) {
        db.writer().transaction([&] { storage::erase_person(db.writer(), UserId(user), clock.now()); });
    }

    // The short way to a request that every party agrees on.
    std::int64_t ready_request(const std::string& slack_id = "Ar1", const std::string& app = "A1",
                               const std::vector<Json>& scopes = {slack_scope("chat:write")}) {
        app_requested(slack_request(slack_id, app, "U0REQ", scopes));
        run();
        const auto id = view().next_request_id().value - 1;
        press("U0SEC1", ids::vote_approve, id);
        press("U0LEGAL", ids::vote_approve, id);
        run();
        REQUIRE(state(id) == RequestState::ready);
        return id;
    }

    void apply(const handlers::Outcome& outcome) {
        for (const auto& change : outcome.changes)
            storage::apply(db.writer(), change, clock.now());
        storage::Outbox outbox(db.writer());
        for (const auto& effect : outcome.effects)
            outbox.enqueue(effect, clock.now());
        storage::Audit audit(db.writer());
        for (const auto& note : outcome.audit) {
            audit.append({.seq = 0,
                          .at = clock.now(),
                          .actor = note.actor,
                          .action = note.action,
                          .subject = note.subject,
                          .details = note.details,
                          .previous_hash = {},
                          .hash = {}});
        }
    }
    std::string next(const std::string& prefix) { return prefix + "-" + std::to_string(++counter_); }

  private:
    void finish(const storage::Effect& effect, const SlackAnswer& with) {
        db.writer().transaction([&] {
            storage::Outbox outbox(db.writer());
            outbox.claim(effect.id, clock.now());
            outbox.done(effect.id, clock.now());
            if (with.response.contains("ts") && !effect.message.empty()) {
                storage::apply(db.writer(),
                               storage::SaveMessageRef{{effect.message, ChannelId(with.response["channel"]),
                                                        with.response["ts"]}},
                               clock.now());
            }
        });
    }

    std::string subject_;
    int counter_ = 0;
};

}  // namespace countersign::tests
