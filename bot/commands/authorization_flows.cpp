#include "bot/commands/authorization_flows.hpp"

#include "bot/commands/one_call.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/device_grant.hpp"
#include "bot/issuer.hpp"
#include "bot/oauth.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::bot::commands {

Result<Obtained> from_input(const Call& call, storage::AuthorizationKind kind) {
    auto token = read_secret_line(call, "Token (not shown)");
    if (!token) return std::unexpected(token.error());
    if (const auto plausible = plausible_token(kind, *token); !plausible)
        return std::unexpected(plausible.error());
    return Obtained{.token = std::move(*token),
                    .refresh_token = std::nullopt,
                    .lives = std::nullopt,
                    .client_id = {},
                    .client_secret = std::nullopt};
}

Result<Obtained> from_device_grant(const Call& call, const Instance& instance,
                                   const ApplicationOptions& options, const config::Settings& settings) {
    const auto& client_id = options.client_id;
    auto client = WaitingClient::make(settings);
    if (!client) return std::unexpected(client.error());
    const auto code = (*client)->wait_for(begin_device_grant((*client)->http(), instance, client_id));
    if (!code) return std::unexpected(code.error());
    call.err << fmt::format("Open {} and enter the code {}\n", one_line(code->verification_uri),
                            code->user_code)
             << std::flush;
    auto granted = (*client)->wait_for(await_device_grant((*client)->http(), instance, client_id, *code));
    if (!granted) return std::unexpected(granted.error());
    return Obtained{.token = std::move(granted->token),
                    .refresh_token = std::move(granted->refresh_token),
                    .lives = granted->lives,
                    .client_id = client_id,
                    // not asked for by this grant, but by GitHub when it is taken back
                    .client_secret = options.keep_secret ? options.client_secret : std::nullopt};
}

Result<Secret> pasted_code(const Secret& pasted, const SentAway& sent, SteadyTime now) {
    constexpr auto life = std::chrono::minutes(10);
    if (now - sent.at > life) return fail(Errc::timeout, "ten minutes are over; start again");
    auto redirected = read_redirected(pasted.reveal(), sent.redirect_url);
    if (!redirected) return std::unexpected(redirected.error());
    if (!redirected->state.same_as(sent.state))
        return fail(Errc::invalid_argument,
                    "this is not the address that belongs to the one above (another state); start again");
    const std::string_view address = pasted.reveal();
    const auto own =
        check_issuer(address.substr(std::min(address.find('?') + 1, address.size())), sent.issuer);
    if (!own) return std::unexpected(own.error());
    return std::move(redirected->code);
}

Result<Obtained> from_pasted_address(const Call& call, const Instance& instance,
                                     const ApplicationOptions& options, const config::Settings& settings) {
    const auto pkce = make_pkce();
    SentAway sent{.state = make_state(),
                  .redirect_url = options.redirect_url,
                  .issuer = {},
                  .at = system_clock().steady()};
    auto client = WaitingClient::make(settings);
    if (!client) return std::unexpected(client.error());
    sent.issuer = (*client)->wait_for(promised_issuer((*client)->http(), instance)).value_or("");
    call.err << fmt::format(
                    "Open this address in a browser, allow it there, and copy the address that you are led "
                    "to (the page itself need not exist):\n{}\n",
                    authorize_url(instance, options.client_id, options.redirect_url, sent.state,
                                  pkce.challenge))
             << std::flush;
    const auto pasted = read_secret_line(call, "Paste the address (not shown)");
    if (!pasted) return std::unexpected(pasted.error());
    auto code = pasted_code(*pasted, sent, system_clock().steady());
    if (!code) return std::unexpected(code.error());
    auto granted = (*client)->wait_for(exchange_code((*client)->http(), instance,
                                                     {options.client_id, options.client_secret},
                                                     std::move(*code), pkce.verifier, options.redirect_url));
    if (!granted) return std::unexpected(granted.error());
    return Obtained{.token = std::move(granted->token),
                    .refresh_token = std::move(granted->refresh_token),
                    .lives = granted->lives,
                    .client_id = options.client_id,
                    .client_secret = options.keep_secret ? options.client_secret : std::nullopt};
}

}  // namespace countersign::bot::commands
