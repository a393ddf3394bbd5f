#include "storage/audit.hpp"

#include "bot/commands/report.hpp"
#include "bot/commands/request_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {

int verify_audit(const Call& call) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const auto verdict = storage::verify_audit(*database);
    const bool whole = !verdict.first_broken;
    if (call.json) {
        print_json(call, {{"schema", json_schema},
                          {"ok", whole},
                          {"entries", verdict.entries},
                          {"first_broken",
                           whole ? nlohmann::ordered_json() : nlohmann::ordered_json(*verdict.first_broken)},
                          {"reason", verdict.reason}});
    } else if (whole) {
        call.out << fmt::format("the audit log is whole: {} entries\n", verdict.entries);
    } else {
        call.out << fmt::format("the audit log is broken at entry {} of {}: {}\n", *verdict.first_broken,
                                verdict.entries, one_line(verdict.reason));
    }
    return whole ? exit_ok : exit_no;
}

}  // namespace countersign::bot::commands
