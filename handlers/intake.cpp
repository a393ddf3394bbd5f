#include "handlers/intake.hpp"

#include "handlers/answers.hpp"
#include "handlers/asked_before.hpp"
#include "handlers/carrying.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/joining.hpp"
#include "handlers/judging.hpp"
#include "handlers/junk_gate.hpp"
#include "handlers/membership.hpp"
#include "handlers/people.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/settle.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/link_problems.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "storage/erasure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace countersign::handlers {
namespace {

using review::ReadAppRequest;
using storage::AppRequest;
using storage::RequestSource;
using storage::RequestState;

constexpr std::size_t workspaces_looked_at = 100;

std::string why_no_link(const review::LinkSearch& search, views::Language language) {
    if (search.found.size() > 1) return views::explain(review::LinkProblem::ambiguous, language);
    return search.problems.empty() ? std::string() : views::explain(search.problems.front(), language);
}

std::string_view source_text(RequestSource source) {
    switch (source) {
        case RequestSource::event:
            return "event";
        case RequestSource::list:
            return "list";
        case RequestSource::form:
            return "form";
        case RequestSource::slackbot:
            return "slackbot";
    }
    return "";
}

storage::VendorIssue as_issue(const AppRequest& request, const review::IssueLink& link,
                              const Context& context) {
    return {.request = request.id,
            .tracker = link.tracker,
            .project = link.project,
            .iid = link.iid,
            .url = link.url,
            .linked_by = request.requester,
            .linked_at = context.now};
}

bool is_erased(const AppRequest& request, const Context& context) {
    const auto marks = context.view.marks(request.id);
    return std::ranges::find(marks, storage::erased_mark, &storage::Mark::kind) != marks.end();
}

// What Slack now says of a request that is known. True if anything is new.
bool learn(AppRequest& known, const ReadAppRequest& read, const Context& context) {
    const auto& heard = read.request;
    bool changed = false;
    const auto take = [&](auto& ours, const auto& theirs) {
        if (theirs.empty() || ours == theirs) return;
        ours = theirs;
        changed = true;
    };
    // Slack's list has the words of an erased person as long as the request waits there.
    if (!is_erased(known, context)) {
        take(known.message, heard.message);
        // One that was passed on is still its first requester's in Slack.
        if (heard.requester == known.requester) take(known.requester_name, heard.requester_name);
    }
    if (known.app_id.empty()) take(known.app_id, heard.app_id);
    if (known.team_id.empty()) take(known.team_id, heard.team_id);
    take(known.app_name, heard.app_name);
    take(known.app_description, heard.app_description);
    take(known.previous_status, heard.previous_status);
    take(known.previous_scopes, heard.previous_scopes);
    if (heard.publisher != storage::Publisher::unknown && heard.publisher != known.publisher) {
        known.publisher = heard.publisher;
        changed = true;
    }
    if (heard.requester_is_collaborator &&
        heard.requester_is_collaborator != known.requester_is_collaborator) {
        known.requester_is_collaborator = heard.requester_is_collaborator;
        changed = true;
    }
    // An empty list is what Slack's own samples send when they leave the scopes out: nothing is concluded
    // from it. While a decision is under way the request stays what was decided on; what Slack made of it is
    // compared when the answer is read back.
    if (!review::in_flight(known.state) && read.scopes_told && !heard.scopes.empty() &&
        heard.scope_hash != known.scope_hash) {
        known.scopes = heard.scopes;
        known.scope_hash = heard.scope_hash;
        changed = true;
    }
    return changed;
}

// Somebody filled in our form and then pressed Slack's own button, or Slackbot was quicker than the event:
// one request, not two.
std::optional<AppRequest> own_form_request(const AppRequest& heard, const Context& context) {
    for (const auto& open : open_for_same_app(heard, context)) {
        const bool elsewhere = open.source == RequestSource::form || open.source == RequestSource::slackbot;
        const bool fits = elsewhere && open.slack_id.empty() && !heard.requester.empty() &&
                          open.requester == heard.requester && review::in_votes(open.state);
        if (fits) return open;
    }
    return std::nullopt;
}

// Open requests that the new one takes the place of: the same app with more scopes, and, where it is for the
// whole organisation, those of single workspaces that ask for no more (domain.md §8.5).
std::vector<AppRequest> answered_by(const AppRequest& fresh, const Context& context) {
    auto found = open_for_same_app(fresh, context);
    std::erase_if(found, [&](const AppRequest& open) {
        return !review::in_votes(open.state) || !review::grew(open.scopes, fresh.scopes);
    });
    if (!fresh.team_id.empty() || fresh.app_id.empty()) return found;
    for (auto& open : context.view.requests(
             {.state = {}, .app = fresh.app_id.value, .requester = {}, .limit = workspaces_looked_at})) {
        const bool told = !open.scopes.empty() && !fresh.scopes.empty();
        if (told && !open.team_id.empty() && review::in_votes(open.state) &&
            review::covers(fresh.scopes, open.scopes))
            found.push_back(std::move(open));
    }
    return found;
}

// Open requests for the same app and workspace that ask for less: the new one replaces them (domain.md §8.4).
Outcome supersede(const AppRequest& fresh, const std::vector<AppRequest>& answered, const Context& context) {
    Outcome outcome;
    for (const auto& open : answered) {
        auto item = load_case(open, context);
        item.request.state = RequestState::superseded;
        item.request.state_note =
            say_in(views::Language::english, views::texts::see_newer, to_text(fresh.id));
        outcome.merge(settle(std::move(item), open.state, "slack", context));
    }
    return outcome;
}

// Whoever waited for what the new one takes the place of waits for it now.
Outcome pass_on_people(const AppRequest& fresh, const std::vector<AppRequest>& answered,
                       const Context& context) {
    Outcome outcome;
    for (const auto& old : answered) {
        auto people = context.view.followers(old.id);
        std::erase_if(people, [&](const UserId& user) { return hears_otherwise(old, user, context); });
        for (const auto& user : people) {
            if (user != fresh.requester)
                outcome.changes.emplace_back(storage::AddFollower{{fresh.id, user, context.now}});
        }
        outcome.merge(tie(old, fresh, context));
        outcome.merge(pass_joined(old, fresh, context));
    }
    return outcome;
}

// What a request has besides itself when it comes into being.
struct Opening {
    AppRequest request;
    std::optional<storage::VendorIssue> issue;
    std::optional<AppRequest> other;  // in whose place it comes
    std::vector<storage::Mark> marks = {};
    std::string why_no_link;
    std::string preface;  // for the requester
};

Outcome open(Opening opening, const Context& context) {
    Outcome outcome;
    opening.request.state_since = context.now;
    opening.request.state = RequestState::in_review;
    // One that had given way to another has a past.
    const bool again = context.view.request(opening.request.id).has_value();
    auto item =
        again ? load_case(opening.request, context) : Case{opening.request, {}, {}, {}, opening.marks, {}};
    if (opening.issue) item.issue = std::move(opening.issue);
    if (!again) item.judgement = judge_request(item.request, item.marks, context);
    auto inherited = opening.other ? inherit(item, *opening.other, context) : Outcome{};
    recall_issue(item, context);
    draw_matrix(item, context);
    auto& opened = item.request;
    opened.state = review::next_state(opened, item.matrix, issue_stands(item), item.judgement.vendor_issue);
    if (is_ours(opened.app_id, context)) {
        // M25: who decides about Countersign must not be Countersign.
        opened.state = RequestState::manual;
        opened.state_note = say_in(views::Language::english, views::texts::own_app);
    }
    auto gate = stop_at_gate(item, context);
    gate.merge(hold_without_members(item, context));
    outcome.changes.emplace_back(storage::SaveRequest{opened});
    outcome.merge(std::move(gate));
    outcome.merge(std::move(inherited));
    if (item.issue) {
        outcome.changes.emplace_back(storage::SaveVendorIssue{*item.issue});
        outcome.merge(watch_issue(*item.issue, context));
    }
    const bool decided = item.judgement.decide && opened.state != RequestState::manual;
    const bool routed = !item.judgement.channels.empty();
    const bool settles = decided || routed || opened.state == RequestState::ready;
    const auto card = draw_card(item, context);
    if (!again || !has_card(opened, context))
        outcome.effects.push_back(post_card(opened, context.settings.review.channel, card));
    else if (!settles)
        outcome.effects.push_back(update_card(opened, card));
    if (!opened.requester.empty() && !decided) {
        const auto language = language_of(opened.requester, context);
        const bool held = is_at_gate(item);
        const bool wanted = opened.state == RequestState::awaiting_issue ||
                            (held && !item.issue && item.judgement.vendor_issue);
        const auto why = held ? gate_sentence(item, language) : opening.why_no_link;
        outcome.effects.push_back(direct_message(
            opened, opened.requester, again ? fmt::format("received:v{}", opened.version) : "received",
            wanted ? views::issue_wanted(opened, why, language)
                   : views::request_received(opened, language, held ? why : opening.preface)));
    }
    if (opened.state == RequestState::manual) {
        outcome.effects.push_back(
            alarm(context.settings, "manual:" + to_text(opened.id),
                  views::alarm_notice(to_text(opened.id) + " needs a human.", opened.state_note)));
    }
    if (again) {
        outcome.audit.push_back({"slack", "request.state", to_text(opened.id),
                                 details({{"from", to_text(RequestState::superseded)},
                                          {"to", to_text(opened.state)},
                                          {"scope_hash", opened.scope_hash}})});
    } else {
        outcome.audit.push_back(received(opened));
    }
    outcome.changes.push_back(next_deadline(opened, context.now, context));
    // What the policy does by itself comes after the request is there, as with every later change.
    const auto before = opened.state;
    if (settles) outcome.merge(settle(std::move(item), before, "countersign", context));
    return outcome;
}

// What the policy denies as soon as it comes takes nobody's place, nor does what the gate holds: let through
// later, it goes its way beside theirs.
bool takes_no_place(const AppRequest& request, const Context& context) {
    const auto judgement = judge_request(request, {}, context);
    return judgement.decide == config::Automatic::deny || will_be_held(request, judgement, context);
}

// A request that is new here: it joins an open one, or it is one of its own.
Outcome enter(ReadAppRequest read, const Context& context) {
    auto& request = read.request;
    if (const auto open = request_to_join(request, context)) return join_request(read, *open, context);
    const auto search = review::find_issue_links(read.whole_message, context.settings.trackers);
    if (const auto last = asked_before(request, context); last && request.purpose.empty())
        request.purpose = difference_to(*last, request);
    const auto answered =
        takes_no_place(request, context) ? std::vector<AppRequest>() : answered_by(request, context);
    auto outcome = supersede(request, answered, context);
    const auto in_its_place = std::ranges::find(answered, request.team_id, &AppRequest::team_id);
    Opening opening;
    if (in_its_place != answered.end()) opening.other = *in_its_place;
    if (search.found.size() == 1)
        opening.issue = as_issue(request, search.found.front(), context);
    else
        opening.why_no_link = why_no_link(search, language_of(request.requester, context));
    const auto fresh = request;
    opening.request = std::move(request);
    outcome.merge(open(std::move(opening), context));
    outcome.merge(pass_on_people(fresh, answered, context));
    return outcome;
}

// Slack says something of a request that is joined to another. With other scopes it is no longer the same.
Outcome learn_of_joined(AppRequest known, const AppRequest& open, const ReadAppRequest& read,
                        const Context& context) {
    const auto& heard = read.request;
    const bool same = !read.scopes_told || heard.scopes.empty() || heard.scope_hash == known.scope_hash;
    if (same) return {};
    learn(known, read, context);
    known.state_note.clear();
    auto outcome = part(known, open, context);
    auto again = read;
    again.request = std::move(known);
    outcome.merge(enter(std::move(again), context));
    return outcome;
}

}  // namespace

