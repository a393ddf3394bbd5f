#include "tests/simulation/invariants.hpp"

#include "handlers/effects.hpp"
#include "handlers/joining.hpp"
#include "handlers/review/issue_verdict.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/settle.hpp"
#include "storage/audit.hpp"
#include "storage/outbox.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace countersign::simulation {

void check_evidence(const storage::Effect& approve, const storage::View& view,
                    const config::Settings& settings, std::vector<std::string>& broken) {
    const auto request = view.request(approve.request.value());
    if (!request) {
        broken.push_back("an approval of a request that is not there");
        return;
    }
    if (!view.vendor_issue(request->id))
        broken.push_back(to_text(request->id) + " was approved without an issue");
    std::map<std::string, storage::Vote> newest;
    for (const auto& vote : view.votes(request->id)) {
        if (vote.scope_hash == request->scope_hash) newest[vote.voter.value] = vote;
    }
    std::set<std::string> asking{request->requester.value};  // also whose requests have joined this one
    for (const auto& person : handlers::joined_people(view.marks(request->id)))
        asking.insert(person.value);
    for (const auto& party : settings.review.parties) {
        int agreed = 0;
        for (const auto& [voter, vote] : newest) {
            if (vote.party != party.name || asking.contains(voter)) continue;
            agreed +=
                vote.answer == storage::VoteAnswer::approve || vote.answer == storage::VoteAnswer::conditional
                    ? 1
                    : 0;
        }
        if (agreed < party.quorum)
            broken.push_back(fmt::format("{} was approved without {}", to_text(request->id), party.name));
    }
}

bool check_signatures(const storage::Effect& approve, const storage::View& view,
                      const SimulatedTracker& tracker, std::vector<std::string>& broken) {
    const auto request = view.request(approve.request.value());
    if (!request) return false;
    std::map<std::string, storage::Vote> newest;
    for (const auto& vote : view.votes(request->id)) {
        if (vote.scope_hash == request->scope_hash) newest[vote.voter.value] = vote;
    }
    const auto verdict = handlers::review::parse_issue_verdict(view.newest_verdict(request->id));
    bool any = false;
    for (const auto& [voter, vote] : newest) {
        const bool carried = vote.source_ref.starts_with("carried:");
        if (vote.source != storage::VoteSource::tracker || vote.answer != storage::VoteAnswer::approve ||
            carried)
            continue;
        any = true;
        if (!tracker.was_signed(vote.party, vote.source_ref))
            broken.push_back(fmt::format("{} was approved on {}, which nobody signed for {}",
                                         to_text(request->id), vote.source_ref, vote.party));
        const bool counted = verdict && std::ranges::any_of(verdict->parties, [&](const auto& party) {
                                 return party.party == vote.party && !party.counted.empty();
                             });
        if (!counted)
            broken.push_back(fmt::format("{} was approved for {} on a sign that its evidence does not count",
                                         to_text(request->id), vote.party));
    }
    return any;
}

void check_once(const SimulatedSlack& slack, std::vector<std::string>& broken) {
    std::map<std::string, int> posted;
    for (const Message& message : slack.messages())
        ++posted[message.effect];
    for (const auto& [effect, count] : posted) {
        if (count > 1) broken.push_back(fmt::format("{} was posted {} times", effect, count));
    }
    for (const auto& [call, count] : slack.applied) {
        if (count > 1) broken.push_back(fmt::format("{} took effect {} times", call, count));
    }
}

void check_nothing_lost(const storage::Database& database, const std::set<std::string>& acknowledged,
                        std::vector<std::string>& broken) {
    SQLite::Statement known(database.handle(), "SELECT 1 FROM inbox WHERE envelope_id = ? OR dedupe_key = ?");
    for (const auto& source : acknowledged) {
        known.bind(1, source);
        known.bind(2, source);
        if (!known.executeStep()) broken.push_back(source + " was acknowledged and is not there");
        known.reset();
    }
    SQLite::Statement again(database.handle(),
                            "SELECT dedupe_key, count(*) FROM inbox WHERE outcome = 'handled' AND dedupe_key "
                            "<> '' GROUP BY dedupe_key HAVING count(*) > 1");
    while (again.executeStep())
        broken.push_back(fmt::format("{} was handled {} times", again.getColumn(0).getString(),
                                     again.getColumn(1).getInt()));
}

