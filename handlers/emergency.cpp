#include "handlers/emergency.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/judging.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/emergency_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::RequestState;

constexpr std::size_t longest_reason = 2'000;
constexpr std::size_t looked_at = 100;

bool can_be_suspended(const storage::AppRequest& request) {
    return review::is_approved(request.state) || request.state == RequestState::reconsider;
}

// By REQ-12, or by the app's id: then the newest request that approved it, whatever was asked for since.
std::optional<storage::AppRequest> named(const std::string& word, const Context& context) {
    if (const auto id = parse_request_id(word)) return context.view.request(*id);
    auto found = context.view.requests({.state = {}, .app = word, .requester = {}, .limit = looked_at});
    if (found.empty()) return std::nullopt;
    const auto approved = std::ranges::find_if(found, can_be_suspended);
    return approved == found.end() ? found.front() : *approved;
}

std::string why_not(const storage::AppRequest& request, views::Language language) {
    const auto id = to_text(request.id);
    if (request.state == RequestState::suspended) return say_in(language, texts::suspended_already, id);
    if (review::in_flight(request.state)) return already(request, language);
    return say_in(language, texts::suspend_not_approved, id);
}

// Without the admin token a person restricts it, in Slack's own pages: Slackbot's message about a request
// that was approved long ago has no button any more.
Outcome by_hand(const Press& press, Case item, const std::string& reason, const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    request.state = RequestState::manual;
    request.decision = storage::DecisionKind::restrict;
    request.decided_by = press.user;
    request.decision_reason = reason;
    request.state_note = say_in(views::Language::english, texts::suspend_by_hand, press.user.value, reason);
    auto outcome = say(press, views::manual_steps(request, request.decision, press.language));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace

bool is_being_suspended(const Case& item) {
    return std::ranges::find(item.marks, marks::suspending, &storage::Mark::kind) != item.marks.end();
}

RequestState restricted_state(const Case& item, Outcome& outcome) {
    if (!is_being_suspended(item)) return RequestState::restricted;
    outcome.changes.emplace_back(
        storage::ClearMarks{item.request.id, std::string(marks::suspending), std::string()});
    return RequestState::suspended;
}

Outcome suspend_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    if (words.size() < 3) return say(press, say_in(press.language, texts::suspend_what));
    const auto request = named(words[1], context);
    const auto id = request ? to_text(request->id) : words[1];
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (words[1] == context.capabilities.own_app.value && !request)
        return refuse(press, id, "protected", say_in(press.language, texts::never_restrict_myself));
    if (!request)
        return refuse(press, id, "unknown",
                      say_in(press.language, texts::suspend_unknown, views::inert_line(words[1], 60)));
    if (auto refused = why_not_restrictable(*request, press.language, context))
        return refuse(press, id, "protected", *refused);
    const auto before = request->state;
    if (!can_be_suspended(*request))
        return refuse(press, id, "not_approved", why_not(*request, press.language));
    const auto reason =
        text::shortened(text::joined(std::vector(words.begin() + 2, words.end()), " "), longest_reason);
    auto item = load_case(*request, context);
    item.marks.push_back({.request = request->id,
                          .kind = std::string(marks::suspending),
                          .subject = {},
                          .person = press.user,
                          .value = {},
                          .scope_hash = request->scope_hash,
                          .at = context.now});
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    outcome.audit.push_back(
        {press.user.value, "emergency.suspended", id, details({{"reason", reason}, {"cause", press.cause}})});
    if (!applies_by_api(*request, context)) {
        outcome.merge(by_hand(press, std::move(item), reason, context));
        return outcome;
    }
    outcome.effects.push_back(
        alarm(context.settings, "suspended:" + press.cause,
              views::alarm_notice(
                  fmt::format("{} suspends {} ({}): {}", press.user.value, request->app_name, id, reason),
                  "It is restricted in Slack now. Review it, then press Keep or Clear on its "
                  "card; uninstall it in Slack's admin pages if that must be.")));
    outcome.merge(begin_restriction(item.request, press.user, reason, {press.user, press.channel}, context));
    outcome.merge(say(press, say_in(press.language, texts::suspend_under_way, id)));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers
