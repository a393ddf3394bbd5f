#include "bot/commands/daemon_process.hpp"
#include "bot/commands/report.hpp"
#include "config/base/clock.hpp"
#include "storage/outbox.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {

int status(const Call& call) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const storage::View view(*database);
    const auto counts = view.request_counts();
    const auto depth = storage::Outbox(*database).depth();
    const auto pid = daemon_pid(settings->database);
    const auto age =
        depth.oldest_pending
            ? std::chrono::floor<std::chrono::seconds>(system_clock().now() - *depth.oldest_pending).count()
            : 0;
    const auto reload_problem = view.meta("reload_problem");
    if (call.json) {
        nlohmann::ordered_json requests = nlohmann::ordered_json::object();
        for (const auto& [state, count] : counts)
            requests[state] = count;
        print_json(
            call,
            {{"schema", json_schema},
             {"version", COUNTERSIGN_VERSION},
             {"running", pid > 0},
             {"pid", pid > 0 ? nlohmann::ordered_json(pid) : nlohmann::ordered_json()},
             {"database", {{"path", settings->database.string()}, {"schema", database->schema_version()}}},
             {"reload_problem", reload_problem},
             {"requests", requests},
             {"outbox",
              {{"pending", depth.pending}, {"claimed", depth.claimed}, {"oldest_pending_seconds", age}}}});
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{
        {"daemon", pid > 0 ? fmt::format("running (process {})", pid) : "not running"},
        {"database", fmt::format("{} (schema {})", settings->database.string(), database->schema_version())},
        {"to be sent",
         fmt::format("{} waiting, {} under way, oldest {} s", depth.pending, depth.claimed, age)}};
    if (!reload_problem.empty())
        rows.push_back({"reload", "refused, the older configuration is in use: " + reload_problem});
    for (const auto& [state, count] : counts)
        rows.push_back({state, std::to_string(count)});
    print_table(call.out, rows);
    return exit_ok;
}

}  // namespace countersign::bot::commands
