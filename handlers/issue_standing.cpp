#include "handlers/issue_standing.hpp"

#include "config/base/text.hpp"
#include "handlers/own_login.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/tracker_account.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/issue_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::IssueProblem;
using storage::RequestState;

constexpr std::array<std::string_view, 4> about_issue{"issue_not_found", "issue_gone", "issue_moved",
                                                      "too_large"};

// How long a reading of a user group is believed.
constexpr std::chrono::hours group_good_for{24};

std::string kind_of(const Case& item, const Context& context) {
    const auto* tracker = find_tracker(item.issue->tracker, context.settings);
    return std::string(kind_word(tracker == nullptr ? config::TrackerKind::gitlab : tracker->kind));
}

// `tracker_approvers` are ids in one instance: that of the first tracker for vendor issues. The same number
// is somebody else in another.
bool approvers_are_of(const config::Tracker& tracker, const config::Settings& settings) {
    const auto first =
        std::ranges::find(settings.trackers, config::TrackerPurpose::vendor, &config::Tracker::purpose);
    return first != settings.trackers.end() && first->url == tracker.url;
}

// An issue carries one app: the one it was linked for first, as long as that request is alive (A15).
std::string used_for(const storage::AppRequest& request, const storage::VendorIssue& issue,
                     const Context& context) {
    for (const auto id : context.view.requests_on(key_of(issue))) {
        if (id == request.id) continue;
        const auto other = context.view.request(id);
        const auto link = context.view.vendor_issue(id);
        if (!other || !link) continue;
        const bool over = other->state == RequestState::denied || other->state == RequestState::withdrawn ||
                          other->state == RequestState::expired || other->state == RequestState::superseded;
        const bool same = request.app_id.empty() || other->app_id.empty()
                              ? text::lower(request.app_name) == text::lower(other->app_name)
                              : request.app_id == other->app_id;
        const bool earlier =
            link->linked_at != issue.linked_at ? link->linked_at < issue.linked_at : id < request.id;
        if (!over && !same && earlier) return countersign::to_text(id);
    }
    return {};
}

}  // namespace

bool is_about_issue(std::string_view error) {
    return std::ranges::find(about_issue, error) != about_issue.end();
}

std::string issue_problem(const Case& item, const Context& context, views::Language language) {
    if (!item.issue || !item.known) return {};
    const auto say = [&](const auto& text, const auto&... values) {
        return views::say_in(language, text, values...);
    };
    const auto& error = item.known->problem;
    if (error == "issue_not_found") return say(texts::issue_not_found, kind_of(item, context));
    if (error == "issue_gone") return say(texts::issue_gone);
    if (error == "issue_moved") return say(texts::issue_moved);
    if (error == "too_large") return say(texts::issue_too_large);
    if (!item.verdict) return {};
    switch (item.verdict->problem) {
        case IssueProblem::none:
            return {};
        case IssueProblem::wrong_project:
            return say(texts::issue_wrong_project);
        case IssueProblem::moved:
            return say(texts::issue_moved);
        case IssueProblem::pull_request:
            return say(texts::issue_pull_request);
        case IssueProblem::wrong_type:
            return say(texts::issue_wrong_type);
        case IssueProblem::duplicate:
            return say(texts::issue_duplicate);
        case IssueProblem::not_planned:
            return say(texts::issue_not_planned);
        case IssueProblem::used_elsewhere:
            return say(texts::issue_used_elsewhere);
        case IssueProblem::not_named:
            return say(texts::issue_not_named, views::inert_line(item.request.app_name, 80));
    }
    return {};
}

std::string issue_trouble(const Case& item, const Context& context) {
    if (!item.issue || !must_be_read(*item.issue, context)) return {};
    const auto& own = item.known ? item.known->problem : std::string();
    const auto error = !has_token(item.issue->tracker, context) ? "no_token"
                       : own.empty() || is_about_issue(own)
                           ? context.view.meta("tracker_trouble:" + item.issue->tracker)
                           : own;
    if (error.empty()) return {};
    const auto kind = kind_of(item, context);
    const bool silent = error == "expired" || error == "timeout" || error == "unreachable" || error == "tls";
    return silent ? views::say_in(views::Language::english, texts::tracker_silent, kind)
                  : views::say_in(views::Language::english, texts::tracker_unreadable, kind,
                                  views::inert_line(error, 60));
}

bool issue_stands(const Case& item) {
    if (!item.issue) return false;
    if (item.known && is_about_issue(item.known->problem)) return false;
    return !item.verdict || item.verdict->problem == IssueProblem::none;
}

bool may_be_approved(const Case& item) {
    return review::may_be_approved(item.matrix, issue_stands(item), item.judgement.vendor_issue);
}

UserId person_of(std::string_view tracker, std::int64_t account, const Context& context) {
    const auto people = people_in(tracker, context);
    const auto found = std::ranges::find(people, account, &config::PersonMapping::account);
    return found == people.end() ? UserId(fmt::format("{}:{}", tracker, account)) : found->slack;
}

review::IssueQuestion question_for(const storage::AppRequest& request, const storage::VendorIssue& issue,
                                   const std::optional<storage::TrackerIssue>& known,
                                   const Context& context) {
    review::IssueQuestion question;
    const auto* tracker = find_tracker(issue.tracker, context.settings);
    if (tracker == nullptr) return question;
    question.kind = tracker->kind;
    question.projects = tracker->projects;
    question.check_boxes = tracker->check_boxes;
    question.app_name = request.app_name;
    question.app_id = request.app_id.value;
    question.used_for = used_for(request, issue, context);
    question.own = own_accounts(issue.tracker, context);
    if (known) {
        question.text_hash = known->text_hash;
        question.text_changed_at = known->text_changed_at;
    }
    const auto pinned = context.view.pinned_labels(issue.tracker, issue.project);
    const review::GroupsRead none;
    const review::GroupKnowledge groups{context.view, none, context.now, group_good_for};
    const auto people = people_in(issue.tracker, context);
    for (const auto& party : context.settings.review.parties) {
        review::SigningParty signs{.name = party.name,
                                   .label = party.tracker_label,
                                   .pinned = {},
                                   .approvers = {},
                                   .members = {},
                                   .quorum = party.quorum};
        if (approvers_are_of(*tracker, context.settings)) signs.approvers = party.tracker_approvers;
        const auto pin = std::ranges::find(pinned, party.name, &storage::PinnedLabel::party);
        // Another name in the configuration is another label, to be pinned anew.
        if (pin != pinned.end() && pin->name == party.tracker_label) signs.pinned = pin->id;
        for (const auto& person : people) {
            const auto membership = review::membership(person.slack, party.members, groups);
            if (membership.member) signs.members.push_back(person.account);
            signs.members_known = signs.members_known && (membership.member || membership.unread.empty());
        }
        question.parties.push_back(std::move(signs));
    }
    for (const auto& person : people)
        if (person.slack == request.requester) question.requester.push_back(person.account);
    return question;
}

}  // namespace countersign::handlers
