#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

#include <string>
#include <string_view>

// Whether an app is approved already, before anybody asks for it (R1).
namespace countersign::handlers {

// What is on record about apps by this name, id or page; mrkdwn.
[[nodiscard]] std::string find_app(std::string_view wanted, const TeamId& team, views::Language language,
                                   const Context& context);
[[nodiscard]] Outcome find_form_submitted(const Press& press, const Context& context);

}  // namespace countersign::handlers
