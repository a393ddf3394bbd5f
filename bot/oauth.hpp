#pragma once

#include "bot/instance.hpp"
#include "bot/token_answer.hpp"

#include <optional>
#include <string>
#include <string_view>

// The authorization code grant with PKCE, and renewing what it gave (trackers.md §4.4, §4.5).
namespace countersign::bot {

struct OauthClient {
    std::string id;
    std::optional<Secret> secret;  // none: a public client
};

// O7: S256 alone.
struct Pkce {
    Secret verifier;
    std::string challenge;
};
[[nodiscard]] Pkce make_pkce();
[[nodiscard]] std::string challenge_of(const Secret& verifier);
// One-time, from 32 random bytes.
[[nodiscard]] Secret make_state();
[[nodiscard]] std::string new_uuid();

// Where a browser is sent.
[[nodiscard]] std::string authorize_url(const Instance& instance, const std::string& client_id,
                                        const std::string& redirect_url, const Secret& state,
                                        const std::string& challenge);

// What the browser came back with: the address that a person pasted, or the query of a callback.
struct Redirected {
    Secret code;
    Secret state;
};
// O6: begins with the registered redirect, with exactly one code and one state; `error=` is told in words.
// The failure never quotes the address.
[[nodiscard]] Result<Redirected> read_redirected(std::string_view address, std::string_view redirect_url);
[[nodiscard]] Result<Redirected> read_redirected_query(std::string_view query);
// RFC 9207: of a server that promised to name itself (issuer.hpp), exactly one `iss`, which is this one.
[[nodiscard]] Result<void> check_issuer(std::string_view query, std::string_view promised);
// The one state of it, also where the rest is an error.
[[nodiscard]] std::optional<Secret> state_of_query(std::string_view query);

[[nodiscard]] net::Awaitable<Result<GrantedToken>> exchange_code(net::HttpClient& http, Instance instance,
                                                                 OauthClient client, Secret code,
                                                                 Secret verifier, std::string redirect_url);
// unauthorised: the server does not take this refresh token any more. Everything else leaves it as it was
// (O13); `unclear`: it may have been used up.
[[nodiscard]] net::Awaitable<Result<GrantedToken>> renew_token(net::HttpClient& http, Instance instance,
                                                               OauthClient client, Secret refresh_token);

// Takes a token back at its server (O14): of an OAuth application with its client, any other (`client.id`
// empty) with the token alone. unauthorised: it was not valid any more.
[[nodiscard]] net::Awaitable<Result<void>> take_back(net::HttpClient& http, Instance instance,
                                                     OauthClient client, Secret token);
// What an OAuth application was granted.
[[nodiscard]] net::Awaitable<Result<void>> revoke_granted(net::HttpClient& http, Instance instance,
                                                          OauthClient client, Secret token);

}  // namespace countersign::bot
