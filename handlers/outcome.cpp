#include "handlers/outcome.hpp"

#include <algorithm>
#include <iterator>

namespace countersign::handlers {

void Outcome::merge(Outcome other) {
    std::ranges::move(other.changes, std::back_inserter(changes));
    std::ranges::move(other.effects, std::back_inserter(effects));
    std::ranges::move(other.audit, std::back_inserter(audit));
    if (!other.ack.empty()) ack = std::move(other.ack);
    recognised = recognised && other.recognised;
}

}  // namespace countersign::handlers
