#include "handlers/request_form.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/intake.hpp"
#include "handlers/issue_creation.hpp"
#include "handlers/joining.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/recent.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/resolutions.hpp"
#include "handlers/review/app_ids.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/similar_apps.hpp"
#include "handlers/tracker_pages.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/link_problems.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/requester_texts.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;

constexpr std::size_t max_name = 200;
constexpr std::size_t max_purpose = 3'000;
constexpr std::size_t max_answer = 500;
constexpr std::size_t longest_quote = 1'500;
constexpr std::size_t read_back = 20;
// Asking again with the same words so soon after a refusal is no new request (R13).
constexpr std::chrono::days again{7};
constexpr std::chrono::hours person_good_for{24};

std::string entered(const Press& press, std::string_view field) {
    const auto found = press.fields.find(std::string(field));
    return found == press.fields.end() ? std::string() : std::string(text::trimmed(found->second));
}

// Read aloud: a form's own sentence at one of its fields.
Outcome refuse_field(const Press& press, std::string_view field, std::string_view why,
                     const std::string& sentence) {
    return refuse_at(press, field, "unknown", why, sentence);
}

// What the guided form asks besides the purpose, as lines below it: everybody reads them on the card.
std::string whole_purpose(const Press& press, const std::string& purpose) {
    auto words = purpose;
    const auto line = [&](std::string_view name, std::string_view field) {
        const auto answer = text::shortened(entered(press, field), max_answer);
        if (!answer.empty() && answer != "unknown") words += fmt::format("\n{}: {}", name, answer);
    };
    line("Data", ids::field_data);
    line("Used by", ids::field_users);
    line("Alternatives", ids::field_alternatives);
    line("Needed until", ids::field_needed_until);
    return words;
}

std::vector<storage::AppRequest> requests_for(const std::string& app, const std::optional<AppId>& id,
                                              const std::string& requester, const Context& context) {
    return context.view.requests(
        {.state = {}, .app = id ? id->value : app, .requester = requester, .limit = read_back});
}

// Our own newest word on it. A later request that came to nothing leaves what holds for the app as it was.
std::optional<storage::AppRequest> decided_here(const std::string& app, const std::optional<AppId>& id,
                                                const TeamId& team, const Context& context) {
    for (auto& request : requests_for(app, id, {}, context)) {
        const bool here = request.team_id == team || request.team_id.empty();
        if (here &&
            (review::is_approved(request.state) || request.state == storage::RequestState::restricted ||
             request.state == storage::RequestState::suspended ||
             (request.decided_at && request.decision == storage::DecisionKind::clear)))
            return std::move(request);
    }
    return std::nullopt;
}

// Whoever asks by name means the app that was decided on under this name.
AppId app_meant(const std::optional<AppId>& id, const std::optional<storage::AppRequest>& decided) {
    if (id) return *id;
    return decided ? decided->app_id : AppId();
}

bool is_approved(const std::string& app, const std::optional<AppId>& id, const TeamId& team,
                 const Context& context) {
    const auto decided = decided_here(app, id, team, context);
    if (const auto said = slack_says(app_meant(id, decided), team, context)) return *said == "approved";
    return decided && review::is_approved(decided->state);
}

// domain.md §8.4: nobody reviews again what is restricted; the reason of then, or "" where none is known.
std::optional<std::string> why_restricted(const std::string& app, const std::optional<AppId>& id,
                                          const TeamId& team, const Context& context) {
    const auto decided = decided_here(app, id, team, context);
    const auto said = slack_says(app_meant(id, decided), team, context);
    const bool ours = decided && (decided->state == storage::RequestState::restricted ||
                                  decided->state == storage::RequestState::suspended);
    if (said ? *said != "restricted" : !ours) return std::nullopt;
    return ours ? text::shortened(decided->decision_reason, max_answer) : std::string();
}

// Not a request for an app in Slack: the way to where it belongs takes the form's place (R17, R18).
Outcome show_way(const Press& press, const views::Text<>& title, const std::string& words) {
    if (!press.answer_in_ack) return say(press, words);
    Outcome outcome;
    outcome.ack =
        R"({"response_action":"update","view":)" + views::notice_view(title, words, press.language) + "}";
    outcome.audit.push_back({press.user.value, "request.sent_elsewhere", "form",
                             details({{"to", title.in(views::Language::english)}})});
    return outcome;
}

// Where what is no request for an app in Slack belongs (R17, R18), and how a person is told.
struct Elsewhere {
    config::TrackerPurpose purpose;
    const views::Text<>& title;
    const views::Text<>& no_pages;
    const views::Text<1>& pages;
};

// What is known besides the person's own words: a line for the issue, and the same for the person.
struct Known {
    std::string on_issue;
    std::string for_person;
};

