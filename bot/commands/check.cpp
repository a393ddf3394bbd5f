#include "bot/commands/check_database.hpp"
#include "bot/commands/check_slack.hpp"
#include "bot/commands/check_trackers.hpp"
#include "bot/commands/findings.hpp"
#include "bot/commands/report.hpp"
#include "bot/tracker_tokens.hpp"
#include "storage/vault.hpp"

#include <fmt/format.h>

namespace countersign::bot::commands {

namespace {

// With the tokens that the daemon would use, once there is a database.
config::Secrets with_integrations(const config::Settings& settings, config::Secrets secrets) {
    const auto database = storage::Database::open_reader(settings.database);
    if (!database) return secrets;
    TrackerTokens tokens(settings.database, storage::KeyRing(secrets.sealing_keys), secrets.trackers);
    for (const auto& tracker : settings.trackers) {
        secrets.trackers.erase(tracker.name);
        if (auto token = tokens.of(tracker.name)) secrets.trackers.emplace(tracker.name, std::move(*token));
    }
    return secrets;
}

}  // namespace

int check(const Call& call) {
    Findings findings;
    bool configured = true;
    // Each problem is a finding, and a line on stderr as every command prints it.
    const auto problems = [&](const std::vector<config::Problem>& found) {
        configured = false;
        print(call, found);
        for (const auto& problem : found)
            findings.fail(problem.key, problem.text);
    };
    const auto settings = config::load_settings(call.config);
    if (settings)
        findings.ok("config", fmt::format("{} is complete", call.config.string()));
    else
        problems(settings.error());
    const auto secrets =
        config::load_secrets(settings.value_or(config::Settings{}), config::process_environment());
    if (!secrets) problems(secrets.error());
    if (settings && secrets) {
        const auto right = storage::check_keys(settings->database, storage::KeyRing(secrets->sealing_keys));
        if (!right) problems({{"", 0, "COUNTERSIGN_KEY", right.error().text}});
    }
    if (settings) check_database(settings->database, findings);
    if (settings && secrets) check_slack(*settings, *secrets, findings);
    if (settings && secrets)
        check_trackers(*settings, with_integrations(*settings, *secrets), system_clock().now(), findings);
    findings.print(call);
    if (!configured) return exit_configuration;
    return findings.failed() ? exit_no : exit_ok;
}

}  // namespace countersign::bot::commands
