#include "config/manifest.hpp"

#include "bot/commands/report.hpp"

namespace countersign::bot::commands {

int manifest(const Call& call) {
    call.out << config::app_manifest();
    return exit_ok;
}

}  // namespace countersign::bot::commands
