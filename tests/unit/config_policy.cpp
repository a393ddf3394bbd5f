#include "config/base/time_zone.hpp"
#include "config/policy_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace countersign;
using namespace countersign::config;

namespace {

const std::vector<Party> office{{"Security", {"U1"}, 1, "", {}}, {"Legal", {"U2"}, 1, "", {}}};

std::string problems_of(std::string_view toml) {
    Problems problems{"policy.toml", {}};
    (void)read_policy(toml, "policy.toml", office, problems);
    std::string all;
    for (const auto& problem : problems.found)
        all += to_text(problem) + "\n";
    return all;
}

}  // namespace

TEST_CASE("M9: the shipped policy has no mistake, asks every party and decides nothing by itself") {
    CHECK(problems_of(default_policy()) == "");
    const auto policy = built_in_policy();
    CHECK(policy->all_parties);
    CHECK(policy->rules.empty());
    CHECK_FALSE(policy->apply_automatically.has_value());
    CHECK(policy->schedule.hold_after.empty());
    CHECK(policy->hash.size() == 64);
    CHECK(policy->calendar.working == std::array<bool, 7>{false, true, true, true, true, true, false});
}

TEST_CASE("M9: every mistake of a policy file is named with line, key and what is expected") {
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"schema = 2", "policy.toml:1: schema: is 2; expected"},
        {"partis = \"all\"", "policy.toml:1: partis: unknown key; expected parties, the nearest known one"},
        {"parties = [\"Securty\"]",
         "parties: names \"Securty\", which is no party of the configuration; "
         "expected \"Security\", the nearest known one"},
        {"parties = []", "parties: is empty"},
        {"parties = \"some\"", "parties: is a choice that this version does not know"},
        {"protected_apps = \"A1\"", "policy.toml:1: protected_apps: is a string; expected"},
        {"schema = 1\nprotected_apps = [\"A0IDP\", \"Okta\"]",
         "policy.toml:2: protected_apps: holds \"Okta\"; expected app ids (A…)"},
        {"protected_apps = [\"A0IDP\"]\n[[rule]]\nid = \"x\"\nwhen.apps = [\"A1\", \"A0IDP\"]\ndecide = "
         "\"restrict\"\nreason = \"r\"",
         "policy.toml:2: rule.decide: of \"x\" restricts \"A0IDP\", which protected_apps holds"},
        {"[[party]]\nname = \"Legal\"\nworking_days = []", "party.working_days: is empty; expected"},
        {"[[party]]\nname = \"Legal\"\nholidays = [\"2026-02-30\"]", "party.holidays: holds \"2026-02-30\""},
        {"[risk]\nunknown = \"low\"", "policy.toml:2: risk.unknown: is \"low\"; expected \"high\""},
        {"[risk]\nlow = [\"chat write\"]", "risk.low: holds \"chat write\"; expected scopes such as"},
        {"[risk]\nlow = [\"a:b\"]\nhigh = [\"a:b\"]", "risk.high: holds \"a:b\", which \"low\" holds too"},
        {"[[rule]]\ndecide = \"deny\"", "policy.toml:1: rule.id: is missing"},
        {"[[rule]]\nid = \"x\"", "rule.id: names a rule (\"x\") that changes nothing"},
        {"[[rule]]\nid = \"x\"\ndecide = \"deny\"", "rule.reason: is missing"},
        {"[[rule]]\nid = \"x\"\ndecide = \"maybe\"\nreason = \"r\"", "rule.decide: is \"maybe\"; expected"},
        {"[[rule]]\nid = \"x\"\nwhen.risk = [\"huge\"]\napply = true", "rule.when.risk: holds \"huge\""},
        {"[[rule]]\nid = \"x\"\nwhen.apps = []\napply = true", "rule.when.apps: is empty"},
        {"[[rule]]\nid = \"x\"\nwhen.apps = [\"Miro\"]\napply = true", "rule.when.apps: holds \"Miro\""},
        {"[[rule]]\nid = \"x\"\nwhen.apps = [\"A1\"]\nrequire = [\"Legel\"]",
         "rule.require: names \"Legel\", which is no party of the configuration; expected \"Legal\""},
        {"[[rule]]\nid = \"x\"\napply = true\n[[rule]]\nid = \"x\"\nadmins = 2",
         "policy.toml:4: rule.id: is \"x\", which another rule has"},
        {"[deadlines]\nhold_after = \"soon\"",
         "deadlines.hold_after: is \"soon\"; expected a stretch of time"},
        {"[deadlines]\nat_end = \"approve\"", "silence never approves"},
        {"[deadlines]\nchain = [\"U1\"]", "deadlines.chain: is never reached; expected escalate_after"},
        {"[calendar]\nzone = \"Europe/Berln\"", "calendar.zone: is \"Europe/Berln\"; expected a time zone"},
        {"[gate]\nrequests_a_day = -1", "policy.toml:2: gate.requests_a_day: is -1"},
        {"[gate]\nhold_first = true", "gate.hold_first: unknown key"},
        {"[gate]\nworkspaces = [\"acme\"]", "gate.workspaces: holds \"acme\"; expected ids of workspaces"},
        {"[calendar]\nworking_days = []", "calendar.working_days: is empty"},
        {"[calendar]\nholidays = [\"2026-02-30\"]", "calendar.holidays: holds \"2026-02-30\""},
        {"[calendar]\nquiet = \"18-8\"", "calendar.quiet: is \"18-8\"; expected hours such as"},
        {"[[blackout]]\nfrom = \"2026-12-24\"\nuntil = \"2026-12-01\"", "blackout.until: lies before from"},
        {"[[party]]\nname = \"Legal\"\nstand_in = \"Security\"\n[[party]]\nname = \"Security\"\nstand_in = "
         "\"Legal\"",
         "party.stand_in: goes in a circle (Legal → Security → Legal)"},
    };
    for (const auto& [toml, expected] : mistakes) {
        CAPTURE(toml);
        const auto found = problems_of(toml);
        CHECK_MESSAGE(found.contains(expected), found);
    }
    // All together, not the first alone.
    CHECK(problems_of("schema = 2\n[risk]\nunknown = \"low\"\n[calendar]\nzone = \"X\"").contains("zone"));
}

