#include "handlers/inventory.hpp"

#include "bot/commands/csv.hpp"
#include "bot/commands/inventory_commands.hpp"
#include "bot/commands/report.hpp"
#include "config/base/text.hpp"
#include "storage/installed_view.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::ordered_json;
using storage::InventoryEntry;

constexpr std::size_t page_size = 200;

std::string when(const std::optional<Timestamp>& time) {
    return time ? to_rfc3339(*time) : "";
}

// Page by page, so that three thousand apps need no more memory than two hundred.
void for_each_entry(const storage::View& view, const InventoryFilter& filter,
                    const std::function<void(const InventoryEntry&)>& use) {
    storage::InstalledView::Filter page{
        .state = filter.state, .text = filter.app, .owner = UserId(filter.owner), .limit = page_size};
    for (auto entries = view.installed().inventory(page); !entries.empty();
         entries = view.installed().inventory(page)) {
        for (const auto& entry : entries) {
            if (filter.unapproved && (entry.state != storage::InstalledState::installed || entry.request ||
                                      handlers::approval_of(entry.app_id, entry.team_id, view)))
                continue;
            use(entry);
        }
        page.skip += entries.size();
    }
}

Json to_json(const InventoryEntry& e, const storage::View& view) {
    const auto issue = e.request ? view.vendor_issue(*e.request) : std::nullopt;
    return {{"app_id", e.app_id.value},
            {"app_name", e.app_name},
            {"team_id", e.team_id.value},
            {"state", to_text(e.state)},
            {"connected_to", e.connected_to},
            {"set_up_by", e.set_up_by},
            {"set_up_at", e.set_up_at ? Json(to_rfc3339(*e.set_up_at)) : Json()},
            {"removed_at", e.removed_at ? Json(to_rfc3339(*e.removed_at)) : Json()},
            {"removed_by", e.removed_by},
            {"scopes", text::words(e.scopes)},
            {"source", e.source},
            {"owner", e.owner.value},
            {"purpose", e.purpose},
            {"data_class", e.data_class},
            {"notes", e.notes},
            {"request", e.request ? Json(to_text(*e.request)) : Json()},
            {"vendor_issue", issue ? Json(issue->url) : Json()},
            {"first_seen", to_rfc3339(e.first_seen)},
            {"last_seen", to_rfc3339(e.last_seen)},
            {"version", e.version}};
}

const std::vector<std::string> csv_columns{
    "app_id",     "app_name",   "team_id",      "state",      "connected_to", "set_up_by", "set_up_at",
    "removed_at", "removed_by", "scopes",       "source",     "owner",        "purpose",   "data_class",
    "notes",      "request",    "vendor_issue", "first_seen", "last_seen"};

std::vector<std::string> to_cells(const Json& entry) {
    std::vector<std::string> cells;
    for (const auto& column : csv_columns) {
        const auto& value = entry[column];
        if (value.is_array()) {
            cells.push_back(text::joined(value.get<std::vector<std::string>>(), " "));
        } else {
            cells.push_back(value.is_string() ? value.get<std::string>() : "");
        }
    }
    return cells;
}

}  // namespace

int list_inventory(const Call& call, const InventoryFilter& filter) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const storage::View view(*database);
    if (call.json) {
        auto list = Json::array();
        for_each_entry(view, filter, [&](const auto& entry) { list.push_back(to_json(entry, view)); });
        print_json(call, {{"schema", json_schema}, {"inventory", list}});
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{
        {"APP", "ID", "WORKSPACE", "STATE", "SET UP BY", "SET UP", "OWNER", "REQUEST", "SOURCE"}};
    for_each_entry(view, filter, [&](const InventoryEntry& entry) {
        rows.push_back({one_line(entry.app_name), one_line(entry.app_id.value),
                        entry.team_id.empty() ? "organisation" : one_line(entry.team_id.value),
                        std::string(to_text(entry.state)), one_line(entry.set_up_by),
                        when(entry.set_up_at).substr(0, 10), entry.owner.value,
                        entry.request ? to_text(*entry.request) : "-", entry.source});
    });
    if (rows.size() == 1)
        call.out << "no installed apps are recorded\n";
    else
        print_table(call.out, rows);
    return exit_ok;
}

int export_inventory(const Call& call, const InventoryFilter& filter, const std::string& format) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const storage::View view(*database);
    if (format == "csv") {
        print_csv_line(call.out, csv_columns);
        for_each_entry(view, filter,
                       [&](const auto& entry) { print_csv_line(call.out, to_cells(to_json(entry, view))); });
        return exit_ok;
    }
    call.out << fmt::format("{{\"schema\":{},\"inventory\":[", json_schema);
    const char* separator = "\n";
    for_each_entry(view, filter, [&](const auto& entry) {
        call.out << separator << to_json(entry, view).dump(-1, ' ', false, Json::error_handler_t::replace);
        separator = ",\n";
    });
    call.out << "\n]}\n";
    return exit_ok;
}

}  // namespace countersign::bot::commands
