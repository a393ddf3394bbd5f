#include "bot/commands/inventory_commands.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "bot/commands/slack_probe.hpp"
#include "handlers/inventory.hpp"
#include "handlers/review/install_evidence.hpp"
#include "handlers/review/payload_fields.hpp"
#include "storage/audit.hpp"
#include "storage/installed_view.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <ranges>
#include <thread>

namespace countersign::bot::commands {
namespace {

using handlers::review::field;
using handlers::review::InstallEvidence;
using handlers::review::number_field;
using handlers::review::text_field;
using nlohmann::json;

// Slack keeps the log for as long as the workspace lives; 100 entries a page.
constexpr int max_pages = 2'000;
constexpr int most_waits = 5;
constexpr std::size_t rows_at_once = 200;

struct Found {
    std::vector<InstallEvidence> evidence;
    std::size_t entries = 0;  // of the log, also those that say nothing of what is installed
    std::string cut;          // why it is not all; "" = it is
    bool forbidden = false;   // and will be so until a person changes something
};

void take_page(const json& page, const TeamId& team, std::string_view source, Found& found) {
    for (const auto& log : field(page, "logs")) {
        ++found.entries;
        if (auto evidence = handlers::review::read_integration_log(log, team, source))
            found.evidence.push_back(std::move(*evidence));
    }
}

// One that is over its rate waits as long as Slack says, which a long log takes many times.
SlackProbe::Answer ask(SlackProbe& slack, const std::string& method, storage::TokenKind token,
                       const json& args) {
    for (int tries = 0;; ++tries) {
        auto answer = slack.ask(method, token, args.dump());
        if (answer.error != "ratelimited" || !answer.retry_after || tries == most_waits) return answer;
        std::this_thread::sleep_for(*answer.retry_after);
    }
}

// A page of the method's answer, or a list of pages.
Result<Found> read_files(const InventoryImport& import) {
    Found found;
    for (const auto& name : import.files) {
        std::ifstream input(name);
        if (!input) return fail(Errc::invalid_argument, fmt::format("{} cannot be read", name));
        const auto parsed = json::parse(input, nullptr, false);
        const auto pages = parsed.is_array() ? parsed : json::array({parsed});
        for (const auto& page : pages) {
            if (!page.is_object() || !field(page, "logs").is_array())
                return fail(
                    Errc::invalid_argument,
                    fmt::format("{} is no saved answer of team.integrationLogs: it has no \"logs\"", name));
            const auto team = import.team.empty() ? text_field(page, "team_id") : import.team;
            // Without it the app would be one of the whole organisation, beside what events tell of it.
            if (team.empty())
                return fail(
                    Errc::invalid_argument,
                    fmt::format("{} does not say of which workspace it is: name it with --team T…", name));
            take_page(page, TeamId(team), "file", found);
        }
    }
    return found;
}

// The log moves while it is read: pages are counted from the newest, so a page more may repeat entries, which
// does no harm.
void read_team(SlackProbe& slack, storage::TokenKind token, const std::string& team, bool name_it,
               Found& found) {
    for (int page = 1; page <= max_pages; ++page) {
        json args{{"count", "100"}, {"page", std::to_string(page)}};
        if (name_it) args["team_id"] = team;
        const auto answer = ask(slack, "team.integrationLogs", token, args);
        const auto body = json::parse(answer.body, nullptr, false);
        if (!answer.ok || !body.is_object()) {
            found.cut = fmt::format("page {} of workspace {} could not be read: {}", page, team, answer.why);
            found.forbidden = answer.forbidden;
            return;
        }
        const auto pages = number_field(field(body, "paging"), "pages");
        if (!field(body, "logs").is_array() || pages < 1) {
            found.cut = fmt::format("page {} of workspace {} is no page of the log", page, team);
            return;
        }
        take_page(body, TeamId(team), "integration_logs", found);
        if (page >= pages) return;
    }
    found.cut = fmt::format("workspace {} has more than {} pages", team, max_pages);
}

struct Workspaces {
    std::vector<std::string> teams;
    std::string cut;
};
Workspaces workspaces_of(SlackProbe& slack, storage::TokenKind token) {
    Workspaces all;
    std::string cursor;
    do {
        const auto listed = ask(slack, "auth.teams.list", token, {{"limit", 100}, {"cursor", cursor}});
        const auto body = json::parse(listed.body, nullptr, false);
        if (!listed.ok || !body.is_object()) {
            all.cut =
                fmt::format("the list of the organisation's workspaces could not be read: {}", listed.why);
            break;
        }
        for (const auto& team : field(body, "teams"))
            all.teams.push_back(text_field(team, "id"));
        cursor = text_field(field(body, "response_metadata"), "next_cursor");
    } while (!cursor.empty());
    return all;
}

Result<Found> read_slack(const config::Settings& settings, const config::Secrets& secrets) {
    if (!secrets.admin_token && !secrets.reviewer_token)
        return fail(
            Errc::forbidden,
            "reading the log needs SLACK_ADMIN_TOKEN, or a SLACK_REVIEWER_TOKEN with the scope admin; else "
            "import saved pages with --from");
    const auto token = secrets.admin_token ? storage::TokenKind::admin : storage::TokenKind::reviewer;
    auto slack = SlackProbe::make(settings, secrets);
    if (!slack) return std::unexpected(slack.error());
    const auto self = slack->ask("auth.test", token);
    const auto identity = json::parse(self.body, nullptr, false);
    if (!self.ok || !identity.is_object())
        return fail(self.reached ? Errc::unauthorised : Errc::unreachable, "Slack: " + self.why);
    Found found;
    Workspaces all;
    if (!text_field(identity, "enterprise_id").empty()) all = workspaces_of(*slack, token);
    const bool organisation = !all.teams.empty();
    if (!organisation) all.teams = {text_field(identity, "team_id")};
    for (const auto& team : all.teams) {
        if (found.cut.empty()) read_team(*slack, token, team, organisation, found);
    }
    if (found.cut.empty()) found.cut = all.cut;
    if (found.entries == 0 && !found.cut.empty())
        return fail(found.forbidden ? Errc::forbidden : Errc::unavailable, found.cut);
    return found;
}

storage::InventoryEntry merged(const storage::View& view, const InstallEvidence& evidence, Timestamp now) {
    auto entry =
        handlers::review::with_evidence(view.installed().entry(evidence.app, evidence.team), evidence, now);
    if (const auto approval = handlers::approval_of(evidence.app, evidence.team, view)) {
        entry.request = approval->id;
        if (entry.purpose.empty()) entry.purpose = approval->purpose;
    }
    return entry;
}

struct Counts {
    std::int64_t fresh = 0, entries = 0;
};

// Oldest first, in short transactions beside a running daemon; doing it again changes nothing.
Counts store(storage::Database& database, std::vector<InstallEvidence> evidence) {
    // Slack's order is newest first, also within one second.
    std::multimap<Timestamp, InstallEvidence> in_order;
    for (auto& each : std::views::reverse(evidence))
        in_order.emplace(each.at, std::move(each));
    const storage::View view(database);
    const auto before = view.installed().inventory_count({});
    for (auto next = in_order.cbegin(); next != in_order.cend();) {
        database.transaction([&] {
            const auto now = system_clock().now();
            for (std::size_t row = 0; row < rows_at_once && next != in_order.cend(); ++row, ++next)
                storage::apply(database, storage::SaveInventoryEntry{merged(view, next->second, now)}, now);
        });
    }
    const auto after = view.installed().inventory_count({});
    return {after - before, after};
}

}  // namespace

int import_inventory(const Call& call, const InventoryImport& import) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    Result<Found> found = fail(Errc::storage, "");
    if (import.files.empty()) {
        const auto secrets = config::load_secrets(*settings, config::process_environment());
        if (!secrets) {
            print(call, secrets.error());
            return exit_configuration;
        }
        found = read_slack(*settings, *secrets);
    } else {
        found = read_files(import);
    }
    if (!found) return report(call, found.error());
    auto [database, code] = open_for_writing(call, *settings);
    if (!database) return code;
    const auto counts = store(*database, found->evidence);
    database->transaction([&] {
        storage::AuditEntry entry;
        entry.at = system_clock().now();
        entry.actor = operator_name();
        entry.action = "inventory.imported";
        entry.subject = "inventory";
        entry.details =
            json{{"log_entries", found->entries}, {"new", counts.fresh}, {"cut", found->cut}}.dump();
        storage::Audit(*database).append(entry);
    });
    if (!found->cut.empty())
        call.err << fmt::format("countersign: not everything was read: {}\n", one_line(found->cut));
    if (call.json)
        print_json(call, {{"schema", json_schema},
                          {"log_entries", found->entries},
                          {"new", counts.fresh},
                          {"apps", counts.entries},
                          {"complete", found->cut.empty()}});
    else
        call.out << fmt::format("read {} entries of the log: {} new, {} apps are recorded now\n",
                                found->entries, counts.fresh, counts.entries);
    return found->cut.empty() ? exit_ok : exit_try_again;
}

}  // namespace countersign::bot::commands
