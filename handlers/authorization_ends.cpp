#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_life.hpp"
#include "handlers/token_parts.hpp"
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
#include <vector>

// How an authorization ends: its server does not take it any more, Slack took it away, or we gave it back.
namespace countersign::handlers {

namespace texts = views::texts;
using review::field;
using review::text_field;
using storage::Authorization;
using storage::AuthorizationState;
using storage::IntegrationState;

Outcome authorization_broken(Authorization row, std::string_view why, const Context& context) {
    Outcome outcome;
    if (row.state == AuthorizationState::needs_reauth) return outcome;
    const auto words = [&](views::Language language) {
        return views::line(say_in(language, texts::authorization_stopped, account_name(row),
                                  views::inert_line(views::recorded_in(language, why), 200),
                                  views::how_to_store(language)));
    };
    const auto key = fmt::format("authorization_broken:{}:{}", row.id, row.fingerprint);
    outcome.effects.push_back(alarm(context.settings, key, words(views::Language::english)));
    if (!row.owner.empty())
        outcome.effects.push_back(private_line(row.owner, key, words(language_of(row.owner, context))));
    std::vector<storage::Integration> stopped;
    for (auto& use : context.view.installed().built_on(row.id)) {
        if (use.state == IntegrationState::needs_reauth) continue;
        use.state = IntegrationState::needs_reauth;
        use.state_note = say_in(views::Language::english, texts::account_broken, why);
        use.state_since = context.now;
        outcome.effects.push_back(
            ask_to_mend(use, fmt::format("stopped:{}:{}:{}", row.id, row.fingerprint, use.id), context));
        stopped.push_back(use);
        outcome.changes.push_back(save(std::move(use)));
    }
    outcome.merge(redraw_mending(stopped, context));
    row.state = AuthorizationState::needs_reauth;
    row.state_note = why;
    row.state_since = context.now;
    outcome.audit.push_back(account_note(row, "authorization.needs_reauth", why));
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
            outcome.merge(authorization_broken(std::move(each),
                                               texts::account_revoked.in(views::Language::english), context));
        else if (each.state != AuthorizationState::needs_reauth)
            outcome.merge(check_now(each, true, context));
    }
    return outcome;
}

// O14: tried, and its result shown; whatever it was, nothing is kept after it.
Outcome revoke_answered(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto record = text_field(answer.args, "authorization");
    const auto id = record.substr(0, record.find(unwanted_suffix));
    const auto name = text_field(answer.context, "name");
    const auto url = text_field(answer.context, "url");
    const auto why = answer.ok() ? "" : text_field(answer.response, "text");
    const bool replaced = review::bool_field(answer.context, "replaced").value_or(false);
    const bool dead = answer.error == "refused";  // its server does not know it any more
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::ShredSecrets{record}});
    outcome.audit.push_back({"countersign", "authorization.revoked", id,
                             details({{"name", name},
                                      {"result", answer.ok() ? "taken back by its server"
                                                 : dead      ? "not valid any more"
                                                             : "not taken back"},
                                      {"why", why}})});
    // Whatever the server has done to the old one, the new one is looked at.
    if (const auto row = context.view.installed().authorization(id); replaced && row)
        outcome.merge(check_now(*row, false, context));
    if (dead && replaced) return outcome;  // as was to be expected
    const auto of = fmt::format("The {}token of *{}*", replaced ? "old " : "", views::inert_line(name, 80));
    const auto at = views::inert_line(url, 80);
    const auto words =
        answer.ok() ? fmt::format("{} was taken back by {}.", of, at)
        : dead      ? fmt::format("{} was not valid any more at {}.", of, at)
               : fmt::format(":warning: {} was not taken back: {}. It is still valid at {}: revoke it there.",
                             of, why.empty() ? "its server did not answer" : views::inert_line(why, 200), at);
    outcome.effects.push_back(alarm(context.settings, "revoked:" + record, views::line(words)));
    return outcome;
}

}  // namespace countersign::handlers