// Made there with the tracker's token; without one there are links to its forms.
Outcome send_elsewhere(const Press& press, const std::string& subject, const Elsewhere& where,
                       const Known& known, const Context& context) {
    const auto told = [&](std::string words) {
        if (!known.for_person.empty()) words += "\n" + known.for_person;
        return show_way(press, where.title, words);
    };
    if (makes_issues(where.purpose, context) != nullptr) {
        auto words = whole_purpose(press, entered(press, ids::field_purpose));
        if (!known.on_issue.empty()) words += "\n" + known.on_issue;
        auto outcome = told(say_in(press.language, texts::issue_being_made));
        outcome.merge(create_other_issue(press, where.purpose, subject, words, context));
        return outcome;
    }
    const auto links = new_issue_links(subject, where.purpose, context.settings);
    return told(links.empty() ? say_in(press.language, where.no_pages)
                              : say_in(press.language, where.pages, links));
}

// Who answers for the app in the inventory, as long as that person is there.
std::optional<UserId> owner_of(const std::string& app, std::optional<AppId> id, const TeamId& team,
                               const Context& context) {
    if (!id) {
        const auto known = requests_for(app, id, {}, context);
        const auto named = std::ranges::find_if(known, [](const auto& each) { return !each.app_id.empty(); });
        if (named == known.end()) return std::nullopt;
        id = named->app_id;
    }
    for (const auto& where : {team, TeamId()}) {
        const auto entry = context.view.installed().entry(*id, where);
        if (!entry || entry->owner.empty()) continue;
        const auto person = context.view.person(entry->owner);
        if (!person || person->active) return entry->owner;
    }
    return std::nullopt;
}

Outcome change_process(const Press& press, const std::string& app, const std::optional<AppId>& id,
                       const Context& context) {
    Known known{"Owner of the app: unknown", say_in(press.language, texts::change_owner_unknown)};
    if (const auto owner = owner_of(app, id, press.team, context)) {
        known.on_issue = "Owner of the app: " + name_of(*owner, context);
        known.for_person = say_in(press.language, texts::change_owner, views::mention(*owner));
    }
    return send_elsewhere(
        press, "Change of Slack app: " + app,
        {config::TrackerPurpose::change, texts::change_title, texts::no_change_pages, texts::change_pages},
        known, context);
}

Outcome other_system(const Press& press, const std::string& system, const Context& context) {
    return send_elsewhere(press, "Request for " + system,
                          {config::TrackerPurpose::it_request, texts::system_title, texts::no_system_pages,
                           texts::system_pages},
                          {}, context);
}

// An open request for this app here, of whoever. Without an id the name decides, if only one app has it.
std::optional<storage::AppRequest> open_request_for(const std::string& app, const std::optional<AppId>& id,
                                                    const TeamId& team, const Context& context) {
    std::optional<storage::AppRequest> found;
    if (id) {
        auto open = context.view.open_requests(*id, team);
        if (!open.empty()) found = std::move(open.front());
        return found;
    }
    for (const auto& request : requests_for(app, id, {}, context)) {
        if (storage::is_final(request.state) || request.team_id != team) continue;
        if (found && found->app_id != request.app_id) return std::nullopt;
        found = request;
    }
    return found;
}

// It looks approved, but an open request wants permissions that are not: that is a review and no change.
std::optional<RequestId> wants_more(const std::string& app, const std::optional<AppId>& id,
                                    const TeamId& team, const Context& context) {
    const auto open = open_request_for(app, id, team, context);
    if (!open || open->scopes.empty() || open->app_id.empty()) return std::nullopt;
    auto allowed = context.view.resolution(open->app_id, team);
    if (!allowed || allowed->status.empty()) allowed = context.view.resolution(open->app_id, TeamId());
    auto scopes = allowed && !allowed->status.empty() ? allowed->scopes : std::vector<storage::Scope>();
    if (scopes.empty()) {
        const auto known = requests_for(app, open->app_id, {}, context);
        const auto approved =
            std::ranges::find_if(known, [](const auto& each) { return review::is_approved(each.state); });
        if (approved != known.end()) scopes = approved->scopes;
    }
    return review::covers(scopes, open->scopes) ? std::nullopt : std::optional(open->id);
}

// Why nobody can ask on this person's behalf (R19).
std::optional<std::string> why_not_for(const storage::Person& colleague, views::Language language) {
    if (!colleague.active) return say_in(language, texts::behalf_gone);
    if (colleague.guest) return say_in(language, texts::behalf_guest);
    return std::nullopt;
}

std::vector<storage::Mark> by(const UserId& person, std::vector<storage::Mark> known) {
    std::erase_if(known, [&](const storage::Mark& mark) { return mark.person != person; });
    return known;
}

