#include "handlers/protection.hpp"

#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/press_texts.hpp"

#include <algorithm>

namespace countersign::handlers {

namespace texts = views::texts;

bool is_ours(const AppId& app, const Context& context) {
    return !app.empty() && app == context.capabilities.own_app;
}

bool is_protected(const AppId& app, const Context& context) {
    const auto& kept = context.settings.policy->protected_apps;
    return is_ours(app, context) || std::ranges::find(kept, app.value) != kept.end();
}

std::optional<std::string> why_protected(const AppId& app, views::Language language, const Context& context) {
    if (!is_protected(app, context)) return std::nullopt;
    // Who decides about Countersign must not be Countersign.
    if (is_ours(app, context)) return say_in(language, texts::never_restrict_myself);
    return say_in(language, texts::app_is_protected, views::inert_line(app.value, 40));
}

std::optional<std::string> why_not_clearable(const storage::AppRequest& request, views::Language language,
                                             const Context& context) {
    const bool lifts = request.decision == storage::DecisionKind::restrict;
    if (lifts && !is_ours(request.app_id, context)) return std::nullopt;
    return why_protected(request.app_id, language, context);
}

}  // namespace countersign::handlers
