#include "handlers/installed_deeds.hpp"

#include "handlers/answers.hpp"
#include "handlers/building_rights.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/granting.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/installed_merging.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_life.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_form_texts.hpp"
#include "handlers/views/installed_forms.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <algorithm>
#include <utility>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::Authorization;
using storage::Integration;
using storage::InventoryEntry;

std::vector<views::Use> uses_of(views::Language language, const Context& context) {
    std::vector<views::Use> uses;
    uses.reserve(context.settings.trackers.size() + 2);
    for (const auto& tracker : context.settings.trackers) {
        const auto& purpose = tracker.purpose == config::TrackerPurpose::vendor       ? texts::vendor_issues
                              : tracker.purpose == config::TrackerPurpose::it_request ? texts::it_requests
                                                                                      : texts::changes;
        uses.push_back({say_in(language, texts::use_tracker, tracker.name, say_in(language, purpose)),
                        "tracker:" + tracker.name});
    }
    uses.push_back({say_in(language, texts::use_results), "channel:results"});
    uses.push_back({say_in(language, texts::use_digest), "channel:digest"});
    return uses;
}

// I10: what cannot be chosen in the end is not offered.
views::BuildingChoices choices_of(const UserId& user, std::vector<Authorization> stored) {
    const auto left_out =
        std::erase_if(stored, [&](const Authorization& each) { return !may_build(each, user); });
    return {std::move(stored), left_out};
}

}  // namespace

Outcome show_installed(const Press& press, const InstalledThing& thing, const Context& context) {
    views::InstalledDetails details{thing};
    if (const auto* each = std::get_if<Authorization>(&thing))
        details.uses = context.view.installed().built_on(each->id);
    const auto* entry = std::get_if<InventoryEntry>(&thing);
    if (entry != nullptr && entry->request) {
        const auto issue = context.view.vendor_issue(*entry->request);
        if (issue) details.issue_url = issue->url;
    }
    // On the Home tab there is no place for a line.
    return press.in_view ? open_form(press, views::installed_details_form(details, press.language))
                         : say(press, views::installed_details(details, press.language));
}

Outcome add_installed(const Press& press, std::string_view what, const Context& context) {
    if (auto may = require_member(press, context); !may) return std::move(may.error());
    auto stored = context.view.installed().authorizations();
    // Who has nothing to build on and may mend that is led there.
    const bool first = stored.empty() && !context.view.installed().oauth_apps().empty();
    if (what == "authorization" || (first && require_admin(press, "authorizations", context)))
        return authorization_form(press, "", context);
    return open_form(press, views::add_integration_form(choices_of(press.user, std::move(stored)),
                                                        uses_of(press.language, context), press.language));
}

Outcome edit_installed(const Press& press, const InstalledThing& thing, const Context& context) {
    if (auto may = require_owner(press, thing, context); !may) return std::move(may.error());
    const auto target = target_as_shown(thing);
    if (const auto* each = std::get_if<Authorization>(&thing))
        return open_form(press, views::edit_authorization_form(*each, target, press.language));
    if (const auto* each = std::get_if<Integration>(&thing))
        return open_form(press, views::edit_integration_form(*each, target, press.language));
    return open_form(press,
                     views::edit_inventory_form(std::get<InventoryEntry>(thing), target, press.language));
}

// M14: integrations by their owners too, everything else by admins only.
Outcome remove_installed(const Press& press, const InstalledThing& thing, const Context& context) {
    const bool integration = std::holds_alternative<Integration>(thing);
    auto may =
        integration ? require_owner(press, thing, context) : require_admin(press, target_of(thing), context);
    if (!may) return std::move(may.error());
    std::vector<Integration> stopped;
    auto target = target_of(thing);
    const auto* account = std::get_if<Authorization>(&thing);
    if (account != nullptr) {
        stopped = context.view.installed().built_on(account->id);
        target += "#" + digest_of(stopped);
    }
    return open_form(press,
                     views::remove_form(name_of(thing), stopped, account != nullptr, target, press.language));
}

Outcome reconnect_installed(const Press& press, const InstalledThing& thing, const Context& context) {
    if (std::holds_alternative<Integration>(thing)) {
        auto pressed = press;
        pressed.value = std::to_string(std::get<Integration>(thing).id);
        return reconnect_pressed(pressed, context);
    }
    const bool in_slack =
        std::holds_alternative<Authorization>(thing) &&
        std::ranges::any_of(context.view.installed().oauth_apps(), [&](const storage::OauthApp& app) {
            return app.kind == std::get<Authorization>(thing).kind &&
                   app.url == std::get<Authorization>(thing).url;
        });
    if (in_slack) return authorization_form(press, std::get<Authorization>(thing).id, context);
    if (const auto* each = std::get_if<Authorization>(&thing))
        return say(press, say_in(press.language, texts::reconnect_by_name,
                                 views::how_to_store(press.language), views::inert_line(each->name, 80)));
    return say(press, say_in(press.language, texts::reinstall_in_slack));
}

Outcome test_installed(const Press& press, const InstalledThing& thing, const Context& context) {
    if (auto may = require_member(press, context); !may) return std::move(may.error());
    if (const auto* use = std::get_if<Integration>(&thing);
        use != nullptr && use->kind == storage::IntegrationKind::channel) {
        if (use->state == storage::IntegrationState::needs_reauth)
            return say(press, say_in(press.language, texts::nothing_to_test));
        return test_channel(*use, press, context);
    }
    auto authorization = std::get_if<Authorization>(&thing) != nullptr
                             ? std::optional(std::get<Authorization>(thing))
                             : std::nullopt;
    if (const auto* use = std::get_if<Integration>(&thing))
        authorization = context.view.installed().authorization(use->authorization);
    if (!authorization || authorization->state == storage::AuthorizationState::needs_reauth)
        return say(press, say_in(press.language, texts::nothing_to_test));
    auto outcome = test_authorization(*authorization, press.user, context);
    outcome.merge(
        say(press, say_in(press.language, texts::asking, views::inert_line(authorization->url, 80))));
    return outcome;
}

std::string installed_line(const InstalledThing& thing, views::Language language, const Context& context) {
    const auto* each = std::get_if<Authorization>(&thing);
    const auto uses = each != nullptr ? context.view.installed().built_on(each->id).size() : 0;
    return "• " + views::installed_words(thing, uses, language);
}

}  // namespace countersign::handlers
