#include "handlers/review/policy.hpp"

#include "config/base/text.hpp"
#include "config/policy_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace countersign::handlers::review {
namespace {

using config::Policy;
using config::Risk;
using config::Rule;
using config::ScopePattern;
using storage::Scope;

std::string_view token_name(storage::TokenType type) {
    if (type == storage::TokenType::bot) return "bot";
    return type == storage::TokenType::user ? "user" : "";
}

std::string_view publisher_name(storage::Publisher publisher) {
    constexpr std::string_view names[] = {"marketplace", "internal", "distributed", "slack", "unknown"};
    return names[static_cast<std::size_t>(publisher)];
}

bool fits(const ScopePattern& pattern, const Scope& scope) {
    // A scope whose token Slack does not tell may be either.
    const auto token = token_name(scope.token_type);
    if (!pattern.token.empty() && !token.empty() && pattern.token != token) return false;
    return pattern.prefix ? scope.name.starts_with(pattern.name) : scope.name == pattern.name;
}

bool fits_any(const std::vector<ScopePattern>& patterns, const Scope& scope) {
    return std::ranges::any_of(patterns, [&](const auto& pattern) { return fits(pattern, scope); });
}

template <class List, class Value>
bool has(const List& list, const Value& value) {
    return std::ranges::find(list, value) != list.end();
}

void weigh(const Policy& policy, const std::vector<Scope>& scopes, Judgement& judgement) {
    // A request that tells no scopes may ask for anything.
    if (scopes.empty()) {
        judgement.risk = policy.risk.unknown;
        judgement.risk_why = "Slack does not say what it asks for";
    }
    for (const auto& scope : scopes) {
        const auto risk = risk_of(policy.risk, scope);
        if (!judgement.risk_why.empty() && risk <= judgement.risk) continue;
        judgement.risk = risk;
        judgement.risk_why = scope.name;
    }
    for (const auto& together : policy.risk.together) {
        if (together.risk <= judgement.risk) continue;
        if (!asks_any(scopes, together.any) || !asks_any(scopes, together.and_any)) continue;
        judgement.risk = together.risk;
        judgement.risk_why = together.name;
    }
}

bool holds(const config::Conditions& when, const RequestFacts& facts, Risk risk) {
    const auto& request = facts.request;
    const auto& scopes = request.scopes;
    if (!when.risk.empty() && !has(when.risk, risk)) return false;
    if (!when.apps.empty() && !has(when.apps, request.app_id.value)) return false;
    const auto& place = request.team_id.empty() ? request.enterprise_id.value : request.team_id.value;
    if (!when.workspaces.empty() && !has(when.workspaces, place)) return false;
    if (!when.publishers.empty() && !has(when.publishers, publisher_name(request.publisher))) return false;
    const auto is_requester = [&](const std::string& who) {
        return who == request.requester.value || has(facts.requester_groups, who);
    };
    if (!when.requesters.empty() && std::ranges::none_of(when.requesters, is_requester)) return false;
    if (!when.scopes.empty() && !asks_any(scopes, when.scopes)) return false;
    if (when.only_scopes.empty()) return true;
    // An app that tells no scopes is not known to ask for nothing else.
    return !scopes.empty() &&
           std::ranges::all_of(scopes, [&](const auto& scope) { return fits_any(when.only_scopes, scope); });
}

// `unless` has no circles (config/policy_checks.cpp), so this ends.
bool in_force(const Policy& policy, const Rule& rule, const RequestFacts& facts, Risk risk) {
    if (!holds(rule.when, facts, risk)) return false;
    return std::ranges::none_of(rule.unless, [&](const std::string& id) {
        const auto other = std::ranges::find(policy.rules, id, &Rule::id);
        return other != policy.rules.end() && in_force(policy, *other, facts, risk);
    });
}

std::string said_by(const Rule& rule) {
    return rule.reason.empty() ? fmt::format("rule {}", rule.id)
                               : fmt::format("rule {}: {}", rule.id, rule.reason);
}

void follow(const Rule& rule, Judgement& judgement, bool is_protected) {
    judgement.rules.push_back(rule.id);
    for (auto& need : judgement.parties) {
        if (has(rule.require, need.party)) need = {need.party, true, said_by(rule)};
        if (has(rule.not_required, need.party)) need = {need.party, false, said_by(rule)};
    }
    if (rule.vendor_issue) judgement.vendor_issue = *rule.vendor_issue;
    if (rule.apply) judgement.apply_at_once = *rule.apply;
    judgement.admins = std::max(judgement.admins, rule.admins);
    judgement.confirm_by_name = judgement.confirm_by_name || rule.confirm_by_name;
    if (!rule.channel.empty() && !has(judgement.channels, rule.channel))
        judgement.channels.push_back(rule.channel);
    const bool passed_over = is_protected && rule.decide == config::Automatic::restrict;
    if (rule.decide && !judgement.decide && !passed_over) {
        judgement.decide = rule.decide;
        judgement.decide_why = said_by(rule);
    }
}

}  // namespace

