#include "bot/commands/operator_input.hpp"
#include "bot/commands/record_commands.hpp"
#include "bot/commands/sealing.hpp"
#include "storage/audit.hpp"
#include "storage/erasure.hpp"
#include "storage/vault.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {

int erase_person(const Call& call, const std::string& person, const std::string& confirm) {
    const auto settings = settings_for(call);
    if (!settings) return exit_configuration;
    if (auto reading = open_for_reading(call); !reading.database) return reading.code;
    const auto typed =
        confirm.empty() ? read_line(call, "Type the id once more to erase") : Result<std::string>(confirm);
    if (!typed || *typed != person)
        return report(call,
                      Failure(Errc::invalid_argument,
                              fmt::format("nothing was erased: type \"{}\" to confirm", one_line(person))));
    auto [database, code] = open_for_writing(call, *settings);
    if (!database) return code;
    storage::Erased erased;
    database->transaction([&] {
        const auto now = system_clock().now();
        erased = storage::erase_person(*database, UserId(person), now);
        storage::AuditEntry entry;
        entry.at = now;
        entry.actor = operator_name();
        entry.action = "person.erased";
        entry.subject = person;
        entry.details = nlohmann::json{{"requests", erased.requests}, {"other", erased.other}}.dump();
        storage::Audit(*database).append(entry);
    });
    const bool clean = storage::truncate_log(*database);
    if (call.json) {
        print_json(call, {{"schema", json_schema},
                          {"requests", erased.requests},
                          {"other", erased.other},
                          {"waiting", erased.waiting},
                          {"log_emptied", clean}});
        return exit_ok;
    }
    call.out << fmt::format(
        "erased name and words of {} in {} requests and {} other rows; nothing that Slack says later brings "
        "them back.\n"
        "What decisions rest on stays as long as the database: the id, the reasons, remarks and questions of "
        "a reviewer, what trackers said, and the audit log, whose chain is whole. So does what was written "
        "about an app in the inventory.\n"
        "Not reached: backups and copies made before (also FILE.schema-N and FILE.before-restore), Slack, "
        "and "
        "the trackers.\n",
        one_line(person), erased.requests, erased.other);
    if (erased.waiting > 0)
        call.out << fmt::format("{} messages with such words have still to leave: erase again afterwards\n",
                                erased.waiting);
    if (!clean) call.out << "the write-ahead log holds them until the daemon next empties it\n";
    return exit_ok;
}

}  // namespace countersign::bot::commands
