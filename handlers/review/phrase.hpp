#pragma once

#include "handlers/review/slackbot_message.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

// Lines against the phrases of the tables: "{requester} would like to install {app}".
namespace countersign::handlers::review {

struct Captured {
    std::string text;
    UserId user;  // of a mention that is the whole of it
    AppId app;    // of a link that is the whole of it
};
using Captures = std::map<std::string, Captured, std::less<>>;

// The whole line is the phrase, names filled in.
[[nodiscard]] std::optional<Captures> match_phrase(const Line& line, std::string_view phrase);

// The line is nearly the phrase: one of its own words is another, missing or added (two for a phrase of eight
// words or more). Never for phrases of fewer than four words: there one word turns the meaning.
[[nodiscard]] bool nearly_matches(const Line& line, std::string_view phrase);

// The same words, whatever the case of A to Z, white space, and the sign at the end.
[[nodiscard]] bool same_words(std::string_view one, std::string_view other);

}  // namespace countersign::handlers::review
