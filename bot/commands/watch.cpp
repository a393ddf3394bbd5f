#include "bot/commands/daemon_process.hpp"
#include "bot/commands/findings.hpp"
#include "bot/commands/report.hpp"
#include "bot/health_file.hpp"
#include "config/base/clock.hpp"

#include <fmt/format.h>

namespace countersign::bot::commands {
namespace {

// The daemon rewrites its file every ten seconds.
constexpr auto silence = std::chrono::seconds(60);

void look(const std::filesystem::path& database, Findings& findings) {
    const auto pid = daemon_pid(database);
    const auto health = read_health(database);
    if (pid == 0) {
        // Before it has ever run nobody knows which driver it is.
        const auto release =
            health ? health->release : fmt::format("With an admin token: {}", release_step(true));
        findings.fail("daemon",
                      fmt::format("does not run; start it (systemctl start countersign). {}", release));
        return;
    }
    findings.ok("daemon", fmt::format("runs (process {})", pid));
    if (!health || health->pid != pid) {
        findings.fail("acts", "the daemon has not said yet whether it can act; look again in a few seconds");
        return;
    }
    const auto age = std::chrono::floor<std::chrono::seconds>(system_clock().now() - health->at);
    if (age > silence)
        findings.fail("acts", fmt::format("the daemon has been silent for {} s; restart it. {}", age.count(),
                                          health->release));
    else if (!health->acts)
        findings.fail("acts", fmt::format("{}. {}", health->why, health->release));
    else
        findings.ok("acts", "connected, the database takes writes, nothing is stuck");
}

}  // namespace

// For monitoring, as often as one likes: reads two files and asks nobody.
int watch(const Call& call) {
    const auto settings = config::load_settings(call.config);
    if (!settings) {
        print(call, settings.error());
        return exit_configuration;
    }
    Findings findings;
    look(settings->database, findings);
    findings.print(call);
    return findings.failed() ? exit_no : exit_ok;
}

}  // namespace countersign::bot::commands
