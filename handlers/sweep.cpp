#include "handlers/sweep.hpp"

#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/intake.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;

constexpr std::string_view outstanding = "sweep";  // meta: the key of the one call that a sweep waits for
constexpr int max_pages = 500;

// Where a sweep stands; travels in the effect's context. One call at a time, so that a sweep of many
// workspaces never piles up behind itself.
struct Sweep {
    std::string round;
    std::vector<std::string> teams;  // "" = the organisation's own requests
    std::size_t at = 0;
    bool certified = false;
    int pages = 0;
    std::set<std::string> seen;  // Slack's ids in this workspace
};

std::string to_text(const Sweep& sweep) {
    return json{{"round", sweep.round},         {"teams", sweep.teams}, {"at", sweep.at},
                {"certified", sweep.certified}, {"pages", sweep.pages}, {"seen", sweep.seen}}
        .dump();
}

Sweep read_sweep(const json& context) {
    Sweep sweep;
    sweep.round = text_field(context, "round");
    for (const auto& team : field(context, "teams"))
        sweep.teams.push_back(team.get<std::string>());
    sweep.at = static_cast<std::size_t>(number_field(context, "at"));
    sweep.certified = review::bool_field(context, "certified").value_or(false);
    sweep.pages = static_cast<int>(number_field(context, "pages"));
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

Outcome ask_pending(const Sweep& sweep, std::string_view cursor, const Context& context) {
    if (sweep.at >= sweep.teams.size()) {
        Outcome outcome;
        outcome.changes.emplace_back(storage::SetMeta{std::string(outstanding), ""});
        return outcome;
    }
    const auto& team = sweep.teams[sweep.at];
    return ask(list_pending_of(TeamId(team), team.empty() ? context.capabilities.enterprise : EnterpriseId(),
                               sweep.round, cursor, sweep.certified, to_text(sweep)));
}

bool is_expected(const EffectAnswer& answer, const Context& context) {
    return context.view.meta(outstanding) == answer.key;
}

Outcome cannot_list(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("sweep:{}:{}", answer.error, day),
        views::alarm_notice("Slack's list of app requests cannot be compared with ours.", answer.trouble())));
    return outcome;
}

// Every entry is an event of its own, exactly like app_requested: one that cannot be read spoils no other.
void hear(const json& entry, const Context& context, Outcome& outcome) {
    const auto read = review::read_app_request(entry, context.capabilities.enterprise, context.now);
    if (read) {
        const auto known = context.view.request(read->request.slack_id);
        if (known && (known->scope_hash == read->request.scope_hash || storage::is_final(known->state)))
            return;
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
    if (!answer.ok()) return cannot_list(answer, context);
    auto sweep = read_sweep(answer.context);
    for (const auto& team : field(answer.response, "teams")) {
        if (const auto id = text_field(team, "id"); !id.empty()) sweep.teams.push_back(id);
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty() && ++sweep.pages < max_pages)
        return ask(list_teams(sweep.round, cursor, to_text(sweep)));
    sweep.pages = 0;
    return ask_pending(sweep, "", context);
}

Outcome sweep_page(const EffectAnswer& answer, const Context& context) {
    if (!is_expected(answer, context)) return {};
    auto sweep = read_sweep(answer.context);
    Outcome outcome;
    bool complete = answer.ok();
    if (!answer.ok()) {
        outcome = cannot_list(answer, context);
        if (answer.meaning == "human") return outcome;  // the other workspaces would say the same
    }
    for (const auto& entry : field(answer.response, "app_requests")) {
        sweep.seen.insert(text_field(entry, "id"));
        hear(entry, context, outcome);
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (complete && !cursor.empty() && ++sweep.pages < max_pages) {
        outcome.merge(ask_pending(sweep, cursor, context));
        return outcome;
    }
    complete = complete && cursor.empty();
    sweep.pages = 0;
    if (complete && !sweep.certified) {
        sweep.certified = true;
    } else {
        if (complete) outcome.merge(ask_about_vanished(sweep, context));
        sweep.certified = false;
        sweep.seen.clear();
        ++sweep.at;
    }
    outcome.merge(ask_pending(sweep, "", context));
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
