#include "handlers/after_decision.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/deviation.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/integration_log.hpp"
#include "handlers/judging.hpp"
#include "handlers/party_work.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/siblings.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::AppRequest;
using storage::DecisionKind;
using storage::RequestState;

constexpr int max_tries = 3;
constexpr std::size_t requests_looked_at = 100;

bool is_resolved(RequestState state) {
    return state == RequestState::approved || state == RequestState::installed ||
           state == RequestState::restricted || state == RequestState::reconsider ||
           state == RequestState::suspended;
}

std::string reason_of(const Press& press) {
    const auto found = press.fields.find(std::string(ids::field_reason));
    return found == press.fields.end() ? std::string() : text::shortened(text::trimmed(found->second), 2'000);
}

// The call; what it did is known by its answer.
Outcome send_clear(const AppRequest& request, const UserId& by, const std::string& reason, int tries) {
    auto effect = clear_app(request);
    effect.key += fmt::format(":{}", tries);
    effect.context = nlohmann::json{{"by", by.value}, {"reason", reason}, {"tries", tries}}.dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
    Outcome outcome;
    outcome.audit.push_back({by.empty() ? "countersign" : by.value, "decision.clear_sent",
                             to_text(request.id),
                             details({{"reason", proof_of(reason)}, {"effect", effect.key}})});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Ending clearing(const UserId& by, const std::string& reason, std::string_view evidence) {
    return {.state = RequestState::expired,
            .kind = DecisionKind::clear,
            .by = by,
            .reason = reason,
            .evidence = details({{"cleared", evidence}})};
}

Outcome cleared(Case item, const UserId& by, const std::string& reason, std::string_view evidence,
                const Context& context) {
    return end(std::move(item), clearing(by, reason, evidence),
               by.empty() ? "countersign" : std::string_view(by.value), context);
}

// Slack keeps one decision an app and place. This request's is not the one if another was decided later and
// holds.
std::optional<RequestId> decided_since(const AppRequest& request, const Context& context) {
    if (request.app_id.empty()) return std::nullopt;
    for (const auto& decision : context.view.decisions_on(request.app_id, request.team_id)) {
        if (decision.request == request.id) return std::nullopt;  // the newest come first
        const auto other = context.view.request(decision.request);
        if (other && is_resolved(other->state)) return other->id;
    }
    return std::nullopt;
}

Outcome begin_clear(const Press& press, Case item, const std::string& reason, const Context& context) {
    const auto id = to_text(item.request.id);
    if (auto refused = why_not_clearable(item.request, press.language, context))
        return refuse(press, id, "protected", *refused);
    if (const auto other = decided_since(item.request, context)) {
        auto outcome = say(press, say_in(press.language, texts::cleared_here_only, id, to_text(*other)));
        outcome.merge(cleared(std::move(item), press.user, reason, std::string(slack_keeps) + to_text(*other),
                              context));
        return outcome;
    }
    if (applies_by_api(item.request, context)) {
        auto outcome = send_clear(item.request, press.user, reason, 1);
        outcome.merge(say(press, say_in(press.language, texts::clearing, id)));
        outcome.changes.emplace_back(storage::SaveRequest{item.request});
        return outcome;
    }
    auto outcome = say(press, say_in(press.language, texts::cleared_by_hand, id));
    outcome.merge(cleared(std::move(item), press.user, reason, "by hand", context));
    return outcome;
}

// What is kept after its last day is kept without one.
Outcome forget_past_day(Case& item, const Context& context) {
    Outcome outcome;
    std::erase_if(item.marks, [&](const storage::Mark& mark) {
        const bool day = mark.kind == marks::approved_until || mark.kind == marks::restricted_until;
        if (!day || context.now < end_of_day(mark.value, context)) return false;
        outcome.changes.emplace_back(storage::ClearMarks{mark.request, mark.kind, mark.subject});
        return true;
    });
    return outcome;
}

// Slack's lists say what holds; the decision is ours again (invariant 6).
Outcome keep(const Press& press, Case item, const std::string& reason, const Context& context) {
    auto& request = item.request;
    const auto id = to_text(request.id);
    request.decided_by = press.user;
    request.decision_reason = reason;
    auto outcome = forget_past_day(item, context);
    outcome.audit.push_back({press.user.value, "decision.kept", id, details({{"reason", proof_of(reason)}})});
    if (!applies_by_api(request, context)) {
        const bool restricted = request.decision == DecisionKind::restrict;
        outcome.merge(end(std::move(item),
                          {.state = restricted ? RequestState::restricted : RequestState::approved,
                           .kind = restricted ? DecisionKind::restrict : DecisionKind::approve,
                           .by = press.user,
                           .reason = reason,
                           .evidence = details({{kept_by_key, press.user.value}})},
                          press.user.value, context));
        return outcome;
    }
    outcome.merge(ask_slack(request, Inquiry::adopt, {press.user, {}, 1}, context));
    outcome.merge(say(press, say_in(press.language, texts::being_kept, id)));
    outcome.changes.emplace_back(storage::SaveRequest{std::move(request)});
    return outcome;
}

}  // namespace

Outcome reconsider(Case item, const std::string& why, std::string_view actor, const Context& context) {
    const auto before = item.request.state;
    const bool decided = before == RequestState::approved || before == RequestState::installed ||
                         before == RequestState::restricted;
    if (!decided) return {};
    item.request.state = RequestState::reconsider;
    item.request.state_note = say_in(views::Language::english, texts::to_reconsider, why);
    return settle(std::move(item), before, actor, context);
}

Outcome keep_or_clear_submitted(const Press& press, Case item, const Context& context) {
    const auto id = to_text(item.request.id);
    if (!review::is_looked_at_again(item.request.state))
        return refuse(press, id, "decided", already(item.request, press.language));
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    const auto reason = reason_of(press);
    if (reason.empty())
        return refuse_at(press, ids::field_reason, id, "blank", say_in(press.language, texts::why_for_later));
    if (press.what == ids::form_keep) return keep(press, std::move(item), reason, context);
    return begin_clear(press, std::move(item), reason, context);
}

Outcome clear_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    const auto named = words.size() > 1 ? parse_request_id(words[1]) : std::nullopt;
    const auto request = named ? context.view.request(*named) : std::nullopt;
    if (!request) return say(press, say_in(press.language, texts::clear_what));
    const auto id = to_text(request->id);
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (!is_resolved(request->state))
        return refuse(press, id, "not_decided", say_in(press.language, texts::nothing_to_clear, id));
    if (words.size() < 3) return say(press, say_in(press.language, texts::clear_why));
    return begin_clear(press, load_case(*request, context),
                       text::shortened(text::joined(std::vector(words.begin() + 2, words.end()), " "), 2'000),
                       context);
}

Outcome object_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    const auto named = words.size() > 1 ? parse_request_id(words[1]) : std::nullopt;
    const auto request = named ? context.view.request(*named) : std::nullopt;
    if (!request || words.size() < 3) return say(press, say_in(press.language, texts::object_what));
    auto item = load_case(*request, context);
    const auto id = to_text(request->id);
    auto parties = require_party(press, item, context);
    if (!parties) return std::move(parties.error());
    const auto reason = text::shortened(text::joined(std::vector(words.begin() + 2, words.end()), " "), 500);
    auto outcome = reconsider(
        std::move(item), say_in(views::Language::english, texts::somebody_objects, press.user.value, reason),
        press.user.value, context);
    if (outcome.changes.empty())
        return refuse(press, id, "not_decided", say_in(press.language, texts::object_undecided, id));
    outcome.audit.push_back({press.user.value, "decision.objected", id, details({{"reason", reason}})});
    outcome.merge(say(press, say_in(press.language, texts::admins_look_again, id)));
    return outcome;
}

