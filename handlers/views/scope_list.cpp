#include "handlers/views/scope_list.hpp"

#include "config/base/text.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/scope_words.hpp"

#include <algorithm>
#include <array>

namespace countersign::handlers::views {
namespace {

using storage::Scope;
using storage::TokenType;

std::string_view heading(TokenType type) {
    switch (type) {
        case TokenType::bot:
            return "*On behalf of the app*";
        case TokenType::user:
            return "*On behalf of people*";
        case TokenType::app:
            return "*For the app as a whole*";
        case TokenType::unknown:
            return "*Slack does not say on whose behalf*";
    }
    return "*Scopes*";
}

std::string plural(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string scope_line(const Scope& scope) {
    const auto words = describe(scope);
    std::string line(emoji(words.risk));
    line += ' ';
    line += to_text(words.risk);
    line += "  `" + inert_line(scope.name, 60) + "`  " + words.words;
    if (scope.optional) line += " _(optional)_";
    if (scope.sensitive) line += " _(sensitive, says Slack)_";
    return line;
}

// Adds pieces while they fit; what does not fit is counted at the end.
std::string list_within(const std::vector<std::string>& pieces, std::string_view separator,
                        std::size_t limit) {
    std::string out;
    std::size_t used = 0;
    constexpr std::size_t room_for_count = 16;  // ", and 1234 more"
    for (std::size_t at = 0; at < pieces.size(); ++at) {
        const auto length = text::code_points(pieces[at]) + text::code_points(separator);
        if (used + length + room_for_count > limit) {
            const auto left = std::to_string(pieces.size() - at);
            return at == 0 ? left + " in all" : out + std::string(separator) + "and " + left + " more";
        }
        if (at > 0) out += separator;
        out += pieces[at];
        used += length;
    }
    return out;
}

bool same_permission(const Scope& a, const Scope& b) {
    return a.name == b.name && a.token_type == b.token_type;
}

// Those of `scopes` that `others` has not, as pieces for a list.
std::vector<std::string> without(const std::vector<Scope>& scopes, const std::vector<Scope>& others) {
    std::vector<std::string> out;
    for (const auto& scope : riskiest_first(scopes)) {
        if (std::ranges::any_of(others, [&](const auto& other) { return same_permission(scope, other); }))
            continue;
        out.push_back("`" + inert_line(scope.name, 60) + "` (" + std::string(to_text(describe(scope).risk)) +
                      ")");
    }
    return out;
}

}  // namespace

std::string scope_counts(const std::vector<Scope>& scopes) {
    if (scopes.empty()) return "no permissions named";
    std::array<std::size_t, 4> counts{};
    for (const auto& scope : scopes)
        ++counts[static_cast<std::size_t>(describe(scope).risk)];
    std::string out = plural(scopes.size(), "permission") + ":";
    for (const auto risk : {Risk::critical, Risk::high, Risk::medium, Risk::low}) {
        const auto count = counts[static_cast<std::size_t>(risk)];
        if (count == 0) continue;
        out += (out.ends_with(':') ? " " : ", ") + std::to_string(count) + " " + std::string(to_text(risk));
    }
    return out;
}

std::vector<std::string> scope_groups(const std::vector<Scope>& scopes, std::size_t limit) {
    constexpr std::array types{TokenType::user, TokenType::bot, TokenType::app, TokenType::unknown};
    const auto sorted = riskiest_first(scopes);
    const auto used_types = std::ranges::count_if(types, [&](auto type) {
        return std::ranges::find(sorted, type, &Scope::token_type) != sorted.end();
    });

    std::vector<std::string> out;
    for (const auto type : types) {
        std::vector<std::string> lines;
        for (const auto& scope : sorted) {
            if (scope.token_type == type) lines.push_back(scope_line(scope));
        }
        if (lines.empty()) continue;
        auto text = std::string(heading(type)) + "\n";
        text +=
            list_within(lines, "\n", limit / static_cast<std::size_t>(used_types) - text::code_points(text));
        out.push_back(std::move(text));
    }
    return out;
}

std::string scope_list(const std::vector<Scope>& scopes, std::size_t limit) {
    std::vector<std::string> pieces;
    for (const auto& scope : riskiest_first(scopes))
        pieces.push_back("`" + inert_line(scope.name, 60) + "`");
    return list_within(pieces, " ", limit);
}

std::string scope_names(const std::vector<Scope>& scopes, std::size_t limit) {
    std::vector<std::string> pieces;
    for (const auto& scope : riskiest_first(scopes)) {
        pieces.push_back(inert_line(scope.name, 60) + " (" + std::string(to_text(describe(scope).risk)) +
                         ")");
    }
    return list_within(pieces, ", ", limit);
}

std::string scope_difference(const storage::AppRequest& request, std::size_t limit) {
    if (request.previous_status.empty() && request.previous_scopes.empty())
        return "Slack knows no earlier decision.";
    const auto before =
        request.previous_status.empty() ? "decided on" : inert_line(request.previous_status, 20);
    if (request.previous_scopes.empty())
        return "Earlier " + before + "; which permissions it had then is not known.";
    const auto added = without(request.scopes, request.previous_scopes);
    const auto removed = without(request.previous_scopes, request.scopes);
    if (added.empty() && removed.empty()) return "Earlier " + before + " with exactly these permissions.";
    const auto half = (limit > 120 ? limit - 80 : 40) / 2;
    std::string out = "Earlier " + before + ".";
    if (!added.empty()) out += " *Added since:* " + list_within(added, ", ", half) + ".";
    if (!removed.empty()) out += " *Removed since:* " + list_within(removed, ", ", half) + ".";
    return out;
}

}  // namespace countersign::handlers::views
