#include "handlers/sweep.hpp"

#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/intake.hpp"
#include "handlers/joining.hpp"
#include "handlers/resolutions.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;

constexpr std::string_view outstanding = "sweep";  // meta: the key of the one call that a sweep waits for
constexpr int max_pages = 500;
constexpr int max_tries = 3;  // of a list whose cursor expired

// Of the listed apps, instead of three thousand ids: their number and an order-free sum of their hashes.
struct Tally {
    std::int64_t apps = 0;  // -1: the list was not read to its end
    std::uint64_t sum = 0;
};

// Where a sweep stands; travels in the effect's context. One call at a time, so that a sweep of many
// workspaces never piles up behind itself.
struct Sweep {
    std::string round;
    std::vector<std::string> teams;  // "" = the organisation's own requests
    std::size_t at = 0;
    SweepList list = SweepList::pending;
    bool certified = false;
    int pages = 0;
    int tries = 0;
    bool whole = true;           // every page of this workspace's present list was read
    std::set<std::string> seen;  // Slack's request ids in this workspace; of a recount, app ids
    Tally approved, restricted;
    bool recount = false;  // a tally differs from ours: its list is read once more, with the ids
};

json to_json(const Tally& tally) {
    return {{"apps", tally.apps}, {"sum", std::to_string(tally.sum)}};
}

Tally read_tally(const json& context) {
    Tally tally{.apps = number_field(context, "apps")};
    const auto sum = text_field(context, "sum");
    std::from_chars(sum.data(), sum.data() + sum.size(), tally.sum);
    return tally;
}

std::string to_text(const Sweep& sweep) {
    return json{{"round", sweep.round},
                {"teams", sweep.teams},
                {"at", sweep.at},
                {"list", static_cast<int>(sweep.list)},
                {"certified", sweep.certified},
                {"pages", sweep.pages},
                {"tries", sweep.tries},
                {"whole", sweep.whole},
                {"seen", sweep.seen},
                {"recount", sweep.recount},
                {"approved", to_json(sweep.approved)},
                {"restricted", to_json(sweep.restricted)}}
        .dump();
}

Sweep read_sweep(const json& context) {
    Sweep sweep;
    sweep.round = text_field(context, "round");
    for (const auto& team : field(context, "teams"))
        sweep.teams.push_back(team.get<std::string>());
    sweep.at = static_cast<std::size_t>(number_field(context, "at"));
    sweep.certified = review::bool_field(context, "certified").value_or(false);
    sweep.list = static_cast<SweepList>(std::clamp<std::int64_t>(number_field(context, "list"), 0, 2));
    sweep.pages = static_cast<int>(number_field(context, "pages"));
    sweep.tries = static_cast<int>(number_field(context, "tries"));
    sweep.whole = review::bool_field(context, "whole").value_or(true);
    sweep.approved = read_tally(field(context, "approved"));
    sweep.restricted = read_tally(field(context, "restricted"));
    sweep.recount = review::bool_field(context, "recount").value_or(false);
    for (const auto& id : field(context, "seen"))
        sweep.seen.insert(id.get<std::string>());
    return sweep;
}

Outcome ask(storage::Effect effect) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(outstanding), effect.key});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome ask_page(const Sweep& sweep, std::string_view cursor, const Context& context) {
    if (sweep.at >= sweep.teams.size()) {
        Outcome outcome;
        outcome.changes.emplace_back(storage::SetMeta{std::string(outstanding), ""});
        return outcome;
    }
    const auto& team = sweep.teams[sweep.at];
    const auto tag = fmt::format("{}.{}{}", sweep.round, sweep.tries, sweep.recount ? "r" : "");
    return ask(list_for_sweep(sweep.list, TeamId(team),
                              team.empty() ? context.capabilities.enterprise : EnterpriseId(), tag, cursor,
                              sweep.certified, to_text(sweep)));
}

bool is_expected(const EffectAnswer& answer, const Context& context) {
    return context.view.meta(outstanding) == answer.key;
}

// `team`: the one workspace that is meant; "" where it is the token's trouble, or Slack's.
Outcome cannot_list(const EffectAnswer& answer, const std::string& team, const Context& context) {
    Outcome outcome;
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    const auto where = team.empty() ? std::string() : " for " + team;
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("sweep:{}{}:{}", answer.error, where, day),
              views::alarm_notice(
                  fmt::format("Slack's list of app requests{} cannot be compared with ours.", where),
                  answer.trouble())));
    return outcome;
}

// Slack refuses one workspace; the others are read all the same.
bool is_of_one_workspace(const EffectAnswer& answer) {
    constexpr std::string_view errors[]{"team_not_found", "team_access_not_granted", "team_disabled",
                                        "user_removed_from_team"};
    return std::ranges::find(errors, answer.error) != std::end(errors);
}