Outcome automatic_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    if (auto admin = require_admin(press, "automatic", context); !admin) return std::move(admin.error());
    const auto wanted = words.size() > 1 ? text::lower(words[1]) : std::string();
    const bool off = context.view.meta(automatic_applying) == "off";
    if (wanted != "on" && wanted != "off")
        return say(press, say_in(press.language, off ? texts::automatic_is_off : texts::automatic_is_on));
    if ((wanted == "off") == off) return say(press, say_in(press.language, texts::automatic_already, wanted));
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(automatic_applying), wanted});
    outcome.audit.push_back(
        {press.user.value, "automatic." + wanted, "automatic", details({{"cause", press.cause}})});
    const auto& words_of_it = wanted == "off" ? texts::automatic_now_off : texts::automatic_now_on;
    outcome.effects.push_back(alarm(
        context.settings, "automatic:" + press.cause,
        views::alarm_notice(fmt::format("{} has switched automatic applying {}.", press.user.value, wanted),
                            say_in(views::Language::english, words_of_it))));
    outcome.merge(say(press, say_in(press.language, words_of_it)));
    return outcome;
}

Outcome clear_answered(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    if (!request || !is_resolved(request->state)) return {};
    const UserId by(review::text_field(answer.context, "by"));
    const auto reason = review::text_field(answer.context, "reason");
    const auto tries = static_cast<int>(review::number_field(answer.context, "tries"));
    Outcome outcome;
    outcome.audit.push_back({"slack", "clear.answered", to_text(request->id),
                             details({{"meaning", answer.meaning}, {"error", answer.error}})});
    // M8: nothing to clear is what was wanted.
    if (answer.ok() || answer.error == "no_resolution_found") {
        const auto* said = answer.ok() ? "Slack said yes" : "Slack had no decision";
        outcome.merge(siblings_follow(*request, clearing(by, reason, said), context));
        outcome.merge(cleared(load_case(*request, context), by, reason, said, context));
    } else if (answer.meaning == "unclear" && tries < max_tries) {
        outcome.merge(send_clear(*request, by, reason, tries + 1));
    } else {
        outcome.effects.push_back(
            alarm(context.settings, "clear:" + answer.key,
                  views::alarm_notice(fmt::format("Slack's decision about {} ({}) could not be cleared.",
                                                  to_text(request->id), request->app_name),
                                      "Clear it in Slack's admin pages. " + answer.trouble())));
    }
    return outcome;
}

