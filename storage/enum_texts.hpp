#pragma once

#include "storage/records.hpp"

#include <string_view>

// The enumerators as tables hold them: text = name of the enumerator. `parse_text` throws UnreadableRow for a
// text that this program does not know, so that nothing is decided on a state that is not understood.
namespace countersign::storage {

enum class InboxOutcome;

[[nodiscard]] std::string_view to_text(TokenType value);
[[nodiscard]] std::string_view to_text(RequestSource value);
[[nodiscard]] std::string_view to_text(Publisher value);
[[nodiscard]] std::string_view to_text(Outside value);
[[nodiscard]] std::string_view to_text(DecisionKind value);
[[nodiscard]] std::string_view to_text(VoteSource value);
[[nodiscard]] std::string_view to_text(TokenKind value);
[[nodiscard]] std::string_view to_text(EffectState value);
[[nodiscard]] std::string_view to_text(InboxOutcome value);

void parse_text(std::string_view text, RequestState& value);
void parse_text(std::string_view text, TokenType& value);
void parse_text(std::string_view text, RequestSource& value);
void parse_text(std::string_view text, Publisher& value);
void parse_text(std::string_view text, Outside& value);
void parse_text(std::string_view text, DecisionKind& value);
void parse_text(std::string_view text, VoteAnswer& value);
void parse_text(std::string_view text, VoteSource& value);
void parse_text(std::string_view text, TokenKind& value);
void parse_text(std::string_view text, EffectState& value);

}  // namespace countersign::storage
