#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "bot/instance.hpp"
#include "config/url.hpp"
#include "storage/audit.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace countersign::bot::commands {
namespace {

int usage(const Call& call, std::string_view text) {
    call.err << "countersign: " << one_line(text) << "\nRun with --help for more information.\n";
    return exit_usage;
}

void note(storage::Database& database, const storage::OauthApp& app, const char* action) {
    storage::AuditEntry entry;
    entry.at = system_clock().now();
    entry.actor = operator_name();
    entry.action = action;
    entry.subject = storage::record_of(app);
    entry.details =
        nlohmann::json{
            {"client_id", app.client_id}, {"redirect_url", app.redirect_url}, {"secret", app.has_secret}}
            .dump();
    storage::Audit(database).append(entry);
}

int forget(const Call& call, storage::Database& database, const storage::OauthApp& app) {
    const auto known = storage::InstalledView(database).oauth_app(app.kind, app.url);
    if (!known) return report(call, {Errc::not_found, "no OAuth application is registered for " + app.url});
    database.transaction([&] {
        storage::remove_oauth_app(database, *known);
        note(database, *known, "oauth_app.removed");
    });
    call.out << fmt::format("forgot the OAuth application of {}\n", app.url);
    return exit_ok;
}

bool is_among(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

std::vector<std::string> other_redirects(const storage::InstalledView& view, const storage::OauthApp& app) {
    std::vector<std::string> redirects;
    for (const auto& other : view.oauth_apps())
        if (other.kind != app.kind || other.url != app.url) redirects.push_back(other.redirect_url);
    return redirects;
}

// O15: an address for each server, so that none can pass its answers for another's (RFC 9700 §4.4).
std::string own_redirect(const std::string& public_url, const std::vector<std::string>& others) {
    if (public_url.empty()) return "";
    auto redirect = public_url + "/oauth/callback";
    for (int number = 2; is_among(others, redirect); ++number)
        redirect = fmt::format("{}/oauth/callback/{}", public_url, number);
    return redirect;
}

}  // namespace

int register_oauth_app(const Call& call, const OauthRegistration& arguments) {
    const auto kind = storage::parse_kind(arguments.kind);
    if (!kind) return usage(call, "--kind: expected gitlab, github or slack");
    if (!arguments.remove && arguments.client_id.empty())
        return usage(call, "--client-id: is missing; expected the id of your OAuth application there");
    if (const auto& redirect = arguments.redirect_url; !redirect.empty())
        if (const auto wrong = config::base_url_problem(redirect); !wrong.empty())
            return usage(call, "--redirect-url: " + wrong);
    const auto unlocked = unlock(call, true);
    if (unlocked.code != exit_ok) return unlocked.code;
    const auto instance = instance_of(*kind, arguments.url, *unlocked.settings);
    if (!instance) return usage(call, "--url: " + instance.error().text);
    storage::OauthApp app{.kind = *kind,
                          .url = instance->url,
                          .client_id = arguments.client_id,
                          .redirect_url = arguments.redirect_url,
                          .added_by = operator_name(),
                          .added_at = system_clock().now()};
    std::optional<Secret> secret;
    if (!arguments.client_secret_file.empty()) {
        auto read = read_secret_file(arguments.client_secret_file);
        if (!read) return usage(call, read.error().text);
        secret = std::move(*read);
    }
    auto [database, code] = open_for_writing(call, *unlocked.settings);
    if (!database) return code;
    if (arguments.remove) return forget(call, *database, app);
    bool shared = false;
    database->transaction([&] {
        const storage::InstalledView view(*database);
        const auto known = view.oauth_app(app.kind, app.url);
        const auto others = other_redirects(view, app);
        if (app.redirect_url.empty() && known) app.redirect_url = known->redirect_url;
        if (app.redirect_url.empty())
            app.redirect_url = own_redirect(unlocked.settings->http_public_url, others);
        shared = !app.redirect_url.empty() && is_among(others, app.redirect_url);
        app.has_secret =
            secret.has_value() || (known && known->has_secret && known->client_id == app.client_id);
        if (known && !app.has_secret) storage::shred_secrets(*database, storage::record_of(app));
        storage::save_oauth_app(*database, app);
        if (secret)
            storage::put_secret(
                *database, unlocked.ring,
                {storage::record_of(app), "client_secret", std::string(to_text(app.kind)), app.url}, *secret);
        note(*database, app, "oauth_app.registered");
    });
    call.out << fmt::format("registered the OAuth application {} of {}{}\n", one_line(app.client_id), app.url,
                            app.redirect_url.empty() ? "" : ", which leads back to " + app.redirect_url);
    if (shared)
        call.err
            << "warning: another server leads back there too, and could pass its answers for this one's; "
               "register another address there and here (--redirect-url)\n";
    return exit_ok;
}

}  // namespace countersign::bot::commands
