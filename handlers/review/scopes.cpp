#include "handlers/review/scopes.hpp"

#include "config/base/text.hpp"
#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace countersign::handlers::review {
namespace {

using storage::Scope;
using storage::TokenType;

constexpr std::size_t max_name = 120;
constexpr std::size_t max_description = 300;

std::string_view token_text(TokenType type) {
    switch (type) {
        case TokenType::bot:
            return "bot";
        case TokenType::user:
            return "user";
        case TokenType::app:
            return "app";
        case TokenType::unknown:
            break;
    }
    return "unknown";
}

TokenType read_token_type(const std::string& text) {
    if (text == "bot") return TokenType::bot;
    if (text == "user") return TokenType::user;
    if (text == "app") return TokenType::app;
    return TokenType::unknown;
}

Scope read_scope(const nlohmann::json& entry) {
    Scope scope;
    if (entry.is_string()) {
        scope.name = text::shortened(text::cleaned(entry.get<std::string>()), max_name);
        return scope;
    }
    scope.name = text::shortened(text::cleaned(text_field(entry, "name")), max_name);
    scope.description = text::shortened(text::cleaned(text_field(entry, "description")), max_description);
    scope.token_type = read_token_type(text_field(entry, "token_type"));
    scope.sensitive = bool_field(entry, "is_sensitive").value_or(false) ||
                      bool_field(entry, "is_dangerous").value_or(false);
    scope.optional = bool_field(entry, "is_optional").value_or(false);
    return scope;
}

auto identity(const Scope& scope) {
    return std::tie(scope.token_type, scope.name, scope.optional);
}

bool contains(const std::vector<Scope>& set, const Scope& wanted) {
    return std::ranges::any_of(set, [&](const Scope& scope) { return identity(scope) == identity(wanted); });
}

bool same_name(const Scope& left, const Scope& right) {
    return left.name == right.name &&
           (left.token_type == right.token_type || left.token_type == TokenType::unknown ||
            right.token_type == TokenType::unknown);
}

}  // namespace

std::vector<Scope> read_scopes(const nlohmann::json& scopes) {
    std::vector<Scope> found;
    if (scopes.is_array()) {
        for (const auto& entry : scopes)
            found.push_back(read_scope(entry));
    } else if (scopes.is_object() && scopes.contains("name")) {
        found.push_back(read_scope(scopes));
    } else if (scopes.is_object()) {
        for (const auto& [key, entry] : scopes.items())
            found.push_back(read_scope(entry));
    }
    std::erase_if(found, [](const Scope& scope) { return scope.name.empty(); });
    // A scope listed twice is sensitive if either says so, and optional only if both say so.
    const auto key = [](const Scope& scope) { return std::tie(scope.name, scope.token_type); };
    std::ranges::sort(found, {}, key);
    std::vector<Scope> unique;
    for (auto& scope : found) {
        if (!unique.empty() && key(unique.back()) == key(scope)) {
            unique.back().sensitive = unique.back().sensitive || scope.sensitive;
            unique.back().optional = unique.back().optional && scope.optional;
        } else {
            unique.push_back(std::move(scope));
        }
    }
    return unique;
}

std::string scope_hash(const std::vector<Scope>& scopes) {
    std::vector<std::string> lines;
    for (const auto& scope : scopes) {
        // The length keeps a name with a separator in it from posing as two scopes.
        lines.push_back(std::string(token_text(scope.token_type)) + ":" + std::to_string(scope.name.size()) +
                        ":" + scope.name + (scope.optional ? ":1" : ":0"));
    }
    std::ranges::sort(lines);
    return text::sha256_hex(text::joined(lines, "\n"));
}

ScopeDifference difference(const std::vector<Scope>& before, const std::vector<Scope>& after) {
    ScopeDifference result;
    for (const auto& scope : after) {
        if (!contains(before, scope)) result.added.push_back(scope);
    }
    for (const auto& scope : before) {
        if (!contains(after, scope)) result.removed.push_back(scope);
    }
    return result;
}

bool grew(const std::vector<Scope>& smaller, const std::vector<Scope>& larger) {
    const auto changed = difference(smaller, larger);
    return !changed.added.empty() && changed.removed.empty();
}

bool covers(const std::vector<Scope>& listed, const std::vector<Scope>& asked) {
    if (listed.empty()) return true;
    return std::ranges::all_of(asked, [&](const Scope& wanted) {
        return wanted.optional ||
               std::ranges::any_of(listed, [&](const Scope& scope) { return same_name(scope, wanted); });
    });
}

std::vector<Scope> beyond(const std::vector<Scope>& listed, const std::vector<Scope>& agreed) {
    std::vector<Scope> more;
    if (agreed.empty()) return more;
    std::ranges::copy_if(listed, std::back_inserter(more), [&](const Scope& scope) {
        return std::ranges::none_of(agreed, [&](const Scope& wanted) { return same_name(scope, wanted); });
    });
    return more;
}

bool is_left_out(const Scope& scope, const std::vector<std::string>& left_out) {
    if (!scope.optional) return false;
    const auto of_token = std::string(token_text(scope.token_type)) + "/" + scope.name;
    return std::ranges::any_of(
        left_out, [&](const std::string& entry) { return entry == scope.name || entry == of_token; });
}

std::vector<Scope> without(std::vector<Scope> scopes, const std::vector<std::string>& left_out) {
    std::erase_if(scopes, [&](const Scope& scope) { return is_left_out(scope, left_out); });
    return scopes;
}

std::string names(const std::vector<Scope>& scopes) {
    std::vector<std::string> parts;
    for (const auto& scope : scopes) {
        parts.push_back(scope.name + " (" + std::string(token_text(scope.token_type)) + ")");
    }
    return text::joined(parts, ", ");
}

}  // namespace countersign::handlers::review
