#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_forms.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using storage::Authorization;
using storage::AuthorizationKind;
using storage::Integration;
using storage::IntegrationKind;
using storage::IntegrationState;
using storage::InventoryEntry;

// "" = the authorization is of the tracker's own server (O15).
std::string tracker_problem(const Authorization& authorization, const config::Tracker& tracker) {
    const auto kind =
        tracker.kind == config::TrackerKind::gitlab ? AuthorizationKind::gitlab : AuthorizationKind::github;
    if (authorization.kind != kind)
        return fmt::format("this is an authorization of {}, and the tracker is a {}.",
                           to_text(authorization.kind), to_text(kind));
    if (text::lower(authorization.url) != text::lower(tracker.url))
        return fmt::format("this is an authorization for {}, and the tracker is at {}.", authorization.url,
                           tracker.url);
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
        return wrong(press, ids::field_use, "this tracker is not configured any more.");
    if (const auto problem = tracker_problem(authorization, *tracker); !problem.empty())
        return wrong(press, ids::field_authorization, problem);
    made.kind = IntegrationKind::tracker;
    made.target = tracker->name;
    made.purpose = config::to_text(tracker->purpose);
    for (const auto& other : context.view.installed().integrations()) {
        if (other.kind == made.kind && other.target == made.target)
            return wrong(press, ids::field_use,
                         fmt::format("{} is connected already, by \"{}\".", made.target, other.name));
    }
    return std::nullopt;
}

bool is_channel_id(std::string_view id) {
    return id.size() >= 2 && (id.front() == 'C' || id.front() == 'G') &&
           std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

// "channel:results", "channel:digest": messages in a channel of the authorization's workspace.
std::optional<Outcome> aim_at_channel(const Press& press, const Authorization& authorization,
                                      Integration& made, const Context& context) {
    if (authorization.kind != AuthorizationKind::slack)
        return wrong(press, ids::field_authorization, "a channel needs an authorization of Slack.");
    made.kind = IntegrationKind::channel;
    made.target = entered(press, ids::field_channel, 40);
    if (!is_channel_id(made.target))
        return wrong(
            press, ids::field_channel,
            "write the channel's id, such as C0123456789; it stands at the end of the channel's details.");
    made.purpose = entered(press, ids::field_use).substr(std::string_view("channel:").size());
    if (made.purpose != "results" && made.purpose != "digest")
        return wrong(press, ids::field_use, "choose what is posted there.");
    for (const auto& other : context.view.installed().integrations())
        if (other.kind == made.kind && other.target == made.target && other.purpose == made.purpose &&
            other.authorization == authorization.id)
            return wrong(press, ids::field_channel,
                         fmt::format("this is posted there already, by \"{}\".", other.name));
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
    if (storage::name_key(made.name).empty()) return wrong(press, ids::field_name, "write a name.");
    if (const auto taken = taken_name(made.name, 0, context); !taken.empty())
        return wrong(press, ids::field_name, taken);
    const auto authorization = chosen(press, context);
    if (!authorization)
        return wrong(press, ids::field_authorization, "this authorization was removed meanwhile.");
    if (!usable(*authorization))
        return wrong(press, ids::field_authorization,
                     "this authorization needs to be connected again first.");
    if (auto problem = aim(press, *authorization, made, context)) return std::move(*problem);
    made.authorization = authorization->id;
    made.authorization_name = authorization->name;
    made.authorization_kind = authorization->kind;
    made.instance = authorization->url;
    made.account = authorization->account;
    made.owner = press.user;
    made.made_at = made.state_since = context.now;
    auto outcome =
        say(press, fmt::format(":white_check_mark: Connected.\n{}", views::integration_line(made)));
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveIntegration{made}});
    if (made.kind == IntegrationKind::channel) outcome.merge(greet_channel(made, press, context));
    outcome.audit.push_back({press.user.value, "integration.added", made.target,
                             details({{"name", made.name},
                                      {"kind", to_text(made.kind)},
                                      {"authorization", made.authorization},
                                      {"purpose", made.purpose}})});
    return outcome;
}

}  // namespace countersign::handlers