TEST_CASE("M9: contradictory, circular and unreachable rules are named") {
    const std::string wide =
        "[[rule]]\nid = \"wide\"\nwhen.risk = [\"low\", \"medium\"]\ndecide = "
        "\"approve\"\n";
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {wide + "[[rule]]\nid = \"narrow\"\nwhen.risk = [\"low\"]\ndecide = \"deny\"\nreason = \"r\"",
         "\"narrow\" is never reached: \"wide\" before it decides all that it fits"},
        {wide + "[[rule]]\nid = \"same\"\nwhen.risk = [\"medium\", \"low\"]\ndecide = \"deny\"\nreason = "
                "\"r\"",
         "\"same\" contradicts \"wide\", which has the same conditions"},
        {"[[rule]]\nid = \"a\"\nunless = [\"b\"]\nwhen.apps = [\"A1\"]\napply = true\n"
         "[[rule]]\nid = \"b\"\nunless = [\"a\"]\nwhen.apps = [\"A2\"]\napply = true",
         "policy.toml:1: rule.unless: goes in a circle (a → b → a)"},
        {"[[rule]]\nid = \"a\"\nunless = [\"a\"]\napply = true", "goes in a circle (a → a)"},
        {"[[rule]]\nid = \"a\"\nunless = [\"c\"]\napply = true", "names \"c\"; expected"},
        {wide + "[[rule]]\nid = \"n\"\nwhen.risk = [\"low\"]\nunless = [\"wide\"]\napply = true",
         "\"n\" can never be fulfilled: \"wide\" holds wherever it would"},
        {"[[rule]]\nid = \"a\"\nrequire = [\"Legal\"]\nnot_required = [\"Legal\"]",
         "rule.not_required: of \"a\" holds \"Legal\", which its require holds too"},
        {"[[rule]]\nid = \"a\"\ndecide = \"approve\"\nrequire = [\"Legal\"]", "contradicts its require"},
        {"[[rule]]\nid = \"a\"\nrequire = [\"Legal\"]\n[[rule]]\nid = \"b\"\nnot_required = [\"Legal\"]",
         "rule.not_required: of \"b\" contradicts \"a\" about \"Legal\""},
        {"[risk]\nhigh = [\"files:read\"]\n[[rule]]\nid = \"a\"\nwhen.risk = [\"low\"]\nwhen.scopes = "
         "[\"files:read\"]\napply = true",
         "\"a\" can never hold: all of its scopes are above its risk"},
        {"[[rule]]\nid = \"a\"\nwhen.scopes = [\"files:read\"]\nwhen.only_scopes = [\"commands\"]\napply = "
         "true",
         "\"a\" can never hold: none of its scopes is among its only_scopes"},
    };
    for (const auto& [toml, expected] : mistakes) {
        CAPTURE(toml);
        const auto found = problems_of(toml);
        CHECK_MESSAGE(found.contains(expected), found);
    }
    CHECK(
        problems_of("[[rule]]\nid = \"narrow\"\nwhen.risk = [\"low\"]\ndecide = \"deny\"\nreason = \"r\"\n" +
                    wide) == "");
}

