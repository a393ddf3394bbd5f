#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/views/message.hpp"

#include <string>
#include <string_view>

// Every press gets a visible answer (design.md §7, invariant 4), and every refusal is written down.
namespace countersign::handlers {

// In the ack of a command where there is still time; else for the person's eyes in the channel of the press;
// else as a direct message.
[[nodiscard]] Outcome say(const Press& press, const views::Message& message);
[[nodiscard]] Outcome say(const Press& press, std::string_view mrkdwn);

// "you may not, because …", "already decided: …". `why` is a short word for the audit: "no_right", "stale" …
// A form shows it at its field, so that nothing that was typed is lost.
[[nodiscard]] Outcome refuse(const Press& press, std::string_view subject, std::string_view why,
                             const std::string& sentence);
// The same at a field of the form that the press submitted.
[[nodiscard]] Outcome refuse_at(const Press& press, std::string_view field, std::string_view subject,
                                std::string_view why, const std::string& sentence);

// `details` of an audit note from pairs; values are cleaned JSON strings.
[[nodiscard]] std::string details(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);
// What the audit has in place of words that a person typed: nothing can be erased from it, so it proves them
// and does not tell them. "" of nothing.
[[nodiscard]] std::string proof_of(std::string_view words);

}  // namespace countersign::handlers
