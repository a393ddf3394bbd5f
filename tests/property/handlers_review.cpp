#include "config/base/time_zone.hpp"
#include "config/policy_file.hpp"
#include "handlers/joining.hpp"
#include "handlers/recheck.hpp"
#include "tests/support/review_world.hpp"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

// domain.md §8.6 over random sequences of events: people press whatever they like, Slack answers as badly as
// it can.
using namespace countersign;
using namespace countersign::tests;
using handlers::Event;
using handlers::EventKind;
using handlers::Outcome;

namespace {

const std::vector<std::string> people{"U0REQ",   "U0REQ2",  "U0SEC1",   "U0SEC2",   "U0SEC3",
                                      "U0LEGAL", "U0ADMIN", "U0ADMIN2", "U0ADMIN3", "U0NOBODY"};

bool is_press(const Event& event) {
    return event.kind == EventKind::slash_command ||
           (event.kind == EventKind::interactive && event.payload.value("type", "") != "view_closed");
}

std::string presser(const Event& event) {
    return event.kind == EventKind::slash_command ? event.payload["user_id"] : event.payload["user"]["id"];
}

// Checks every outcome against the invariants, knowing nothing of how the handlers came to it.
class Watcher {
  public:
    explicit Watcher(ReviewWorld& world) : world_(&world) {
        world.inspect = [this](const Event& event, const Outcome& outcome) { check(event, outcome); };
    }

    int approvals = 0;
    int endings = 0;

  private:
    void check(const Event& event, const Outcome& outcome) {
        CAPTURE(event.name);
        CAPTURE(event.payload.dump());
        if (is_press(event)) every_press_is_answered(event, outcome);
        for (const auto& effect : outcome.effects) {
            one_key_one_effect(effect);
            if (effect.method == "admin.apps.approve") nothing_leaves_unless_all_agree(effect);
        }
        states_move_for_a_reason(event, outcome);
        for (const auto& effect : outcome.effects)
            told_once(effect);
        votes_come_from_people(event, outcome);
        const auto decides = [](const storage::Effect& effect) { return effect.purpose == "decide"; };
        if (std::ranges::any_of(outcome.effects, decides)) at_most_one_decision_under_way();
    }

    // 4: a line, a form, the changed card, or a press that waits for Slack and is then decided.
    void every_press_is_answered(const Event& event, const Outcome& outcome) const {
        const auto user = presser(event);
        const auto visible = [&](const storage::Effect& effect) {
            const auto args = Json::parse(effect.args);
            return effect.method == "views.open" || effect.method == "chat.update" ||
                   (effect.method == "chat.postEphemeral" && args["user"] == user) ||
                   (effect.method == "chat.postMessage" &&
                    (args["channel"] == user || effect.purpose == "card")) ||
                   (effect.method == "usergroups.users.list" &&
                    effect.context.find("cause") != std::string::npos);
        };
        CHECK_MESSAGE((!outcome.ack.empty() || std::ranges::any_of(outcome.effects, visible)),
                      "no visible answer");
    }

    // 3: a key is never used for two different things.
    void one_key_one_effect(const storage::Effect& effect) {
        if (effect.purpose == "alarm") return;  // alarms of one kind are deliberately one an hour or day
        const auto [known, fresh] = keys_.emplace(effect.key, effect.method + effect.args);
        const bool same = fresh || known->second == effect.method + effect.args;
        CHECK_MESSAGE(same, "key used twice: " << effect.key);
    }

    // 5: the same words about the same request, in the same state and for the same scopes, reach a person
    // once. Whoever acts again hears again: lines for one person's eyes are answers, not notifications.
    void told_once(const storage::Effect& effect) {
        if (effect.method != "chat.postMessage" || effect.purpose != "notice" || !effect.request) return;
        const auto args = Json::parse(effect.args);
        const auto person = args["channel"].get<std::string>();
        if (!person.starts_with("U")) return;
        const auto request = world_->request(effect.request->value);
        const auto text = args["text"].get<std::string>();
        // A reminder is a fact of its day.
        const bool reminds = text.starts_with("A reminder");
        const auto day = reminds ? time_zone::date_text(world_->clock.now(), "UTC") : std::string();
        const auto told =
            fmt::format("{} {} ({}) {} {} {} {}", to_text(request.id), storage::to_text(request.state),
                        moves_[request.id.value], request.scope_hash, person, day, text);
        const auto [known, fresh] = notices_.emplace(told, effect.key);
        CHECK_MESSAGE((fresh || known->second == effect.key), "told twice: " << told);
    }

