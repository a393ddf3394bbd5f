#include "bot/commands/report.hpp"
#include "storage/restore.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {

int backup(const Call& call, const std::filesystem::path& to) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    if (const auto made = database->backup_to(to); !made) return report(call, made.error());
    if (call.json)
        print_json(call, {{"schema", json_schema}, {"backup", to.string()}});
    else
        call.out << fmt::format("wrote {}\n", to.string());
    return exit_ok;
}

int restore(const Call& call, const std::filesystem::path& from) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    const auto restored = storage::restore(from, settings->database);
    if (!restored) return report(call, restored.error());
    if (call.json) {
        print_json(call, {{"schema", json_schema},
                          {"database", settings->database.string()},
                          {"replaced", restored->replaced.string()}});
        return exit_ok;
    }
    call.out << fmt::format("restored {} from {}\n", settings->database.string(), from.string());
    if (!restored->replaced.empty())
        call.out << fmt::format("what was there before is now {}\n", restored->replaced.string());
    if (!restored->sealed)
        call.out << "the file carried no checksum; its structure and audit log are whole\n";
    return exit_ok;
}

}  // namespace countersign::bot::commands