storage::Mark behalf_mark(const storage::AppRequest& request, const UserId& person, const UserId& by,
                          const Context& context) {
    return {.request = request.id,
            .kind = std::string(marks::on_behalf),
            .subject = person.value,
            .person = by,
            .value = {},
            .scope_hash = request.scope_hash,
            .at = context.now};
}

// A follower who hears everything, and no more a judge of it than the requester (P17).
Outcome ask_too(const storage::AppRequest& request, const UserId& person, const UserId& by,
                const Context& context) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::AddFollower{{request.id, person, context.now}});
    outcome.changes.emplace_back(storage::SetMark{behalf_mark(request, person, by, context)});
    return outcome;
}

Outcome include(const Press& press, const storage::AppRequest& request, const UserId& colleague,
                const Context& context) {
    auto outcome = ask_too(request, colleague, press.user, context);
    const auto app = "*" + views::inert_line(request.app_name, 100) + "*";
    outcome.effects.push_back(
        direct_message(request, colleague, "on_behalf",
                       views::line(say_in(language_of(colleague, context), texts::asked_for_you,
                                          views::mention(press.user), app, to_text(request.id)))));
    outcome.audit.push_back({press.user.value, "request.on_behalf", to_text(request.id),
                             details({{"of", colleague.value}, {"cause", press.cause}})});
    return outcome;
}

// Somebody else asks for the same app in the same workspace: one request, and one more who waits for it (R8).
Outcome join(const Press& press, const UserId& colleague, const std::optional<review::IssueLink>& link,
             const storage::AppRequest& open, const Context& context) {
    const auto id = to_text(open.id);
    const auto followers = context.view.followers(open.id);
    if (open.requester == press.user || std::ranges::find(followers, press.user) != followers.end()) {
        return refuse_at(press, ids::field_app, id, "duplicate",
                         say_in(press.language, texts::asked_already, id));
    }
    auto outcome = ask_too(open, press.user, press.user, context);
    outcome.effects.push_back(
        direct_message(open, press.user, "joined:" + press.cause,
                       views::line(say_in(press.language, texts::joined, id,
                                          "*" + views::inert_line(open.app_name, 100) + "*",
                                          views::state_line(open, press.language)))));
    const auto purpose = whole_purpose(press, entered(press, ids::field_purpose));
    outcome.merge(tell_reviewers({.person = press.user,
                                  .own = {},
                                  .quote = views::quoted(purpose, longest_quote),
                                  .occasion = "joined:" + press.cause},
                                 open, context));
    outcome.audit.push_back({press.user.value, "request.joined", id,
                             details({{"purpose", proof_of(purpose)}, {"cause", press.cause}})});
    if (!colleague.empty() && colleague != open.requester)
        outcome.merge(include(press, open, colleague, context));
    auto item = load_case(open, context);
    for (const auto& change : outcome.changes) {
        if (const auto* set = std::get_if<storage::SetMark>(&change)) item.marks.push_back(set->mark);
    }
    if (!review::in_votes(open.state)) {
        if (has_card(open, context)) outcome.effects.push_back(redrawn_card(item, press.cause, context));
        return outcome;
    }
    if (link && !item.issue) outcome.merge(note_issue(item, *link, press.user, press.cause, context));
    outcome.merge(settle(std::move(item), open.state, press.user.value, context));
    return outcome;
}

