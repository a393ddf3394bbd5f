#include "handlers/account_use.hpp"

#include "handlers/answers.hpp"
#include "handlers/review/payload_fields.hpp"
#include "storage/installed_view.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace countersign::handlers {
namespace {

using review::text_field;
using storage::Authorization;

std::int64_t day_of(Timestamp when) {
    return std::chrono::floor<std::chrono::days>(when).time_since_epoch().count();
}

// The authorization whose token the call carried: of the integration that posts, or of the tracker's.
std::string id_of(const EffectAnswer& answer, const Context& context) {
    if (answer.method == "account.post") return text_field(answer.args, "authorization");
    if (answer.method.starts_with("account.")) return "";  // renewed or checked, not used
    const auto tracker = text_field(answer.args, "tracker");
    if (tracker.empty()) return "";
    const auto integration = context.view.installed().integration_of_tracker(tracker);
    const bool works = integration && (integration->state == storage::IntegrationState::active ||
                                       integration->state == storage::IntegrationState::degraded);
    return works ? integration->authorization : "";
}

}  // namespace

std::optional<AuditNote> usage_note(const Authorization& authorization) {
    const auto& usage = authorization.usage;
    if (usage.on_day == 0) return std::nullopt;
    const Timestamp day(std::chrono::days(usage.day));
    return AuditNote{"countersign", "authorization.used", authorization.id,
                     details({{"name", authorization.name},
                              {"day", to_rfc3339(day).substr(0, 10)},
                              {"calls", std::to_string(usage.on_day)},
                              {"in_all", std::to_string(usage.total)}})};
}

Outcome count_use(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    // Nothing left for the server then.
    if (answer.meaning == "expired" || answer.error == "gone" || answer.error == "no_secret") return outcome;
    const auto id = id_of(answer, context);
    if (id.empty()) return outcome;
    const auto row = context.view.installed().authorization(id);
    if (!row) return outcome;
    const auto today = day_of(context.now);
    if (!row->usage.first_at)
        outcome.audit.push_back({"countersign", "authorization.first_used", row->id,
                                 details({{"name", row->name}, {"for", answer.method}})});
    if (row->usage.day != today) {
        if (auto note = usage_note(*row)) outcome.audit.push_back(std::move(*note));
    }
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::CountUse{row->id, today}});
    return outcome;
}

Outcome close_days(const Context& context) {
    Outcome outcome;
    for (const auto& row : context.view.installed().authorizations()) {
        if (row.usage.day >= day_of(context.now)) continue;
        auto note = usage_note(row);
        if (!note) continue;
        outcome.audit.push_back(std::move(*note));
        outcome.changes.emplace_back(storage::ChangeInstalled{storage::CloseUsage{row.id}});
    }
    return outcome;
}

}  // namespace countersign::handlers
