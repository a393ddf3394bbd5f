#include "bot/commands/report.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot::commands {

int version(const Call& call) {
    if (call.json)
        print_json(call, {{"schema", json_schema}, {"version", COUNTERSIGN_VERSION}});
    else
        call.out << "countersign " << COUNTERSIGN_VERSION << '\n';
    return exit_ok;
}

}  // namespace countersign::bot::commands
