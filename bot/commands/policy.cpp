#include "bot/commands/report.hpp"
#include "config/base/text.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

std::string source_of(const config::Settings& settings) {
    return settings.policy_file.empty() ? "the built-in policy" : settings.policy_file.string();
}

}  // namespace

// Every party is needed by every request today; which request is asked about changes only that it must exist.
int explain_policy(const Call& call, const std::string& id) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    if (!id.empty()) {
        const auto database = storage::Database::open_reader(settings->database);
        if (!database) return report(call, database.error());
        const storage::View view(*database);
        const auto own = parse_request_id(id);
        if (!(own ? view.request(*own) : view.request(SlackRequestId(id))))
            return report(
                call,
                Failure(Errc::not_found,
                        fmt::format("there is no request {}; countersign requests list shows them", id)));
    }
    const std::string why = fmt::format("{} asks every party ([[review.party]] in {})", source_of(*settings),
                                        settings->file.string());
    if (call.json) {
        auto parties = nlohmann::ordered_json::array();
        for (const auto& party : settings->review.parties)
            parties.push_back({{"name", party.name},
                               {"required", true},
                               {"quorum", party.quorum},
                               {"members", party.members},
                               {"why", why}});
        print_json(call, {{"schema", json_schema},
                          {"parties", parties},
                          {"require_vendor_issue", settings->review.require_vendor_issue},
                          {"auto_apply", settings->review.auto_apply}});
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"PARTY", "NEEDED", "APPROVALS", "FROM"}};
    for (const auto& party : settings->review.parties)
        rows.push_back(
            {one_line(party.name), "yes", std::to_string(party.quorum), text::joined(party.members, ", ")});
    print_table(call.out, rows);
    call.out << fmt::format(
        "Why: {}.\nA linked vendor issue is {}. When all agree, {}.\n", one_line(why),
        settings->review.require_vendor_issue ? "required" : "not required",
        settings->review.auto_apply ? "the app is approved at once" : "an admin presses Approve app");
    return exit_ok;
}

}  // namespace countersign::bot::commands
