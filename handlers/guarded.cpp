#include "handlers/guarded.hpp"

#include "handlers/effects.hpp"
#include "handlers/views/notices.hpp"
#include "storage/storage_error.hpp"

#include <fmt/format.h>

#include <exception>

namespace countersign::handlers {

Outcome guarded(std::string_view what, const Context& context, const std::function<Outcome()>& work) {
    try {
        return work();
    } catch (const std::exception& error) {
        if (storage::concerns_all(error)) throw;
        const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
        Outcome outcome;
        outcome.effects.push_back(
            alarm(context.settings, fmt::format("failed:{}:{}", what, day),
                  views::alarm_notice(fmt::format("A part of the work failed: {}: {}", what, error.what()),
                                      "It was not done; nothing else is affected. If a row of the database "
                                      "cannot be read, see whether a backup must be restored.")));
        return outcome;
    }
}

}  // namespace countersign::handlers
