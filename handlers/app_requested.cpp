#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/intake.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/notices.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {

Outcome app_requested(const Event& event, const Context& context) {
    auto enterprise = context.capabilities.enterprise;
    if (enterprise.empty()) enterprise = EnterpriseId(review::text_field(event.payload, "enterprise_id"));
    auto read = review::read_app_request(review::field(event.payload, "event"), enterprise, context.now);
    if (read) return take_in(std::move(*read), storage::RequestSource::event, context);
    Outcome outcome;
    outcome.recognised = false;
    outcome.effects.push_back(
        alarm(context.settings, "unreadable:" + event.name,
              views::alarm_notice("Slack announced an app request that cannot be read: " + read.error() + ".",
                                  "Look at Slack's list of requests to install.", event.payload.dump(2))));
    return outcome;
}

}  // namespace countersign::handlers
