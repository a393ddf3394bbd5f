#include "config/base/text.hpp"
#include "handlers/account_use.hpp"
#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::Authorization;
using storage::AuthorizationKind;
using storage::Integration;
using storage::IntegrationKind;
using storage::IntegrationState;
using storage::InventoryEntry;

Outcome authorization_taken(const Press& press, const Authorization& authorization, std::string_view shown,
                            const Context& context) {
    auto stopped = context.view.installed().built_on(authorization.id);
    if (digest_of(stopped) != shown)  // I6
        return wrong(press, ids::field_name, say_in(press.language, texts::uses_changed));
    if (context.settings.installed.block_delete_while_used && !stopped.empty())
        return wrong(press, ids::field_name, say_in(press.language, texts::still_used));
    // A token that is still used elsewhere stays valid; nor is one taken back that somebody else has put in.
    const auto all = context.view.installed().authorizations();
    const bool elsewhere = std::ranges::any_of(all, [&](const Authorization& other) {
        return other.id != authorization.id && other.fingerprint == authorization.fingerprint;
    });
    Outcome outcome;
    if (auto used = usage_note(authorization)) outcome.audit.push_back(std::move(*used));  // I17
    outcome.changes.emplace_back(storage::ChangeInstalled{
        storage::RemoveAuthorization{authorization.id, press.user.value, !elsewhere}});
    if (!elsewhere) outcome.effects.push_back(revoke_account(authorization, context.now));
    for (auto& use : stopped) {
        use.state = IntegrationState::needs_reauth;
        use.state_note =
            say_in(views::Language::english, texts::account_removed_by, press.user.value);  // as the store
    }
    outcome.audit.push_back({press.user.value, "authorization.removed", authorization.id,
                             details({{"name", authorization.name},
                                      {"kind", to_text(authorization.kind)},
                                      {"url", authorization.url},
                                      {"stopped", std::to_string(stopped.size())}})});
    outcome.merge(
        say(press, say_in(press.language, texts::was_removed, views::inert_line(authorization.name)) + " " +
                       (elsewhere ? say_in(press.language, texts::token_stays)
                                  : say_in(press.language, texts::token_taken_back,
                                           views::inert_line(authorization.url)))));
    outcome.merge(tell_of_removal(authorization.id, authorization.name, stopped, context));
    return outcome;
}

}  // namespace

Outcome installed_removed(const Press& press, const Context& context) {
    const auto mark = press.value.rfind('#');
    const auto thing = thing_at(std::string_view(press.value).substr(0, mark), context);
    if (!thing) return gone(press, ids::field_name);
    const bool integration = std::holds_alternative<Integration>(*thing);
    auto may = integration ? require_owner(press, *thing, context)
                           : require_admin(press, target_of(*thing), context);
    if (!may) return std::move(may.error());
    const auto name = name_of(*thing);
    if (entered(press, ids::field_name) != std::string(text::trimmed(name)))
        return wrong(press, ids::field_name, say_in(press.language, texts::type_exactly, name));
    if (const auto* each = std::get_if<Authorization>(&*thing))
        return authorization_taken(
            press, *each, mark == std::string::npos ? "" : std::string_view(press.value).substr(mark + 1),
            context);
    auto outcome = say(press, say_in(press.language, texts::was_removed, views::inert_line(name)));
    outcome.audit.push_back({press.user.value, integration ? "integration.removed" : "inventory.deleted",
                             target_of(*thing), details({{"name", name}})});
    if (const auto* each = std::get_if<Integration>(&*thing)) {
        outcome.changes.emplace_back(storage::ChangeInstalled{storage::RemoveIntegration{each->id}});
    } else {
        const auto& entry = std::get<InventoryEntry>(*thing);
        outcome.changes.emplace_back(
            storage::ChangeInstalled{storage::RemoveInventoryEntry{entry.app_id, entry.team_id}});
    }
    return outcome;
}

}  // namespace countersign::handlers
