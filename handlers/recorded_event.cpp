#include "handlers/handlers.hpp"

namespace countersign::handlers {

// The inbox keeps these; nothing follows from them (domain.md §2.2).
Outcome recorded_event(const Event& /*event*/, const Context& /*context*/) {
    return {};
}

}  // namespace countersign::handlers