    // 1 and 2: counted again from the rows, by rosters and distinct people.
    void nothing_leaves_unless_all_agree(const storage::Effect& effect) {
        ++approvals;
        const auto request = world_->request(effect.request->value);
        const auto view = world_->view();
        CHECK(view.vendor_issue(request.id).has_value());
        std::map<std::string, storage::Vote> newest;
        for (const auto& vote : view.votes(request.id)) {
            if (vote.scope_hash == request.scope_hash) newest[vote.voter.value] = vote;
        }
        for (const auto& party : world_->settings.review.parties) {
            int agreed = 0;
            for (const auto& [voter, vote] : newest) {
                if (vote.party != party.name) continue;
                CHECK(vote.answer != storage::VoteAnswer::reject);
                CHECK(voter != request.requester.value);
                const bool holds = vote.answer == storage::VoteAnswer::conditional &&
                                   vote.condition_until >= time_zone::date_text(world_->clock.now(), "UTC");
                agreed += vote.answer == storage::VoteAnswer::approve || holds ? 1 : 0;
            }
            CHECK(agreed >= party.quorum);
        }
        CHECK(request.app_id != world_->capabilities.own_app);
        const auto args = Json::parse(effect.args);
        CHECK(args.contains("request_id") != args.contains("app_id"));
        CHECK(args.contains("team_id") != args.contains("enterprise_id"));
    }

    // 6 and 9: approved and restricted rest on Slack's list of such apps; every change of state is written
    // down.
    void states_move_for_a_reason(const Event& event, const Outcome& outcome) {
        std::set<std::int64_t> touched;
        for (const auto& change : outcome.changes) {
            if (const auto* saved = std::get_if<storage::SaveRequest>(&change))
                touched.insert(saved->request.id.value);
        }
        for (const auto id : touched) {
            const auto request = world_->request(id);
            const auto before = states_.contains(id) ? std::optional(states_[id]) : std::nullopt;
            if (before == request.state) continue;
            states_[id] = request.state;
            ++moves_[id];
            const auto noted = std::ranges::any_of(outcome.audit, [&](const auto& note) {
                return note.subject == to_text(request.id) &&
                       (note.action == "request.received" ||
                        (note.action == "request.state" &&
                         Json::parse(note.details)["to"] == storage::to_text(request.state)));
            });
            CHECK_MESSAGE(noted,
                          "a change of state without an audit entry: " << storage::to_text(request.state));
            if (!before) continue;
            if (storage::is_final(request.state)) ++endings;
            if (request.state == RequestState::approved)
                check_evidence(event, request, "admin.apps.approved.list");
            if (request.state == RequestState::restricted)
                check_evidence(event, request, "admin.apps.restricted.list");
            if (before && storage::is_final(*before)) {
                const bool reopened = *before == RequestState::denied && event.kind == EventKind::interactive;
                const bool adopted =
                    (*before == RequestState::denied || *before == RequestState::withdrawn) &&
                    request.outside == storage::Outside::decided;
                // domain.md §8.4: what a decision rests on may break, and an admin may take it back.
                const bool later = request.state == RequestState::reconsider ||
                                   request.decision == storage::DecisionKind::clear;
                // What had joined another request may have to stand on its own again.
                const bool parted = std::ranges::any_of(outcome.changes, [&](const storage::Change& change) {
                    const auto* cleared = std::get_if<storage::ClearMarks>(&change);
                    return cleared != nullptr && cleared->request == request.id &&
                           cleared->kind == handlers::marks::joined_to;
                });
                CHECK_MESSAGE(
                    (reopened || adopted || later || parted || event.kind == EventKind::effect_result),
                    "a final state moved from " << storage::to_text(*before));
            }
        }
    }

    static void check_evidence(const Event& event, const storage::AppRequest& request,
                               const std::string& method) {
        // Without an app id nothing can be asked of Slack: there an admin's `Done` is the evidence.
        if (request.app_id.empty()) return;
        REQUIRE(event.kind == EventKind::effect_result);
        CHECK(event.payload["effect"]["method"] == method);
        CHECK(event.payload["response"].dump().find("\"" + request.app_id.value + "\"") != std::string::npos);
    }

