#include "bot/commands/policy_facts.hpp"
#include "bot/commands/report.hpp"
#include "config/base/text.hpp"
#include "config/document.hpp"
#include "config/policy_file.hpp"
#include "storage/enum_texts.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot::commands {
namespace {

using handlers::review::Judgement;
using nlohmann::ordered_json;

constexpr std::size_t page = 500;

// What follows when all agree, in words.
std::string outcome_words(const Judgement& judgement) {
    if (judgement.decide)
        return fmt::format("the policy decides by itself: {} ({})", config::to_text(*judgement.decide),
                           judgement.decide_why);
    if (judgement.admins > 1) return fmt::format("{} admins press Approve app", judgement.admins);
    return judgement.apply_at_once ? "the app is approved at once" : "an admin presses Approve app";
}

ordered_json to_json(const Judgement& judgement) {
    auto parties = ordered_json::array();
    for (const auto& need : judgement.parties)
        parties.push_back({{"name", need.party}, {"required", need.needed}, {"why", need.why}});
    return {{"risk", config::to_text(judgement.risk)},
            {"risk_why", judgement.risk_why},
            {"parties", parties},
            {"require_vendor_issue", judgement.vendor_issue},
            {"auto_apply", judgement.apply_at_once},
            {"admins", judgement.admins},
            {"decide", judgement.decide ? std::string(config::to_text(*judgement.decide)) : ""},
            {"decide_why", judgement.decide_why},
            {"rules", judgement.rules}};
}

std::string needed_names(const Judgement& judgement) {
    std::vector<std::string> names;
    for (const auto& need : judgement.parties) {
        if (need.needed) names.push_back(need.party);
    }
    return names.empty() ? "nobody" : text::joined(names, ", ");
}

// What would be another way with the other policy, a sentence each.
std::vector<std::string> differences(const Judgement& before, const Judgement& after) {
    std::vector<std::string> found;
    const auto differ = [&](std::string_view what, const std::string& old, const std::string& fresh) {
        if (old != fresh) found.push_back(fmt::format("{}: {} → {}", what, old, fresh));
    };
    differ("risk", std::string(config::to_text(before.risk)), std::string(config::to_text(after.risk)));
    differ("parties", needed_names(before), needed_names(after));
    differ("vendor issue", before.vendor_issue ? "required" : "not required",
           after.vendor_issue ? "required" : "not required");
    differ("in the end", outcome_words(before), outcome_words(after));
    return found;
}

// The policy to try, or nothing after its problems were printed.
std::optional<config::Policy> policy_to_try(const Call& call, const config::Settings& settings,
                                            const std::string& file) {
    if (file.empty()) return *settings.policy;
    config::Problems problems{file, {}};
    const auto content = config::read_file(file);
    if (!content) {
        problems.add(0, "file", content.error() + "; expected a readable policy file");
        print(call, problems.found);
        return std::nullopt;
    }
    auto policy = config::read_policy(*content, file, settings.review.parties, problems);
    if (problems.found.empty()) return policy;
    print(call, problems.found);
    return std::nullopt;
}

ordered_json party_rows(const config::Settings& settings, const Judgement& judgement) {
    auto parties = ordered_json::array();
    for (const auto& party : settings.review.parties) {
        const auto need =
            std::ranges::find(judgement.parties, party.name, &handlers::review::PartyNeed::party);
        const auto why = need->why.empty() ? fmt::format("{} asks every party ([[review.party]] in {})",
                                                         settings.policy->source, settings.file.string())
                                           : need->why;
        parties.push_back({{"name", party.name},
                           {"required", need->needed},
                           {"quorum", party.quorum},
                           {"members", party.members},
                           {"why", why}});
    }
    return parties;
}

// The policies that the request's decisions rested on, oldest first: those that held then, not the present
// one.
ordered_json decided_by(const storage::View& view, const storage::AppRequest& request) {
    auto found = ordered_json::array();
    for (const auto& decision : view.decisions(request.id)) {
        const auto policy = view.policy(decision.policy);
        const auto rules = nlohmann::json::parse(decision.policy_rules, nullptr, false);
        found.push_back({{"kind", storage::to_text(decision.kind)},
                         {"at", to_rfc3339(decision.at)},
                         {"policy", decision.policy},
                         {"source", policy ? policy->source : ""},
                         {"rules", rules.is_array() ? rules : nlohmann::json::array()}});
    }
    return found;
}

// Decided before policies were kept with decisions, or under one whose text is gone: what held then is not
// known (M10).
bool is_older(const storage::View& view, const storage::AppRequest& request) {
    return std::ranges::any_of(view.decisions(request.id), [&](const storage::Decision& decision) {
        return decision.policy.empty() || !view.policy(decision.policy);
    });
}

std::string decided_words(const ordered_json& decision) {
    const auto begin = fmt::format("Decided: {} at {}", decision["kind"].get<std::string>(),
                                   decision["at"].get<std::string>());
    const auto hash = decision["policy"].get<std::string>();
    if (hash.empty()) return begin + " before policies were kept with decisions.\n";
    const auto source = decision["source"].get<std::string>();
    return fmt::format("{} under {} ({}), rules: {}.\n", begin,
                       source.empty() ? "a policy whose text is gone" : one_line(source), hash.substr(0, 12),
                       decision["rules"].empty() ? "none" : one_line(decision["rules"].dump()));
}

}  // namespace