void check_answers(const storage::Database& database, const std::set<std::string>& presses,
                   const Envelopes& envelopes, const std::set<std::string>& acknowledged,
                   std::vector<std::string>& broken) {
    std::string told;
    SQLite::Statement said(
        database.handle(),
        "SELECT key || ' ' || context || ' ' FROM outbox UNION ALL SELECT details FROM audit UNION ALL "
        "SELECT evidence FROM decision");
    while (said.executeStep())
        told += said.getColumn(0).getString();
    std::set<std::string> mentioned;
    for (auto at = told.find("env-"); at != std::string::npos; at = told.find("env-", at + 1))
        mentioned.insert(told.substr(at, told.find_first_not_of("0123456789", at + 4) - at));
    const auto is_answered = [&](const std::string& envelope) { return mentioned.contains(envelope); };
    for (const auto& press : presses) {
        if (acknowledged.contains(press) && std::ranges::none_of(envelopes.at(press), is_answered))
            broken.push_back(fmt::format("{} ({}) was acknowledged and has no answer", press,
                                         envelopes.at(press).front()));
    }
}

void check_origins(const storage::Database& database, bool workspace, std::vector<std::string>& broken) {
    SQLite::Statement unread(
        database.handle(),
        "SELECT request, kind, evidence FROM decision WHERE kind IN ('approve', 'restrict') "
        "AND evidence NOT LIKE '%\"read_from\"%' AND evidence NOT LIKE '%\"kept_by\"%' AND (NOT ? OR "
        "(evidence NOT LIKE '%\"slackbot_message\"%' AND evidence NOT LIKE '%\"marked_done_by\"%'))");
    unread.bind(1, workspace ? 1 : 0);
    while (unread.executeStep())
        broken.push_back(fmt::format("REQ-{}: {} rests on '{}'", unread.getColumn(0).getInt64(),
                                     unread.getColumn(1).getString(), unread.getColumn(2).getString()));
    SQLite::Statement voted(database.handle(),
                            "SELECT request, voter FROM vote WHERE voter IN ('', 'countersign')");
    while (voted.executeStep())
        broken.push_back(fmt::format("REQ-{} has a vote of nobody", voted.getColumn(0).getInt64()));
}

std::int64_t check_admins(const storage::Database& database, std::int64_t since,
                          const std::set<std::string>& admins, std::map<std::string, int>& met,
                          std::vector<std::string>& broken) {
    static const std::set<std::string> admin_deeds{
        "decision.approve_pressed", "decision.restrict_pressed",    "decision.admin_agreed", "decision.kept",
        "inventory.deleted",        "inventory.uninstall_announced"};
    SQLite::Statement entry(database.handle(),
                            "SELECT seq, action, actor, subject FROM audit WHERE seq > ? ORDER BY seq");
    entry.bind(1, since);
    while (entry.executeStep()) {
        since = entry.getColumn(0).getInt64();
        const std::string action = entry.getColumn(1);
        const std::string actor = entry.getColumn(2);
        if (!admin_deeds.contains(action)) continue;
        ++met[action];
        if (!admins.contains(actor))
            broken.push_back(fmt::format("{} of {} by {}, who is no admin", action,
                                         entry.getColumn(3).getString(), actor));
    }
    return since;
}

void check_oddities(const storage::View& view, const SimulatedSlack& slack, const Oddities& oddities,
                    const Envelopes& envelopes, const std::set<std::string>& acknowledged,
                    std::vector<std::string>& broken) {
    std::string told;
    for (const Message& message : slack.messages()) {
        if (message.channel == "C0ITALARMS") told += message.effect + ";";
    }
    for (const auto& [source, oddity] : oddities.all()) {
        if (!acknowledged.contains(source)) continue;
        if (!oddity.request.empty() && view.request(SlackRequestId(oddity.request))) continue;
        const auto is_told = [&](const std::string& envelope) {
            return told.contains(oddity.kind.empty() ? "unreadable:" + envelope + ";"
                                                     : "unknown:" + oddity.kind + ":");
        };
        if (std::ranges::none_of(envelopes.at(source), is_told))
            broken.push_back(fmt::format("{} ({}) was acknowledged and nobody was told", source,
                                         oddity.kind.empty() ? oddity.request : oddity.kind));
    }
}

