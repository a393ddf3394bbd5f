#include "handlers/sweep.hpp"

namespace countersign::handlers {

Outcome begin_sweep(const Context& /*context*/) {
    return {};
}
Outcome teams_listed(const EffectAnswer& /*answer*/, const Context& /*context*/) {
    return {};
}
Outcome sweep_page(const EffectAnswer& /*answer*/, const Context& /*context*/) {
    return {};
}

}  // namespace countersign::handlers