Outcome watch_restriction(const Case& item, const Context& context) {
    Outcome outcome;
    const auto until = std::ranges::find(item.marks, marks::restricted_until, &storage::Mark::kind);
    if (until == item.marks.end()) return outcome;
    const nlohmann::json event{{"kind", "restriction"}, {"request", item.request.id.value}};
    outcome.changes.emplace_back(storage::SetTimer{
        {"restriction:" + to_text(item.request.id), end_of_day(until->value, context), event.dump()}});
    return outcome;
}

namespace {

// Taken back in Slack, or, without its Admin API, by an admin who is told.
Outcome take_back(const AppRequest& request, const std::string& reason, const std::string& occasion,
                  const std::string& what, const Context& context) {
    if (applies_by_api(request, context)) {
        auto outcome = send_clear(request, {}, reason, 1);
        outcome.changes.emplace_back(storage::SaveRequest{request});
        return outcome;
    }
    Outcome outcome;
    outcome.effects.push_back(
        alarm(context.settings, occasion + ":" + to_text(request.id),
              views::alarm_notice(what, "Clear it in Slack's admin pages, then type /app-request clear " +
                                            to_text(request.id) + " and the reason.")));
    return outcome;
}

// Slack keeps one decision an app and place: what another request rests on is not taken away.
bool stands_on_it(const AppRequest& other, const AppRequest& request) {
    return other.id != request.id && other.team_id == request.team_id &&
           (other.state == RequestState::installed || other.state == RequestState::approved);
}

}  // namespace

Outcome approval_lapsed(const AppRequest& request, const Context& context) {
    if (is_protected(request.app_id, context)) return {};
    const auto others = context.view.requests(
        {.state = {}, .app = request.app_id.value, .requester = {}, .limit = requests_looked_at});
    const bool shared = request.app_id.empty() || std::ranges::any_of(others, [&](const AppRequest& other) {
                            return stands_on_it(other, request);
                        });
    const auto installed = context.view.installed().entry(request.app_id, request.team_id);
    if (shared || (installed && installed->state == storage::InstalledState::installed)) return {};
    return look_for_install(request, context);
}

Outcome never_installed(const AppRequest& request, const Context& context) {
    return take_back(request, say_in(views::Language::english, texts::never_installed), "never_installed",
                     fmt::format("{} ({}) is approved, and nobody has installed it.", request.app_name,
                                 to_text(request.id)),
                     context);
}

Outcome restriction_over(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request || request->state != RequestState::restricted) return {};
    const auto item = load_case(*request, context);
    const auto until = std::ranges::find(item.marks, marks::restricted_until, &storage::Mark::kind);
    // Restricted again since, without a last day.
    if (until == item.marks.end()) return {};
    // The clock or its zone was set since.
    if (context.now < end_of_day(until->value, context)) return watch_restriction(item, context);
    const auto why = say_in(views::Language::english, texts::restriction_was_until_now);
    if (const auto other = decided_since(*request, context))
        return cleared(item, {}, why, std::string(slack_keeps) + to_text(*other), context);
    return take_back(
        *request, why, "restriction_over",
        fmt::format("The restriction of {} ({}) is over.", request->app_name, to_text(request->id)), context);
}

}  // namespace countersign::handlers
