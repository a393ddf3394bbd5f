#include "handlers/token_life.hpp"

#include "config/base/text.hpp"
#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::field;
using review::text_field;
using std::chrono::milliseconds;
using storage::Authorization;
using storage::AuthorizationState;
using storage::Integration;
using storage::IntegrationState;

constexpr milliseconds margin = std::chrono::minutes(5), short_life = std::chrono::minutes(10);
constexpr milliseconds first_pause = std::chrono::seconds(30), longest_pause = std::chrono::minutes(15);
constexpr milliseconds second_look = std::chrono::seconds(60), fresh = std::chrono::minutes(5);
constexpr milliseconds check_every = std::chrono::hours(6), check_spread = std::chrono::minutes(30);
// A server that restarts is no news.
constexpr std::int64_t troubles_told = 3;

storage::Change save(Authorization authorization) {
    return storage::ChangeInstalled{storage::SaveAuthorization{std::move(authorization)}};
}

storage::Change save(Integration integration) {
    return storage::ChangeInstalled{storage::SaveIntegration{std::move(integration)}};
}

storage::Change timer(const char* kind, const Authorization& authorization, Timestamp due) {
    const nlohmann::json event{{"kind", kind}, {"id", authorization.id}};
    return storage::SetTimer{{fmt::format("{}:{}", kind, authorization.id), due, event.dump()}};
}

// Not all at the same moment, and each at the same one every day (I12).
milliseconds jitter(const Authorization& authorization) {
    const auto digest = text::sha256_hex(authorization.id);
    return milliseconds(std::stoll(digest.substr(0, 8), nullptr, 16) % check_spread.count());
}

AuditNote note(const Authorization& authorization, const char* action, std::string_view what) {
    return {"countersign", action, authorization.id,
            details({{"name", authorization.name}, {"result", what}})};
}

std::string named(const Authorization& authorization) {
    return fmt::format("*{}* ({})", views::inert_line(authorization.name, 80),
                       views::inert_line(authorization.url, 80));
}

// What hangs on it, while it has trouble and when that is over.
void mark_dependents(const Authorization& authorization, IntegrationState from, IntegrationState to,
                     std::string_view why, const Context& context, Outcome& outcome) {
    for (auto& use : context.view.installed().built_on(authorization.id)) {
        if (use.state != from) continue;
        use.state = to;
        use.state_note = why;
        use.state_since = context.now;
        outcome.changes.push_back(save(std::move(use)));
    }
}

std::vector<Probe> probes_of(const Authorization& authorization, const Context& context) {
    std::vector<Probe> probes;
    for (const auto& use : context.view.installed().built_on(authorization.id)) {
        const auto* tracker = find_tracker(use.target, context.settings);
        const bool works = use.state == IntegrationState::active || use.state == IntegrationState::degraded;
        if (use.kind != storage::IntegrationKind::tracker || !works || tracker == nullptr) continue;
        for (const auto& project : tracker->projects)
            probes.push_back({use.id, project});
    }
    return probes;
}

Outcome check_now(const Authorization& authorization, bool certain, const Context& context) {
    Outcome outcome;
    outcome.effects.push_back(check_account(authorization, probes_of(authorization, context), certain,
                                            std::to_string(to_millis(context.now))));
    return outcome;
}

// What whoever tested it reads.
std::string test_words(const EffectAnswer& answer, const Authorization& authorization) {
    if (answer.ok()) {
        std::string lost;
        for (const auto& each : field(answer.response, "lost"))
            lost += (lost.empty() ? "" : ", ") + views::inert_line(text_field(each, "project"), 100);
        return fmt::format(":white_check_mark: {} works, as {}.{}", named(authorization),
                           views::inert_line(text_field(answer.response, "account"), 80),
                           lost.empty() ? "" : " :warning: It cannot read " + lost + ".");
    }
    return fmt::format(":warning: {}: {}.", named(authorization),
                       views::inert_line(text_field(answer.response, "text"), 200));
}

std::optional<Authorization> subject_of(const EffectAnswer& answer, const Context& context) {
    auto found = context.view.installed().authorization(text_field(answer.args, "authorization"));
    // I19: what was removed or renewed while the answer was on its way stays as it is.
    if (!found || found->fingerprint != text_field(answer.args, "fingerprint")) return std::nullopt;
    return found;
}

