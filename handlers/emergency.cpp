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
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::RequestState;

constexpr std::size_t longest_reason = 2'000;

// By REQ-12, or the newest request for an app by the app's id.
std::optional<storage::AppRequest> named(const std::string& word, const Context& context) {
    if (const auto id = parse_request_id(word)) return context.view.request(*id);
    auto found = context.view.requests({.state = {}, .app = word, .requester = {}, .limit = 1});
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}  // namespace

bool is_being_suspended(const Case& item) {
    return std::ranges::find(item.marks, marks::suspending, &storage::Mark::kind) != item.marks.end();
}

Outcome suspend_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    const auto request = words.size() > 1 ? named(words[1], context) : std::nullopt;
    if (!request || words.size() < 3) return say(press, say_in(press.language, texts::suspend_what));
    const auto id = to_text(request->id);
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (auto refused = why_not_restrictable(*request, press.language, context))
        return refuse(press, id, "protected", *refused);
    const auto before = request->state;
    if (!review::is_approved(before) && before != RequestState::reconsider)
        return refuse(press, id, "not_approved", say_in(press.language, texts::suspend_not_approved, id));
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
    outcome.effects.push_back(
        alarm(context.settings, "suspended:" + press.cause,
              views::alarm_notice(
                  fmt::format("{} suspends {} ({}): {}", press.user.value, request->app_name, id, reason),
                  "It is restricted in Slack now. Review it, then press Keep or Clear on its "
                  "card; uninstall it in Slack's admin pages if that must be.")));
    if (!applies_by_api(*request, context)) {
        outcome.merge(hand_over(press, std::move(item), storage::DecisionKind::restrict, reason, context));
        return outcome;
    }
    outcome.merge(begin_restriction(item.request, press.user, reason, {press.user, press.channel}, context));
    outcome.merge(say(press, say_in(press.language, texts::suspend_under_way, id)));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers
