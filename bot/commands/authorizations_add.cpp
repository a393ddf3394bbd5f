#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/authorization_flows.hpp"
#include "bot/commands/authorization_store.hpp"
#include "bot/commands/one_call.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "bot/instance.hpp"
#include "bot/oauth.hpp"
#include "config/base/text.hpp"
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

// Whoever entered the code may have been signed in as somebody else.
Result<void> confirm_account(const Call& call, const Authorization& row, const NewAuthorization& arguments) {
    call.err << fmt::format("This is the account {} at {}.\n", one_line(row.account), row.url);
    const auto typed = arguments.confirm.empty() ? read_line(call, "Type the account's name to keep it")
                                                 : Result<std::string>(arguments.confirm);
    if (typed && (*typed == row.account || (arguments.reconnect && *typed == row.name))) return {};
    return fail(Errc::invalid_argument, "nothing was stored: the account was not confirmed");
}

// What was granted for nothing must not stay valid (O14).
void give_back(const Call& call, const Instance& instance, const ApplicationOptions& application,
               const Secret& token, const config::Settings& settings) {
    auto http = WaitingClient::make(settings);
    if (!http) return;
    const auto done = (*http)->wait_for(
        take_back((*http)->http(), instance, {application.client_id, application.client_secret}, token));
    if (!done)
        call.err << fmt::format("warning: the token was not taken back: {}; it is still valid at {}\n",
                                one_line(done.error().text), instance.url);
}

void note_life(Authorization& row, const Obtained& got) {
    row.renewable = got.refresh_token.has_value();
    if (got.lives) row.expires_at = row.added_at + *got.lives;
    if (row.expires_at && !row.renewable && got.lives) row.state_note = "expires, cannot renew";  // O17
}

// Whose application is used. A registered one need not be named again.
Result<ApplicationOptions> application_of(const Instance& instance, const NewAuthorization& arguments,
                                          const Unlocked& unlocked) {
    ApplicationOptions options{.client_id = arguments.client_id,
                               .redirect_url = arguments.redirect_url,
                               .client_secret = std::nullopt};
    if (!arguments.device && !arguments.paste) return options;
    std::error_code error;
    const auto& file = unlocked.settings->database;
    if (std::filesystem::exists(file, error)) {
        const auto database = storage::Database::open_reader(file);
        const auto app = database ? storage::InstalledView(*database).oauth_app(instance.kind, instance.url)
                                  : std::nullopt;
        if (app && (options.client_id.empty() || options.client_id == app->client_id)) {
            options.client_id = app->client_id;
            if (options.redirect_url.empty()) options.redirect_url = app->redirect_url;
            auto secret = storage::read_secret(
                *database, unlocked.ring,
                {storage::record_of(*app), "client_secret", std::string(to_text(app->kind)), app->url});
            if (secret) options.client_secret = std::move(*secret);
        }
    }
    if (!arguments.client_secret_file.empty()) {
        auto secret = read_secret_file(arguments.client_secret_file);
        if (!secret) return std::unexpected(secret.error());
        options.client_secret = std::move(*secret);
        options.keep_secret = true;
    }
    if (options.client_id.empty())
        return fail(Errc::invalid_argument,
                    "--client-id: is missing; expected the id of your OAuth application "
                    "there, or one that authorizations register knows");
    if (arguments.paste && options.redirect_url.empty())
        return fail(Errc::invalid_argument,
                    "--redirect-url: is missing; expected the address that is registered there");
    return options;
}

