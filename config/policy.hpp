#pragma once

#include "config/base/ids.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The policy file as the rest of the program sees it: complete, checked, defaults filled in. What each key
// means stands in config/policy.toml.
namespace countersign::config {

enum class Risk { low, medium, high, critical };
[[nodiscard]] std::string_view to_text(Risk risk);

// A stretch of time as people write it: "3 business days", "36 hours".
struct Span {
    std::chrono::seconds clock{0};
    int business_days = 0;
    [[nodiscard]] bool empty() const { return clock.count() == 0 && business_days == 0; }
};

// "chat:write", "user:chat:write" (only that token), "admin.*" (all that begin so).
struct ScopePattern {
    std::string name;
    std::string token = {};  // "bot", "user" or "": either
    bool prefix = false;
};

// P19: what scopes allow together that none allows alone.
struct Together {
    std::string name;
    std::vector<ScopePattern> any, and_any;
    Risk risk = Risk::critical;
};

struct RiskTiers {
    std::array<std::vector<ScopePattern>, 4> scopes;  // by Risk
    Risk unknown = Risk::high;
    Risk sensitive = Risk::high;  // at least, where Slack itself calls a scope sensitive
    std::vector<Together> together;
};

enum class Automatic { approve, restrict, deny };
[[nodiscard]] std::string_view to_text(Automatic decision);

// Every condition that is given has to hold; of a list, one entry is enough.
struct Conditions {
    std::vector<Risk> risk;
    std::vector<std::string> apps, workspaces, requesters, publishers;
    std::vector<ScopePattern> scopes;       // any of these is asked for
    std::vector<ScopePattern> only_scopes;  // nothing but these is asked for
};

struct Rule {
    std::string id;
    int line = 0;
    Conditions when;
    std::vector<std::string> unless;  // ids of rules: where one of them holds, this one does not
    std::vector<std::string> require, not_required;
    std::optional<Automatic> decide;
    std::optional<bool> vendor_issue;
    std::optional<bool> apply;  // as soon as all agree
    int admins = 0;             // 0: says nothing; how many have to press `Approve app`
    bool confirm_by_name = false;
    ChannelId channel;  // the card goes there too
    std::string reason;
};

struct Evidence {
    Span votes_good_for;    // empty: for ever
    Span earlier_decision;  // an approval of the same app and scopes counts again so long; empty: never
    std::vector<Risk> conditional{Risk::low, Risk::medium, Risk::high};
};

enum class AtEnd { held, expired };
struct Schedule {
    std::vector<Span> remind_requester, remind_parties;
    Span escalate_after, escalate_every;
    std::vector<std::string> chain;  // people and groups, one step each; never a vote
    Span hold_after;                 // empty: never
    AtEnd at_end = AtEnd::held;
    std::vector<Span> remind_install;  // R15: approved, and not installed yet
    Span install_limit;                // then the approval lapses; empty: never
    Span requester_limit;              // an issue or an answer that never comes: Expired; empty: never
};

struct LocalSpan {
    std::chrono::minutes from{0}, until{0};
};
struct Calendar {
    std::string zone = "UTC";
    std::array<bool, 7> working{false, true, true, true, true, true, false};  // from Sunday
    std::vector<std::chrono::year_month_day> holidays;                        // sorted
    std::optional<LocalSpan> quiet;  // in the zone of the person who is written to
};

// What the policy says of a party that [[review.party]] names.
struct PartyPolicy {
    std::string name;
    std::vector<ScopePattern> scopes;  // P8: votes again only if one of these is among the new ones
    std::string stand_in;              // P10: the party whose members may vote for this one too
    Calendar calendar;                 // the policy's, with working days and holidays of its own
};

// M22: against junk, where anybody may join. What is held here is never refused.
struct Gate {
    std::vector<std::string> workspaces;  // empty: all
    int requests_a_day = 0;               // of one person; 0: as many as they like
    bool first_request = false;           // of somebody who never asked for anything before
};

struct Blackout {
    std::chrono::year_month_day from, until;  // both included
    std::string reason;
};

struct Policy {
    std::string source;  // "the built-in policy" or the file's name
    std::string text;
    std::string hash;  // SHA-256 of the text
    bool all_parties = true;
    std::vector<std::string> parties;         // where not all
    std::vector<std::string> protected_apps;  // M25: ids; never restricted, limited or taken away from here
    RiskTiers risk;
    std::vector<Rule> rules;
    std::vector<PartyPolicy> party;
    std::optional<std::vector<Risk>> apply_automatically;  // absent: review.auto_apply decides
    std::vector<Risk> two_admins, confirm_by_name;
    Evidence evidence;
    Schedule schedule;
    Calendar calendar;
    Gate gate;
    std::vector<Blackout> blackouts;
};

// What holds when the configuration has no [policy].
[[nodiscard]] std::shared_ptr<const Policy> built_in_policy();

}  // namespace countersign::config