// Every entry is an event of its own, exactly like app_requested: one that cannot be read spoils no other.
void hear(const json& entry, const Context& context, Outcome& outcome) {
    const auto read = review::read_app_request(entry, context.capabilities.enterprise, context.now);
    if (read) {
        const auto known = context.view.request(read->request.slack_id);
        const bool unchanged = known && known->scope_hash == read->request.scope_hash;
        if (unchanged) outcome.merge(still_listed(*known, context));
        if (unchanged || (known && storage::is_final(known->state) && !joined_to(*known, context))) return;
    }
    const json event{{"kind", "listed"}, {"entry", entry}};
    outcome.changes.emplace_back(
        storage::SetTimer{{"listed:" + text_field(entry, "id"), context.now,
                           event.dump(-1, ' ', false, json::error_handler_t::replace)}});
}

// Open requests that Slack no longer lists here: still pending after all, decided or cancelled outside?
Outcome ask_about_vanished(const Sweep& sweep, const Context& context) {
    Outcome outcome;
    for (const auto& request : context.view.open_requests()) {
        const bool of_this_team = request.team_id.value == sweep.teams[sweep.at];
        if (!of_this_team || sweep.seen.contains(request.slack_id.value) || review::in_flight(request.state))
            continue;
        if (!pending_in_slack(request, context) || context.view.timer(watch_name(request.id))) continue;
        outcome.merge(ask_slack(request, Inquiry::vanished, {}, context));
        outcome.changes.emplace_back(storage::SaveRequest{request});
    }
    return outcome;
}

void hear_page(const EffectAnswer& answer, Sweep& sweep, const Context& context, Outcome& outcome) {
    if (sweep.list == SweepList::pending) {
        for (const auto& entry : field(answer.response, "app_requests")) {
            sweep.seen.insert(text_field(entry, "id"));
            hear(entry, context, outcome);
        }
        return;
    }
    const TeamId team(sweep.teams[sweep.at]);
    const bool approved = sweep.list == SweepList::approved;
    for (const auto& entry : field(answer.response, approved ? "approved_apps" : "restricted_apps")) {
        const auto app = text_field(field(entry, "app"), "id");
        if (app.empty()) continue;
        if (sweep.recount) {
            sweep.seen.insert(app);
        } else {
            auto& tally = approved ? sweep.approved : sweep.restricted;
            ++tally.apps;
            tally.sum += hash_of_id(app);
        }
        outcome.merge(resolution_listed(entry, approved ? "approved" : "restricted", team, context));
    }
}

constexpr std::string_view status_of(SweepList list) {
    return list == SweepList::approved ? "approved" : "restricted";
}

// Ours has apps that Slack's list lacks. More listed than known is no difference: what the last page brought
// is not in the view yet.
bool differs(const Sweep& sweep, SweepList list, const Context& context) {
    const auto& tally = list == SweepList::approved ? sweep.approved : sweep.restricted;
    Tally ours;
    for (const auto& known : context.view.resolutions(TeamId(sweep.teams[sweep.at]))) {
        if (known.status != status_of(list)) continue;
        ++ours.apps;
        ours.sum += hash_of_id(known.app_id.value);
    }
    return tally.apps >= 0 && ours.apps >= tally.apps && (ours.apps != tally.apps || ours.sum != tally.sum);
}

// The list was read to its end.
void conclude_list(const Sweep& sweep, const Context& context, Outcome& outcome) {
    if (sweep.list == SweepList::pending) {
        outcome.merge(ask_about_vanished(sweep, context));
        return;
    }
    const TeamId team(sweep.teams[sweep.at]);
    const auto status = status_of(sweep.list);
    if (const auto key = resolutions_known(team, status); context.view.meta(key).empty())
        outcome.changes.emplace_back(storage::SetMeta{key, "yes"});
    if (!sweep.recount) return;
    for (const auto& known : context.view.resolutions(team)) {
        if (known.status == status && !sweep.seen.contains(known.app_id.value))
            outcome.merge(resolution_cleared(known, context));
    }
}

void next_workspace(Sweep& sweep) {
    Sweep next;
    next.round = sweep.round;
    next.teams = std::move(sweep.teams);
    next.at = sweep.at + 1;
    sweep = std::move(next);
}

