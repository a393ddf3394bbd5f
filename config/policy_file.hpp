#pragma once

#include "config/policy.hpp"
#include "config/section.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace countersign::config {

// The policy in the text, as far as it can be read; everything that is wrong with it goes to `problems`. A
// rule that this version would not follow is wrong: it must not be passed over. `parties` are those of the
// configuration.
[[nodiscard]] Policy read_policy(std::string_view toml, const std::filesystem::path& file,
                                 const std::vector<Party>& parties, Problems& problems);

// The commented policy that holds when none is configured.
[[nodiscard]] std::string_view default_policy();

// --- its parts, read one by one by read_policy ---

[[nodiscard]] RiskTiers read_risk(Section& root, Problems& problems);
[[nodiscard]] std::vector<Rule> read_rules(Section& root, const RiskTiers& tiers, Problems& problems);
[[nodiscard]] std::vector<PartyPolicy> read_party_policies(Section& root, const Calendar& calendar,
                                                           Problems& problems);
// `working_days` and `holidays`, each in place of what the calendar has.
void read_days(Section& section, Calendar& calendar);
void read_time(Section& root, Policy& policy, Problems& problems);

[[nodiscard]] std::vector<ScopePattern> scope_patterns(Section& section, std::string_view key);
[[nodiscard]] std::optional<Risk> parse_risk(std::string_view text);
[[nodiscard]] std::vector<Risk> risks(Section& section, std::string_view key);
[[nodiscard]] std::optional<Span> parse_span(std::string_view text);
[[nodiscard]] Span span(Section& section, std::string_view key, Span fallback);

// Rules that contradict each other, go round in circles, or can never hold.
void check_rules(const std::vector<Rule>& rules, const RiskTiers& tiers, Problems& problems);

// Two patterns that some scope satisfies both of; and whether all of one are also the other's.
[[nodiscard]] bool covers(const ScopePattern& wide, const ScopePattern& narrow);
// The tier of a name, without regard to sensitivity. Exact names go before prefixes, a token's own entry
// before one for either; a token that is not told gets the worst of all.
[[nodiscard]] Risk tier_of(const RiskTiers& tiers, std::string_view name, std::string_view token);

}  // namespace countersign::config