// `old_token`: what came of the one that was replaced; "" = there was none.
void print_result(const Call& call, const Authorization& row, bool reconnected,
                  const std::string& old_token) {
    if (call.json) {
        nlohmann::json printed{{"schema", json_schema},
                               {"authorization",
                                {{"id", row.id},
                                 {"kind", to_text(row.kind)},
                                 {"name", row.name},
                                 {"url", row.url},
                                 {"account", row.account},
                                 {"workspace", row.workspace},
                                 {"scopes", text::words(row.scopes)},
                                 {"state", to_text(row.state)},
                                 {"fingerprint", row.fingerprint}}}};
        if (!old_token.empty()) printed["old_token"] = old_token;
        print_json(call, printed);
        return;
    }
    const auto whose =
        row.account.empty()
            ? "not checked yet, for " + row.url
            : fmt::format("connected as {}{} at {}", one_line(row.account),
                          row.workspace.empty() ? "" : " in " + one_line(row.workspace), row.url);
    call.out << fmt::format("{} the {} authorization \"{}\": {}\n", reconnected ? "reconnected" : "added",
                            to_text(row.kind), one_line(row.name), whose);
    if (!old_token.empty()) call.out << fmt::format("its old token was {}\n", one_line(old_token));
    if (row.state_note == "expires, cannot renew")
        call.out << fmt::format("it expires on {} and cannot be renewed\n", to_rfc3339(*row.expires_at));
}

}  // namespace

int add_authorization(const Call& call, const NewAuthorization& arguments) {
    const auto kind = storage::parse_kind(arguments.kind);
    if (!kind) return usage(call, "--kind: expected gitlab, github or slack");
    if (const auto wrong = name_problem(arguments.name); !wrong.empty()) return usage(call, wrong);
    if (arguments.device && *kind == storage::AuthorizationKind::slack)
        return usage(call, "--device: Slack has no device grant; expected --paste or --token-stdin");
    const auto unlocked = unlock(call, true);
    if (unlocked.code != exit_ok) return unlocked.code;
    const auto& settings = *unlocked.settings;
    const auto instance = instance_of(*kind, arguments.url, settings);
    if (!instance) return usage(call, "--url: " + instance.error().text);
    const auto application = application_of(*instance, arguments, unlocked);
    if (!application) return usage(call, application.error().text);

    Authorization row;
    row.id = new_uuid();
    row.kind = *kind;
    row.name = text::trimmed(arguments.name);
    row.url = instance->url;
    row.added_by = operator_name();
    row.owner = UserId(arguments.owner);
    row.flow = arguments.device ? "device" : arguments.paste ? "paste" : "token";
    std::error_code error;
    if (!arguments.reconnect && std::filesystem::exists(settings.database, error)) {
        const auto known = storage::Database::open_reader(settings.database);
        if (known && storage::InstalledView(*known).name_is_taken(row.kind, row.name))
            return report(call, name_is_taken(row));
    }

    const bool granted = arguments.device || arguments.paste;
    const auto got = arguments.device  ? from_device_grant(call, *instance, *application, settings)
                     : arguments.paste ? from_pasted_address(call, *instance, *application, settings)
                                       : from_input(call, *kind);
    if (!got && granted) return report(call, got.error());
    if (!got) {
        call.err << "countersign: the token " << got.error().text << '\n';
        return exit_configuration;
    }
    row.added_at = row.state_since = system_clock().now();
    row.fingerprint = storage::fingerprint(got->token);
    const auto not_kept = [&](const Failure& why) {
        if (granted) give_back(call, *instance, *application, got->token, settings);
        return report(call, why);
    };
    if (const auto known = identify(row, *instance, got->token, settings, call); !known)
        return not_kept(known.error());
    if (granted) {
        if (const auto confirmed = confirm_account(call, row, arguments); !confirmed)
            return not_kept(confirmed.error());
    }
    note_life(row, *got);
    auto [database, code] = open_for_writing(call, settings);
    if (!database) return code;
    const auto stored = store_authorization(*database, unlocked.ring, row, *got, arguments);
    if (!stored) return not_kept(stored.error());
    print_result(call, row, arguments.reconnect,
                 *stored ? end_replaced(*database, row, **stored, settings) : "");
    return exit_ok;
}

}  // namespace countersign::bot::commands
