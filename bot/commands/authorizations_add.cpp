#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/one_call.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "bot/device_grant.hpp"
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

// What is there already by kind and name, and may be another one's place: same server, and the same account
// unless that is confirmed.
Result<Authorization> in_place_of(const storage::InstalledView& view, const Authorization& row,
                                  const NewAuthorization& arguments) {
    for (auto& old : view.authorizations()) {
        if (old.kind != row.kind || storage::name_key(old.name) != storage::name_key(row.name)) continue;
        if (old.url != row.url)
            return fail(Errc::invalid_argument,
                        fmt::format("\"{}\" is for {}; another server needs an authorization of its own",
                                    old.name, old.url));
        const bool other =
            !old.account_id.empty() && !row.account_id.empty() && old.account_id != row.account_id;
        if (other && arguments.confirm != old.name)
            return fail(Errc::invalid_argument,
                        fmt::format("\"{}\" was connected as {}, this token is of {}: if that is meant, add "
                                    "--confirm \"{}\"",
                                    old.name, old.account, row.account, old.name));
        auto merged = row;
        merged.id = old.id;
        merged.name = old.name;
        merged.owner = row.owner.empty() ? old.owner : row.owner;
        merged.notes = old.notes;
        return merged;
    }
    return fail(Errc::not_found,
                fmt::format("there is no {} authorization \"{}\" to reconnect", to_text(row.kind), row.name));
}

// I9: what hung on it goes on.
void heal(const storage::Database& database, const Authorization& row) {
    for (auto use : storage::InstalledView(database).built_on(row.id)) {
        if (use.state != storage::IntegrationState::needs_reauth &&
            use.state != storage::IntegrationState::degraded)
            continue;
        use.state = storage::IntegrationState::active;
        use.state_note.clear();
        use.state_since = row.added_at;
        storage::apply(database, storage::SaveIntegration{use}, row.added_at);
    }
}

Failure taken(const Authorization& row) {
    return {Errc::not_found, fmt::format("there is already a {} authorization \"{}\"; choose another name",
                                         to_text(row.kind), row.name)};
}

// A token and what came with it.
struct Obtained {
    Secret token;
    std::optional<Secret> refresh_token;
    std::optional<std::chrono::seconds> lives;
};

Result<Obtained> from_input(const Call& call, storage::AuthorizationKind kind) {
    auto token = read_secret_line(call, "Token (not shown)");
    if (!token) return std::unexpected(token.error());
    if (const auto plausible = plausible_token(kind, *token); !plausible)
        return std::unexpected(plausible.error());
    return Obtained{std::move(*token), std::nullopt, std::nullopt};
}

// O4: the code is shown to whoever runs the command and to nobody else.
Result<Obtained> from_device_grant(const Call& call, const Instance& instance, const std::string& client_id,
                                   const config::Settings& settings) {
    auto client = WaitingClient::make(settings);
    if (!client) return std::unexpected(client.error());
    const auto code = (*client)->wait_for(begin_device_grant((*client)->http(), instance, client_id));
    if (!code) return std::unexpected(code.error());
    call.err << fmt::format("Open {} and enter the code {}\n", one_line(code->verification_uri),
                            code->user_code)
             << std::flush;
    auto granted = (*client)->wait_for(await_device_grant((*client)->http(), instance, client_id, *code));
    if (!granted) return std::unexpected(granted.error());
    return Obtained{std::move(granted->token), std::move(granted->refresh_token), granted->lives};
}

// Whoever entered the code may have been signed in as somebody else.
Result<void> confirm_account(const Call& call, const Authorization& row, const NewAuthorization& arguments) {
    call.err << fmt::format("This is the account {} at {}.\n", one_line(row.account), row.url);
    const auto typed = arguments.confirm.empty() ? read_line(call, "Type the account's name to keep it")
                                                 : Result<std::string>(arguments.confirm);
    if (typed && (*typed == row.account || (arguments.reconnect && *typed == row.name))) return {};
    return fail(Errc::invalid_argument, "nothing was stored: the account was not confirmed");
}

void note_life(Authorization& row, const Obtained& got) {
    row.renewable = got.refresh_token.has_value();
    if (got.lives) row.expires_at = row.added_at + *got.lives;
    if (row.expires_at && !row.renewable && got.lives) row.state_note = "expires, cannot renew";  // O17
}

