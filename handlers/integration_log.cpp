#include "handlers/integration_log.hpp"

#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/emergency.hpp"
#include "handlers/inventory.hpp"
#include "handlers/review/install_evidence.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;
using storage::AppRequest;
using storage::DecisionKind;

constexpr std::chrono::seconds poll_every{60};
constexpr int log_pause = 5;  // polls
constexpr int max_pages = 50;
constexpr std::size_t most_approved = 200;
// What was read once is looked at again for a day: clocks differ, and a decision may be written down late.
constexpr std::chrono::hours overlap{24};
constexpr std::string_view method = "team.integrationLogs";
constexpr std::string_view refused = "integration_log";  // meta: "refused" by Slack, until the next start
constexpr std::string_view read_until = "integration_log_read";  // meta: when it was last read to its end
constexpr std::string_view source = "integration_logs";

std::int64_t number_in(const std::string& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Timestamp time_of(const json& log) {
    return from_millis(number_in(text_field(log, "date")) * 1000);
}

bool waits_for_slack(const AppRequest& request) {
    return !request.app_id.empty() && !storage::is_final(request.state) && !review::in_flight(request.state);
}

struct Awaited {
    AppRequest request;
    Timestamp since;  // what is older tells of an earlier decision
    bool decided_before = false;
};

Awaited awaited(AppRequest request, const Context& context) {
    Awaited one{.request = std::move(request), .since = {}};
    one.since = one.request.created_at;
    for (const auto& past : context.view.decisions(one.request.id)) {
        one.since = std::max(one.since, past.at);
        one.decided_before = true;
    }
    if (review::is_looked_at_again(one.request.state) ||
        is_being_suspended(context.view.marks(one.request.id)))
        one.since = std::max(one.since, one.request.state_since);
    return one;
}

std::vector<Awaited> open_requests(const Context& context) {
    std::vector<Awaited> open;
    for (auto& request : context.view.open_requests()) {
        if (waits_for_slack(request)) open.push_back(awaited(std::move(request), context));
    }
    return open;
}

// Approved, and not installed as far as is known.
std::vector<AppRequest> uninstalled(const Context& context) {
    auto approved = context.view.requests({.state = std::string(to_text(storage::RequestState::approved)),
                                           .app = {},
                                           .requester = {},
                                           .limit = most_approved});
    std::erase_if(approved, [](const auto& request) { return request.app_id.empty(); });
    return approved;
}

// `gone`: apps of whose removal the pages before told; what is older says nothing of them.
Outcome ask_page(const std::string& round, std::int64_t page, const json& gone) {
    auto made = reviewer_call(method, purposes::integration_log, round, std::to_string(page),
                              json{{"count", "100"}, {"page", std::to_string(page)}}.dump());
    made.context = json{{"round", round}, {"page", page}, {"gone", gone}}.dump();
    Outcome outcome;
    outcome.effects.push_back(std::move(made));
    return outcome;
}

// What an entry of the log says of a request; nothing where it says nothing.
std::optional<SeenDecision> decision_in(const json& log, const Awaited& awaited) {
    const auto& request = awaited.request;
    // The log counts whole seconds.
    const bool before = time_of(log) + std::chrono::seconds(1) <= awaited.since;
    if (request.app_id.value != text_field(log, "app_id") || before) return std::nullopt;
    const auto scopes = review::scopes_named(text_field(log, "scope"));
    if (!review::covers(scopes, request.scopes)) return std::nullopt;  // about an earlier version
    const auto resolution = text_field(log, "resolution");
    const auto change = text_field(log, "change_type");
    SeenDecision seen;
    seen.told_by = "Slack's integration log";
    if (resolution == "approved" || resolution == "restricted") {
        seen.kind = resolution == "approved" ? DecisionKind::approve : DecisionKind::restrict;
        seen.who = UserId(text_field(log, "user_id"));
    } else if (change == "added" && !awaited.decided_before && !scopes.empty() && !request.scopes.empty()) {
        // Installed with all that was asked for while approval is required: so it was approved, by whom is
        // not told. By an approval of before, where there was one.
        seen.kind = DecisionKind::approve;
    } else {
        return std::nullopt;
    }
    seen.evidence = details({{"read_from", method},
                             {"change_type", change},
                             {"resolution", resolution},
                             {"user", text_field(log, "user_id")},
                             {"scope", text_field(log, "scope")},
                             {"date", text_field(log, "date")}});
    return seen;
}

// The installation that a request waits for, newest entry first: an app that was removed since is not there.
const AppRequest* installed_by(const json& log, const std::optional<review::InstallEvidence>& evidence,
                               const std::vector<AppRequest>& waiting, std::set<std::string>& gone) {
    if (!evidence || gone.contains(text_field(log, "app_id"))) return nullptr;
    if (evidence->what == review::InstallEvidence::What::removed) gone.insert(evidence->app.value);
    const auto found = std::ranges::find_if(waiting, [&](const AppRequest& request) {
        return request.app_id == evidence->app && review::installs(*evidence, request);
    });
    return found == waiting.end() ? nullptr : &*found;
}

TeamId team_of_reviewer(const Context& context) {
    return TeamId(context.view.meta("reviewer_team"));
}

// A person looks where nothing can tell.
Outcome cannot_tell(const AppRequest& request, const std::string& why, const Context& context) {
    const auto id = to_text(request.id);
    Outcome outcome;
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("install_unknown:{}:v{}", id, request.version),
              views::alarm_notice(
                  fmt::format("{} ({}) is approved, and whether anybody has installed it cannot be told: {}",
                              request.app_name, id, why),
                  fmt::format(
                      "Look in Slack's admin pages whether it is installed. If it is not, type /app-request "
                      "clear {} and the reason.",
                      id))));
    return outcome;
}

}  // namespace

