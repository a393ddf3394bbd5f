#include "bot/commands/standing_deviations.hpp"

#include "handlers/recheck.hpp"
#include "storage/installed_view.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace countersign::bot::commands {
namespace {

using handlers::RecheckKind;
using nlohmann::json;
using storage::InstalledView;

constexpr std::size_t page_size = 500;

void add_unapproved(const InstalledView& view, const RecordFilter& filter, const Records& records,
                    std::vector<StandingDeviation>& found) {
    InstalledView::Filter page{.state = "installed",
                               .text = filter.app,
                               .only = InstalledView::Only::unapproved,
                               .limit = page_size};
    for (auto rows = view.inventory(page); !rows.empty(); rows = view.inventory(page)) {
        for (const auto& row : rows) {
            const auto since = row.set_up_at.value_or(row.first_seen);
            if (!records.began_before_the_end(since)) continue;
            if (!filter.person.empty() && filter.person != row.set_up_by && filter.person != row.owner.value)
                continue;
            found.push_back(
                {since, row.set_up_by, "inventory.unapproved", row.app_id.value + "/" + row.team_id.value,
                 json{{"name", row.app_name}, {"source", row.source}, {"scopes", row.scopes}}.dump(
                     -1, ' ', false, json::error_handler_t::replace)});
        }
        page.skip += rows.size();
    }
}

bool is_contradiction(const std::string& kind) {
    constexpr std::array kinds{RecheckKind::state,    RecheckKind::approval, RecheckKind::kept,
                               RecheckKind::evidence, RecheckKind::duty,     RecheckKind::clock};
    for (const auto each : kinds)
        if (handlers::to_text(each) == kind) return handlers::is_contradiction(each);
    return true;
}

void add_contradictions(const std::string& recheck, Timestamp now, std::vector<StandingDeviation>& found) {
    const auto told = json::parse(recheck, nullptr, false);
    if (!told.is_object() || !told.contains("findings")) return;
    for (const auto& each : told["findings"])
        if (const auto kind = each.value("kind", ""); is_contradiction(kind))
            found.push_back({now, "countersign", "recheck." + kind, each.value("request", ""),
                             json{{"found", each.value("text", "")}}.dump()});
}

// A gap may have held anything: it belongs into every report, whatever that is cut down to.
void add_break(const storage::AuditVerdict& log, Timestamp now, std::vector<StandingDeviation>& found) {
    if (log.first_broken)
        found.push_back({now, "countersign", "audit.broken", std::to_string(*log.first_broken),
                         json{{"found", log.reason}}.dump()});
}

}  // namespace

std::vector<StandingDeviation> standing_deviations(const storage::Database& database,
                                                   const RecordFilter& filter, const Records& records,
                                                   const std::string& recheck,
                                                   const storage::AuditVerdict& log) {
    std::vector<StandingDeviation> found;
    const auto now = system_clock().now();
    add_break(log, now, found);
    add_unapproved(InstalledView(database), filter, records, found);
    add_contradictions(recheck, now, found);
    return found;
}

}  // namespace countersign::bot::commands
