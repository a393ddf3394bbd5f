#include "bot/commands/sealing.hpp"

#include "storage/vault.hpp"

namespace countersign::bot::commands {

Unlocked unlock(const Call& call, bool key_required) {
    Unlocked out;
    out.settings = settings_to_read(call);
    auto keys = config::load_sealing_keys(config::process_environment());
    if (!keys) print(call, keys.error());
    if (!out.settings || !keys) {
        out.code = exit_configuration;
        return out;
    }
    out.ring = storage::KeyRing(std::move(*keys));
    if (const auto right = storage::check_keys(out.settings->database, out.ring); !right) {
        call.err << "countersign: " << one_line(right.error().text) << '\n';
        out.code = exit_configuration;
    } else if (key_required && out.ring.empty()) {
        call.err
            << "COUNTERSIGN_KEY: is missing; expected a credential or COUNTERSIGN_KEY_FILE with lines of ID "
               "BASE64 with 32 bytes each (openssl rand -base64 32)\n";
        out.code = exit_configuration;
    }
    return out;
}

Writable open_for_writing(const Call& call, const config::Settings& settings) {
    auto database = storage::Database::open_beside(settings.database);
    if (!database) return {std::nullopt, report(call, database.error())};
    return {std::move(*database), exit_ok};
}

}  // namespace countersign::bot::commands
