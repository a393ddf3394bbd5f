#include "handlers/views/scope_list.hpp"

#include "config/base/text.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/details_texts.hpp"
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

std::vector<RankedScope> of_type(const std::vector<RankedScope>& ranked, TokenType type) {
    std::vector<RankedScope> out;
    std::ranges::copy_if(ranked, std::back_inserter(out),
                         [type](const auto& each) { return each.scope->token_type == type; });
    return out;
}

std::string_view heading(TokenType type, Language language) {
    switch (type) {
        case TokenType::bot:
            return texts::for_the_app.in(language);
        case TokenType::user:
            return texts::for_people.in(language);
        case TokenType::app:
            return texts::app_as_a_whole.in(language);
        case TokenType::unknown:
            return texts::on_whose_behalf.in(language);
    }
    return texts::on_whose_behalf.in(language);
}

std::string code(const Scope& scope) {
    return "`" + inert_line(scope.name, 60) + "`";
}

std::string scope_line(const RankedScope& ranked, Language language) {
    std::string line(emoji(ranked.risk));
    line += ' ';
    line += risk_word(ranked.risk, language);
    line += "  " + code(*ranked.scope) + "  " + describe(*ranked.scope, language).words;
    if (ranked.scope->optional) line += " _(" + say_in(language, texts::is_optional) + ")_";
    if (ranked.scope->sensitive) line += say_in(language, texts::is_sensitive);
    return line;
}

std::string with_risk(std::string name, const RankedScope& ranked, Language language) {
    return std::move(name) + " (" + std::string(risk_word(ranked.risk, language)) +
           (ranked.scope->optional ? ", " + say_in(language, texts::is_optional) + ")" : ")");
}

// Adds pieces while they fit; what does not fit is counted at the end. Pieces are only made until one does
// not fit.
template <class Piece>
std::string list_within(const std::vector<RankedScope>& scopes, Piece piece, std::string_view separator,
                        std::size_t limit, Language language) {
    std::string out;
    std::size_t used = 0;
    constexpr std::size_t room_for_count = 18;  // ", und 1234 weitere"
    for (std::size_t at = 0; at < scopes.size(); ++at) {
        const std::string next = piece(scopes[at]);
        used += text::code_points(next) + separator.size();
        if (used + room_for_count > limit) {
            const auto left = std::to_string(scopes.size() - at);
            return at == 0 ? say_in(language, texts::in_all, left)
                           : out + std::string(separator) + say_in(language, texts::and_more, left);
        }
        if (at > 0) out += separator;
        out += next;
    }
    return out;
}

std::string listed_code(const std::vector<Scope>& scopes, std::size_t limit) {
    const auto piece = [](const RankedScope& each) {
        return with_risk(code(*each.scope), each, Language::english);
    };
    return list_within(riskiest_first(scopes), piece, ", ", limit, Language::english);
}

}  // namespace

std::string scope_counts(const std::vector<Scope>& scopes, Language language) {
    if (scopes.empty()) return say_in(language, texts::no_permissions);
    std::array<std::size_t, 4> counts{};
    for (const auto& scope : scopes)
        ++counts[static_cast<std::size_t>(risk_of(scope))];
    std::string out = scopes.size() == 1
                          ? say_in(language, texts::one_permission)
                          : say_in(language, texts::permissions, std::to_string(scopes.size()));
    for (const auto risk : {Risk::critical, Risk::high, Risk::medium, Risk::low}) {
        const auto count = counts[static_cast<std::size_t>(risk)];
        if (count == 0) continue;
        out += (out.ends_with(':') ? " " : ", ") + std::to_string(count) + " " +
               std::string(risk_word(risk, language));
    }
    return out;
}

std::vector<std::string> scope_groups(const std::vector<Scope>& scopes, std::size_t limit) {
    const auto ranked = riskiest_first(scopes);
    std::vector<std::vector<RankedScope>> groups;
    for (const auto type : types) {
        if (auto group = of_type(ranked, type); !group.empty()) groups.push_back(std::move(group));
    }
    std::vector<std::string> out;
    for (const auto& group : groups) {
        const auto piece = [](const RankedScope& each) { return scope_line(each, Language::english); };
        auto text = std::string(heading(group.front().scope->token_type, Language::english)) + "\n";
        text += list_within(group, piece, "\n", limit / groups.size() - text.size(), Language::english);
        out.push_back(std::move(text));
    }
    return out;
}

std::vector<std::string> all_scopes(const std::vector<Scope>& scopes, std::size_t limit, Language language) {
    std::vector<std::string> described;
    std::vector<std::string> named;
    std::size_t length = 0;
    const auto ranked = riskiest_first(scopes);
    for (const auto type : types) {
        const auto group = of_type(ranked, type);
        if (group.empty()) continue;
        described.emplace_back(heading(type, language));
        named.emplace_back(heading(type, language));
        for (const auto& each : group) {
            described.push_back(scope_line(each, language));
            length += text::code_points(described.back()) + 1;
        }
        for (const auto risk : {Risk::critical, Risk::high, Risk::medium, Risk::low}) {
            std::vector<RankedScope> same;
            std::ranges::copy_if(group, std::back_inserter(same),
                                 [risk](const auto& each) { return each.risk == risk; });
            if (same.empty()) continue;
            const auto piece = [](const RankedScope& each) { return code(*each.scope); };
            named.push_back(std::string(emoji(risk)) + " " + std::string(risk_word(risk, language)) + "  " +
                            list_within(same, piece, " ", limit / 3, language));
        }
    }
    return length <= limit ? described : named;
}

std::string scope_names(const std::vector<Scope>& scopes, std::size_t limit, Language language) {
    const auto piece = [language](const RankedScope& each) {
        return with_risk(inert_line(each.scope->name, 60), each, language);
    };
    return list_within(riskiest_first(scopes), piece, ", ", limit, language);
}

std::string scope_difference(const storage::AppRequest& request, std::size_t limit) {
    if (request.previous_status.empty() && request.previous_scopes.empty())
        return "Slack knows no earlier decision.";
    const auto before =
        request.previous_status.empty() ? "decided on" : inert_line(request.previous_status, 20);
    if (request.previous_scopes.empty())
        return "Earlier " + before + "; which permissions it had then is not known.";
    const auto changed = review::difference(request.previous_scopes, request.scopes);
    if (changed.empty()) return "Earlier " + before + " with exactly these permissions.";
    const auto half = (limit > 120 ? limit - 80 : 40) / 2;
    std::string out = "Earlier " + before + ".";
    if (!changed.added.empty()) out += " *Added since:* " + listed_code(changed.added, half) + ".";
    if (!changed.removed.empty()) out += " *Removed since:* " + listed_code(changed.removed, half) + ".";
    return out;
}

}  // namespace countersign::handlers::views
