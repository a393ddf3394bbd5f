#include "bot/commands/report.hpp"
#include "bot/commands/slackbot_commands.hpp"
#include "config/base/clock.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most = 1'000;  // the recorder keeps fewer

}  // namespace

int list_slackbot_samples(const Call& call, bool not_understood) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    Json samples = Json::array();
    for (const auto& each : storage::View(*database).slackbot_samples(most)) {
        if (not_understood && each.kind != "unclear") continue;
        auto message = Json::parse(each.sample, nullptr, false);
        samples.push_back({{"kind", each.kind},
                           {"confidence", each.confidence},
                           {"locale", each.locale},
                           {"seen_at", to_rfc3339(each.seen_at)},
                           {"message", message.is_discarded() ? Json(each.sample) : std::move(message)}});
    }
    if (call.json) {
        print_json(call, {{"schema", json_schema}, {"slackbot_samples", samples}});
        return exit_ok;
    }
    if (samples.empty()) call.out << "No message of Slackbot's has been recorded.\n";
    for (const auto& each : samples) {
        call.out << fmt::format("{}  {}, confidence {}, {}\n  {}\n", each["seen_at"].get<std::string>(),
                                one_line(each["kind"].get<std::string>()), each["confidence"].get<int>(),
                                one_line(each["locale"].get<std::string>()),
                                one_line(each["message"].dump()));
    }
    return exit_ok;
}

}  // namespace countersign::bot::commands
