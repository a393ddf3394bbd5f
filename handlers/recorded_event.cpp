#include "handlers/departures.hpp"
#include "handlers/handlers.hpp"
#include "handlers/review/payload_fields.hpp"

namespace countersign::handlers {

// The inbox keeps these; of most nothing follows (domain.md §2.2).
Outcome recorded_event(const Event& event, const Context& context) {
    using review::field;
    const auto& inner = field(event.payload, "event");
    const auto& user = field(inner, "user");
    const bool left = review::text_field(inner, "type") == "user_change" &&
                      review::bool_field(user, "deleted").value_or(false);
    if (!left) return {};
    const UserId person(review::text_field(user, "id"));
    auto outcome = has_left(person, context);
    if (auto known = context.view.person(person)) {
        known->active = false;
        outcome.changes.emplace_back(storage::SavePerson{std::move(*known)});
    }
    return outcome;
}

}  // namespace countersign::handlers