    // 2 and 7: never the requester's, and never made by the clock.
    void votes_come_from_people(const Event& event, const Outcome& outcome) {
        for (const auto& change : outcome.changes) {
            const auto* added = std::get_if<storage::AddVote>(&change);
            if (added == nullptr) continue;
            CHECK(added->vote.voter != world_->request(added->vote.request.value).requester);
            CHECK((event.kind != EventKind::timer || was_said_before(added->vote)));
        }
    }

    // Handed on as the person gave it: from the request in whose place this one comes, or to other scopes.
    bool was_said_before(const storage::Vote& vote) {
        for (std::int64_t id = 1; id < world_->view().next_request_id().value; ++id) {
            for (const auto& said : world_->view().votes(RequestId{id})) {
                const bool itself = id == vote.request.value && said.scope_hash == vote.scope_hash;
                if (!itself && said.voter == vote.voter && said.party == vote.party &&
                    said.answer == vote.answer && said.at == vote.at)
                    return true;
            }
        }
        return false;
    }

    void at_most_one_decision_under_way() {
        std::map<std::int64_t, int> under_way;
        for (const auto& effect : world_->due()) {
            if (effect.purpose == "decide") CHECK(++under_way[effect.request->value] == 1);
        }
    }

    ReviewWorld* world_;
    std::map<std::string, std::string> keys_;
    std::map<std::string, std::string> notices_;  // what was told, by which effect
    std::map<std::int64_t, RequestState> states_;
    std::map<std::int64_t, int> moves_;  // how often a request has changed its state
};

class Storm {
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    template <class Range>
    auto one_of(const Range& range) {
        return *std::next(std::begin(range), pick(static_cast<int>(std::size(range))));
    }

  public:
    Storm(ReviewWorld& world, unsigned seed) : world_(&world), random_(seed) {}

