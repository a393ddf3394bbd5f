#include "config/base/text.hpp"
#include "config/policy_file.hpp"
#include "config/settings_sections.hpp"

#include <fmt/format.h>

#include <algorithm>

// Rules that are each well formed and yet cannot all be meant (M9).
namespace countersign::config {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& list, const std::string& name) {
    return std::ranges::find(list, name) != list.end();
}

template <class List>
bool wider(const List& wide, const List& narrow) {
    if (wide.empty()) return true;
    return !narrow.empty() && std::ranges::all_of(narrow, [&](const auto& entry) {
        return std::ranges::find(wide, entry) != wide.end();
    });
}

bool wider_scopes(const std::vector<ScopePattern>& wide, const std::vector<ScopePattern>& narrow) {
    if (wide.empty()) return true;
    return !narrow.empty() && std::ranges::all_of(narrow, [&](const auto& entry) {
        return std::ranges::any_of(wide, [&](const auto& other) { return covers(other, entry); });
    });
}

// Whatever fits `narrow` fits `wide` too.
bool covers(const Conditions& wide, const Conditions& narrow) {
    return wider(wide.risk, narrow.risk) && wider(wide.apps, narrow.apps) &&
           wider(wide.workspaces, narrow.workspaces) && wider(wide.requesters, narrow.requesters) &&
           wider(wide.publishers, narrow.publishers) && wider_scopes(wide.scopes, narrow.scopes) &&
           wider_scopes(wide.only_scopes, narrow.only_scopes);
}

const Rule* find(const std::vector<Rule>& rules, const std::string& id) {
    const auto found = std::ranges::find(rules, id, &Rule::id);
    return found == rules.end() ? nullptr : &*found;
}

// The ids from a rule back to itself along `unless`; empty where there is no such way.
Names circle(const std::vector<Rule>& rules, const Rule& from, const std::string& to, Names way) {
    for (const auto& next : from.unless) {
        if (next == to) {
            way.push_back(next);
            return way;
        }
        const auto* rule = find(rules, next);
        if (rule == nullptr || has(way, next)) continue;
        auto longer = way;
        longer.push_back(next);
        if (auto found = circle(rules, *rule, to, std::move(longer)); !found.empty()) return found;
    }
    return {};
}

// The highest scope decides about the risk, so scopes above every tier that the rule names rule it out.
bool risk_out_of_reach(const Conditions& when, const RiskTiers& tiers) {
    if (when.risk.empty() || when.scopes.empty()) return false;
    const auto highest = std::ranges::max(when.risk);
    return std::ranges::all_of(when.scopes, [&](const auto& pattern) {
        return !pattern.prefix &&
               tier_of(tiers, pattern.name, pattern.token.empty() ? "bot" : pattern.token) > highest;
    });
}

bool scopes_exclude_each_other(const Conditions& when) {
    if (when.scopes.empty() || when.only_scopes.empty()) return false;
    return std::ranges::none_of(when.scopes, [&](const auto& pattern) {
        return std::ranges::any_of(when.only_scopes, [&](const auto& only) {
            return covers(only, pattern) || covers(pattern, only);
        });
    });
}

class Check {
  public:
    Check(const std::vector<Rule>& rules, const RiskTiers& tiers, Problems& problems)
        : rules_(&rules), tiers_(&tiers), problems_(&problems) {}

    void one(std::size_t index) {
        const auto& rule = (*rules_)[index];
        itself(rule);
        references(rule);
        for (std::size_t before = 0; before < index; ++before)
            against((*rules_)[before], rule);
    }

  private:
    void add(const Rule& rule, std::string_view key, const std::string& text) {
        problems_->add(rule.line, fmt::format("rule.{}", key), text);
    }

    void itself(const Rule& rule) {
        for (const auto& party : rule.require) {
            if (has(rule.not_required, party))
                add(rule, "not_required",
                    fmt::format("of {} holds {}, which its require holds too; expected one of the two",
                                shown(rule.id), shown(party)));
        }
        if (rule.decide && !rule.require.empty())
            add(rule, "decide",
                fmt::format("of {} contradicts its require: a decision of the policy asks no party; expected "
                            "one of the two",
                            shown(rule.id)));
        if (risk_out_of_reach(rule.when, *tiers_))
            add(rule, "when",
                fmt::format("of {} can never hold: all of its scopes are above its risk, and the highest "
                            "scope decides; expected a risk that they reach",
                            shown(rule.id)));
        if (scopes_exclude_each_other(rule.when))
            add(rule, "when",
                fmt::format("of {} can never hold: none of its scopes is among its only_scopes; expected "
                            "lists that overlap",
                            shown(rule.id)));
    }

    void references(const Rule& rule) {
        for (const auto& id : rule.unless) {
            const auto* other = find(*rules_, id);
            if (other == nullptr) {
                std::vector<std::string_view> known;
                for (const auto& each : *rules_)
                    known.emplace_back(each.id);
                const auto near = text::nearest(id, known);
                add(rule, "unless",
                    fmt::format("of {} names {}; expected {}", shown(rule.id), shown(id),
                                near.empty() ? "the id of a rule"
                                             : fmt::format("{}, the nearest known one", shown(near))));
            } else if (id != rule.id && other->unless.empty() && covers(other->when, rule.when)) {
                add(rule, "unless",
                    fmt::format("of {} can never be fulfilled: {} holds wherever it would; expected a rule "
                                "that leaves something",
                                shown(rule.id), shown(id)));
            }
        }
        const auto way = circle(*rules_, rule, rule.id, {rule.id});
        // Once for a circle: at its first rule.
        const bool first = !way.empty() && std::ranges::all_of(way, [&](const auto& id) {
            const auto* other = find(*rules_, id);
            return other == nullptr || other->line >= rule.line;
        });
        if (first)
            add(rule, "unless",
                fmt::format("goes in a circle ({}); expected rules that can be looked at one after the other",
                            text::joined(way, " → ")));
    }

    void against(const Rule& before, const Rule& rule) {
        const bool parted = has(rule.unless, before.id) || has(before.unless, rule.id);
        const bool always = before.unless.empty() && covers(before.when, rule.when);
        if (always && before.decide && rule.decide && !parted) {
            const bool same = covers(rule.when, before.when);
            add(rule, "decide",
                same && *before.decide != *rule.decide
                    ? fmt::format("of {} contradicts {}, which has the same conditions; expected one of them",
                                  shown(rule.id), shown(before.id))
                    : fmt::format("of {} is never reached: {} before it decides all that it fits; expected "
                                  "the narrower rule first",
                                  shown(rule.id), shown(before.id)));
        }
        if (parted || !covers(before.when, rule.when) || !covers(rule.when, before.when)) return;
        for (const auto& party : rule.require) {
            if (has(before.not_required, party)) contradicts(before, rule, "require", party);
        }
        for (const auto& party : rule.not_required) {
            if (has(before.require, party)) contradicts(before, rule, "not_required", party);
        }
    }

    void contradicts(const Rule& before, const Rule& rule, std::string_view key, const std::string& party) {
        add(rule, key,
            fmt::format("of {} contradicts {} about {} under the same conditions; expected one of them",
                        shown(rule.id), shown(before.id), shown(party)));
    }

    const std::vector<Rule>* rules_;
    const RiskTiers* tiers_;
    Problems* problems_;
};

}  // namespace

void check_rules(const std::vector<Rule>& rules, const RiskTiers& tiers, Problems& problems) {
    Check check(rules, tiers, problems);
    for (std::size_t i = 0; i < rules.size(); ++i)
        check.one(i);
}

}  // namespace countersign::config
