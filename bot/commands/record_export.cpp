#include "bot/commands/csv.hpp"
#include "bot/commands/record_commands.hpp"
#include "bot/commands/record_filter.hpp"
#include "bot/commands/record_pages.hpp"
#include "bot/commands/report.hpp"
#include "bot/commands/request_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? "" : value.dump();
}

int refused(const Call& call, const Failure& failure) {
    call.err << "countersign: " << one_line(failure.text) << '\n';
    return exit_usage;
}

std::vector<std::string> request_cells(const Json& request) {
    std::string votes;
    for (const auto& vote : request["votes"])
        votes += fmt::format("{}{} {} {} {}", votes.empty() ? "" : "; ", text_of(vote["party"]),
                             text_of(vote["answer"]), text_of(vote["voter"]), text_of(vote["at"]));
    std::string scopes, rules;
    for (const auto& scope : request["scopes"])
        scopes += (scopes.empty() ? "" : " ") + text_of(scope["name"]);
    for (const auto& decision : request["decisions"])
        rules = text_of(decision["policy_rules"]);
    std::vector<std::string> cells;
    for (const char* column :
         {"id", "slack_id", "state", "outside", "app_id", "app_name", "team_id", "requester", "created_at",
          "decision", "decided_by", "decided_at", "decision_reason"})
        cells.push_back(text_of(request[column]));
    cells.push_back(request["vendor_issue"].is_null() ? "" : text_of(request["vendor_issue"]["url"]));
    cells.insert(cells.end(), {scopes, votes, rules});
    return cells;
}

template <class Each>
void as_list(std::ostream& out, const char* noun, const Each& each) {
    out << fmt::format("{{\"schema\":{},\"{}\":[", json_schema, noun);
    const char* separator = "\n";
    each([&](const Json& item) {
        out << separator << item.dump(-1, ' ', false, Json::error_handler_t::replace);
        separator = ",\n";
    });
    out << "\n]}\n";
}

}  // namespace

void write_requests(std::ostream& out, const storage::Database& database, const Records& records,
                    const std::string& format) {
    if (format != "csv") {
        as_list(out, "requests", [&](const auto& add) {
            records.for_each_request([&](const auto& request) { add(full(database, request)); });
        });
        return;
    }
    print_csv_line(out, {"id", "slack_id", "state", "outside", "app_id", "app_name", "team_id", "requester",
                         "created_at", "decision", "decided_by", "decided_at", "decision_reason",
                         "vendor_issue", "scopes", "votes", "policy_rules"});
    records.for_each_request(
        [&](const auto& request) { print_csv_line(out, request_cells(full(database, request))); });
}

void write_entries(std::ostream& out, const Records& records, const std::string& format) {
    if (format != "csv") {
        as_list(out, "entries", [&](const auto& add) {
            records.for_each_entry([&](const auto& entry) { add(to_json(entry)); });
        });
        return;
    }
    print_csv_line(out, {"seq", "at", "actor", "action", "subject", "details", "previous_hash", "hash"});
    records.for_each_entry([&](const storage::AuditEntry& entry) {
        print_csv_line(out, {std::to_string(entry.seq), to_rfc3339(entry.at), entry.actor, entry.action,
                             entry.subject, entry.details, entry.previous_hash, entry.hash});
    });
}

// Written as it is read, page by page: a million requests need no more memory than a hundred.
int export_requests(const Call& call, const RecordFilter& filter) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const auto records = Records::make(*database, filter);
    if (!records) return refused(call, records.error());
    write_requests(call.out, *database, *records, filter.format);
    return exit_ok;
}

int export_audit(const Call& call, const RecordFilter& filter) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const auto records = Records::make(*database, filter);
    if (!records) return refused(call, records.error());
    write_entries(call.out, *records, filter.format);
    return exit_ok;
}

}  // namespace countersign::bot::commands
