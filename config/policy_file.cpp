#include "config/policy_file.hpp"

#include "config/base/text.hpp"
#include "config/settings_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace countersign::embedded {
extern const std::string_view policy_toml;
}

namespace countersign::config {
namespace {

void read_parties(const Node& document, Section& root, Policy& policy) {
    const auto* entries = std::get_if<std::vector<Entry>>(&document.value);
    const auto given = std::ranges::find(*entries, "parties", &Entry::key);
    if (given == entries->end()) {
        (void)root.text("parties", "all");
        return;
    }
    if (std::holds_alternative<std::string>(given->node.value)) {
        if (root.text("parties", "all") != "all")
            root.problem(
                "parties",
                "is a choice that this version does not know; expected \"all\" or a list of parties");
        return;
    }
    policy.parties = root.texts("parties").value_or(std::vector<std::string>());
    policy.all_parties = false;
    if (policy.parties.empty())
        root.problem("parties", "is empty; expected \"all\" or the parties that every request needs");
}

// M25. A rule that restricts one of them would be passed over: its author meant something else.
void read_protected_apps(Section& root, Policy& policy, Problems& problems) {
    policy.protected_apps = root.texts("protected_apps").value_or(std::vector<std::string>());
    for (const auto& app : policy.protected_apps)
        if (!is_slack_id(app, "A"))
            root.problem("protected_apps", fmt::format("holds {}; expected app ids (A…)", shown(app)));
    for (const auto& rule : policy.rules)
        for (const auto& app : rule.when.apps)
            if (rule.decide == Automatic::restrict &&
                std::ranges::find(policy.protected_apps, app) != policy.protected_apps.end())
                problems.add(rule.line, "rule.decide",
                             fmt::format("of {} restricts {}, which protected_apps holds; expected one of "
                                         "the two",
                                         shown(rule.id), shown(app)));
}

// Names of parties that the configuration does not know would ask nobody.
class PartyNames {
  public:
    PartyNames(const std::vector<Party>& parties, Problems& problems) : problems_(&problems) {
        for (const auto& party : parties)
            known_.emplace_back(party.name);
    }
    void check(int line, const std::string& key, const std::string& name) {
        // The configuration's own parties may be what is wrong: then nothing can be said of these.
        if (known_.empty() || std::ranges::find(known_, name) != known_.end()) return;
        const auto near = text::nearest(name, known_);
        problems_->add(
            line, key,
            fmt::format("names {}, which is no party of the configuration; expected {}", shown(name),
                        near.empty() ? "the name of a [[review.party]]"
                                     : fmt::format("{}, the nearest known one", shown(near))));
    }

  private:
    std::vector<std::string_view> known_;
    Problems* problems_;
};

void check_names(const Node& document, const Policy& policy, PartyNames& names) {
    const auto* entries = std::get_if<std::vector<Entry>>(&document.value);
    const auto line = [&](std::string_view key) {
        const auto found = std::ranges::find(*entries, key, &Entry::key);
        return found == entries->end() ? 1 : found->line;
    };
    for (const auto& name : policy.parties)
        names.check(line("parties"), "parties", name);
    for (const auto& rule : policy.rules) {
        for (const auto& name : rule.require)
            names.check(rule.line, "rule.require", name);
        for (const auto& name : rule.not_required)
            names.check(rule.line, "rule.not_required", name);
    }
    for (const auto& party : policy.party) {
        if (!party.name.empty()) names.check(line("party"), "party.name", party.name);
        if (!party.stand_in.empty()) names.check(line("party"), "party.stand_in", party.stand_in);
    }
}

// P10: two parties that stand in for each other would leave nobody who answers for either.
void check_stand_ins(const Node& document, const Policy& policy, Problems& problems) {
    const auto* entries = std::get_if<std::vector<Entry>>(&document.value);
    const auto at = std::ranges::find(*entries, "party", &Entry::key);
    for (const auto& party : policy.party) {
        std::vector<std::string> way{party.name};
        const auto* here = &party;
        while (here != nullptr && !here->stand_in.empty()) {
            const bool round = std::ranges::find(way, here->stand_in) != way.end();
            way.push_back(here->stand_in);
            if (round) {
                if (way.back() == party.name && *std::ranges::min_element(way) == party.name)
                    problems.add(at->line, "party.stand_in",
                                 fmt::format("goes in a circle ({}); expected a party that stands for itself",
                                             text::joined(way, " → ")));
                break;
            }
            const auto next = std::ranges::find(policy.party, here->stand_in, &PartyPolicy::name);
            here = next == policy.party.end() ? nullptr : &*next;
        }
    }
}

}  // namespace

Policy read_policy(std::string_view toml, const std::filesystem::path& file,
                   const std::vector<Party>& parties, Problems& problems) {
    Policy policy;
    policy.source = file.string();
    policy.text = toml;
    policy.hash = text::sha256_hex(toml);
    const auto document = parse_document(toml, file);
    if (!document) {
        problems.found.push_back(document.error());
        return policy;
    }
    Problems own{file.string(), {}};
    Section root(&*document, "", own);
    (void)root.integer("schema", 1, 1, 1);
    read_parties(*document, root, policy);
    policy.risk = read_risk(root, own);
    policy.rules = read_rules(root, policy.risk, own);
    read_protected_apps(root, policy, own);
    Section apply(root.table("apply"), "apply", own);
    if (auto tiers = risks(apply, "automatically"); apply.has("automatically"))
        policy.apply_automatically = std::move(tiers);
    policy.two_admins = risks(apply, "two_admins");
    policy.confirm_by_name = risks(apply, "confirm_by_name");
    apply.finish();
    read_time(root, policy, own);
    policy.party = read_party_policies(root, policy.calendar, own);
    root.finish();
    PartyNames names(parties, own);
    check_names(*document, policy, names);
    check_stand_ins(*document, policy, own);
    problems.found.insert(problems.found.end(), own.found.begin(), own.found.end());
    return policy;
}

std::string_view default_policy() {
    return embedded::policy_toml;
}

std::shared_ptr<const Policy> built_in_policy() {
    static const auto policy = [] {
        Problems problems{"policy.toml", {}};
        auto read = read_policy(embedded::policy_toml, "policy.toml", {}, problems);
        if (!problems.found.empty()) throw std::logic_error(to_text(problems.found.front()));
        read.source = "the built-in policy";
        return std::make_shared<const Policy>(std::move(read));
    }();
    return policy;
}

}  // namespace countersign::config
