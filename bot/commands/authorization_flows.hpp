#pragma once

#include "bot/commands/authorization_store.hpp"
#include "bot/commands/report.hpp"
#include "bot/instance.hpp"
#include "config/base/clock.hpp"
#include "storage/grants.hpp"

// How a token comes in at the command line.
namespace countersign::bot::commands {

[[nodiscard]] Result<Obtained> from_input(const Call& call, storage::AuthorizationKind kind);
// The OAuth application that a token is granted to.
struct ApplicationOptions {
    std::string client_id, redirect_url;
    std::optional<Secret> client_secret;
    bool keep_secret = false;  // with the authorization: the application is not registered
};
// O4: the code is shown to whoever runs the command and to nobody else.
[[nodiscard]] Result<Obtained> from_device_grant(const Call& call, const Instance& instance,
                                                 const ApplicationOptions& options,
                                                 const config::Settings& settings);
// What a browser was sent away with, and when.
struct SentAway {
    Secret state;
    std::string redirect_url, issuer;  // issuer: "" = the server names itself nowhere
    SteadyTime at;
};
// O6: the code of an address that is pasted back within ten minutes and belongs to exactly this. The failure
// never quotes the address.
[[nodiscard]] Result<Secret> pasted_code(const Secret& pasted, const SentAway& sent, SteadyTime now);
// The address that the browser was sent to is pasted back (trackers.md §4.2). State and verifier live in this
// process alone.
[[nodiscard]] Result<Obtained> from_pasted_address(const Call& call, const Instance& instance,
                                                   const ApplicationOptions& options,
                                                   const config::Settings& settings);

}  // namespace countersign::bot::commands