    void step() {
        switch (pick(18)) {
            case 0:
                ask();
                break;
            case 1:
                slack_changes_its_mind();
                break;
            case 2:
                world_->pass(pick(6) == 0 ? std::chrono::seconds(pick(3 * 86'400))
                                          : std::chrono::seconds(pick(600)));
                break;
            case 3:
                world_->pass(std::chrono::milliseconds(1));  // nobody starts twice in one moment
                if (pick(10) == 0)
                    world_->handle(EventKind::started, Json::object(), world_->next("started"));
                break;
            case 4:
                stale_or_forged();
                break;
            case 5:
                submit();
                break;
            case 6:
                world_->command(one_of(people), one_of(commands_), pick(4) != 0);
                break;
            case 7:
            case 8:
                press();
                break;
            case 9:
            case 10:
            case 11:
                vote();
                break;
            default:
                for (int i = 0; i < 3; ++i)
                    answer();
        }
    }

  private:
    std::int64_t some_request() {
        const auto next = world_->view().next_request_id().value;
        return next == 1 ? 0 : 1 + pick(static_cast<int>(next - 1));
    }

    void ask() {
        const auto number = std::to_string(1 + pick(9));
        std::vector<Json> scopes;
        for (const auto* name : {"a", "b", "c"}) {
            if (pick(2) == 0) scopes.push_back(slack_scope(name));
        }
        auto body = slack_request("Ar" + number, "A" + std::to_string(1 + pick(4)), one_of(people), scopes,
                                  pick(5) == 0 ? "" : good_link);
        const auto known = world_->view().request(SlackRequestId("Ar" + number));
        if (known) {  // Slack keeps app and person of a request
            body["app"]["id"] = known->app_id.value;
            body["user"]["id"] = known->requester.value;
        }
        const bool listed = world_->slack.pending.contains("Ar" + number) || !known;
        const auto before = world_->slack.pending;
        world_->app_requested(body);
        if (!listed) world_->slack.pending = before;  // resolved: only an old copy of the event came late
    }

    void slack_changes_its_mind() {
        if (world_->slack.pending.empty()) return;
        const auto id = one_of(world_->slack.pending).first;
        switch (pick(5)) {
            case 0:
                world_->slack.decide_outside(id, true);
                break;
            case 1:
                world_->slack.decide_outside(id, false);
                break;
            case 2:
                world_->slack.pending.erase(id);
                break;
            default:
                world_->slack.pending[id]["scopes"].push_back(
                    slack_scope(std::string(1, static_cast<char>('a' + pick(6)))));
        }
    }

    void vote() {
        const auto id = some_request();
        if (id == 0) return;
        world_->press("U0SEC1", ids::vote_approve, id);
        world_->press("U0LEGAL", ids::vote_approve, id);
        if (pick(2) == 0) world_->press("U0ADMIN", ids::approve_app, id);
    }

    void press() {
        if (const auto id = some_request(); id != 0) world_->press(one_of(people), one_of(buttons_), id);
    }

    void stale_or_forged() {
        const auto id = some_request();
        const std::vector<std::string> values{
            "REQ-1:00000000", "REQ-999:12345678", "", "x",
            id == 0 ? "y" : handlers::views::button_value(world_->request(id))};
        world_->press_with(one_of(people), one_of(buttons_), one_of(values),
                           pick(2) == 0 ? "C0APPREVIEW" : "C0EVIL", pick(2) == 0 ? "1.0001" : "666.6");
    }

    void submit() {
        const auto id = some_request();
        const auto user = one_of(people);
        if (id == 0 || pick(8) == 0) {
            world_->submit(user, ids::form_request, "",
                           {{"app", pick(2) == 0 ? "A1A1A1A1A1" : "Miro"},
                            {"purpose", "draw"},
                            {"vendor_issue_link", good_link}});
            return;
        }
        const std::map<std::string, std::string> fields{
            {"condition", "sign the contract"},
            {"until", pick(3) == 0
                          ? "2020-01-01"
                          : time_zone::date_text(world_->clock.now() + std::chrono::hours(pick(72)), "UTC")},
            {"app", pick(2) == 0 ? "Sketch Pad" : "another"},
            {"request_id", "REQ-" + std::to_string(id)},
            {"decision", pick(2) == 0 ? "approve" : "reject"},
            {"left_out", pick(2) == 0 ? "a" : "nonsense"},
            {"reason", pick(4) == 0 ? " " : "a reason"},
            {"question", "a question"},
            {"answer", "an answer"},
            {"vendor_issue_link", pick(2) == 0 ? good_link : "nonsense"}};
        world_->submit(user, one_of(forms_), handlers::views::button_value(world_->request(id)), fields,
                       pick(4) != 0);
    }

    void answer() {
        const auto effects = world_->due();
        if (!answered_.empty() && pick(12) == 0) {
            const auto& [effect, result] =
                answered_[static_cast<std::size_t>(pick(static_cast<int>(answered_.size())))];
            world_->answer(effect, result, true);  // the same answer a second time
            return;
        }
        if (effects.empty()) return;
        const auto effect = one_of(effects);
        SlackAnswer result;
        switch (pick(30)) {
            case 0:  // performed, and the answer lost
                world_->slack.perform(effect.method, Json::parse(effect.args));
                result = {"unclear", "timeout", Json::object()};
                break;
            case 1:
                result = {"unclear", "timeout", Json::object()};
                break;
            case 2:
                result = {"refused", "invalid_cursor", Json::object()};
                break;
            case 3:
                result = {"human", "missing_scope", Json::object()};
                break;
            case 4:
                result = {"expired", "", Json::object()};
                break;
            default:
                world_->perform(effect);
                return;
        }
        answered_.emplace_back(effect, result);
        world_->answer(effect, result);
    }

    ReviewWorld* world_;
    std::mt19937 random_;
    std::vector<std::pair<storage::Effect, SlackAnswer>> answered_;
    const std::vector<std::string_view> buttons_{
        ids::vote_approve, ids::vote_reject, ids::vote_need_info, ids::details,       ids::approve_app,
        ids::restrict_app, ids::reopen,      ids::done,           ids::link_issue,    ids::create_issue,
        ids::answer,       ids::withdraw,    ids::approve_app,    ids::vote_approve,  ids::vote_conditional,
        ids::vote_abstain, ids::claim,       ids::approve_limits, ids::keep_decision, ids::clear_decision,
        ids::take_back};
    const std::vector<std::string_view> forms_{ids::form_reject,  ids::form_restrict, ids::form_need_info,
                                               ids::form_answer,  ids::form_link,     ids::form_conditional,
                                               ids::form_confirm, ids::form_comment,  ids::form_override,
                                               ids::form_limits,  ids::form_keep,     ids::form_clear};
    const std::vector<std::string> commands_{"",
                                             "list",
                                             "status",
                                             "status REQ-1",
                                             "link",
                                             "link " + good_link,
                                             "withdraw REQ-1",
                                             "nonsense",
                                             "help",
                                             "find x",
                                             "approve REQ-1 REQ-2 alike",
                                             "away 2020-01-01 2099-01-01 U0NOBODY",
                                             "back",
                                             "automatic off",
                                             "automatic on",
                                             "clear REQ-1 sold",
                                             "object REQ-1 late",
                                             "figures"};
};

// What the storms run under, one after the other; every party is needed in each, as the watcher counts.
config::Settings settings_for(unsigned seed) {
    static const std::vector<std::string> policies{
        "",
        "[deadlines]\nremind_requester = [\"1 hour\"]\nremind_parties = [\"1 hour\"]\n"
        "escalate_after = \"1 day\"\nchain = [\"U0ADMIN\"]\nrequester_limit = \"3 days\"\n"
        "[apply]\nautomatically = [\"high\"]\n",
        "[apply]\ntwo_admins = [\"high\"]\nconfirm_by_name = [\"high\"]\n[evidence]\n"
        "votes_good_for = \"2 days\"\n[[party]]\nname = \"Legal\"\nscopes = [\"d\", \"e\"]\n"};
    auto settings = review_settings();
    const auto& toml = policies[seed % policies.size()];
    if (toml.empty()) return settings;
    config::Problems problems{"storm", {}};
    settings.policy = std::make_shared<const config::Policy>(
        config::read_policy(toml, "storm", settings.review.parties, problems));
    REQUIRE(problems.found.empty());
    return settings;
}

// U7: whatever happened, each decision follows from what was kept with it.
void expect_no_contradiction(ReviewWorld& world) {
    const auto view = world.view();
    const auto check = [&](const storage::AppRequest& request, const std::vector<handlers::Recheck>& found) {
        for (const auto& each : found)
            CHECK_MESSAGE(!handlers::is_contradiction(each.kind), to_text(request.id), " ", each.text);
    };
    for (std::int64_t id = 1; id < view.next_request_id().value; ++id) {
        const auto request = world.request(id);
        check(request, handlers::recheck_request(request, view, world.clock.now()));
        for (const auto& decision : view.decisions(request.id))
            if (decision.kind == storage::DecisionKind::approve && !decision.outside &&
                decision.scope_hash == request.scope_hash)
                check(request,
                      handlers::recheck_approval(request, decision,
                                                 {decision.at, view, world.settings, world.capabilities}));
    }
}

struct Seeds {
    unsigned first = 1, last = 40;
};
// COUNTERSIGN_SEQUENCES=1-100000 for the long run, 169-169 to play one again.
Seeds seeds() {
    const char* given = std::getenv("COUNTERSIGN_SEQUENCES");
    if (given == nullptr) return {};
    const std::string text = given;
    return {static_cast<unsigned>(std::stoul(text)),
            static_cast<unsigned>(std::stoul(text.substr(text.find('-') + 1)))};
}

}  // namespace

TEST_CASE("domain.md 8.6: the invariants hold over random sequences of events and faults") {
    int approvals = 0;
    int endings = 0;
    const auto [first, last] = seeds();
    for (unsigned seed = first; seed <= last; ++seed) {
        CAPTURE(seed);
        ReviewWorld world(settings_for(seed));
        // Nothing here is about power cuts; without waiting for the disk there is time for more sequences.
        world.db.writer().handle().exec("PRAGMA synchronous = OFF");
        Watcher watcher(world);
        Storm storm(world, seed);
        for (int i = 0; i < 60; ++i)
            storm.step();
        // Then Slack is well again: nothing stays under way, whatever was lost.
        for (int i = 0; i < 8; ++i) {
            world.run();
            world.pass(std::chrono::minutes(3));
        }
        world.run();
        for (const auto& request : world.view().open_requests()) {
            CHECK_FALSE(handlers::review::in_flight(request.state));
        }
        const auto verdict = storage::verify_audit(world.db.writer());
        CHECK_MESSAGE(!verdict.first_broken, verdict.reason);
        expect_no_contradiction(world);
        approvals += watcher.approvals;
        endings += watcher.endings;
    }
    // A storm that never gets anywhere proves nothing.
    const auto count = static_cast<int>(last - first) + 1;
    CHECK(approvals >= count / 8);
    CHECK(endings >= count / 2);
}
