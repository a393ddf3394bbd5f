#include "handlers/deviation.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

namespace countersign::handlers {

Outcome deviation(const Case& item, const Context& context) {
    Outcome outcome;
    if (review::all_satisfied(item.matrix)) return outcome;
    const auto& request = item.request;
    const auto missing = text::joined(review::missing_parties(item.matrix), ", ");
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("outside:{}:v{}", to_text(request.id), request.version),
              views::alarm_notice(
                  fmt::format("{} for {} was approved outside Countersign without the agreement of {}.",
                              to_text(request.id), request.app_name, missing),
                  "Ask who approved it and whether the app may stay.")));
    outcome.audit.push_back(
        {"slack", "decision.deviation", to_text(request.id), details({{"missing", missing}})});
    return outcome;
}

}  // namespace countersign::handlers
