#include "handlers/access_hook.hpp"

#include "config/base/text.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_life.hpp"
#include "handlers/trackers.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::field;
using review::text_field;
using storage::Authorization;

// Whether something built on it reaches into this owner's projects.
bool reaches(const Authorization& authorization, const std::string& owner, const Context& context) {
    const auto uses = context.view.installed().built_on(authorization.id);
    const auto start = text::lower(owner) + "/";
    return std::ranges::any_of(uses, [&](const storage::Integration& use) {
        const auto* tracker = find_tracker(use.target, context.settings);
        return use.kind == storage::IntegrationKind::tracker && tracker != nullptr &&
               std::ranges::any_of(tracker->projects, [&](const std::string& project) {
                   return text::lower(project).starts_with(start);
               });
    });
}

}  // namespace

bool is_access_hook(const Event& event) {
    return field(event.payload, "access").is_object();
}

Outcome access_hook(const Event& event, const Context& context) {
    const auto* tracker = find_tracker(text_field(event.payload, "tracker"), context.settings);
    if (tracker == nullptr) return {};
    const auto& access = field(event.payload, "access");
    const auto what = text_field(access, "what");
    const auto name = text_field(access, "name");
    Outcome outcome;
    for (auto& each : context.view.installed().authorizations()) {
        // A token that was typed in is no grant to an App.
        if (each.kind != storage::AuthorizationKind::github || each.url != tracker->url ||
            each.flow == "token")
            continue;
        const bool meant = what == "revoked" ? each.account_id == text_field(access, "account")
                                             : reaches(each, name, context);
        if (!meant) continue;
        const auto why = what == "revoked" ? fmt::format("GitHub says that {} took the access back", name)
                                           : fmt::format("GitHub says that the App was {} by {}", what, name);
        outcome.merge(authorization_broken(std::move(each), why, context));
    }
    return outcome;
}

}  // namespace countersign::handlers
