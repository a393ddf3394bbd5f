#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/casting.hpp"
#include "handlers/deciding.hpp"
#include "handlers/find_app.hpp"
#include "handlers/granting.hpp"
#include "handlers/handlers.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/judging.hpp"
#include "handlers/party_work.hpp"
#include "handlers/presses.hpp"
#include "handlers/protection.hpp"
#include "handlers/request_form.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/review/info_answer.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/rights.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/limit_texts.hpp"
#include "handlers/views/link_problems.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::VoteAnswer;

constexpr std::size_t max_text = 3'000;  // Slack's own limit for a text field

std::string entered(const Press& press, std::string_view field) {
    const auto found = press.fields.find(std::string(field));
    return found == press.fields.end() ? std::string()
                                       : text::shortened(text::trimmed(found->second), max_text);
}

Outcome reject_submitted(const Press& press, Case item, const Context& context) {
    auto party = require_vote(press, item, context);
    if (!party) return std::move(party.error());
    const auto reason = entered(press, ids::field_reason);
    if (reason.empty()) {
        return refuse_at(press, ids::field_reason, to_text(item.request.id), "blank",
                         say_in(press.language, texts::why_for_requester));
    }
    return cast_vote(press, std::move(item), *party, VoteAnswer::reject, reason, context);
}

Outcome question_submitted(const Press& press, Case item, const Context& context) {
    auto party = require_question(press, item, context);
    if (!party) return std::move(party.error());
    const auto question = entered(press, ids::field_question);
    if (question.empty()) {
        return refuse_at(press, ids::field_question, to_text(item.request.id), "blank",
                         say_in(press.language, texts::write_question));
    }
    return ask_question(press, std::move(item), *party, question, context);
}

Outcome restriction_submitted(const Press& press, Case item, const Context& context) {
    const auto id = to_text(item.request.id);
    const auto before = item.request.state;
    if (storage::is_final(before) || review::in_flight(before)) {
        return refuse(press, id, "decided", already(item.request, press.language));
    }
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (auto refused = why_protected(item.request.app_id, press.language, context))
        return refuse(press, id, "protected", *refused);
    const auto reason = entered(press, ids::field_reason);
    if (reason.empty()) {
        return refuse_at(press, ids::field_reason, id, "blank",
                         say_in(press.language, texts::why_for_requester_short));
    }
    const auto until = entered(press, ids::field_last_day);
    if (!until.empty() && !is_day_to_come(until, context)) {
        return refuse_at(press, ids::field_last_day, id, "bad_date",
                         say_in(press.language, texts::wrong_last_day));
    }
    Outcome outcome;
    outcome.changes.emplace_back(
        storage::ClearMarks{item.request.id, std::string(marks::restricted_until), ""});
    if (!until.empty()) {
        const storage::Mark mark{.request = item.request.id,
                                 .kind = std::string(marks::restricted_until),
                                 .subject = {},
                                 .person = press.user,
                                 .value = until,
                                 .scope_hash = item.request.scope_hash,
                                 .at = context.now};
        outcome.changes.emplace_back(storage::SetMark{mark});
    }
    if (!applies_by_api(item.request, context)) {
        outcome.merge(hand_over(press, std::move(item), storage::DecisionKind::restrict, reason, context));
        return outcome;
    }
    outcome.audit.push_back({press.user.value, "decision.restrict_pressed", id,
                             details({{"reason", proof_of(reason)}, {"cause", press.cause}})});
    // Sent before, and not seen in Slack yet: what is found there is ours.
    const bool sent =
        before == storage::RequestState::manual && item.request.decision == storage::DecisionKind::restrict;
    outcome.merge(begin_restriction(item.request, press.user, reason,
                                    {press.user, context.settings.review.channel, sent ? 1 : 0}, context));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome answer_submitted(const Press& press, Case item, const Context& context) {
    if (auto may = require_may_answer(press, item); !may) return std::move(may.error());
    const auto answer = entered(press, ids::field_answer);
    if (review::read_answer(answer).words.empty()) {
        return refuse_at(press, ids::field_answer, to_text(item.request.id), "blank",
                         say_in(press.language, texts::write_answer));
    }
    return answer_question(press, std::move(item), answer, context);
}

Outcome link_submitted(const Press& press, Case item, const Context& context) {
    if (auto may = require_may_link(press, item, context); !may) return std::move(may.error());
    const auto link = review::parse_issue_link(entered(press, ids::field_issue), context.settings.trackers);
    if (!link) {
        return refuse_at(press, ids::field_issue, to_text(item.request.id), "bad_link",
                         views::explain(link.error(), press.language));
    }
    return link_issue(press, std::move(item), *link, context);
}

// The form with a choice of requests carries the chosen one in a select, the others in their private
// metadata.
Press with_choice(const Press& press) {
    if (views::parse_button_value(press.value)) return press;
    auto chosen = press;
    for (const auto& [block, value] : press.fields) {
        if (views::parse_button_value(value)) chosen.value = value;
    }
    return chosen;
}

}  // namespace

Outcome form_submitted(const Press& submitted, const Context& context) {
    if (submitted.what == ids::form_request) return request_form_submitted(submitted, context);
    if (submitted.what == ids::form_find) return find_form_submitted(submitted, context);
    if (submitted.what == ids::form_uninstall) return uninstall_confirmed(submitted, context);
    if (submitted.what == ids::form_authorization_add)
        return authorization_form_submitted(submitted, context);
    if (is_installed_form(submitted.what)) return installed_form_submitted(submitted, context);
    if (is_party_form(submitted.what)) return party_form_submitted(submitted, context);
    const auto press = with_choice(submitted);
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    if (press.what == ids::form_reject) return reject_submitted(press, std::move(*item), context);
    if (press.what == ids::form_need_info) return question_submitted(press, std::move(*item), context);
    if (press.what == ids::form_restrict) return restriction_submitted(press, std::move(*item), context);
    if (press.what == ids::form_override || press.what == ids::form_limits)
        return approval_submitted(press, std::move(*item), context);
    if (press.what == ids::form_keep || press.what == ids::form_clear)
        return keep_or_clear_submitted(press, std::move(*item), context);
    if (press.what == ids::form_answer) return answer_submitted(press, std::move(*item), context);
    if (press.what == ids::form_link) return link_submitted(press, std::move(*item), context);
    auto outcome = refuse(press, "unknown", "unknown_form", say_in(press.language, texts::unknown_form));
    outcome.recognised = false;
    return outcome;
}

Outcome forms(const Event& event, const Context& context) {
    return form_submitted(read_form(event, context), context);
}

}  // namespace countersign::handlers
