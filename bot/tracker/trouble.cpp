#include "bot/tracker/trouble.hpp"

#include "config/advice.hpp"

#include <algorithm>
#include <array>

namespace countersign::tracker {
namespace {

using enum net::ApiMeaning;

struct Code {
    std::string_view code;
    net::ApiMeaning meaning;
};

constexpr auto codes = std::to_array<Code>({
    // The issue, project or template is not what it was: the handler decides.
    {"issue_not_found", refused},  // G5: the tracker does not tell which
    {"issue_gone", refused},
    {"issue_moved", refused},
    {"template_not_found", refused},
    {"template_unreadable", refused},
    {"too_large", refused},
    {"rejected", refused},
    {"unknown_tracker", refused},

    // A person has to act.
    {"project_not_found", human},
    {"unauthorized", human},
    {"forbidden", human},
    {"issues_disabled", human},
    {"unsupported_version", human},
    {"no_token", human},
    {"quick_action_run", human},

    // Again later.
    {"rate_limited", retry},
    {"conflict", retry},
    {"unavailable", retry},
    {"timeout", retry},
    {"unreachable", retry},
    {"tls", retry},
    {"malformed", retry},

    // It may have happened.
    {"answer_lost", unclear},

    // It was never sent (effect_answer.hpp).
    {"unreadable_row", refused},
});

// A proxy's hiccup passes; an answer that stays unreadable needs somebody to look (N5).
constexpr int malformed_attempts = 3;

const Code* find(std::string_view code) {
    const auto* found = std::ranges::find(codes, code, &Code::code);
    return found == codes.end() ? nullptr : found;
}

}  // namespace

net::ApiMeaning meaning_of(std::string_view code, int attempts) {
    if (code.empty()) return ok;
    if (code == "malformed" && attempts >= malformed_attempts) return human;
    const Code* known = find(code);
    return known == nullptr ? human : known->meaning;
}

std::string_view advice_for(std::string_view code) {
    return find(code) == nullptr ? "" : config::advice_about(code, config::tracker_advice());
}

bool is_known(std::string_view code) {
    return find(code) != nullptr;
}

}  // namespace countersign::tracker