namespace {

// Opened again after a denial: Slack's request was cancelled with it.
bool was_reopened(const storage::Database& database, RequestId request) {
    const auto trail = storage::audit_of(database, to_text(request));
    return std::ranges::find(trail, "request.reopened", &storage::AuditEntry::action) != trail.end();
}

// Parties whose quorum never voted for it, on the scopes of the decision.
std::vector<std::string> never_agreed(const storage::Decision& decision, const storage::View& view,
                                      const config::Settings& settings) {
    std::map<std::string, std::set<std::string>> agreed;
    const auto request = view.request(decision.request);
    for (const auto& vote : view.votes(decision.request)) {
        if (request && vote.voter == request->requester) continue;
        const bool yes =
            vote.answer == storage::VoteAnswer::approve || vote.answer == storage::VoteAnswer::conditional;
        if (yes && vote.scope_hash == decision.scope_hash) agreed[vote.party].insert(vote.voter.value);
    }
    std::vector<std::string> missing;
    for (const auto& party : settings.review.parties) {
        if (static_cast<int>(agreed[party.name].size()) < party.quorum) missing.push_back(party.name);
    }
    return missing;
}

// Slack approves what the notice asks for, and no more.
void check_scopes(const storage::Decision& decision, const storage::View& view,
                  const SlackbotChannel& channel, std::vector<std::string>& broken) {
    const auto evidence = Json::parse(decision.evidence, nullptr, false);
    const auto request = view.request(decision.request);
    if (!request || !evidence.is_object() || !evidence.contains("slackbot_message")) return;
    const auto notice = channel.notices().find(evidence["slackbot_message"].get<std::string>());
    const bool known = notice != channel.notices().end();
    if (known && decision.scope_hash == request->scope_hash &&
        !handlers::review::covers(handlers::review::read_scopes(notice->second.scopes), request->scopes))
        broken.push_back(fmt::format("{} was approved by the notice {}, which asks for less",
                                     to_text(request->id), notice->first));
}

}  // namespace

void check_slackbot(const storage::Database& database, const handlers::Context& context,
                    const SlackbotChannel& channel, std::vector<std::string>& broken) {
    const auto& view = context.view;
    SQLite::Statement task(
        database.handle(),
        "SELECT 1 FROM audit WHERE action IN ('slackbot.not_understood', 'decision.for_less') AND "
        "details LIKE ?");
    const auto is_task = [&](const std::string& ts) {
        task.reset();
        task.bind(1, "%\"" + ts + "\"%");
        return task.executeStep();
    };
    for (const auto& [ts, notice] : channel.notices()) {
        const auto row = view.slackbot_notice(ChannelId(SlackbotChannel::id), ts);
        const auto request = row ? view.request(row->request) : std::nullopt;
        // Decided before the channel was looked at for the first time.
        const bool of_before = !row && !notice.decision.empty() &&
                               ts < view.meta(fmt::format("slackbot_since:{}", SlackbotChannel::id));
        if (is_task(ts) || of_before) continue;
        if (!request) {
            broken.push_back(fmt::format("the notice {} became neither a request nor a task", ts));
            continue;
        }
        // Of the app, whoever asked for it; what is cancelled is that one request.
        const auto head = handlers::joined_to(*request, context);
        const auto& decided = head && notice.decision != "cancel" ? *head : *request;
        if (!notice.decision.empty() && !storage::is_final(decided.state) &&
            decided.state != storage::RequestState::reconsider && !was_reopened(database, decided.id))
            broken.push_back(fmt::format("{} is {}, and a manager pressed {} on the notice {}",
                                         to_text(decided.id), storage::to_text(decided.state),
                                         notice.decision, ts));
    }
    for (std::int64_t number = 1; number < view.next_request_id().value; ++number) {
        for (const auto& decision : view.decisions(RequestId{number})) {
            if (decision.kind == storage::DecisionKind::approve)
                check_scopes(decision, view, channel, broken);
            // Somebody else's approval, which it answers too, or one made outside, which an admin keeps.
            const bool rests_on_another =
                decision.evidence.contains("\"decided_with\"") || decision.evidence.contains("\"kept_by\"");
            if (decision.kind != storage::DecisionKind::approve || decision.outside || rests_on_another)
                continue;
            for (const auto& party : never_agreed(decision, view, context.settings))
                broken.push_back(fmt::format("REQ-{} was approved without {}", number, party));
        }
    }
}