Outcome not_renewed(Authorization authorization, const std::string& why, const Context& context) {
    Outcome outcome;
    const auto pause = std::min<milliseconds>(
        first_pause * (1LL << std::min<std::int64_t>(authorization.troubles, 5)), longest_pause);
    ++authorization.troubles;
    outcome.changes.push_back(timer("account_refresh", authorization, context.now + pause));
    outcome.audit.push_back(note(authorization, "authorization.not_refreshed", why));
    mark_dependents(authorization, IntegrationState::active, IntegrationState::degraded,
                    "its authorization could not be renewed", context, outcome);
    if (authorization.state != AuthorizationState::refresh_failed) authorization.state_since = context.now;
    authorization.state = AuthorizationState::refresh_failed;
    authorization.state_note = why;
    if (authorization.troubles == troubles_told)
        outcome.effects.push_back(alarm(
            context.settings, fmt::format("not_refreshed:{}:{}", authorization.id, authorization.fingerprint),
            views::line(fmt::format(":warning: The authorization {} could not be renewed {} times: {}. "
                                    "Its token is kept, and it is tried again.",
                                    named(authorization), troubles_told, views::inert_line(why, 200)))));
    outcome.changes.push_back(save(std::move(authorization)));
    return outcome;
}

// The owner of an integration hears once when its project is out of reach, and nothing while that lasts.
void mark_access(const EffectAnswer& answer, const Authorization& authorization, const Context& context,
                 Outcome& outcome) {
    const auto lost_project = [&](std::int64_t integration) -> std::string {
        for (const auto& lost : field(answer.response, "lost"))
            if (review::number_field(lost, "integration") == integration) return text_field(lost, "project");
        return "";
    };
    for (auto& use : context.view.installed().built_on(authorization.id)) {
        const auto lost = lost_project(use.id);
        const bool worked = use.state == IntegrationState::active;
        if ((!worked && use.state != IntegrationState::degraded) || worked == lost.empty()) continue;
        use.state = lost.empty() ? IntegrationState::active : IntegrationState::degraded;
        use.state_note = lost.empty() ? "" : "lost access to " + lost;
        use.state_since = context.now;
        if (!lost.empty() && !use.owner.empty())
            outcome.effects.push_back(private_line(
                use.owner, fmt::format("lost_access:{}:{}", use.id, to_millis(context.now)),
                views::line(fmt::format(":warning: Your integration *{}* has lost access to {}: the account "
                                        "{} cannot read it any more.",
                                        views::inert_line(use.name, 80), views::inert_line(lost, 100),
                                        views::inert_line(authorization.account, 60)))));
        outcome.changes.push_back(save(std::move(use)));
    }
}

}  // namespace

