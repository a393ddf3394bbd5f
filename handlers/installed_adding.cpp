#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/building_rights.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

// "" = the authorization is of the tracker's own server (O15).
std::string tracker_problem(const Press& press, const Authorization& authorization,
                            const config::Tracker& tracker) {
    const auto kind =
        tracker.kind == config::TrackerKind::gitlab ? AuthorizationKind::gitlab : AuthorizationKind::github;
    if (authorization.kind != kind)
        return say_in(press.language, texts::other_kind, to_text(authorization.kind), to_text(kind));
    if (text::lower(authorization.url) != text::lower(tracker.url))
        return say_in(press.language, texts::other_server, authorization.url, tracker.url);
    return "";
}

// What the choice "tracker:NAME" makes of the integration; or what is wrong, at a field.
std::optional<Outcome> aim_at_tracker(const Press& press, const Authorization& authorization,
                                      Integration& made, const Context& context) {
    const auto use = entered(press, ids::field_use);
    const auto colon = use.find(':');
    const auto name = colon == std::string::npos ? "" : use.substr(colon + 1);
    const auto tracker = std::ranges::find(context.settings.trackers, name, &config::Tracker::name);
    if (tracker == context.settings.trackers.end())
        return wrong(press, ids::field_use, say_in(press.language, texts::tracker_gone));
    if (const auto problem = tracker_problem(press, authorization, *tracker); !problem.empty())
        return wrong(press, ids::field_authorization, problem);
    made.kind = IntegrationKind::tracker;
    made.target = tracker->name;
    made.purpose = config::to_text(tracker->purpose);
    for (const auto& other : context.view.installed().integrations()) {
        if (other.kind == made.kind && other.target == made.target)
            return wrong(press, ids::field_use,
                         say_in(press.language, texts::connected_by, made.target, other.name));
    }
    return std::nullopt;
}

// "channel:results", "channel:digest": messages in a channel of the authorization's workspace.
std::optional<Outcome> aim_at_channel(const Press& press, const Authorization& authorization,
                                      Integration& made, const Context& context) {
    if (authorization.kind != AuthorizationKind::slack)
        return wrong(press, ids::field_authorization, say_in(press.language, texts::needs_slack));
    made.kind = IntegrationKind::channel;
    made.target = entered(press, ids::field_channel, 40);
    if (!is_channel_id(made.target))
        return wrong(press, ids::field_channel, say_in(press.language, texts::write_channel_id));
    made.purpose = entered(press, ids::field_use).substr(std::string_view("channel:").size());
    if (made.purpose != "results" && made.purpose != "digest")
        return wrong(press, ids::field_use, say_in(press.language, texts::choose_what));
    for (const auto& other : context.view.installed().integrations())
        if (other.kind == made.kind && other.target == made.target && other.purpose == made.purpose &&
            other.authorization == authorization.id)
            return wrong(press, ids::field_channel, say_in(press.language, texts::posted_by, other.name));
    return std::nullopt;
}

std::optional<Outcome> aim(const Press& press, const Authorization& authorization, Integration& made,
                           const Context& context) {
    return entered(press, ids::field_use).starts_with("channel:")
               ? aim_at_channel(press, authorization, made, context)
               : aim_at_tracker(press, authorization, made, context);
}

// The bot's own workspace needs no stored authorization.
std::optional<Authorization> chosen(const Press& press, const Context& context) {
    const auto id = entered(press, ids::field_authorization);
    if (id != storage::own_bot) return context.view.installed().authorization(id);
    Authorization own;
    own.id = storage::own_bot;
    own.kind = AuthorizationKind::slack;
    own.name = "Countersign";
    own.url = "this workspace";
    own.state = storage::AuthorizationState::active;
    return own;
}

}  // namespace

// I2: any member, and nobody sees the secret.
Outcome integration_added(const Press& press, const Context& context) {
    if (auto may = require_member(press, context); !may) return std::move(may.error());
    Integration made;
    made.name = entered(press, ids::field_name, longest_installed_name);
    if (storage::name_key(made.name).empty())
        return wrong(press, ids::field_name, say_in(press.language, texts::write_a_name));
    if (const auto taken = taken_name(press, made.name, 0, context); !taken.empty())
        return wrong(press, ids::field_name, taken);
    const auto authorization = chosen(press, context);
    if (!authorization)
        return wrong(press, ids::field_authorization, say_in(press.language, texts::authorization_gone));
    if (!usable(*authorization))
        return wrong(press, ids::field_authorization, say_in(press.language, texts::connect_it_first));
    if (auto may = require_builder(press, *authorization, ""); !may) return std::move(may.error());
    if (auto problem = aim(press, *authorization, made, context)) return std::move(*problem);
    if (made.kind == IntegrationKind::channel) {
        if (auto may = require_builder(press, *authorization, made.target); !may)
            return std::move(may.error());
    }
    made.authorization = authorization->id;
    made.authorization_name = authorization->name;
    made.authorization_kind = authorization->kind;
    made.instance = authorization->url;
    made.account = authorization->account;
    made.owner = press.user;
    made.made_at = made.state_since = context.now;
    await_access(made, context.now);
    auto outcome = say(press, being_tried(made, press.language));
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveIntegration{made}});
    if (authorization->id == storage::own_bot)
        outcome.merge(greet_channel(made));
    else
        outcome.changes.push_back(account_timer("account_check", *authorization, context.now));
    outcome.audit.push_back({press.user.value, "integration.added", made.target,
                             details({{"name", made.name},
                                      {"kind", to_text(made.kind)},
                                      {"authorization", made.authorization},
                                      {"purpose", made.purpose}})});
    return outcome;
}

}  // namespace countersign::handlers
