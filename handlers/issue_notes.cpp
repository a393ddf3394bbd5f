#include "handlers/issue_notes.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/tracker_account.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/markdown.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::IssueProblem;
using review::PartyState;
using views::markdown_line;

std::string named(const UserId& person, const Context& context) {
    if (person.empty()) return "the policy";
    return markdown_line(name_of(person, context), 60);
}

std::string names(const review::PartyStatus& row, const Context& context) {
    std::vector<std::string> all;
    for (const auto& person : row.by) {
        const bool former = std::ranges::find(row.former, person) != row.former.end();
        all.push_back(named(person, context) + (former ? " (former member)" : ""));
    }
    return text::joined(all, ", ");
}

std::string row_text(const review::PartyStatus& row, const Context& context) {
    const auto where = row.from_tracker ? " (signed here)" : " (in Slack)";
    switch (row.state) {
        case PartyState::approved:
            return "approved by " + names(row, context) + where;
        case PartyState::partly:
            return fmt::format("approved by {} ({} of {})", names(row, context), row.approvals, row.quorum);
        case PartyState::conditional:
            return fmt::format("approved with a condition by {}{}", names(row, context),
                               row.until.empty() ? "" : ", until " + markdown_line(row.until, 20));
        case PartyState::rejected:
            return fmt::format("rejected by {}: {}", names(row, context), markdown_line(row.remark, 500));
        case PartyState::abstained:
            return "abstained: " + names(row, context);
        case PartyState::need_info:
            return "waiting for an answer";
        case PartyState::not_required:
            return "not required";
        case PartyState::waiting:
            return "waiting";
    }
    return {};
}

bool is_decision(const storage::AppRequest& request) {
    return storage::is_final(request.state) && request.decided_at;
}

