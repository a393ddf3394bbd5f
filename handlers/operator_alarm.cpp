#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/notices.hpp"

namespace countersign::handlers {

Outcome operator_alarm(const Event& event, const Context& context) {
    Outcome outcome;
    outcome.effects.push_back(alarm(context.settings, event.name,
                                    views::alarm_notice(review::text_field(event.payload, "text"),
                                                        review::text_field(event.payload, "advice"),
                                                        review::text_field(event.payload, "raw"))));
    return outcome;
}

}  // namespace countersign::handlers
