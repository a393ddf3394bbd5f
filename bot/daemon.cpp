#include "bot/daemon.hpp"

#include "config/base/log.hpp"

namespace countersign::bot {

int run_daemon(const config::Settings&, const config::Secrets&) {
    log::error("not_built_yet");
    return 75;
}

}  // namespace countersign::bot
