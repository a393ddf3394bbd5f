#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

#include <string_view>

// An admin adds or renews an authorization from within Slack: a code to enter, or a link to follow, and the
// question whether it is the right account. Never a token typed into Slack.
namespace countersign::handlers {

// `/installed-apps add authorization`, and `reconnect NAME` of an authorization (`reconnect`: its id).
[[nodiscard]] Outcome authorization_form(const Press& press, std::string_view reconnect,
                                         const Context& context);
[[nodiscard]] Outcome authorization_form_submitted(const Press& press, const Context& context);
// Cancel, Keep, Discard.
[[nodiscard]] bool is_grant_button(std::string_view action);
[[nodiscard]] Outcome grant_pressed(const Press& press, const Context& context);

[[nodiscard]] Outcome grant_begun(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome grant_poll_due(const Event& event, const Context& context);
[[nodiscard]] Outcome grant_polled(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome grant_exchanged(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome grant_adopted(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome grant_over(const Event& event, const Context& context);
// A browser came back to /oauth/callback.
[[nodiscard]] Outcome oauth_came_back(const Event& event, const Context& context);

}  // namespace countersign::handlers
