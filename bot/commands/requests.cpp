#include "bot/commands/report.hpp"
#include "bot/commands/request_json.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

std::optional<storage::AppRequest> find(const storage::View& view, const std::string& id) {
    if (const auto own = parse_request_id(id)) return view.request(*own);
    return view.request(SlackRequestId(id));
}

// Who signed what on the vendor issue, when, and what counted (A17).
void print_evidence(const nlohmann::ordered_json& evidence, std::vector<std::vector<std::string>>& rows) {
    const auto& verdict = evidence["verdict"];
    if (!verdict.is_object()) return;
    const auto text = [](const auto& object, const char* name) { return object.value(name, std::string()); };
    rows.push_back({
        "evidence",
        one_line(fmt::format("{} {} {}#{} read {} {}", evidence["id"].get<std::int64_t>(),
                             text(evidence, "tracker"), text(evidence, "project"),
                             evidence["iid"].get<std::int64_t>(), text(evidence, "read_at"),
                             text(evidence, "hash"))),
    });
    const auto problem = text(verdict, "problem");
    rows.push_back(
        {"", one_line("verdict " + text(verdict, "verdict") + (problem.empty() ? "" : ": " + problem))});
    for (const auto& party : verdict["parties"]) {
        for (const char* list : {"counted", "refused"}) {
            for (const auto& sign : party[list]) {
                const auto why = text(sign, "refused");
                rows.push_back(
                    {"", one_line(fmt::format("{} {} {} by {} (account {}) at {}{}", text(party, "party"),
                                              text(sign, "signal"), sign["ref"].get<std::int64_t>(),
                                              text(sign, "login"), sign["account"].get<std::int64_t>(),
                                              to_rfc3339(from_millis(sign["at"].get<std::int64_t>())),
                                              why.empty() ? "" : ", not counted: " + why))});
            }
        }
    }
}

void print_text(const Call& call, const nlohmann::ordered_json& request) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string key :
         {"id", "slack_id", "state", "outside", "state_note", "app_name", "app_id", "team_id", "requester",
          "message", "purpose", "created_at", "updated_at", "decision", "decided_by", "decision_reason"})
        if (const auto& value = request[key].get_ref<const std::string&>(); !value.empty())
            rows.push_back({key, one_line(value)});
    if (const auto& issue = request["vendor_issue"]; !issue.is_null())
        rows.push_back({"vendor_issue", one_line(issue["url"].get<std::string>())});
    for (const auto& scope : request["scopes"])
        rows.push_back({"scope", one_line(fmt::format("{} ({})", scope["name"].get<std::string>(),
                                                      scope["token_type"].get<std::string>()))});
    for (const auto& vote : request["votes"])
        rows.push_back({"vote", one_line(fmt::format(
                                    "{} {} by {} at {} {}", vote["party"].get<std::string>(),
                                    vote["answer"].get<std::string>(), vote["voter"].get<std::string>(),
                                    vote["at"].get<std::string>(), vote["remark"].get<std::string>()))});
    for (const auto& decision : request["decisions"])
        rows.push_back(
            {"decision",
             one_line(fmt::format("{} by {} at {}{}, on scopes {}, by rules {} of policy {} {}",
                                  decision["kind"].get<std::string>(),
                                  decision["actor"].get<std::string>().empty()
                                      ? (decision["outside"].get<bool>() ? "somebody in Slack" : "policy")
                                      : decision["actor"].get<std::string>(),
                                  decision["at"].get<std::string>(),
                                  decision["outside"].get<bool>() ? " outside Countersign" : "",
                                  decision["scope_hash"].get<std::string>().substr(0, 12),
                                  decision["policy_rules"].dump(),
                                  decision["policy"].get<std::string>().substr(0, 12),
                                  decision["reason"].get<std::string>()))});
    for (const auto& evidence : request["evidence"])
        print_evidence(evidence, rows);
    for (const auto& entry : request["audit"])
        rows.push_back({"audit", one_line(fmt::format("{} {} {}", entry["at"].get<std::string>(),
                                                      entry["action"].get<std::string>(),
                                                      entry["actor"].get<std::string>()))});
    print_table(call.out, rows);
}

}  // namespace

int list_requests(const Call& call, const RequestFilter& filter) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const auto found = storage::View(*database).requests(
        {.state = filter.state, .app = filter.app, .requester = filter.requester, .limit = filter.limit});
    if (call.json) {
        auto list = nlohmann::ordered_json::array();
        for (const auto& request : found)
            list.push_back(brief(request));
        print_json(call, {{"schema", json_schema}, {"requests", list}});
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"REQUEST", "STATE", "APP", "REQUESTER", "CREATED"}};
    for (const auto& request : found)
        rows.push_back({to_text(request.id), std::string(storage::to_text(request.state)),
                        one_line(request.app_name.empty() ? request.app_id.value : request.app_name),
                        request.requester.value, to_rfc3339(request.created_at)});
    print_table(call.out, rows);
    return exit_ok;
}

int show_request(const Call& call, const std::string& id) {
    auto [database, settings, code] = open_for_reading(call);
    if (!database) return code;
    const auto request = find(storage::View(*database), id);
    if (!request)
        return report(
            call, Failure(Errc::not_found,
                          fmt::format("there is no request {}; countersign requests list shows them", id)));
    const auto json = full(*database, *request);
    if (call.json)
        print_json(call, {{"schema", json_schema}, {"request", json}});
    else
        print_text(call, json);
    return exit_ok;
}

}  // namespace countersign::bot::commands