bool asks_any(const std::vector<Scope>& scopes, const std::vector<ScopePattern>& patterns) {
    return std::ranges::any_of(scopes, [&](const auto& scope) { return fits_any(patterns, scope); });
}

bool Judgement::needs(const std::string& party) const {
    const auto found = std::ranges::find(parties, party, &PartyNeed::party);
    return found == parties.end() || found->needed;
}

Risk risk_of(const Policy& policy, const std::vector<Scope>& scopes) {
    Judgement judgement;
    weigh(policy, scopes, judgement);
    return judgement.risk;
}

Risk risk_of(const config::RiskTiers& tiers, const Scope& scope) {
    const auto risk = config::tier_of(tiers, scope.name, token_name(scope.token_type));
    return scope.sensitive ? std::max(risk, tiers.sensitive) : risk;
}

Judgement judge(const Policy& policy, const config::ReviewSettings& review, const RequestFacts& facts) {
    Judgement judgement;
    weigh(policy, facts.request.scopes, judgement);
    const auto risk = judgement.risk;
    judgement.vendor_issue = review.require_vendor_issue;
    judgement.apply_at_once =
        policy.apply_automatically ? has(*policy.apply_automatically, risk) : review.auto_apply;
    judgement.admins = has(policy.two_admins, risk) ? 2 : 1;
    judgement.confirm_by_name = has(policy.confirm_by_name, risk);
    judgement.conditional_counts = has(policy.evidence.conditional, risk);
    for (const auto& party : review.parties) {
        const bool needed = policy.all_parties || has(policy.parties, party.name);
        judgement.parties.push_back(
            {party.name, needed, needed ? "" : "not among the parties that every request needs"});
    }
    const bool is_protected = has(policy.protected_apps, facts.request.app_id.value);
    for (const auto& rule : policy.rules) {
        if (in_force(policy, rule, facts, risk)) follow(rule, judgement, is_protected);
    }
    if (facts.earlier && !judgement.decide) {
        judgement.decide = config::Automatic::approve;
        judgement.decide_why =
            fmt::format("earlier decision {}: the same app with the same scopes", to_text(*facts.earlier));
    }
    const bool claims = !facts.claimed.empty();
    // Who wants to be asked is asked, and then the policy does not approve over their heads (P15).
    if (judgement.decide == config::Automatic::approve && (claims || !facts.automatic)) {
        judgement.decide.reset();
        judgement.decide_why.clear();
    }
    if (judgement.decide == config::Automatic::approve) {
        judgement.vendor_issue = false;
        for (auto& need : judgement.parties)
            need = {need.party, false, judgement.decide_why};
    }
    for (auto& need : judgement.parties) {
        if (has(facts.claimed, need.party) && !need.needed) need = {need.party, true, "asked to be heard"};
    }
    if (!facts.automatic || judgement.admins > 1) judgement.apply_at_once = false;
    if (!facts.automatic) judgement.decide.reset();
    return judgement;
}

std::vector<std::string> policy_groups(const Policy& policy) {
    std::set<std::string> groups;
    const auto collect = [&](const std::vector<std::string>& members) {
        std::ranges::copy_if(members, std::inserter(groups, groups.end()),
                             [](const std::string& member) { return member.starts_with('S'); });
    };
    for (const auto& rule : policy.rules)
        collect(rule.when.requesters);
    collect(policy.schedule.chain);
    return {groups.begin(), groups.end()};
}

}  // namespace countersign::handlers::review
