#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/one_call.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "bot/instance.hpp"
#include "config/base/text.hpp"
#include "storage/aead.hpp"
#include "storage/audit.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot::commands {
namespace {

using storage::Authorization;
using storage::AuthorizationState;

constexpr std::size_t longest_name = 80;

int usage(const Call& call, std::string_view text) {
    call.err << "countersign: " << one_line(text) << "\nRun with --help for more information.\n";
    return exit_usage;
}

std::string new_uuid() {
    auto bytes = storage::random_bytes(16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10) out += '-';
        out += fmt::format("{:02x}", static_cast<unsigned char>(bytes[at]));
    }
    return out;
}

// "" = fine.
std::string name_problem(std::string_view name) {
    if (storage::name_key(name).empty()) return "--name: is blank; expected a name that people know it by";
    if (text::code_points(name) > longest_name)
        return fmt::format("--name: is longer than {} characters", longest_name);
    if (name != text::cleaned(name) || name.contains('\n') || name.contains('/'))
        return "--name: holds control characters, a line break or a slash; expected a plain name";
    return "";
}

bool nothing_known(Errc code) {
    return code == Errc::timeout || code == Errc::unreachable || code == Errc::unavailable ||
           code == Errc::unclear || code == Errc::rate_limited;
}

// What the server says of the token goes into the row. A server that cannot be asked now is asked by the
// daemon later: the authorization waits as `pending`.
Result<void> identify(Authorization& row, const Instance& instance, const Secret& token,
                      const config::Settings& settings, const Call& call) {
    auto client = WaitingClient::make(settings);
    if (!client) return std::unexpected(client.error());
    const auto account = (*client)->wait_for(who_am_i((*client)->http(), instance, token));
    if (!account && nothing_known(account.error().code)) {
        row.state = AuthorizationState::pending;
        row.state_note = "not checked yet: " + account.error().text;
        call.err << fmt::format("warning: the token was not checked: {}\n", one_line(account.error().text));
        return {};
    }
    if (!account) return std::unexpected(account.error());
    row.state = AuthorizationState::active;
    row.account = text::shortened(text::cleaned(account->name), 100);
    row.account_id = account->id;
    row.workspace = text::shortened(text::cleaned(account->workspace), 100);
    row.scopes = text::shortened(text::cleaned(account->scopes), 2'000);
    row.expires_at = account->expires_at;
    row.checked_at = row.added_at;
    row.state_note = account->warning;
    if (!account->warning.empty()) call.err << fmt::format("warning: {}\n", one_line(account->warning));
    return {};
}

int taken(const Call& call, const Authorization& row) {
    return report(call, Failure(Errc::not_found,
                                fmt::format("there is already a {} authorization \"{}\"; choose another name",
                                            to_text(row.kind), row.name)));
}

}  // namespace

int add_authorization(const Call& call, const NewAuthorization& arguments) {
    const auto kind = storage::parse_kind(arguments.kind);
    if (!kind) return usage(call, "--kind: expected gitlab, github or slack");
    if (const auto wrong = name_problem(arguments.name); !wrong.empty()) return usage(call, wrong);
    if (!arguments.token_stdin) return usage(call, "expected one of --token-stdin, --device and --paste");
    const auto unlocked = unlock(call, true);
    if (unlocked.code != exit_ok) return unlocked.code;
    const auto& settings = *unlocked.settings;
    const auto instance = instance_of(*kind, arguments.url, settings);
    if (!instance) return usage(call, "--url: " + instance.error().text);

    Authorization row;
    row.id = new_uuid();
    row.kind = *kind;
    row.name = text::trimmed(arguments.name);
    row.url = instance->url;
    row.added_by = operator_name();
    row.owner = UserId(arguments.owner);
    row.added_at = system_clock().now();
    row.flow = "token";
    row.state_since = row.added_at;
    std::error_code error;
    if (std::filesystem::exists(settings.database, error)) {
        const auto known = storage::Database::open_reader(settings.database);
        if (known && storage::InstalledView(*known).name_is_taken(row.kind, row.name))
            return taken(call, row);
    }

    const auto token = read_secret_line(call, "Token (not shown)");
    const auto plausible =
        token ? plausible_token(*kind, *token) : Result<void>(std::unexpected(token.error()));
    if (!plausible) {
        call.err << "countersign: the token " << plausible.error().text << '\n';
        return exit_configuration;
    }
    row.fingerprint = storage::fingerprint(unlocked.ring, *token);
    if (const auto known = identify(row, *instance, *token, settings, call); !known)
        return report(call, known.error());

    auto [database, code] = open_for_writing(call, settings);
    if (!database) return code;
    bool name_taken = false;
    database->transaction([&] {
        name_taken = storage::InstalledView(*database).name_is_taken(row.kind, row.name);
        if (name_taken) return;
        storage::apply(*database, storage::SaveAuthorization{row}, row.added_at);
        storage::put_secret(*database, unlocked.ring,
                            {row.id, "token", std::string(to_text(row.kind)), row.url}, *token);
        storage::AuditEntry entry;
        entry.at = row.added_at;
        entry.actor = row.added_by;
        entry.action = "authorization.added";
        entry.subject = row.id;
        entry.details = nlohmann::json{{"name", row.name},     {"kind", to_text(row.kind)},
                                       {"url", row.url},       {"account", row.account},
                                       {"scopes", row.scopes}, {"fingerprint", row.fingerprint},
                                       {"flow", row.flow},     {"state", to_text(row.state)}}
                            .dump();
        storage::Audit(*database).append(entry);
    });
    if (name_taken) return taken(call, row);
    if (call.json) {
        print_json(call, {{"schema", json_schema},
                          {"authorization",
                           {{"id", row.id},
                            {"kind", to_text(row.kind)},
                            {"name", row.name},
                            {"url", row.url},
                            {"account", row.account},
                            {"workspace", row.workspace},
                            {"scopes", text::words(row.scopes)},
                            {"state", to_text(row.state)},
                            {"fingerprint", row.fingerprint}}}});
        return exit_ok;
    }
    call.out << fmt::format(
        "added the {} authorization \"{}\": {}\n", to_text(row.kind), one_line(row.name),
        row.account.empty()
            ? fmt::format("not checked yet, for {}", row.url)
            : fmt::format("connected as {}{} at {}", one_line(row.account),
                          row.workspace.empty() ? "" : " in " + one_line(row.workspace), row.url));
    return exit_ok;
}

}  // namespace countersign::bot::commands
