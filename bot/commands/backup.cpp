#include "bot/commands/report.hpp"
#include "config/secrets.hpp"
#include "storage/restore.hpp"
#include "storage/vault.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

// C9: said at once, not when somebody starts the daemon.
void warn_of_other_key(const Call& call, const std::filesystem::path& database) {
    auto keys = config::load_sealing_keys(config::process_environment());
    if (!keys) {
        print(call, keys.error());
        return;
    }
    if (const auto right = storage::check_keys(database, storage::KeyRing(std::move(*keys))); !right)
        call.err << fmt::format(
            "warning: {}; nothing starts on this database until then (exit code 78); if that key is gone for "
            "ever, authorizations lost-key\n",
            one_line(right.error().text));
}

}  // namespace

int backup(const Call& call, const std::filesystem::path& to) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    if (const auto made = database->backup_to(to); !made) return report(call, made.error());
    if (call.json)
        print_json(call, {{"schema", json_schema}, {"backup", to.string()}});
    else
        call.out << fmt::format("wrote {}\n", to.string());
    // Said today and not on the day somebody needs it. The file stays: there may be no better one.
    const auto whole = storage::check_backup(to);
    if (!whole)
        call.err << fmt::format("warning: the backup is kept, but restore will refuse it: {}\n",
                                one_line(whole.error().text));
    return whole ? exit_ok : exit_no;
}

int restore(const Call& call, const std::filesystem::path& from) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    const auto restored = storage::restore(from, settings->database);
    if (!restored) return report(call, restored.error());
    warn_of_other_key(call, settings->database);
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
