#pragma once

#include "bot/net/http_client.hpp"
#include "config/base/secret.hpp"
#include "config/settings.hpp"
#include "storage/installed.hpp"

#include <optional>
#include <string>
#include <string_view>

// The server that an authorization is for, and what it says of a token.
namespace countersign::bot {

struct Instance {
    storage::AuthorizationKind kind = storage::AuthorizationKind::gitlab;
    std::string url;      // without a trailing '/'; what the seal is bound to (O15)
    std::string api_url;  // without a trailing '/'
};
// `url` may be empty for Slack, which has one place. A configured tracker's own api_url is used for its url.
// invalid_argument: not a URL that a token may be sent to.
[[nodiscard]] Result<Instance> instance_of(storage::AuthorizationKind kind, std::string_view url,
                                           const config::Settings& settings);

// The token's text as its server could have made it: printable ASCII, at most 4 KiB, not of another kind
// (O8). The failure never quotes it.
[[nodiscard]] Result<void> plausible_token(storage::AuthorizationKind kind, const Secret& token);

struct Account {
    std::string name, id, workspace;
    std::string scopes;  // separated by spaces; "" = the server does not say
    std::optional<Timestamp> expires_at;
    std::string warning;  // what it may not do, for a person; "" = nothing is missing
};
// Whose token it is, and that it is good for something. unauthorised: the server refuses it; forbidden: it
// lacks a scope; timeout, unreachable, unavailable: nothing is known.
[[nodiscard]] net::Awaitable<Result<Account>> who_am_i(net::HttpClient& http, Instance instance,
                                                       Secret token);

// That the token reaches this project of its tracker, which an integration needs: "group/project".
[[nodiscard]] net::Awaitable<Result<void>> may_read(net::HttpClient& http, Instance instance, Secret token,
                                                    std::string project);

// What Slack calls a token that is good for nothing any more.
[[nodiscard]] bool says_token_is_dead(std::string_view slack_error);

// Takes the token back at its server, where that can be done with the token alone (O14). unauthorised: it was
// not valid any more.
[[nodiscard]] net::Awaitable<Result<void>> revoke(net::HttpClient& http, Instance instance, Secret token);

}  // namespace countersign::bot