std::string decision_words(const storage::AppRequest& request, const Context& context) {
    if (!is_decision(request)) return {};
    const auto who = request.outside != storage::Outside::no && request.decided_by.empty()
                         ? std::string("somebody in Slack")
                         : named(request.decided_by, context);
    auto words =
        fmt::format("\n\n**Decision**: {} by {} on {}.", markdown_line(views::state_line(request), 60), who,
                    time_zone::date_text(*request.decided_at, context.settings.policy->calendar.zone));
    if (const auto reason = views::markdown_quote(request.decision_reason, 2'000); !reason.empty())
        words += "\n\n" + reason;
    return words;
}

std::string status_text(const Case& item, const Context& context) {
    const auto& request = item.request;
    auto words = fmt::format(
        "{}\n**Countersign** keeps this note up to date.\n\n{} asks for **{}** in Slack ({}): **{}**\n",
        status_marker(request.id), countersign::to_text(request.id),
        markdown_line(views::app_title(request), 100), markdown_line(views::place(request), 80),
        views::state_line(request));
    for (const auto& row : item.matrix)
        words += fmt::format("\n- {}: {}", markdown_line(row.party, 60), row_text(row, context));
    return words + decision_words(request, context);
}

std::string labels_name(RequestId request, const storage::IssueKey& issue) {
    return fmt::format("issue_labels:{}:{}", countersign::to_text(request), to_text(issue));
}

std::vector<std::string> texts_in(const nlohmann::json& list) {
    std::vector<std::string> texts;
    if (!list.is_array()) return texts;
    for (const auto& text : list)
        if (text.is_string()) texts.push_back(text);
    return texts;
}

// Labels that we put on this issue for the request, as last told to the tracker.
std::vector<std::string> labels_put(const std::string& name, const Context& context) {
    return texts_in(nlohmann::json::parse(context.view.meta(name), nullptr, false));
}

std::vector<std::string> labels_wanted(const Case& item, const Context& context) {
    std::vector<std::string> labels;
    for (const auto& row : item.matrix) {
        const auto& parties = context.settings.review.parties;
        const auto party = std::ranges::find(parties, row.party, &config::Party::name);
        const bool agreed = row.state == PartyState::approved && !row.from_tracker;
        if (agreed && party != parties.end() && !party->tracker_label.empty())
            labels.push_back(party->tracker_label);
    }
    return labels;
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& some) {
    std::vector<std::string> rest;
    for (const auto& one : all)
        if (std::ranges::find(some, one) == some.end()) rest.push_back(one);
    return rest;
}

void put_labels(const Case& item, Outcome& outcome, const Context& context) {
    const auto name = labels_name(item.request.id, key_of(*item.issue));
    const auto put = labels_put(name, context);
    const auto wanted = labels_wanted(item, context);
    const auto add = without(wanted, put);
    const auto remove = without(put, wanted);
    if (add.empty() && remove.empty()) return;
    outcome.effects.push_back(set_issue_labels(item.request, key_of(*item.issue), add, remove));
    outcome.changes.emplace_back(storage::SetMeta{name, nlohmann::json(wanted).dump()});
}

// The tracker has not taken the change: the labels are there as before.
storage::Change labels_as_before(const EffectAnswer& answer, const Context& context) {
    const storage::IssueKey issue{review::text_field(answer.args, "tracker"),
                                  review::text_field(answer.args, "project"),
                                  review::number_field(answer.args, "iid")};
    const auto name = labels_name(answer.request, issue);
    auto put = without(labels_put(name, context), texts_in(review::field(answer.args, "add")));
    for (auto& label : texts_in(review::field(answer.args, "remove")))
        put.push_back(std::move(label));
    return storage::SetMeta{name, nlohmann::json(put).dump()};
}

bool is_ours(const Case& item) {
    if (!item.known || !item.known->read_at || !item.verdict) return false;
    // What cannot be read now is written when it can; a decision has no later change to be written with.
    const auto& problem = item.known->problem;
    if (!problem.empty() && (is_about_issue(problem) || !is_decision(item.request))) return false;
    switch (item.verdict->problem) {
        case IssueProblem::none:
        case IssueProblem::not_named:
        case IssueProblem::not_planned:
        case IssueProblem::duplicate:
            return true;
        default:
            return false;
    }
}

std::string digest_name(RequestId request) {
    return "issue_note:" + countersign::to_text(request);
}

// U8: most decisions have no next change that would bring them there, so a person hears of each one, once.
storage::Effect decision_missing(const storage::AppRequest& request, const std::string& why,
                                 const Context& context) {
    const auto issue = context.view.vendor_issue(request.id);
    const auto id = countersign::to_text(request.id);
    return alarm(
        context.settings, fmt::format("decision_note:{}:{}", id, to_millis(*request.decided_at)),
        views::line(fmt::format(":rotating_light: The decision on {} is not on its vendor issue {}.\nDo: {} "
                                "Write it there by hand.",
                                id, issue ? views::issue_link(*issue) : "", views::inert_line(why, 400))));
}

}  // namespace

std::string status_marker(RequestId request) {
    return fmt::format("<!-- countersign:status:{} -->", countersign::to_text(request));
}

Outcome write_on_issue(const Case& item, const Context& context) {
    Outcome outcome;
    if (!item.issue || !has_token(item.issue->tracker, context) || !is_ours(item)) return outcome;
    if (review::in_flight(item.request.state)) return outcome;  // the next line is a moment away
    const auto body = status_text(item, context);
    const auto issue = key_of(*item.issue);
    const auto name = digest_name(item.request.id);
    const auto digest = text::sha256_hex(to_text(issue) + body);
    const bool stands = context.view.meta(name) == digest;
    // S2: what nobody could tell from a party's own word afterwards. What is open is written as soon as it is
    // known whose the token is.
    if (!account_is_known(item.issue->tracker, context)) {
        // What is installed was approved before, and that was written or told of.
        if (!stands && is_decision(item.request) && item.request.state != storage::RequestState::installed)
            outcome.effects.push_back(decision_missing(
                item.request, "Whose its tracker's token is was not told, so it writes nothing.", context));
        return outcome;
    }
    if (!stands) {
        outcome.effects.push_back(put_note(item.request, issue, status_marker(item.request.id), body, false));
        outcome.changes.emplace_back(storage::SetMeta{name, digest});
    }
    put_labels(item, outcome, context);
    return outcome;
}

Outcome written_on_issue(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    if (answer.ok()) return outcome;
    const auto tracker = review::text_field(answer.args, "tracker");
    outcome.audit.push_back(
        {"countersign", "issue.not_written", countersign::to_text(answer.request),
         details({{"effect", answer.key}, {"meaning", answer.meaning}, {"error", answer.error}})});
    // Not there: whatever happens next writes it again.
    const bool status = review::text_field(answer.args, "marker") == status_marker(answer.request);
    if (status) outcome.changes.emplace_back(storage::SetMeta{digest_name(answer.request), ""});
    if (answer.purpose == purposes::issue_labels)
        outcome.changes.push_back(labels_as_before(answer, context));
    const auto request = context.view.request(answer.request);
    if (status && request && is_decision(*request)) {
        outcome.effects.push_back(decision_missing(
            *request, answer.trouble() + " It may be locked, or closed to the account.", context));
        return outcome;
    }
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("issue_note:{}:{}:{}", tracker, answer.error, day),
        views::alarm_notice(
            fmt::format("The vendor issue of {} cannot be written to.", countersign::to_text(answer.request)),
            answer.trouble())));
    return outcome;
}

}  // namespace countersign::handlers