std::vector<std::string> waiting_effects(const storage::Database& database, Timestamp now) {
    SQLite::Statement waiting(
        database.handle(),
        "SELECT key, error FROM outbox WHERE finished_at IS NULL AND (state = 'claimed' "
        "OR not_before IS NULL OR not_before <= ?)");
    waiting.bind(1, to_millis(now));
    std::vector<std::string> found;
    while (waiting.executeStep())
        found.push_back(waiting.getColumn(0).getString() + ": " + waiting.getColumn(1).getString());
    return found;
}

namespace {

// Who joins another's request is told there; it gets a card when it first stands on its own.
bool only_ever_joined(const std::vector<storage::AuditEntry>& trail) {
    bool joined = false;
    for (const auto& entry : trail) {
        joined = joined || entry.action == "request.joined";
        if (entry.action != "request.state") continue;
        const auto to = storage::parse_request_state(Json::parse(entry.details)["to"].get<std::string>());
        if (to && !storage::is_final(*to)) return false;
    }
    return joined;
}

}  // namespace

void check_agreement(const storage::Database& database, const handlers::Context& context,
                     const SimulatedSlack& slack, std::vector<std::string>& broken) {
    const auto& view = context.view;
    for (std::int64_t number = 1; number < view.next_request_id().value; ++number) {
        const auto request = view.request(RequestId{number});
        if (!request) continue;
        const auto name = to_text(request->id);
        std::vector<const Message*> cards;
        for (const Message& message : slack.messages()) {
            if (message.effect.starts_with("card:" + std::to_string(number)) &&
                (message.effect.size() == 5 + std::to_string(number).size() ||
                 message.effect[5 + std::to_string(number).size()] == ':'))
                cards.push_back(&message);
        }
        const auto head = handlers::joined_to(*request, context);
        const auto trail = storage::audit_of(database, name);
        const bool joined = cards.empty() && only_ever_joined(trail);
        if (!joined && cards.size() != 1)
            broken.push_back(fmt::format("{} has {} cards", name, cards.size()));
        else if (const auto drawn = draw_card(load_case(*request, context), context);
                 !joined && cards[0]->text != drawn.text)
            broken.push_back(fmt::format("the card of {} says '{}' and should say '{}'", name, cards[0]->text,
                                         drawn.text));
        if (handlers::review::in_flight(request->state))
            broken.push_back(fmt::format("{} is {} for ever", name, storage::to_text(request->state)));
        const bool listed = slack.model.pending.contains(request->slack_id.value);
        const bool gave_way = request->state == storage::RequestState::superseded;
        if (gave_way && listed && (!head || storage::is_final(head->state)))
            broken.push_back(fmt::format("{} waits in Slack, and {} has ended", name,
                                         head ? to_text(head->id) : "what it gave way to"));
        // Of a workspace that we were not let into there is no list to look at.
        const bool elsewhere =
            !request->team_id.empty() &&
            std::ranges::find(slack.model.teams, request->team_id.value) == slack.model.teams.end();
        const bool open = !storage::is_final(request->state) && !elsewhere &&
                          request->state != storage::RequestState::manual &&
                          !was_reopened(database, request->id);
        if (open && !listed && !request->slack_id.empty() &&
            request->state != storage::RequestState::reconsider)
            broken.push_back(fmt::format("{} is {} and Slack does not ask any more", name,
                                         storage::to_text(request->state)));
        if (context.capabilities.admin && request->state == storage::RequestState::approved &&
            !slack.model.approved.contains(request->app_id.value) &&
            !slack.model.restricted.contains(request->app_id.value))
            broken.push_back(name + " is approved, and Slack never approved the app");
    }
    for (const auto& [id, body] : slack.model.pending) {
        if (!view.request(SlackRequestId(id))) broken.push_back(id + " waits in Slack, and nobody was told");
    }
    for (const auto& effect : waiting_effects(database, context.now))
        broken.push_back("never left: " + effect);
    if (const auto verdict = storage::verify_audit(database); verdict.first_broken)
        broken.push_back("the audit chain is broken: " + verdict.reason);
}

}  // namespace countersign::simulation