// `colleague`: whom the app is for besides the requester; empty: nobody.
Outcome submitted(const Press& press, const UserId& colleague, const Context& context) {
    const auto app = entered(press, ids::field_app);
    const auto purpose = entered(press, ids::field_purpose);
    const auto issue = entered(press, ids::field_issue);
    const auto kind = entered(press, ids::field_kind);
    const auto until = entered(press, ids::field_needed_until);
    if (app.empty())
        return refuse_field(press, ids::field_app, "blank", say_in(press.language, texts::name_the_app));
    if (purpose.empty())
        return refuse_field(press, ids::field_purpose, "blank", say_in(press.language, texts::say_purpose));
    if (!until.empty()) {
        const auto day = time_zone::parse_date(until);
        if (!day)
            return refuse_field(press, ids::field_needed_until, "bad_date",
                                say_in(press.language, texts::wrong_date));
        if (std::chrono::sys_days(*day) + std::chrono::days(1) < context.now)
            return refuse_field(press, ids::field_needed_until, "past_date",
                                say_in(press.language, texts::past_date));
    }
    if (kind == ids::kind_system) return other_system(press, app, context);
    const auto app_id = review::app_id_in(app);
    const bool approved = is_approved(app, app_id, press.team, context);
    if (kind == ids::kind_change) {
        if (const auto open = approved ? wants_more(app, app_id, press.team, context) : std::nullopt)
            return refuse_field(press, ids::field_kind, "scopes_differ",
                                say_in(press.language, texts::wants_more, to_text(*open)));
        if (approved) return change_process(press, app, app_id, context);
        return refuse_field(press, ids::field_kind, "not_approved",
                            say_in(press.language, texts::not_approved));
    }
    std::optional<review::IssueLink> link;
    if (!issue.empty()) {
        const auto parsed = review::parse_issue_link(issue, context.settings.trackers);
        if (!parsed)
            return refuse_field(press, ids::field_issue, "bad_link",
                                views::explain(parsed.error(), press.language));
        link = *parsed;
    }
    if (const auto open = open_request_for(app, app_id, press.team, context))
        return join(press, colleague, link, *open, context);
    if (approved)
        return refuse_field(press, ids::field_app, "approved",
                            say_in(press.language, texts::approved_already));
    if (const auto why = why_restricted(app, app_id, press.team, context))
        return refuse_field(press, ids::field_app, "restricted",
                            why->empty() ? say_in(press.language, texts::restricted_already)
                                         : say_in(press.language, texts::restricted_because, *why));

    storage::AppRequest request;
    request.id = context.view.next_request_id();
    request.source = storage::RequestSource::form;
    request.app_id = app_id.value_or(AppId());
    request.app_name = text::shortened(app, max_name);
    request.team_id = press.team;
    if (press.team.empty()) request.enterprise_id = context.capabilities.enterprise;
    request.requester = press.user;
    request.purpose = whole_purpose(press, purpose);
    request.scope_hash = review::scope_hash({});
    request.created_at = context.now;
    auto known = colleague.empty() ? std::vector<storage::Mark>()
                                   : std::vector{behalf_mark(request, colleague, press.user, context)};
    const auto before = requests_for(app, app_id, press.user.value, context);
    if (!before.empty() && storage::is_final(before.front().state)) {
        const auto& last = before.front();
        const auto reason = text::shortened(last.decision_reason, max_answer);
        const bool same =
            last.purpose.substr(0, last.purpose.find("\nAsked before: ")) == request.purpose &&
            asked_on_behalf_of(by(press.user, context.view.marks(last.id))) == asked_on_behalf_of(known);
        if (last.state == storage::RequestState::denied && same &&
            is_recent(last.state_since, context.now, again)) {
            return refuse_field(press, ids::field_purpose, "unchanged",
                                say_in(press.language, texts::unchanged, to_text(last.id), reason));
        }
        request.purpose += fmt::format("\nAsked before: {}, {}{}", to_text(last.id), views::state_line(last),
                                       reason.empty() ? "" : ": " + reason);
    }
    request.purpose = text::shortened(request.purpose, max_purpose);
    const auto hint = similar_apps(request, press.language, context);
    Outcome outcome = open_request(request, std::move(known), link, context);
    if (!hint.empty())
        outcome.effects.push_back(direct_message(request, press.user, "similar", views::line(hint)));
    if (!colleague.empty()) outcome.merge(include(press, request, colleague, context));
    return outcome;
}

}  // namespace

Outcome request_form_submitted(const Press& press, const Context& context) {
    const UserId colleague(entered(press, ids::field_behalf));
    if (colleague.empty() || colleague == press.user) return submitted(press, UserId(), context);
    const auto known = context.view.person(colleague);
    if (known && is_recent(known->read_at, context.now, person_good_for)) {
        if (const auto why = why_not_for(*known, press.language))
            return refuse_field(press, ids::field_behalf, "colleague", *why);
        return submitted(press, colleague, context);
    }
    // Everything else is checked while the form can still say so; then it waits for Slack's word on the
    // person.
    auto checked = submitted(press, colleague, context);
    if (!checked.ack.empty() || checked.changes.empty()) return checked;
    Outcome outcome;
    outcome.effects.push_back(read_colleague(colleague, press.cause, to_text(press)));
    return outcome;
}

Outcome colleague_told(const EffectAnswer& answer, const Context& context) {
    auto press = parse_press(answer.context, context);
    press.answer_in_ack = false;
    const UserId colleague(entered(press, ids::field_behalf));
    const auto described = read_described(answer, context.now);
    std::optional<std::string> why;
    if (described) {
        const auto& user = review::field(answer.response, "user");
        const auto is = [&](const char* flag) { return review::bool_field(user, flag).value_or(false); };
        why = is("is_stranger") || is("is_bot") ? say_in(press.language, texts::behalf_stranger)
                                                : why_not_for(*described, press.language);
    } else {
        const bool unknown = answer.error == "user_not_found" || answer.error == "user_not_visible";
        why = say_in(press.language, unknown ? texts::behalf_stranger : texts::behalf_unreadable);
    }
    Outcome outcome = person_told(answer, context);
    if (why) {
        outcome.merge(
            refuse(press, "form", "colleague",
                   say_in(press.language, texts::behalf_refused, views::mention(colleague)) + " " + *why));
        return outcome;
    }
    outcome.merge(submitted(press, colleague, context));
    return outcome;
}

}  // namespace countersign::handlers
