#include "handlers/views/scope_list.hpp"

#include "config/base/text.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/scope_words.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace countersign::handlers::views {
namespace {

using storage::Scope;
using storage::TokenType;

// What acts as a person comes first: it reaches the most.
constexpr std::array types{TokenType::user, TokenType::bot, TokenType::app, TokenType::unknown};

std::vector<Scope> of_type(const std::vector<Scope>& scopes, TokenType type) {
    std::vector<Scope> out;
    std::ranges::copy_if(scopes, std::back_inserter(out),
                         [type](const auto& scope) { return scope.token_type == type; });
    return out;
}

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

std::vector<std::string> named_with_risk(const std::vector<Scope>& scopes) {
    std::vector<std::string> out;
    for (const auto& scope : riskiest_first(scopes)) {
        out.push_back("`" + inert_line(scope.name, 60) + "` (" + std::string(to_text(describe(scope).risk)) +
                      (scope.optional ? ", optional)" : ")"));
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
    const auto sorted = riskiest_first(scopes);
    const auto used_types =
        std::ranges::count_if(types, [&](auto type) { return !of_type(sorted, type).empty(); });
    std::vector<std::string> out;
    for (const auto type : types) {
        std::vector<std::string> lines;
        for (const auto& scope : of_type(sorted, type))
            lines.push_back(scope_line(scope));
        if (lines.empty()) continue;
        auto text = std::string(heading(type)) + "\n";
        text +=
            list_within(lines, "\n", limit / static_cast<std::size_t>(used_types) - text::code_points(text));
        out.push_back(std::move(text));
    }
    return out;
}

std::vector<std::string> all_scopes(const std::vector<Scope>& scopes, std::size_t limit) {
    std::vector<std::string> described;
    std::vector<std::string> named;
    std::size_t length = 0;
    for (const auto type : types) {
        std::array<std::vector<std::string>, 4> by_risk;
        for (const auto& scope : of_type(riskiest_first(scopes), type)) {
            if (std::ranges::all_of(by_risk, &std::vector<std::string>::empty)) {
                described.emplace_back(heading(type));
                named.emplace_back(heading(type));
            }
            described.push_back(scope_line(scope));
            length += text::code_points(described.back()) + 1;
            by_risk[static_cast<std::size_t>(describe(scope).risk)].push_back(
                "`" + inert_line(scope.name, 60) + "`");
        }
        for (const auto risk : {Risk::critical, Risk::high, Risk::medium, Risk::low}) {
            const auto& names = by_risk[static_cast<std::size_t>(risk)];
            if (names.empty()) continue;
            named.push_back(std::string(emoji(risk)) + " " + std::string(to_text(risk)) + "  " +
                            list_within(names, " ", limit / 3));
        }
    }
    return length <= limit ? described : named;
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
    const auto changed = review::difference(request.previous_scopes, request.scopes);
    const auto added = named_with_risk(changed.added);
    const auto removed = named_with_risk(changed.removed);
    if (changed.empty()) return "Earlier " + before + " with exactly these permissions.";
    const auto half = (limit > 120 ? limit - 80 : 40) / 2;
    std::string out = "Earlier " + before + ".";
    if (!added.empty()) out += " *Added since:* " + list_within(added, ", ", half) + ".";
    if (!removed.empty()) out += " *Removed since:* " + list_within(removed, ", ", half) + ".";
    return out;
}

}  // namespace countersign::handlers::views
