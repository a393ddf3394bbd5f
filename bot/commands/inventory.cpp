#include "bot/commands/report.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

// Nothing is recorded before the stage that fills it; the list is then truly empty.
int empty_list(const Call& call, const char* noun, const char* text) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    if (call.json)
        print_json(call, {{"schema", json_schema}, {noun, nlohmann::ordered_json::array()}});
    else
        call.out << text << '\n';
    return exit_ok;
}

}  // namespace

int list_inventory(const Call& call) {
    return empty_list(call, "inventory", "no installed apps are recorded");
}

int export_inventory(const Call& call) {
    Call as_json{call.config, true, call.out, call.err};
    return list_inventory(as_json);
}

int list_authorizations(const Call& call) {
    return empty_list(call, "authorizations", "no authorizations are stored");
}

}  // namespace countersign::bot::commands
