#include "bot/commands/report.hpp"
#include "bot/daemon.hpp"

namespace countersign::bot::commands {

int run(const Call& call) {
    // Everything that is wrong is said before anything is started or written.
    auto settings = config::load_settings(call.config);
    if (!settings) print(call, settings.error());
    auto secrets = config::load_secrets(settings.value_or(config::Settings{}), config::process_environment());
    if (!secrets) print(call, secrets.error());
    if (!settings || !secrets) return exit_configuration;
    return run_daemon(*settings, *secrets);
}

}  // namespace countersign::bot::commands