int explain_policy(const Call& call, const std::string& id) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    storage::AppRequest request;
    auto decisions = ordered_json::array();
    // Without a request: what holds for one of which nothing is known.
    auto judgement =
        handlers::review::judge(*settings->policy, settings->review, {request, {}, {}, {}, true});
    if (!id.empty()) {
        const auto database = storage::Database::open_reader(settings->database);
        if (!database) return report(call, database.error());
        const storage::View view(*database);
        const auto own = parse_request_id(id);
        const auto known = own ? view.request(*own) : view.request(SlackRequestId(id));
        if (!known)
            return report(
                call,
                Failure(Errc::not_found,
                        fmt::format("there is no request {}; countersign requests list shows them", id)));
        request = *known;
        judgement = judgement_of(request, *settings->policy, *settings, view);
        decisions = decided_by(view, request);
    }
    const auto parties = party_rows(*settings, judgement);
    if (call.json) {
        auto json = to_json(judgement);
        json["parties"] = parties;
        json["schema"] = json_schema;
        json["policy"] = settings->policy->hash;
        json["decisions"] = decisions;
        print_json(call, json);
        return exit_ok;
    }
    if (!id.empty())
        call.out << fmt::format("Risk: {} ({}).\n", config::to_text(judgement.risk),
                                one_line(judgement.risk_why));
    std::vector<std::vector<std::string>> rows{{"PARTY", "NEEDED", "APPROVALS", "FROM", "WHY"}};
    for (std::size_t i = 0; i < settings->review.parties.size(); ++i) {
        const auto& party = settings->review.parties[i];
        rows.push_back({one_line(party.name), parties[i]["required"].get<bool>() ? "yes" : "no",
                        std::to_string(party.quorum), text::joined(party.members, ", "),
                        one_line(parties[i]["why"].get<std::string>())});
    }
    print_table(call.out, rows);
    call.out << fmt::format("A linked vendor issue is {}. When all agree, {}.\n",
                            judgement.vendor_issue ? "required" : "not required",
                            one_line(outcome_words(judgement)));
    if (!judgement.rules.empty())
        call.out << fmt::format("Rules that hold: {}.\n", one_line(text::joined(judgement.rules, ", ")));
    for (const auto& decision : decisions)
        call.out << decided_words(decision);
    return exit_ok;
}

int replay_policy(const Call& call, const std::string& file) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    const auto candidate = policy_to_try(call, *settings, file);
    if (!candidate) return exit_configuration;
    const auto database = storage::Database::open_reader(settings->database);
    if (!database) return report(call, database.error());
    const storage::View view(*database);
    auto changed = ordered_json::array();
    std::vector<std::vector<std::string>> rows{{"REQUEST", "APP", "WAS", "WOULD DIFFER"}};
    std::size_t looked_at = 0, older = 0;
    storage::View::Filter filter;
    filter.limit = page;
    for (auto requests = view.requests(filter); !requests.empty(); requests = view.requests(filter)) {
        filter.before = requests.back().id.value;
        for (const auto& request : requests) {
            ++looked_at;
            if (is_older(view, request)) ++older;
            const auto before = judgement_of(request, *settings->policy, *settings, view);
            const auto after = judgement_of(request, *candidate, *settings, view);
            const auto found = differences(before, after);
            if (found.empty()) continue;
            changed.push_back({{"id", to_text(request.id)},
                               {"app", request.app_name},
                               {"state", storage::to_text(request.state)},
                               {"before", to_json(before)},
                               {"after", to_json(after)},
                               {"differences", found}});
            rows.push_back({to_text(request.id), one_line(request.app_name),
                            std::string(storage::to_text(request.state)),
                            one_line(text::joined(found, "; "))});
        }
    }
    if (call.json) {
        print_json(call, {{"schema", json_schema},
                          {"policy", candidate->source},
                          {"hash", candidate->hash},
                          {"looked_at", looked_at},
                          {"older", older},
                          {"requests", changed}});
        return exit_ok;
    }
    if (!changed.empty()) print_table(call.out, rows);
    call.out << fmt::format("{} of {} requests would differ under {}.\n", changed.size(), looked_at,
                            one_line(candidate->source));
    if (older > 0)
        call.out << fmt::format(
            "{} of them were decided before policies were kept, or under one whose text is gone: they are "
            "compared with the present policy, not with what held then.\n",
            older);
    return exit_ok;
}

}  // namespace countersign::bot::commands
