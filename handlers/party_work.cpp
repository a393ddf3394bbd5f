#include "handlers/party_work.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/answers.hpp"
#include "handlers/casting.hpp"
#include "handlers/judging.hpp"
#include "handlers/membership.hpp"
#include "handlers/presses.hpp"
#include "handlers/reminding.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/party_forms.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::VoteAnswer;

std::string entered(const Press& press, std::string_view field) {
    const auto found = press.fields.find(std::string(field));
    return found == press.fields.end() ? std::string() : std::string(text::trimmed(found->second));
}

bool is_day(std::string_view text) {
    return time_zone::parse_date(text).has_value();
}

// P16: takes the work upon oneself, or gives it back. A party that the policy does not ask is heard (P15).
Outcome claim(const Press& press, Case item, std::size_t party, const Context& context) {
    const auto& row = item.matrix[party];
    const auto name = row.party;
    const auto id = to_text(item.request.id);
    const auto before = item.request.state;
    const bool asked = row.needed && row.state != review::PartyState::not_required;
    const auto kind = std::string(asked ? marks::claim : marks::heard);
    Outcome outcome;
    if (asked && row.claimed_by == press.user) {
        outcome.changes.emplace_back(storage::ClearMarks{item.request.id, kind, name});
        std::erase_if(item.marks,
                      [&](const auto& mark) { return mark.kind == kind && mark.subject == name; });
        outcome.audit.push_back({press.user.value, "party.released", id, details({{"party", name}})});
        outcome.merge(say(press, say_in(press.language, texts::given_back, id, views::inert(name))));
        outcome.merge(settle(std::move(item), before, press.user.value, context));
        return outcome;
    }
    if (asked && !row.claimed_by.empty() && still_member(row.claimed_by, party, context)) {
        return say(press, say_in(press.language, texts::taken_already, views::mention(row.claimed_by), id,
                                 views::inert(name)));
    }
    const storage::Mark mark{.request = item.request.id,
                             .kind = kind,
                             .subject = name,
                             .person = press.user,
                             .value = {},
                             .scope_hash = item.request.scope_hash,
                             .at = context.now};
    // Of somebody who has left the party: it comes back with them.
    outcome.changes.emplace_back(storage::ClearMarks{item.request.id, kind, name});
    outcome.changes.emplace_back(storage::SetMark{mark});
    std::erase_if(item.marks, [&](const auto& old) { return old.kind == kind && old.subject == name; });
    item.marks.push_back(mark);
    item.judgement = judge_request(item.request, item.marks, context);
    outcome.audit.push_back({press.user.value, asked ? "party.claimed" : "party.heard", id,
                             details({{"party", name}, {"cause", press.cause}})});
    outcome.merge(
        say(press, asked ? say_in(press.language, texts::is_yours, id, views::inert(name))
                         : say_in(press.language, texts::asked_all_the_same, views::inert(name), id)));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome conditional_submitted(const Press& press, Case item, std::size_t party, const Context& context) {
    const auto id = to_text(item.request.id);
    const auto condition = entered(press, ids::field_condition);
    const auto until = entered(press, ids::field_last_day);
    if (condition.empty())
        return refuse_at(press, ids::field_condition, id, "blank",
                         say_in(press.language, texts::say_condition));
    if (!is_day(until))
        return refuse_at(press, ids::field_last_day, id, "bad_date",
                         say_in(press.language, texts::write_a_day));
    if (until < today(context))
        return refuse_at(press, ids::field_last_day, id, "past",
                         say_in(press.language, texts::day_has_passed));
    return cast_vote(press, std::move(item), party, VoteAnswer::conditional,
                     text::shortened(condition, 2'000), context, until);
}

Outcome comment_submitted(const Press& submitted, const Context& context) {
    auto press = submitted;
    const auto request_id = parse_request_id(text::lower(entered(press, ids::field_request_id)));
    const auto request = request_id ? context.view.request(*request_id) : std::nullopt;
    if (!request)
        return refuse_at(press, ids::field_request_id, "unknown", "unknown_request",
                         say_in(press.language, texts::no_such_number));
    press.value = views::button_value(*request);
    auto item = load_case(*request, context);
    auto party = require_vote(press, item, context);
    if (!party) return std::move(party.error());
    const auto remark = entered(press, ids::field_reason);
    const bool reject = entered(press, ids::field_decision) == "reject";
    if (reject && remark.empty())
        return refuse_at(press, ids::field_reason, to_text(request->id), "blank",
                         say_in(press.language, texts::why_for_requester));
    if (!reject && item.judgement.confirm_by_name)
        return refuse_at(press, ids::field_request_id, to_text(request->id), "step_up",
                         say_in(press.language, texts::name_wanted));
    return cast_vote(press, std::move(item), *party, reject ? VoteAnswer::reject : VoteAnswer::approve,
                     remark, context);
}

}  // namespace

Outcome party_pressed(const Press& press, const Context& context) {
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    auto party = require_vote(press, *item, context);
    if (!party) return std::move(party.error());
    if (press.what == ids::vote_conditional)
        return open_form(press,
                         views::conditional_form(item->request, item->matrix[*party].party, press.language));
    if (press.what == ids::vote_abstain)
        return cast_vote(press, std::move(*item), *party, VoteAnswer::abstain, {}, context);
    // A party that no rule asks is what `Claim` is for, where the person has one.
    return claim(press, std::move(*item), *party, context);
}

bool is_day_to_come(std::string_view text, const Context& context) {
    return is_day(text) && text >= today(context);
}

Timestamp end_of_day(std::string_view day, const Context& context) {
    return time_zone::end_of(time_zone::parse_date(day).value(), context.settings.policy->calendar.zone);
}

bool is_party_form(std::string_view form) {
    return form == ids::form_conditional || form == ids::form_confirm || form == ids::form_comment;
}

Outcome party_form_submitted(const Press& press, const Context& context) {
    if (press.what == ids::form_comment) return comment_submitted(press, context);
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    auto party = require_vote(press, *item, context);
    if (!party) return std::move(party.error());
    if (press.what == ids::form_conditional)
        return conditional_submitted(press, std::move(*item), *party, context);
    // P23: blanks around it may come from pasting; another spelling or another case is another name.
    const auto& request = item->request;
    const auto wanted = request.app_name.empty() ? request.app_id.value : request.app_name;
    if (entered(press, ids::field_app) != text::trimmed(wanted))
        return refuse_at(press, ids::field_app, to_text(request.id), "wrong_name",
                         say_in(press.language, texts::wrong_name));
    return cast_vote(press, std::move(*item), *party, VoteAnswer::approve, {}, context);
}

Outcome comment_chosen(const Event& event, const Press& press) {
    const auto& message = review::field(event.payload, "message");
    const auto author = review::text_field(message, "user");
    const auto comment = text::cleaned(review::text_field(message, "text"));
    // Of what was deleted Slack shows a tombstone by Slackbot, or nothing.
    if (author.empty() || review::text_field(message, "subtype") == "tombstone")
        return refuse(press, "unknown", "deleted", say_in(press.language, texts::deleted_message));
    if (author != press.user.value)
        return refuse(press, "unknown", "not_yours", say_in(press.language, texts::somebody_elses_message));
    if (text::trimmed(comment).empty())
        return refuse(press, "unknown", "empty", say_in(press.language, texts::empty_message));
    std::string named;
    for (const auto& word : text::words(comment)) {
        if (!text::lower(word).starts_with("req-")) continue;
        auto digits = word.substr(4);
        digits.erase(std::ranges::find_if(digits, [](char c) { return c < '0' || c > '9'; }), digits.end());
        if (const auto id = parse_request_id(digits); id && named.empty()) named = to_text(*id);
    }
    return open_form(press, views::comment_form(named, comment, press.language));
}

Outcome approve_many(const Press& press, const std::vector<std::string>& words, const Context& context) {
    std::vector<RequestId> chosen;
    std::size_t next = 1;
    for (; next < words.size(); ++next) {
        const auto id = parse_request_id(words[next]);
        if (!id) break;
        if (std::ranges::find(chosen, *id) == chosen.end()) chosen.push_back(*id);
    }
    if (chosen.empty() || chosen.size() > 20) return say(press, say_in(press.language, texts::approve_which));
    const auto remark = text::shortened(
        text::joined(std::vector(words.begin() + static_cast<std::ptrdiff_t>(next), words.end()), " "), 500);
    Outcome outcome;
    std::vector<std::string> lines;
    for (const auto id : chosen) {
        const auto request = context.view.request(id);
        if (!request) {
            lines.push_back(say_in(press.language, texts::line_unknown, to_text(id)));
            continue;
        }
        // Each is decided like a press of its own; a refusal becomes its line and stops none of the others.
        auto one = press;
        one.value = views::button_value(*request);
        auto item = load_case(*request, context);
        auto party = require_vote(one, item, context);
        if (!party) {
            if (waits_for_group(party.error())) return std::move(party.error());
            lines.push_back(
                say_in(press.language, texts::line_not_voted, to_text(id), refusal_text(party.error())));
            for (auto& note : party.error().audit)
                outcome.audit.push_back(std::move(note));
            continue;
        }
        if (item.judgement.confirm_by_name) {
            lines.push_back(say_in(press.language, texts::line_not_voted, to_text(id),
                                   say_in(press.language, texts::name_wanted)));
            continue;
        }
        const auto name = item.matrix[*party].party;
        auto cast = cast_vote(one, std::move(item), *party, VoteAnswer::approve, remark, context);
        const bool voted = !cast.changes.empty();
        lines.push_back(say_in(press.language, voted ? texts::line_approved : texts::line_unchanged,
                               to_text(id), views::inert(name)));
        if (voted) outcome.merge(std::move(cast));
    }
    outcome.merge(say(press, text::joined(lines, "\n")));
    return outcome;
}

}  // namespace countersign::handlers
