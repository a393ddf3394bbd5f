#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/texts.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// An approval with limits (M4, M5, M6, R16): without optional scopes, only for some people, only for accounts
// of some domains, until a day. Who may use the app is set in Slack and read back before the app is
// approved: a limit that Slack does not take leaves nothing approved.
namespace countersign::handlers {

struct Limits {
    std::vector<std::string> left_out;      // names of optional scopes
    std::vector<std::string> only_for;      // user and user group ids
    std::vector<std::string> urls, emails;  // host names; of mail addresses without the @
    std::string until;                      // ISO day

    [[nodiscard]] bool empty() const;
    // Slack itself has to hold it, by the Admin API.
    [[nodiscard]] bool of_access() const;
};
// Whatever their order.
[[nodiscard]] bool same_limits(const Limits& some, const Limits& others);

// As they were decided for the scopes that the request has now.
[[nodiscard]] Limits limits_of(const storage::AppRequest& request, const std::vector<storage::Mark>& known);
[[nodiscard]] Limits limits_of(const Case& item);

struct LimitProblem {
    std::string_view field;
    std::string sentence;
};
// From the form's fields.
[[nodiscard]] std::expected<Limits, LimitProblem> read_limits(const Press& press, const Case& item,
                                                              const Context& context);

// Take the place of those before.
[[nodiscard]] Outcome keep_limits(Case& item, const Limits& limits, const UserId& by, const Context& context);
[[nodiscard]] Outcome drop_limits(Case& item);

// "" without limits; a line each below the first.
[[nodiscard]] std::string limits_text(const Limits& limits, views::Language language);

// The next call that sets, lifts or reads back a limit; nothing: all is in place.
[[nodiscard]] std::optional<storage::Effect> next_limit_call(const Case& item, const Asker& asker,
                                                             const Context& context);
[[nodiscard]] Outcome limit_answered(const EffectAnswer& answer, const Context& context);

// An approval's last day has passed (timer of kind "approval").
[[nodiscard]] Outcome approval_over(const Event& event, const Context& context);
// The timer for it, where the approval has a last day.
[[nodiscard]] Outcome watch_approval(const Case& item, const Context& context);

}  // namespace countersign::handlers
