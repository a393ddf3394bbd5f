#include "handlers/access_hook.hpp"
#include "handlers/answers.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/effects.hpp"
#include "handlers/followers.hpp"
#include "handlers/granting.hpp"
#include "handlers/handlers.hpp"
#include "handlers/home_installed.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/issue_thread.hpp"
#include "handlers/joining.hpp"
#include "handlers/party_work.hpp"
#include "handlers/people.hpp"
#include "handlers/presses.hpp"
#include "handlers/recertifying.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/taking_back.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using review::field;
using review::text_field;

constexpr std::array votes{ids::vote_approve, ids::vote_reject, ids::vote_need_info, ids::details};
constexpr std::array party_work{ids::vote_conditional, ids::vote_abstain, ids::claim};
constexpr std::array admin{ids::approve_app,    ids::restrict_app,  ids::reopen,         ids::done,
                           ids::approve_limits, ids::keep_decision, ids::clear_decision, ids::let_through};
constexpr std::array home{ids::home_request, ids::home_find, ids::home_figures, ids::home_next,
                          ids::home_first};
constexpr std::array requester{ids::link_issue, ids::create_issue, ids::answer, ids::withdraw};
// domain.md §2.2: heard because of our subscriptions, needing no reaction yet.
constexpr std::array<std::string_view, 4> recorded{"user_change", "team_join", "member_joined_channel",
                                                   "channel_archive"};

template <class Range>
bool one_of(const Range& range, std::string_view word) {
    return std::ranges::find(range, word) != std::ranges::end(range);
}

// What nobody understood appears in the alarm channel with the raw content (design.md §7), once a kind and
// day.
Outcome not_understood(const Event& event, const Context& context, const std::string& kind) {
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    Outcome outcome;
    outcome.recognised = false;
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("unknown:{}:{}", kind, day),
        views::alarm_notice(fmt::format("Slack sent something that nobody here understands: {}.", kind),
                            "Tell the people who maintain Countersign; the content is recorded.",
                            event.payload.dump(2, ' ', false, nlohmann::json::error_handler_t::replace))));
    return outcome;
}

Outcome route_event(const Event& event, const Context& context) {
    const auto inner = text_field(field(event.payload, "event"), "type");
    const auto type = inner.empty() ? text_field(event.payload, "type") : inner;
    if (type == "app_requested") return app_requested(event, context);
    if (type == "app_home_opened") return home_opened(event, context);
    if (type == "subteam_updated" || type == "subteam_members_changed") return group_changed(event, context);
    if (type == "message") {
        auto outcome = slackbot_message(event, context);
        outcome.merge(reply_onto_issue(event, context));
        return outcome;
    }
    if (type == "app_installed") return app_installed(event, context);
    if (type == "app_uninstalled_team" || type == "app_deleted") return app_removed(event, context);
    if (type == "tokens_revoked" || type == "app_uninstalled") return rights_lost(event, context);
    if (type == "team_access_granted" || type == "team_access_revoked")
        return team_access_changed(event, context);
    if (type == "app_rate_limited") return rate_limited(event, context);
    if (one_of(recorded, type)) return recorded_event(event, context);
    return not_understood(event, context, type.empty() ? "an event without a type" : "event " + type);
}

Outcome route_interactive(const Event& event, const Context& context) {
    const auto type = text_field(event.payload, "type");
    if (type == "block_actions") {
        const auto press = read_button(event, context);
        auto outcome = decide_press(press, context);
        if (!outcome.recognised) outcome.merge(not_understood(event, context, "button " + press.what));
        return outcome;
    }
    if (type == "view_submission") return forms(event, context);
    if (type == "view_closed") return recorded_event(event, context);
    if (type == "shortcut" || type == "message_action") {
        auto outcome = shortcuts(event, context);
        if (!outcome.recognised)
            outcome.merge(
                not_understood(event, context, "shortcut " + text_field(event.payload, "callback_id")));
        return outcome;
    }
    if (type == "block_suggestion") {
        auto outcome = not_understood(event, context, "list of suggestions");
        outcome.ack = R"({"options":[]})";
        return outcome;
    }
    return not_understood(event, context, "interaction " + type);
}

Outcome route_command(const Event& event, const Context& context) {
    const auto command = text_field(event.payload, "command");
    if (command == "/app-request") return app_request_command(event, context);
    if (command == "/installed-apps") return installed_apps_command(event, context);
    auto outcome = not_understood(event, context, "command " + command);
    const auto press = read_command(event, context);
    outcome.merge(
        say(press, views::app_request_help(say_in(press.language, texts::unknown_command), press.language)));
    return outcome;
}

Outcome apologise(const Press& press) {
    return say(press, say_in(press.language, texts::something_went_wrong));
}