// Pending, approved, restricted; only then what is missing from the last two, so that an app that has gone
// from one list to the other is not taken for one that is in none.
void next_list(Sweep& sweep, const Context& context) {
    if (!sweep.whole && !sweep.recount) {
        if (sweep.list == SweepList::approved) sweep.approved.apps = -1;
        if (sweep.list == SweepList::restricted) sweep.restricted.apps = -1;
    }
    sweep.certified = false;
    sweep.whole = true;
    sweep.tries = 0;
    sweep.pages = 0;
    sweep.seen.clear();
    if (sweep.list == SweepList::pending) {
        sweep.list = SweepList::approved;
    } else if (sweep.list == SweepList::approved && !sweep.recount) {
        sweep.list = SweepList::restricted;
    } else if (sweep.list == SweepList::restricted && !sweep.recount &&
               differs(sweep, SweepList::approved, context)) {
        sweep.list = SweepList::approved;
        sweep.recount = true;
    } else if (!(sweep.list == SweepList::restricted && sweep.recount) &&
               differs(sweep, SweepList::restricted, context)) {
        sweep.list = SweepList::restricted;
        sweep.recount = true;
    } else {
        next_workspace(sweep);
    }
}

Outcome read_again(Sweep sweep, const Context& context) {
    ++sweep.tries;
    sweep.certified = false;
    sweep.pages = 0;
    sweep.seen.clear();
    if (!sweep.recount && sweep.list == SweepList::approved) sweep.approved = {};
    if (!sweep.recount && sweep.list == SweepList::restricted) sweep.restricted = {};
    return ask_page(sweep, "", context);
}

storage::Change next_sweep(const Context& context) {
    return storage::SetTimer{
        {"sweep", context.now + context.settings.slack.reconcile, R"({"kind":"sweep"})"}};
}

}  // namespace

Outcome begin_sweep(const Context& context) {
    if (!context.capabilities.admin) return {};
    if (!still_in_outbox(context.view.meta(outstanding), context)) return begin_sweep_anew(context);
    Outcome outcome;
    outcome.changes.push_back(next_sweep(context));
    return outcome;
}

Outcome begin_sweep_anew(const Context& context) {
    Outcome outcome;
    if (!context.capabilities.admin) return outcome;
    outcome.changes.push_back(next_sweep(context));
    Sweep sweep;
    sweep.round = std::to_string(to_millis(context.now));
    if (!context.capabilities.enterprise.empty()) sweep.teams.emplace_back();
    outcome.merge(ask(list_teams(sweep.round, "", to_text(sweep))));
    return outcome;
}

Outcome teams_listed(const EffectAnswer& answer, const Context& context) {
    if (!is_expected(answer, context)) return {};
    if (!answer.ok()) return cannot_list(answer, {}, context);
    auto sweep = read_sweep(answer.context);
    for (const auto& team : field(answer.response, "teams")) {
        if (const auto id = text_field(team, "id"); !id.empty()) sweep.teams.push_back(id);
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty() && ++sweep.pages < max_pages)
        return ask(list_teams(sweep.round, cursor, to_text(sweep)));
    sweep.pages = 0;
    return ask_page(sweep, "", context);
}

Outcome sweep_page(const EffectAnswer& answer, const Context& context) {
    if (!is_expected(answer, context)) return {};
    auto sweep = read_sweep(answer.context);
    Outcome outcome;
    if (!answer.ok()) {
        // The list changed while it was read: once more from its first page.
        if (answer.error == "invalid_cursor" && sweep.tries < max_tries) return read_again(sweep, context);
        const bool here_only = is_of_one_workspace(answer);
        outcome = cannot_list(answer, here_only ? sweep.teams[sweep.at] : std::string(), context);
        if (here_only) {
            next_workspace(sweep);
            outcome.merge(ask_page(sweep, "", context));
            return outcome;
        }
        if (answer.meaning == "human") return outcome;  // the other workspaces would say the same
        sweep.whole = false;
    }
    hear_page(answer, sweep, context, outcome);
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (answer.ok() && !cursor.empty()) {
        if (++sweep.pages < max_pages) {
            outcome.merge(ask_page(sweep, cursor, context));
            return outcome;
        }
        sweep.whole = false;
    }
    sweep.pages = 0;
    if (!sweep.certified && sweep.whole) {
        sweep.certified = true;
    } else {
        if (sweep.whole) conclude_list(sweep, context, outcome);
        next_list(sweep, context);
    }
    outcome.merge(ask_page(sweep, "", context));
    return outcome;
}

Outcome listed(const Event& event, const Context& context) {
    auto read =
        review::read_app_request(field(event.payload, "entry"), context.capabilities.enterprise, context.now);
    if (read) return take_in(std::move(*read), storage::RequestSource::list, context);
    Outcome outcome;
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("unreadable:{}:{}", event.name, day),
              views::alarm_notice("Slack lists an app request that cannot be read: " + read.error() + ".",
                                  "Look at Slack's list of requests to install.", event.payload.dump(2))));
    return outcome;
}

}  // namespace countersign::handlers
