#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/notices.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {

// The inbox keeps these; only what takes our own rights away needs somebody at once (domain.md §2.2).
Outcome recorded_event(const Event& event, const Context& context) {
    const auto type = review::text_field(review::field(event.payload, "event"), "type");
    Outcome outcome;
    if (type != "app_uninstalled" && type != "tokens_revoked") return outcome;
    outcome.audit.push_back({"slack", "event." + type, event.name, "{}"});
    outcome.effects.push_back(alarm(
        context.settings, type + ":" + event.name,
        views::alarm_notice("Slack has taken away a token or the installation of Countersign (" + type + ").",
                            "Install it again and run `countersign check`. While the org driver's token is "
                            "valid but nobody answers, every install in the organisation waits.")));
    return outcome;
}

}  // namespace countersign::handlers