Timestamp refresh_time(const Authorization& authorization, Timestamp now) {
    if (!authorization.expires_at) return now + check_every;
    const auto began = authorization.refreshed_at.value_or(authorization.added_at);
    const auto life = std::max(*authorization.expires_at - began, milliseconds(1'000));
    const auto before = life < short_life ? life / 2 : std::max(margin, life / 10);
    // O16: whatever the clock has done meanwhile, one renewal is not followed by the next at once.
    return std::max(*authorization.expires_at - before,
                    std::min(began, now) + std::min(first_pause, life / 2));
}

Outcome schedule_accounts(const Context& context) {
    Outcome outcome;
    for (const auto& each : context.view.installed().authorizations()) {
        if (each.state == AuthorizationState::needs_reauth) continue;
        const auto last = each.checked_at.value_or(context.now - check_every);
        outcome.changes.push_back(
            timer("account_check", each, std::max(context.now, last + check_every) + jitter(each)));
        if (each.renewable && each.state != AuthorizationState::refresh_failed)
            outcome.changes.push_back(timer("account_refresh", each, refresh_time(each, context.now)));
    }
    return outcome;
}

Outcome refresh_due(const Event& event, const Context& context) {
    Outcome outcome;
    const auto found = context.view.installed().authorization(text_field(event.payload, "id"));
    if (!found || !found->renewable || found->state == AuthorizationState::needs_reauth) return outcome;
    outcome.effects.push_back(refresh_account(*found));
    return outcome;
}

Outcome check_due(const Event& event, const Context& context) {
    Outcome outcome;
    const auto found = context.view.installed().authorization(text_field(event.payload, "id"));
    if (!found || found->state == AuthorizationState::needs_reauth) return outcome;
    outcome.changes.push_back(
        timer("account_check", *found, context.now + check_every + jitter(*found) / 10));
    outcome.merge(check_now(*found, false, context));
    return outcome;
}

Outcome refresh_answered(const EffectAnswer& answer, const Context& context) {
    auto found = subject_of(answer, context);
    if (!found || answer.error == "gone" || answer.error == "changed") return {};  // O12
    if (answer.error == "refused" || answer.error == "no_secret")
        return authorization_broken(std::move(*found), text_field(answer.response, "text"), context);
    if (!answer.ok()) return not_renewed(std::move(*found), text_field(answer.response, "text"), context);
    Outcome outcome;
    auto& row = *found;
    // Before anything uses it: the new token is on disk with the commit that ends the old one.
    outcome.changes.emplace_back(storage::ChangeInstalled{
        storage::PutSealed{storage::parse_sealed(field(answer.response, "sealed"))}});
    row.fingerprint = text_field(answer.response, "fingerprint");
    row.refreshed_at = context.now;
    row.refused_at.reset();
    row.troubles = 0;
    row.expires_at.reset();
    if (const auto lives = review::number_field(answer.response, "lives_s"); lives > 0)
        row.expires_at = context.now + std::chrono::seconds(lives);
    if (row.state != AuthorizationState::active) {
        mark_dependents(row, IntegrationState::degraded, IntegrationState::active, "", context, outcome);
        row.state = AuthorizationState::active;
        row.state_since = context.now;
        row.state_note.clear();
    }
    outcome.audit.push_back(note(row, "authorization.refreshed", row.fingerprint));
    if (row.expires_at)
        outcome.changes.push_back(timer("account_refresh", row, refresh_time(row, context.now)));
    outcome.changes.push_back(save(row));
    outcome.merge(check_now(row, false, context));
    return outcome;
}

namespace {

Outcome checked(const EffectAnswer& answer, const Context& context) {
    auto found = subject_of(answer, context);
    if (!found || answer.error == "gone") return {};
    if (answer.error == "refused" || answer.error == "lost_scope" || answer.error == "no_secret") {
        const bool certain = review::bool_field(answer.args, "certain").value_or(false);
        if (certain || answer.error == "no_secret")
            return authorization_broken(std::move(*found), text_field(answer.response, "text"), context);
        return token_refused(std::move(*found), context);
    }
    Outcome outcome;
    if (!answer.ok()) return outcome;  // nothing is known, and nothing changes
    auto& row = *found;
    const auto id = text_field(answer.response, "account_id");
    if (!row.account_id.empty() && id != row.account_id)
        return authorization_broken(
            std::move(row), "its token is now one of " + text_field(answer.response, "account"), context);
    row.checked_at = context.now;
    row.refused_at.reset();
    row.account = text::shortened(text::cleaned(text_field(answer.response, "account")), 100);
    row.account_id = id;
    row.workspace = text::shortened(text::cleaned(text_field(answer.response, "workspace")), 100);
    if (const auto scopes = text_field(answer.response, "scopes"); !scopes.empty())
        row.scopes = text::shortened(text::cleaned(scopes), 2'000);
    if (const auto ends = review::number_field(answer.response, "expires_at"); ends > 0 && !row.renewable)
        row.expires_at = from_millis(ends);
    if (row.state == AuthorizationState::pending) {
        row.state = AuthorizationState::active;
        row.state_note = text_field(answer.response, "warning");
        row.state_since = context.now;
    }
    if (row.state != AuthorizationState::refresh_failed) mark_access(answer, row, context, outcome);
    outcome.changes.push_back(save(std::move(row)));
    return outcome;
}

}  // namespace

Outcome check_answered(const EffectAnswer& answer, const Context& context) {
    auto outcome = checked(answer, context);
    const UserId tester(text_field(answer.context, "tester"));
    const auto row = context.view.installed().authorization(text_field(answer.args, "authorization"));
    if (tester.empty() || !row) return outcome;
    outcome.effects.push_back(
        private_line(tester, "tested:" + answer.key, views::line(test_words(answer, *row))));
    return outcome;
}

Outcome test_authorization(const Authorization& authorization, const UserId& tester, const Context& context) {
    Outcome outcome;
    outcome.effects.push_back(check_account(authorization, probes_of(authorization, context), false,
                                            tester.value + std::to_string(to_millis(context.now)), tester));
    outcome.audit.push_back(
        {tester.value, "authorization.tested", authorization.id, details({{"name", authorization.name}})});
    return outcome;
}

// O14: tried, and its result shown; whatever it was, nothing is kept after it.
Outcome revoke_answered(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto id = text_field(answer.args, "authorization");
    const auto name = text_field(answer.context, "name");
    const auto url = text_field(answer.context, "url");
    const auto why = answer.ok() ? "" : text_field(answer.response, "text");
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::ShredSecrets{id}});
    outcome.audit.push_back({"countersign", "authorization.revoked", id,
                             details({{"name", name},
                                      {"result", answer.ok() ? "taken back by its server" : "not taken back"},
                                      {"why", why}})});
    const auto words =
        answer.ok()
            ? fmt::format("The token of *{}* was taken back by {}.", views::inert_line(name, 80),
                          views::inert_line(url, 80))
            : fmt::format(
                  ":warning: The token of *{}* was not taken back: {}. It is still valid at {}: revoke "
                  "it there.",
                  views::inert_line(name, 80),
                  why.empty() ? "its server did not answer" : views::inert_line(why, 200),
                  views::inert_line(url, 80));
    outcome.effects.push_back(alarm(context.settings, "revoked:" + id, views::line(words)));
    return outcome;
}

Outcome token_refused(Authorization row, const Context& context) {
    Outcome outcome;
    if (row.state == AuthorizationState::needs_reauth) return outcome;
    if (row.renewable) {
        if (row.state == AuthorizationState::refresh_failed) return outcome;  // its timer is set
        const bool just_renewed =
            row.refreshed_at && std::chrono::abs(context.now - *row.refreshed_at) < fresh;
        if (just_renewed)
            return authorization_broken(std::move(row), "its server refuses a token that it has just renewed",
                                        context);
        outcome.effects.push_back(refresh_account(row));
        return outcome;
    }
    if (!row.refused_at || *row.refused_at > context.now) {
        outcome.changes.push_back(timer("account_check", row, context.now + second_look));
        row.refused_at = context.now;
        outcome.changes.push_back(save(std::move(row)));
        return outcome;
    }
    if (context.now - *row.refused_at < second_look) return outcome;
    return authorization_broken(std::move(row), "its server refuses the token", context);
}

Outcome tracker_refused(std::string_view tracker, const Context& context) {
    for (const auto& use : context.view.installed().integrations()) {
        if (use.kind != storage::IntegrationKind::tracker || use.target != tracker) continue;
        if (auto found = context.view.installed().authorization(use.authorization))
            return token_refused(std::move(*found), context);
    }
    return {};
}

Outcome authorization_broken(Authorization row, std::string_view why, const Context& context) {
    Outcome outcome;
    if (row.state == AuthorizationState::needs_reauth) return outcome;
    const auto words = fmt::format(
        ":warning: The authorization {} does not work any more: {}. {} With `--reconnect` the new token "
        "takes "
        "the old one's place.",
        named(row), views::inert_line(why, 200), views::how_to_store());
    const auto key = fmt::format("authorization_broken:{}:{}", row.id, row.fingerprint);
    outcome.effects.push_back(alarm(context.settings, key, views::line(words)));
    if (!row.owner.empty()) outcome.effects.push_back(private_line(row.owner, key, views::line(words)));
    for (auto& use : context.view.installed().built_on(row.id)) {
        if (use.state == IntegrationState::needs_reauth) continue;
        // A pause is kept in mind by its note alone: reconnecting ends both.
        use.state = IntegrationState::needs_reauth;
        use.state_note = fmt::format("its authorization does not work any more: {}", why);
        use.state_since = context.now;
        if (!use.owner.empty())
            outcome.effects.push_back(
                private_line(use.owner, fmt::format("stopped:{}:{}:{}", row.id, row.fingerprint, use.id),
                             views::integration_broken(use)));
        outcome.changes.push_back(save(std::move(use)));
    }
    row.state = AuthorizationState::needs_reauth;
    row.state_note = why;
    row.state_since = context.now;
    outcome.audit.push_back(note(row, "authorization.needs_reauth", why));
    outcome.changes.push_back(save(std::move(row)));
    return outcome;
}

Outcome slack_tokens_lost(const Event& event, const Context& context) {
    Outcome outcome;
    const auto& inner = field(event.payload, "event");
    std::vector<std::string> ids;
    for (const auto* list : {"oauth", "bot"})
        for (const auto& id : field(field(inner, "tokens"), list))
            if (id.is_string()) ids.push_back(id.get<std::string>());
    for (auto& each : context.view.installed().authorizations()) {
        if (each.kind != storage::AuthorizationKind::slack) continue;
        if (std::ranges::find(ids, each.account_id) != ids.end())
            outcome.merge(authorization_broken(std::move(each), "Slack says that it was revoked", context));
        else if (each.state != AuthorizationState::needs_reauth)
            outcome.merge(check_now(each, true, context));
    }
    return outcome;
}

}  // namespace countersign::handlers
