#include "config/base/text.hpp"
#include "config/policy_file.hpp"
#include "config/settings_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace countersign::config {
namespace {

constexpr std::array decisions{"approve", "restrict", "deny"};
constexpr std::array<std::string_view, 5> publishers{"marketplace", "internal", "distributed", "slack",
                                                     "unknown"};

// A list of names; one that is there and empty could never hold.
std::vector<std::string> names(Section& section, std::string_view key) {
    auto found = section.texts(key).value_or(std::vector<std::string>());
    if (section.has(key) && found.empty())
        section.problem(key, "is empty, so that the rule could never hold; expected at least one entry");
    return found;
}

std::vector<std::string> ids(Section& section, std::string_view key, std::string_view letters,
                             std::string_view expected) {
    auto found = names(section, key);
    for (const auto& id : found) {
        if (!is_slack_id(id, letters))
            section.problem(key, fmt::format("holds {}; expected {}", shown(id), expected));
    }
    return found;
}

Conditions read_conditions(Section& rule, Problems& problems) {
    Conditions when;
    const Node* node = rule.table("when");
    Section section(node, "rule.when", problems);
    (void)names(section, "risk");
    when.risk = risks(section, "risk");
    when.apps = ids(section, "apps", "A", "app ids (A…)");
    when.workspaces = ids(section, "workspaces", "TE", "workspace ids (T…), or E… for the organisation");
    when.requesters = ids(section, "requesters", "UWS", "user ids (U…, W…) and user group ids (S…)");
    when.publishers = names(section, "publishers");
    for (const auto& publisher : when.publishers) {
        if (std::ranges::find(publishers, publisher) == publishers.end())
            section.problem("publishers",
                            fmt::format("holds {}; expected marketplace, internal, distributed, slack or "
                                        "unknown",
                                        shown(publisher)));
    }
    (void)names(section, "scopes");
    when.scopes = scope_patterns(section, "scopes");
    (void)names(section, "only_scopes");
    when.only_scopes = scope_patterns(section, "only_scopes");
    section.finish();
    return when;
}

Rule read_rule(const Node* node, Problems& problems) {
    Section section(node, "rule", problems);
    Rule rule;
    rule.line = section.line();
    rule.id =
        section.required_text("id", "a short name that people see, such as \"refused-scopes\"").value_or("");
    if (section.has("id") && (rule.id.empty() || text::code_points(rule.id) > 60 ||
                              text::cleaned(rule.id) != rule.id || rule.id.contains('\n')))
        section.problem("id", fmt::format("is {}; expected 1 to 60 letters on one line", shown(rule.id)));
    rule.when = read_conditions(section, problems);
    rule.unless = section.texts("unless").value_or(std::vector<std::string>());
    rule.require = section.texts("require").value_or(std::vector<std::string>());
    rule.not_required = section.texts("not_required").value_or(std::vector<std::string>());
    if (const auto decide = section.text("decide")) {
        const auto* const found = std::ranges::find(decisions, *decide);
        if (found == decisions.end())
            section.problem("decide", fmt::format("is {}; expected \"approve\", \"restrict\" or \"deny\"",
                                                  shown(*decide)));
        else
            rule.decide = static_cast<Automatic>(found - decisions.begin());
    }
    if (const bool wanted = section.boolean("vendor_issue", true); section.has("vendor_issue"))
        rule.vendor_issue = wanted;
    if (const bool at_once = section.boolean("apply", false); section.has("apply")) rule.apply = at_once;
    rule.admins = static_cast<int>(section.integer("admins", 0, 1, 5));
    rule.confirm_by_name = section.boolean("confirm_by_name", false);
    rule.channel = ChannelId(section.text("channel", ""));
    if (!rule.channel.empty()) check_channel(section, "channel", rule.channel.value);
    rule.reason = section.text("reason", "");
    const bool says_something = !rule.require.empty() || !rule.not_required.empty() || rule.decide ||
                                rule.vendor_issue || rule.apply || rule.admins > 0 || rule.confirm_by_name ||
                                !rule.channel.empty();
    if (!says_something && !section.has("decide"))
        section.problem("id", fmt::format("names a rule ({}) that changes nothing; expected one of require, "
                                          "not_required, decide, vendor_issue, apply, admins, "
                                          "confirm_by_name, channel",
                                          shown(rule.id)));
    // Who is told "no" must be told why (R11).
    if (rule.decide && *rule.decide != Automatic::approve && text::trimmed(rule.reason).empty())
        section.problem("reason", "is missing; expected the sentence that the requester reads");
    section.finish();
    return rule;
}

}  // namespace

std::string_view to_text(Automatic decision) {
    return decisions[static_cast<std::size_t>(decision)];
}

std::vector<Rule> read_rules(Section& root, const RiskTiers& tiers, Problems& problems) {
    std::vector<Rule> rules;
    std::set<std::string> seen;
    for (const Node* node : root.tables("rule")) {
        auto rule = read_rule(node, problems);
        if (!rule.id.empty() && !seen.insert(rule.id).second)
            problems.add(rule.line, "rule.id",
                         fmt::format("is {}, which another rule has; expected each id once", shown(rule.id)));
        rules.push_back(std::move(rule));
    }
    check_rules(rules, tiers, problems);
    return rules;
}

std::vector<PartyPolicy> read_party_policies(Section& root, const Calendar& calendar, Problems& problems) {
    std::vector<PartyPolicy> parties;
    for (const Node* node : root.tables("party")) {
        Section section(node, "party", problems);
        PartyPolicy party;
        party.name =
            section.required_text("name", "the name of a [[review.party]] of the configuration").value_or("");
        party.scopes = scope_patterns(section, "scopes");
        party.stand_in = section.text("stand_in", "");
        party.calendar = calendar;
        read_days(section, party.calendar);
        section.finish();
        parties.push_back(std::move(party));
    }
    return parties;
}

}  // namespace countersign::config