void put_secrets(storage::Database& database, const storage::KeyRing& ring, const Authorization& row,
                 const Obtained& got, const std::string& client_id) {
    const storage::SealedPlace place{row.id, "token", std::string(to_text(row.kind)), row.url};
    const auto at = [&](const char* field) {
        auto other = place;
        other.field = field;
        return other;
    };
    storage::shred_secrets(database, row.id);  // of the token that was there before
    storage::put_secret(database, ring, place, got.token);
    if (!got.refresh_token) return;
    storage::put_secret(database, ring, at("refresh_token"), *got.refresh_token);
    storage::put_secret(database, ring, at("client_id"), Secret(client_id));
}

void note_in_log(storage::Database& database, const Authorization& row, const char* action) {
    storage::AuditEntry entry;
    entry.at = row.added_at;
    entry.actor = row.added_by;
    entry.action = action;
    entry.subject = row.id;
    entry.details = nlohmann::json{{"name", row.name},     {"kind", to_text(row.kind)},
                                   {"url", row.url},       {"account", row.account},
                                   {"scopes", row.scopes}, {"fingerprint", row.fingerprint},
                                   {"flow", row.flow},     {"state", to_text(row.state)}}
                        .dump();
    storage::Audit(database).append(entry);
}

// In one transaction: everything or nothing.
std::optional<Failure> store(storage::Database& database, const storage::KeyRing& ring, Authorization& row,
                             const Obtained& got, const NewAuthorization& arguments) {
    std::optional<Failure> refused;
    database.transaction([&] {
        const storage::InstalledView view(database);
        if (arguments.reconnect) {
            auto merged = in_place_of(view, row, arguments);
            if (!merged) {
                refused = merged.error();
                return;
            }
            row = std::move(*merged);
        } else if (view.name_is_taken(row.kind, row.name)) {
            refused = taken(row);
            return;
        }
        storage::apply(database, storage::SaveAuthorization{row}, row.added_at);
        put_secrets(database, ring, row, got, arguments.client_id);
        note_in_log(database, row, arguments.reconnect ? "authorization.reconnected" : "authorization.added");
        if (arguments.reconnect) heal(database, row);
    });
    return refused;
}

void print_result(const Call& call, const Authorization& row, bool reconnected) {
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
        return;
    }
    const auto whose =
        row.account.empty()
            ? "not checked yet, for " + row.url
            : fmt::format("connected as {}{} at {}", one_line(row.account),
                          row.workspace.empty() ? "" : " in " + one_line(row.workspace), row.url);
    call.out << fmt::format("{} the {} authorization \"{}\": {}\n", reconnected ? "reconnected" : "added",
                            to_text(row.kind), one_line(row.name), whose);
    if (row.state_note == "expires, cannot renew")
        call.out << fmt::format("it expires on {} and cannot be renewed\n", to_rfc3339(*row.expires_at));
}

}  // namespace

int add_authorization(const Call& call, const NewAuthorization& arguments) {
    const auto kind = storage::parse_kind(arguments.kind);
    if (!kind) return usage(call, "--kind: expected gitlab, github or slack");
    if (const auto wrong = name_problem(arguments.name); !wrong.empty()) return usage(call, wrong);
    if (arguments.device && *kind == storage::AuthorizationKind::slack)
        return usage(call, "--device: Slack has no device grant; expected --token-stdin");
    if (arguments.device && arguments.client_id.empty())
        return usage(call, "--device: needs --client-id, the id of your OAuth application there");
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
    row.flow = arguments.device ? "device" : "token";
    std::error_code error;
    if (!arguments.reconnect && std::filesystem::exists(settings.database, error)) {
        const auto known = storage::Database::open_reader(settings.database);
        if (known && storage::InstalledView(*known).name_is_taken(row.kind, row.name))
            return report(call, taken(row));
    }

    const auto got = arguments.device ? from_device_grant(call, *instance, arguments.client_id, settings)
                                      : from_input(call, *kind);
    if (!got && arguments.device) return report(call, got.error());
    if (!got) {
        call.err << "countersign: the token " << got.error().text << '\n';
        return exit_configuration;
    }
    row.added_at = row.state_since = system_clock().now();
    row.fingerprint = storage::fingerprint(unlocked.ring, got->token);
    if (const auto known = identify(row, *instance, got->token, settings, call); !known)
        return report(call, known.error());
    if (arguments.device) {
        if (const auto confirmed = confirm_account(call, row, arguments); !confirmed)
            return report(call, confirmed.error());
    }
    note_life(row, *got);
    auto [database, code] = open_for_writing(call, settings);
    if (!database) return code;
    if (const auto refused = store(*database, unlocked.ring, row, *got, arguments))
        return report(call, *refused);
    print_result(call, row, arguments.reconnect);
    return exit_ok;
}

}  // namespace countersign::bot::commands
