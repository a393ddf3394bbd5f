#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/views/texts.hpp"

#include <optional>
#include <string>

// Who people are, as far as it changes what they read. Slack is asked in the background, at most once a
// person and day; until it has answered they read English.
namespace countersign::handlers {

[[nodiscard]] views::Language language_of(const UserId& user, const Context& context);

// What Slack calls them, untrusted; their id where it has not said, or they were erased.
[[nodiscard]] std::string name_of(const UserId& user, const Context& context);

// Slack has said that the account is deactivated.
[[nodiscard]] bool is_gone(const UserId& user, const Context& context);

// "Europe/Berlin"; "" where Slack has not said.
[[nodiscard]] std::string zone_of(const UserId& user, const Context& context);

// Asks Slack about somebody who is unknown, or was read longer ago than a day.
[[nodiscard]] Outcome meet(const UserId& user, const Context& context);
// Asks again about somebody who may just have changed their language, at most once in five seconds.
[[nodiscard]] Outcome meet_anew(const UserId& user, const Context& context);
// As users.info describes them; nothing where it does not.
[[nodiscard]] std::optional<storage::Person> read_described(const EffectAnswer& answer, Timestamp now);
[[nodiscard]] Outcome person_told(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers
