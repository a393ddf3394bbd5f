#include "bot/health_file.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <system_error>
#include <unistd.h>

namespace countersign::bot {
namespace {

constexpr auto rewrite_every = std::chrono::seconds(10);

std::filesystem::path path_of(const std::filesystem::path& database) {
    return database.string() + ".health";
}

}  // namespace

HealthFile::HealthFile(const std::filesystem::path& database) : path_(path_of(database)) {}

void HealthFile::write(const HealthReport& report, Timestamp now) {
    const auto why = report.cannot_act();
    if (written_ && why == last_ && report.at - *written_ < rewrite_every) return;
    const nlohmann::json content{{"schema", 1},          {"pid", ::getpid()},
                                 {"at", to_millis(now)}, {"acts", why.empty()},
                                 {"why", why},           {"release", release_step(report.org_driver)}};
    const auto fresh = path_.string() + ".new";
    std::ofstream(fresh) << content.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    std::error_code failed;
    std::filesystem::rename(fresh, path_, failed);
    if (failed) return;
    last_ = why;
    written_ = report.at;
}

std::optional<WrittenHealth> read_health(const std::filesystem::path& database) {
    std::ifstream file(path_of(database));
    const auto content = nlohmann::json::parse(file, nullptr, false);
    if (!content.is_object() || !content.value("at", nlohmann::json()).is_number_integer())
        return std::nullopt;
    WrittenHealth health;
    if (const auto pid = content.find("pid"); pid != content.end() && pid->is_number_integer())
        health.pid = pid->get<std::int64_t>();
    health.at = from_millis(content["at"].get<std::int64_t>());
    health.acts = content.value("acts", nlohmann::json()) == true;
    if (const auto why = content.find("why"); why != content.end() && why->is_string()) health.why = *why;
    if (const auto step = content.find("release"); step != content.end() && step->is_string())
        health.release = *step;
    return health;
}

}  // namespace countersign::bot
