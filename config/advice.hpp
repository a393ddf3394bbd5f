#pragma once

#include <span>
#include <string_view>

// What a person does about an error of Slack or of a tracker, in every language of the catalogue: the one
// place for these sentences. What a code means for the call itself stands with its client (bot/slack,
// bot/tracker).
namespace countersign::config {

struct Advice {
    // Error codes, separated by blanks; in brackets what holds for a meaning where the code has nothing of
    // its own: "(human)".
    std::string_view codes;
    std::string_view english;
    std::string_view german;
};

[[nodiscard]] std::span<const Advice> slack_advice();
[[nodiscard]] std::span<const Advice> tracker_advice();

// The English sentence; "" = this code has none.
[[nodiscard]] std::string_view advice_about(std::string_view code, std::span<const Advice> advice);

}  // namespace countersign::config