TEST_CASE("M9: the highest fitting entry decides about a scope, and an unknown one counts as high") {
    Problems problems{"p", {}};
    const auto policy = read_policy(
        "[risk]\nlow = [\"chat:write\", \"admin.apps:read\"]\nmedium = [\"bot:im:read\"]\n"
        "critical = [\"admin*\", \"user:chat:write\", \"user:im:read\"]\n",
        "p", office, problems);
    REQUIRE(problems.found.empty());
    CHECK(tier_of(policy.risk, "chat:write", "bot") == Risk::low);
    CHECK(tier_of(policy.risk, "chat:write", "user") == Risk::critical);
    CHECK(tier_of(policy.risk, "chat:write", "") == Risk::critical);  // either: the worse
    CHECK(tier_of(policy.risk, "admin.apps:read", "bot") == Risk::low);
    CHECK(tier_of(policy.risk, "admin.users:write", "bot") == Risk::critical);
    CHECK(tier_of(policy.risk, "new:scope", "bot") == Risk::high);
    CHECK(tier_of(policy.risk, "im:read", "bot") == Risk::medium);
}

TEST_CASE("P12: wall clocks skip an hour and repeat one") {
    using namespace std::chrono;
    const auto berlin = [](year_month_day day, minutes time) {
        return time_zone::from_local(local_days(day) + time, "Europe/Berlin");
    };
    const auto spring = 2026y / March / 29, autumn = 2026y / October / 25;
    CHECK(berlin(spring, 2h + 30min) == sys_days(spring) + 1h);          // skipped: the moment after
    CHECK(berlin(autumn, 2h + 30min) == sys_days(autumn) + 0h + 30min);  // twice: the first
    CHECK(time_zone::date_text(sys_days(spring) + 23h, "Europe/Berlin") == "2026-03-30");
    CHECK(time_zone::end_of(spring, "Europe/Berlin") == sys_days(spring) + 22h);
    CHECK(time_zone::parse_date("2026-03-29") == spring);
    for (const char* odd : {"", "2026-02-29", "2026-13-01", "2026-1-01", "0000-01-01", "-026-01-01",
                            "2026-01-01 ", "2026/01/01", "+026-01-01", "20x6-01-01"})
        CHECK_MESSAGE(!time_zone::parse_date(odd), odd);
    CHECK(time_zone::known("America/Sao_Paulo"));
    CHECK_FALSE(time_zone::known("../../etc/passwd"));
    CHECK_FALSE(time_zone::known("Mars/Olympus"));
    CHECK(time_zone::date_text(sys_days(spring), "Mars/Olympus") == "2026-03-29");  // as UTC
}
