#include "handlers/home_tab.hpp"

#include "handlers/effects.hpp"
#include "handlers/figures.hpp"
#include "handlers/handlers.hpp"
#include "handlers/home_content.hpp"
#include "handlers/home_installed.hpp"
#include "handlers/people.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/home_view.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using review::field;
using review::text_field;

// Changes that come together are drawn together.
constexpr std::chrono::seconds debounce{2};
// Slack says when somebody opens the tab, so only those who may still be looking at it need it redrawn.
constexpr std::chrono::hours looking{12};

std::string timer_name(const UserId& user) {
    return "home:" + user.value;
}

storage::HomeTab at_the_start(const UserId& user, Timestamp now) {
    return {.user = user, .opened_at = now};
}

storage::Change draw_at(const UserId& user, Timestamp due) {
    const nlohmann::json event{{"kind", "home"}, {"user", user.value}};
    return storage::SetTimer{{timer_name(user), due, event.dump()}};
}

std::string last_effect(const UserId& user) {
    return "home_effect:" + user.value;
}

std::int64_t cursor_in(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value > 0 ? value : 0;
}

// "queue:17": the list and the last request of its page. What is not of this form leads to the first page.
void turn_page(storage::HomeTab& tab, std::string_view value) {
    const auto colon = std::min(value.find(':'), value.size());
    const auto list = value.substr(0, colon);
    const auto cursor = cursor_in(value.substr(std::min(colon + 1, value.size())));
    if (list == "queue") tab.queue_after = cursor;
    if (list == "mine") tab.mine_before = cursor;
    if (list == "open") tab.open_after = cursor;
}

bool is_shown(const storage::Change& change) {
    return std::holds_alternative<storage::SaveRequest>(change) ||
           std::holds_alternative<storage::AddVote>(change) ||
           std::holds_alternative<storage::ChangeInstalled>(change) ||
           std::holds_alternative<storage::AddFollower>(change);
}

}  // namespace

Outcome home_opened(const Event& event, const Context& context) {
    const auto& inner = field(event.payload, "event");
    const UserId user(text_field(inner, "user"));
    // The same event tells of the Messages tab.
    if (user.empty() || text_field(inner, "tab") == "messages") return {};
    Outcome outcome;
    auto tab = context.view.home_tab(user).value_or(at_the_start(user, context.now));
    if (context.now - tab.opened_at > looking) {
        tab = at_the_start(user, context.now);
        outcome.changes.push_back(forget_installed_place(user));
    }
    tab.opened_at = context.now;
    outcome.changes.emplace_back(storage::SaveHomeTab{tab});
    outcome.changes.push_back(draw_at(user, context.now));
    // Whoever has changed the language of their Slack sees it here first.
    outcome.merge(meet_anew(user, context));
    return outcome;
}

Outcome home_pressed(const Press& press, const Context& context) {
    if (press.what == ids::home_request) return open_form(press, views::request_form({}, press.language));
    if (press.what == ids::home_figures) return show_figures(press, context);
    if (press.what == ids::home_find) return open_form(press, views::find_form({}, press.language));
    if (is_home_installed_button(press.what)) return home_installed_pressed(press, context);
    Outcome outcome;
    auto tab = context.view.home_tab(press.user).value_or(at_the_start(press.user, context.now));
    tab.opened_at = context.now;
    turn_page(tab, press.value);
    outcome.changes.emplace_back(storage::SaveHomeTab{tab});
    outcome.changes.push_back(draw_at(press.user, context.now));
    return outcome;
}

Outcome home_due(const Event& timer, const Context& context) {
    const UserId user(text_field(timer.payload, "user"));
    const auto tab = context.view.home_tab(user);
    Outcome outcome;
    if (!tab) return outcome;
    // One that still waits to leave would show nothing newer than this one: drawn again once it has left.
    const auto last = context.view.meta(last_effect(user));
    if (!last.empty() && still_in_outbox(last, context)) {
        outcome.changes.push_back(draw_at(user, context.now + debounce));
        return outcome;
    }
    auto effect =
        publish_home(user, std::to_string(to_millis(context.now)), home_view(home_content(*tab, context)));
    outcome.changes.emplace_back(storage::SetMeta{last_effect(user), effect.key});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome home_published(const EffectAnswer& answer, const Context& context) {
    if (answer.ok()) return {};
    Outcome outcome;
    // Whoever cannot see the picture, or whose picture was deleted, sees the tab without it.
    if (answer.error == "invalid_blocks" && !newest_picture(context).empty()) {
        outcome.changes.push_back(forget_picture());
        outcome.changes.push_back(draw_at(UserId(text_field(answer.args, "user_id")), context.now));
    }
    outcome.audit.push_back({"slack", "home.not_published", text_field(answer.args, "user_id"),
                             nlohmann::json{{"error", answer.error}}.dump()});
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(context.settings, fmt::format("home:{}:{}", answer.error, day),
                                    views::alarm_notice("The Home tab cannot be shown.", answer.trouble())));
    return outcome;
}

Outcome refresh_homes(const Outcome& done, const Context& context) {
    Outcome outcome;
    if (std::ranges::none_of(done.changes, is_shown)) return outcome;
    for (const auto& user : context.view.home_tabs_opened(context.now - looking)) {
        if (context.view.timer(timer_name(user)) || !concerns(user, done, context)) continue;
        outcome.changes.push_back(draw_at(user, context.now + debounce));
    }
    return outcome;
}

Outcome refresh_home_now(const UserId& user, const Context& context) {
    Outcome outcome;
    if (context.view.home_tab(user)) outcome.changes.push_back(draw_at(user, context.now));
    return outcome;
}

}  // namespace countersign::handlers