AuditNote received(const AppRequest& request) {
    return {request.requester.empty() ? "slack" : request.requester.value, "request.received",
            to_text(request.id),
            details({{"source", source_text(request.source)},
                     {"slack_id", request.slack_id.value},
                     {"app", request.app_id.value},
                     {"team", request.team_id.value},
                     {"scope_hash", request.scope_hash},
                     {"state", to_text(request.state)}})};
}

Outcome learn_of(AppRequest known, const ReadAppRequest& read, const Context& context) {
    if (const auto open = joined_to(known, context))
        return learn_of_joined(std::move(known), *open, read, context);
    if (storage::is_final(known.state)) return {};
    const auto before = known.state;
    const auto old_hash = known.scope_hash;
    const auto old_scopes = known.scopes;
    const bool joined = !read.request.slack_id.empty() && known.slack_id != read.request.slack_id;
    if (joined) known.slack_id = read.request.slack_id;
    if (!learn(known, read, context) && !joined) return {};
    Outcome outcome;
    outcome.audit.push_back({"slack", "request.learned", to_text(known.id),
                             details({{"scope_hash", known.scope_hash},
                                      {"scopes_changed", known.scope_hash == old_hash ? "no" : "yes"}})});
    auto item = load_case(known, context);
    if (known.scope_hash != old_hash)
        outcome.merge(carry_votes(item, item.votes, old_scopes, old_hash, context));
    const auto search = review::find_issue_links(read.whole_message, context.settings.trackers);
    if (!item.issue && search.found.size() == 1) {
        item.issue = as_issue(known, search.found.front(), context);
        outcome.changes.emplace_back(storage::SaveVendorIssue{*item.issue});
        outcome.merge(watch_issue(*item.issue, context));
        recall_issue(item, context);
    }
    outcome.merge(settle(std::move(item), before, "slack", context));
    return outcome;
}

Outcome take_in(ReadAppRequest read, RequestSource source, const Context& context) {
    auto& request = read.request;
    if (!request.slack_id.empty()) {  // Slackbot's messages do not tell it
        if (auto known = context.view.request(request.slack_id))
            return learn_of(std::move(*known), read, context);
    }
    if (auto ours = own_form_request(request, context)) return learn_of(std::move(*ours), read, context);
    request.source = source;
    request.id = context.view.next_request_id();
    return enter(std::move(read), context);
}

Outcome open_request(AppRequest request, std::vector<storage::Mark> known,
                     const std::optional<review::IssueLink>& link, const Context& context) {
    Opening opening;
    if (link) opening.issue = as_issue(request, *link, context);
    opening.request = std::move(request);
    opening.marks = std::move(known);
    return open(std::move(opening), context);
}

Outcome reopen_in_place(AppRequest request, const AppRequest& other, const std::string& preface,
                        const Context& context) {
    request.state_note.clear();
    Opening opening;
    opening.other = other;
    opening.why_no_link = opening.preface = preface;
    opening.request = std::move(request);
    return open(std::move(opening), context);
}

}  // namespace countersign::handlers