// Whoever does something is somebody who will read something.
UserId doer(const Event& event) {
    switch (event.kind) {
        case EventKind::interactive:
            return UserId(text_field(field(event.payload, "user"), "id"));
        case EventKind::slash_command:
            return UserId(text_field(event.payload, "user_id"));
        case EventKind::events_api: {
            const auto& inner = field(event.payload, "event");
            const auto type = text_field(inner, "type");
            if (type != "app_requested") return {};
            return UserId(text_field(field(field(inner, "app_request"), "user"), "id"));
        }
        default:
            return {};
    }
}

Outcome routed(const Event& event, const Context& context) {
    const bool by_a_person = event.kind == EventKind::interactive || event.kind == EventKind::slash_command;
    if (by_a_person && doer(event).empty()) return not_understood(event, context, "a deed of nobody");
    switch (event.kind) {
        case EventKind::events_api:
            return route_event(event, context);
        case EventKind::interactive:
            return route_interactive(event, context);
        case EventKind::slash_command:
            return route_command(event, context);
        case EventKind::effect_result:
            return effect_results(event, context);
        case EventKind::timer:
            return timers(event, context);
        case EventKind::started:
            return started(event, context);
        case EventKind::reloaded:
            return reloaded(event, context);
        case EventKind::reconnected:
            return reconnected(event, context);
        case EventKind::operator_alarm:
            return operator_alarm(event, context);
        case EventKind::tracker_hook:
            return is_access_hook(event) ? access_hook(event, context) : tracker_hook(event, context);
        case EventKind::oauth_callback:
            return oauth_came_back(event, context);
    }
    return {};
}

}  // namespace

Outcome route(const Event& event, const Context& context) {
    auto outcome = routed(event, context);
    outcome.merge(care_for_joined(outcome, context));
    outcome.merge(tell_followers(outcome, context));
    outcome.merge(post_results(outcome, context));
    outcome.merge(refresh_homes(outcome, context));
    if (const auto person = doer(event); !person.empty()) {
        outcome.merge(meet(person, context));
        const bool on_home = text_field(field(event.payload, "container"), "type") == "view";
        if (on_home) outcome.merge(refresh_home_now(person, context));
    }
    return outcome;
}

Outcome decide_press(const Press& press, const Context& context) {
    if (press.kind == Press::Kind::form) return form_submitted(press, context);
    if (press.kind == Press::Kind::command && press.what == "/installed-apps")
        return installed_apps_typed(press, context);
    if (press.kind == Press::Kind::command) return app_request_typed(press, context);
    if (one_of(votes, press.what)) return vote_pressed(press, context);
    if (one_of(party_work, press.what)) return party_pressed(press, context);
    if (press.what == ids::take_back) return take_back_pressed(press, context);
    if (one_of(admin, press.what)) return admin_pressed(press, context);
    if (one_of(requester, press.what)) return requester_pressed(press, context);
    if (press.what == ids::installed_reconnect) return reconnect_pressed(press, context);
    if (is_grant_button(press.what)) return grant_pressed(press, context);
    if (is_care_button(press.what)) return care_pressed(press, context);
    if (one_of(home, press.what) || is_home_installed_button(press.what)) return home_pressed(press, context);
    auto outcome = refuse(press, "unknown", "unknown_button", say_in(press.language, texts::unknown_button));
    outcome.recognised = false;
    return outcome;
}

Outcome open_form(const Press& press, const std::string& view) {
    Outcome outcome;
    const nlohmann::json context{{"user", press.user.value}, {"channel", press.channel.value}};
    outcome.effects.push_back(open_view(press.trigger_id, press.cause, view, press.at, context.dump()));
    return outcome;
}

Outcome failed(const Event& event, const Context& context, const std::string& error) {
    Outcome outcome;
    const auto type = text_field(event.payload, "type");
    if (event.kind == EventKind::slash_command) {
        outcome.merge(apologise(read_command(event, context)));
    } else if (event.kind == EventKind::interactive && type == "view_submission") {
        const auto press = read_form(event, context);
        outcome.merge(
            refuse(press, "unknown", "failed", say_in(press.language, texts::something_went_wrong)));
    } else if (event.kind == EventKind::interactive && type != "view_closed" && type != "block_suggestion") {
        outcome.merge(apologise(read_button(event, context)));
    }
    outcome.audit.push_back({"countersign", "event.failed", event.name, details({{"error", error}})});
    // A timer keeps its name, and rings again tomorrow.
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("failed:{}:{}", event.name, day),
        views::alarm_notice(fmt::format("Handling {} failed: {}", event.name, error),
                            "What it asked for was not done; nothing else is affected.",
                            event.payload.dump(2, ' ', false, nlohmann::json::error_handler_t::replace))));
    return outcome;
}

}  // namespace countersign::handlers
