#include "config/base/text.hpp"
#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_life.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

// I12: whether a stored token still works, and reaches what is built on it.
namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using nlohmann::json;
using review::field;
using review::text_field;
using storage::Authorization;
using storage::AuthorizationState;
using storage::IntegrationState;

constexpr auto soon_again = std::chrono::minutes(2);
// What was told as back is told as lost again only so much later, however often it comes and goes (I12).
constexpr auto lost_told_again_after = std::chrono::hours(24);

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

// What whoever tested it reads.
std::string test_words(const EffectAnswer& answer, const Authorization& authorization,
                       views::Language language) {
    if (answer.ok()) {
        std::string lost;
        for (const auto& each : field(answer.response, "lost"))
            lost += (lost.empty() ? "" : ", ") + views::inert_line(text_field(each, "project"), 100);
        return say_in(language, texts::token_works, account_name(authorization),
                      views::inert_line(text_field(answer.response, "account"), 80)) +
               (lost.empty() ? "" : say_in(language, texts::cannot_read, lost));
    }
    return fmt::format(
        ":warning: {}: {}.", account_name(authorization),
        views::inert_line(views::recorded_in(language, text_field(answer.response, "text")), 200));
}

// Of what comes and goes: "lost", or since when it is "back 1795305600000"; "" = there is nothing to damp.
std::string access_told(const storage::Integration& use) {
    return fmt::format("access_told:{}", use.id);
}

bool to_be_told(const storage::Integration& use, bool lost, const Context& context) {
    const auto told = text::words(context.view.meta(access_told(use)));
    if (told.empty()) return lost == (use.state == IntegrationState::active);
    if (told.front() == "lost") return !lost;
    std::int64_t since = 0;
    std::from_chars(told.back().data(), told.back().data() + told.back().size(), since);
    return lost && context.now - from_millis(since) >= lost_told_again_after;
}

// The owner of an integration hears once when its project is reached or out of reach, and nothing while that
// lasts.
views::Message access_words(const storage::Integration& use, const std::string& lost, bool awaited,
                            const Authorization& authorization, const Context& context) {
    const auto language = language_of(use.owner, context);
    if (lost.empty())
        return views::line(say_in(language, texts::connected_line, views::integration_line(use, language)));
    return views::line(say_in(language, awaited ? texts::not_reached : texts::lost_access,
                              views::inert_line(use.name, 80), views::inert_line(lost, 100),
                              views::inert_line(authorization.account, 60)));
}

// `use` as it was until now.
void tell_access(const storage::Integration& use, const std::string& lost, bool awaited,
                 const Authorization& authorization, const Context& context, Outcome& outcome) {
    // Whoever waits to hear that it is connected hears it at once.
    if (use.owner.empty() || (!awaited && !to_be_told(use, !lost.empty(), context))) return;
    const auto at = to_millis(context.now);
    outcome.changes.emplace_back(storage::SetMeta{access_told(use), !lost.empty() ? "lost"
                                                                    : awaited     ? ""
                                                                              : fmt::format("back {}", at)});
    auto shown = use;
    shown.state = lost.empty() ? IntegrationState::active : IntegrationState::degraded;
    shown.state_note = lost.empty() ? "" : say_in(views::Language::english, texts::account_lost_access, lost);
    outcome.effects.push_back(private_line(
        use.owner, fmt::format("{}:{}:{}", lost.empty() ? "connected" : "lost_access", use.id, at),
        access_words(shown, lost, awaited, authorization, context)));
}

void mark_access(const EffectAnswer& answer, const Authorization& authorization, const Context& context,
                 Outcome& outcome) {
    const auto project_in = [](const json& list, std::int64_t integration) {
        for (const auto& each : list)
            if (review::number_field(each, "integration") == integration) return text_field(each, "project");
        return std::string();
    };
    std::vector<storage::Integration> changed;
    for (auto& use : context.view.installed().built_on(authorization.id)) {
        if (use.kind == storage::IntegrationKind::channel) {  // a message shows whether it works
            if (awaits_access(use)) outcome.merge(greet_channel(use));
            continue;
        }
        // A check that was begun before it was added or moved here says nothing about it.
        if (project_in(field(answer.args, "probes"), use.id).empty()) continue;
        const auto lost = project_in(field(answer.response, "lost"), use.id);
        const bool worked = use.state == IntegrationState::active;
        const bool awaited = awaits_access(use);
        if (!worked && use.state != IntegrationState::degraded) continue;
        tell_access(use, lost, awaited, authorization, context, outcome);
        if (lost.empty() ? worked : !worked && !awaited) continue;
        use.state = lost.empty() ? IntegrationState::active : IntegrationState::degraded;
        use.state_note =
            lost.empty() ? "" : say_in(views::Language::english, texts::account_lost_access, lost);
        use.state_since = context.now;
        changed.push_back(use);
        outcome.changes.push_back(save(std::move(use)));
    }
    outcome.merge(redraw_mending(changed, context));
}

// Whoever waits to hear that it is connected does not wait six hours for a server that was away.
Outcome nothing_known(const Authorization& authorization, const Context& context) {
    Outcome outcome;
    const auto uses = context.view.installed().built_on(authorization.id);
    if (std::ranges::any_of(uses, awaits_access))
        outcome.changes.push_back(account_timer("account_check", authorization, context.now + soon_again));
    return outcome;
}

Outcome checked(const EffectAnswer& answer, const Context& context) {
    auto found = subject_of(answer, context);
    if (!found || answer.error == "gone") return {};
    if (answer.error == "refused" || answer.error == "lost_scope" || answer.error == "no_secret") {
        const bool certain = review::bool_field(answer.args, "certain").value_or(false);
        if (certain || answer.error == "no_secret")
            return authorization_broken(std::move(*found), text_field(answer.response, "text"), context);
        return token_refused(std::move(*found), context);
    }
    if (!answer.ok()) return nothing_known(*found, context);
    Outcome outcome;
    auto& row = *found;
    const auto id = text_field(answer.response, "account_id");
    if (!row.account_id.empty() && id != row.account_id)
        return authorization_broken(std::move(row),
                                    say_in(views::Language::english, texts::account_other_owner,
                                           text_field(answer.response, "account")),
                                    context);
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

Outcome check_now(const Authorization& authorization, bool certain, const Context& context) {
    Outcome outcome;
    outcome.effects.push_back(check_account(authorization, probes_of(authorization, context), certain,
                                            std::to_string(to_millis(context.now))));
    return outcome;
}

Outcome check_due(const Event& event, const Context& context) {
    Outcome outcome;
    const auto found = context.view.installed().authorization(text_field(event.payload, "id"));
    if (!found || found->state == AuthorizationState::needs_reauth) return outcome;
    outcome.changes.push_back(account_timer("account_check", *found,
                                            context.now + account_check_every + account_jitter(*found) / 10));
    outcome.merge(check_now(*found, false, context));
    return outcome;
}

Outcome check_answered(const EffectAnswer& answer, const Context& context) {
    auto outcome = checked(answer, context);
    const UserId tester(text_field(answer.context, "tester"));
    const auto row = context.view.installed().authorization(text_field(answer.args, "authorization"));
    if (tester.empty() || !row) return outcome;
    outcome.effects.push_back(private_line(
        tester, "tested:" + answer.key, views::line(test_words(answer, *row, language_of(tester, context)))));
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

}  // namespace countersign::handlers
