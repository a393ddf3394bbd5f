#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::review {

// One line of a comment that signs for a party, or takes its author's signature back (trackers.md §3.3).
struct SigningPhrase {
    bool approves = false;
    std::string party;  // as written
    auto operator<=>(const SigningPhrase&) const = default;
};

// The lines `approved: PARTY` and `revoke: PARTY` of a comment, in order. Only whole lines of plain text in a
// paragraph of its own: what stands in a quote, a list, code, HTML or with any formatting is not a person's
// word in this place (A13).
[[nodiscard]] std::vector<SigningPhrase> signing_phrases(std::string_view markdown);

}  // namespace countersign::handlers::review
