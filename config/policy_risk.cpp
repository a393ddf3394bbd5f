#include "config/base/text.hpp"
#include "config/policy_file.hpp"
#include "config/settings_sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::config {
namespace {

constexpr std::array tier_names{"low", "medium", "high", "critical"};

bool same(const ScopePattern& left, const ScopePattern& right) {
    return left.name == right.name && left.token == right.token && left.prefix == right.prefix;
}

// How closely a pattern fits: 0 not at all; an exact name before every prefix, a longer prefix before a
// shorter one, a token's own entry before one for either.
std::size_t fit(const ScopePattern& pattern, std::string_view name, std::string_view token) {
    if (!pattern.token.empty() && pattern.token != token) return 0;
    const std::size_t own = pattern.token.empty() ? 0 : 1;
    if (pattern.prefix) return name.starts_with(pattern.name) ? 2 * pattern.name.size() + own + 1 : 0;
    return pattern.name == name ? 100'000 + own : 0;
}

Risk tier_for_token(const RiskTiers& tiers, std::string_view name, std::string_view token) {
    auto found = tiers.unknown;
    std::size_t best = 0;
    for (std::size_t tier = 0; tier < tiers.scopes.size(); ++tier) {
        for (const auto& pattern : tiers.scopes[tier]) {
            const auto fits = fit(pattern, name, token);
            if (fits <= best) continue;
            best = fits;
            found = static_cast<Risk>(tier);
        }
    }
    return found;
}

std::string written(const ScopePattern& pattern) {
    return (pattern.token.empty() ? "" : pattern.token + ":") + pattern.name + (pattern.prefix ? "*" : "");
}

Risk tier_choice(Section& section, std::string_view key, Risk fallback, bool only_high) {
    const auto given = section.text(key);
    if (!given) return fallback;
    const auto risk = parse_risk(*given);
    if (risk && (!only_high || *risk >= Risk::high)) return *risk;
    section.problem(key, fmt::format("is {}; expected {}", shown(*given),
                                     only_high ? "\"high\" or \"critical\": what nobody knows is not harmless"
                                               : "\"low\", \"medium\", \"high\" or \"critical\""));
    return fallback;
}

void check_twice(Section& section, const RiskTiers& tiers) {
    for (std::size_t tier = 0; tier < tiers.scopes.size(); ++tier) {
        for (const auto& pattern : tiers.scopes[tier]) {
            for (std::size_t before = 0; before < tier; ++before) {
                const bool twice = std::ranges::any_of(
                    tiers.scopes[before], [&](const auto& other) { return same(other, pattern); });
                if (twice)
                    section.problem(tier_names[tier],
                                    fmt::format("holds {}, which \"{}\" holds too; expected it in one tier",
                                                shown(written(pattern)), tier_names[before]));
            }
        }
    }
}

}  // namespace

std::string_view to_text(Risk risk) {
    return tier_names[static_cast<std::size_t>(risk)];
}

std::optional<Risk> parse_risk(std::string_view text) {
    const auto* const found = std::ranges::find(tier_names, text);
    if (found == tier_names.end()) return std::nullopt;
    return static_cast<Risk>(found - tier_names.begin());
}

std::vector<Risk> risks(Section& section, std::string_view key) {
    std::vector<Risk> found;
    for (const auto& text : section.texts(key).value_or(std::vector<std::string>())) {
        if (const auto risk = parse_risk(text))
            found.push_back(*risk);
        else
            section.problem(
                key,
                fmt::format("holds {}; expected \"low\", \"medium\", \"high\" or \"critical\"", shown(text)));
    }
    return found;
}

std::vector<ScopePattern> scope_patterns(Section& section, std::string_view key) {
    std::vector<ScopePattern> found;
    for (const auto& text : section.texts(key).value_or(std::vector<std::string>())) {
        ScopePattern pattern{.name = text};
        for (const std::string_view token : {"bot", "user"}) {
            if (!text.starts_with(std::string(token) + ":")) continue;
            pattern.token = token;
            pattern.name = text.substr(token.size() + 1);
        }
        if (pattern.name.ends_with('*')) {
            pattern.prefix = true;
            pattern.name.pop_back();
        }
        const bool plain = std::ranges::all_of(pattern.name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '.' || c == '_' ||
                   c == '-';
        });
        if (!plain || (pattern.name.empty() && !pattern.prefix)) {
            section.problem(key, fmt::format("holds {}; expected scopes such as \"chat:write\", "
                                             "\"user:chat:write\" or \"admin.*\"",
                                             shown(text)));
            continue;
        }
        found.push_back(std::move(pattern));
    }
    return found;
}

bool covers(const ScopePattern& wide, const ScopePattern& narrow) {
    if (!wide.token.empty() && wide.token != narrow.token) return false;
    if (wide.prefix) return narrow.name.starts_with(wide.name);
    return !narrow.prefix && wide.name == narrow.name;
}

Risk tier_of(const RiskTiers& tiers, std::string_view name, std::string_view token) {
    if (token == "bot" || token == "user") return tier_for_token(tiers, name, token);
    return std::max(tier_for_token(tiers, name, "bot"), tier_for_token(tiers, name, "user"));
}

RiskTiers read_risk(Section& root, Problems& problems) {
    RiskTiers tiers;
    Section section(root.table("risk"), "risk", problems);
    tiers.unknown = tier_choice(section, "unknown", tiers.unknown, true);
    tiers.sensitive = tier_choice(section, "sensitive", tiers.sensitive, false);
    for (std::size_t tier = 0; tier < tiers.scopes.size(); ++tier)
        tiers.scopes[tier] = scope_patterns(section, tier_names[tier]);
    check_twice(section, tiers);
    for (const Node* node : section.tables("together")) {
        Section entry(node, "risk.together", problems);
        Together together;
        together.name = entry.required_text("name", "what the scopes allow together").value_or("");
        entry.require("any", "a list of scopes");
        together.any = scope_patterns(entry, "any");
        entry.require("and_any", "a list of scopes");
        together.and_any = scope_patterns(entry, "and_any");
        together.risk = tier_choice(entry, "risk", together.risk, false);
        entry.finish();
        tiers.together.push_back(std::move(together));
    }
    section.finish();
    return tiers;
}

}  // namespace countersign::config
