#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "storage/audit.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {

// C9: the one way out when a key is gone for ever, and only by an explicit command: what was sealed is wiped,
// and every authorization needs another token.
int lost_key(const Call& call, const std::string& confirm) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    auto keys = config::load_sealing_keys(config::process_environment());
    if (!keys) {
        print(call, keys.error());
        return exit_configuration;
    }
    const storage::KeyRing ring(std::move(*keys));
    if (const auto right = storage::check_keys(settings->database, ring); right) {
        call.err << "nothing was changed: COUNTERSIGN_KEY opens everything that is sealed\n";
        return exit_no;
    }
    call.err
        << "What is sealed with the lost key cannot be read any more. Every authorization will need a new "
           "token, and what was built on it stops until then.\n";
    const auto typed = confirm.empty() ? read_line(call, "Type LOST to go on") : Result<std::string>(confirm);
    if (!typed || *typed != "LOST")
        return report(call, Failure(Errc::invalid_argument, "nothing was changed: type LOST to confirm"));
    auto [database, code] = open_for_writing(call, *settings);
    if (!database) return code;
    std::size_t stopped = 0;
    database->transaction([&] {
        const auto now = system_clock().now();
        stopped = storage::forget_sealed(*database, operator_name(), now);
        storage::AuditEntry entry;
        entry.at = now;
        entry.actor = operator_name();
        entry.action = "sealing_key.lost";
        entry.subject = "COUNTERSIGN_KEY";
        entry.details = nlohmann::json{{"authorizations", stopped}}.dump();
        storage::Audit(*database).append(entry);
    });
    call.out << fmt::format("{} {} to be connected again; authorizations add --reconnect does it\n", stopped,
                            stopped == 1 ? "authorization needs" : "authorizations need");
    return exit_ok;
}

}  // namespace countersign::bot::commands
