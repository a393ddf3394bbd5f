#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/building_rights.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_forms.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/installed_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded.hpp"

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

// I8: of the same kind and the same server.
std::vector<Authorization> fitting(const Integration& integration, const Context& context) {
    auto all = context.view.installed().authorizations();
    std::erase_if(all, [&](const Authorization& each) {
        return each.kind != integration.authorization_kind || each.url != integration.instance ||
               !usable(each);
    });
    return all;
}

}  // namespace

Outcome reconnect_chosen(const Press& press, const Context& context) {
    const auto thing = thing_at(press.value, context);
    if (!thing || !std::holds_alternative<Integration>(*thing)) return gone(press, ids::field_authorization);
    if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    const auto& integration = std::get<Integration>(*thing);
    const auto choices = fitting(integration, context);
    const auto chosen =
        std::ranges::find(choices, entered(press, ids::field_authorization), &Authorization::id);
    if (chosen == choices.end())
        return wrong(press, ids::field_authorization, say_in(press.language, texts::choose_another));
    if (auto may = require_builder(press, *chosen,
                                   integration.kind == IntegrationKind::channel ? integration.target : "");
        !may)
        return std::move(may.error());
    // I8: another account is another pair of eyes; that is said and typed.
    const auto confirmed = entered(press, ids::field_name, 100);
    if (!integration.account.empty() && !chosen->account.empty() && integration.account != chosen->account &&
        confirmed != chosen->account)
        return wrong(press, ids::field_name,
                     say_in(press.language, texts::other_account, integration.account, chosen->account));
    auto outcome = reconnected_on(integration, *chosen, press.user, context);
    auto shown = integration;
    shown.authorization_name = chosen->name;
    const bool paused = context.view.meta(pause_mark(integration)) == "1";
    if (paused)
        shown.state = IntegrationState::paused;
    else
        await_access(shown, context.now);
    outcome.merge(say(press, paused ? say_in(press.language, texts::saved_line,
                                             views::integration_line(shown, press.language))
                                    : being_tried(shown, press.language)));
    return outcome;
}

Outcome reconnect_pressed(const Press& press, const Context& context) {
    const auto thing = thing_at("integration:" + press.value, context);
    if (!thing) return say(press, say_in(press.language, texts::thing_gone));
    if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    const auto& integration = std::get<Integration>(*thing);
    auto choices = fitting(integration, context);
    if (integration.state == IntegrationState::active) {
        // It may still be moved to another one.
        std::erase_if(choices,
                      [&](const Authorization& each) { return each.id == integration.authorization; });
        if (choices.empty())
            return say(press, say_in(press.language, texts::works_already,
                                     views::integration_line(integration, press.language)));
    }
    if (choices.empty())
        return say(press,
                   say_in(press.language, texts::no_other_stored,
                          views::inert_line(views::recorded_in(press.language, integration.instance), 80),
                          views::how_to_store(press.language)));
    return open_form(press, views::reconnect_form(integration, choices, target_of(*thing), press.language));
}

}  // namespace countersign::handlers