std::chrono::milliseconds poll_pause(const Context& context) {
    const auto scaled = std::chrono::duration_cast<std::chrono::milliseconds>(poll_every) /
                        static_cast<std::int64_t>(context.settings.slack.rate_scale);
    return std::max(scaled, std::chrono::milliseconds(500));
}

bool log_is_readable(const Context& context) {
    return context.capabilities.reviewer && !context.capabilities.admin &&
           context.view.meta(refused) != "refused";
}

bool installs_are_seen(const Context& context) {
    return context.capabilities.admin || log_is_readable(context);
}

Outcome begin_integration_log(const Context& context) {
    Outcome outcome;
    if (!log_is_readable(context)) return outcome;
    outcome.changes.emplace_back(storage::SetTimer{
        {"integration_log", context.now + poll_pause(context) * log_pause, R"({"kind":"integration_log"})"}});
    if (!open_requests(context).empty() || !uninstalled(context).empty())
        outcome.merge(ask_page(std::to_string(to_millis(context.now)), 1, json::array()));
    return outcome;
}

Outcome begin_integration_log_anew(const Context& context) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(refused), ""});
    outcome.changes.emplace_back(storage::SetTimer{
        {"integration_log", context.now + poll_pause(context), R"({"kind":"integration_log"})"}});
    return outcome;
}

Outcome integration_log_told(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    if (!answer.ok()) {
        if (answer.meaning == "human")
            outcome.changes.emplace_back(storage::SetMeta{std::string(refused), "refused"});
        return outcome;
    }
    auto open = open_requests(context);
    auto waiting = uninstalled(context);
    const auto known_until = from_millis(number_in(context.view.meta(read_until))) - overlap;
    auto needed_since = context.now;
    for (const auto& each : open)
        needed_since = std::min(needed_since, each.since);
    for (const auto& request : waiting)
        needed_since = std::min(needed_since, std::max(request.created_at, known_until));
    std::set<std::string> gone;
    for (const auto& app : field(answer.context, "gone"))
        gone.insert(app.get<std::string>());
    bool reaches_back = false;
    for (const auto& log : field(answer.response, "logs")) {
        reaches_back = reaches_back || time_of(log) < needed_since;
        for (auto each = open.begin(); each != open.end(); ++each) {
            const auto seen = decision_in(log, *each);
            if (!seen) continue;
            outcome.merge(decided_in_slack(each->request, *seen, context));
            open.erase(each);
            break;
        }
        const auto evidence = review::read_integration_log(log, team_of_reviewer(context), source);
        if (const auto* request = installed_by(log, evidence, waiting, gone)) {
            outcome.merge(installed_seen(*evidence, context));
            std::erase_if(waiting, [&](const auto& each) { return each.app_id == request->app_id; });
        }
    }
    const auto page = number_field(answer.context, "page");
    const auto pages = number_field(field(answer.response, "paging"), "pages");
    const auto round = text_field(answer.context, "round");
    if (!reaches_back && page < pages && page < max_pages)
        outcome.merge(ask_page(round, page + 1, gone));
    else
        outcome.changes.emplace_back(storage::SetMeta{std::string(read_until), round});
    return outcome;
}

Outcome look_for_install(const AppRequest& request, const Context& context) {
    const bool admin = context.capabilities.admin;
    // An organisation's token is told of one workspace at a time.
    if (admin && request.team_id.empty())
        return cannot_tell(request, "it is approved for the whole organisation.", context);
    json args{{"app_id", request.app_id.value}, {"count", "100"}};
    if (admin) args["team_id"] = request.team_id.value;
    auto made = reviewer_call(method, purposes::install_look, to_text(request.id),
                              std::to_string(to_millis(context.now)), args.dump());
    if (admin) made.token = storage::TokenKind::admin;
    made.request = request.id;
    Outcome outcome;
    outcome.effects.push_back(std::move(made));
    return outcome;
}

Outcome install_looked_for(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    if (!request || request->state != storage::RequestState::approved) return {};
    if (!answer.ok()) return cannot_tell(*request, answer.trouble(), context);
    const auto& logs = field(answer.response, "logs");
    if (!logs.is_array()) return cannot_tell(*request, "Slack's answer is no log.", context);
    const auto team = request->team_id.empty() ? team_of_reviewer(context) : request->team_id;
    std::set<std::string> gone;
    for (const auto& log : logs) {
        const auto evidence = review::read_integration_log(log, team, source);
        if (installed_by(log, evidence, {*request}, gone) != nullptr)
            return installed_seen(*evidence, context);
    }
    const bool all = number_field(field(answer.response, "paging"), "pages") <= 1;
    const bool reaches_back = !logs.empty() && time_of(logs.back()) < request->created_at;
    if (!all && !reaches_back)
        return cannot_tell(*request, "Slack's log has more entries since than one page.", context);
    return never_installed(*request, context);
}

}  // namespace countersign::handlers
