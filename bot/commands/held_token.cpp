#include "bot/commands/held_token.hpp"

#include "bot/commands/one_call.hpp"
#include "bot/instance.hpp"
#include "bot/stored_client.hpp"
#include "storage/database.hpp"
#include "storage/vault.hpp"

namespace countersign::bot::commands {

std::optional<HeldToken> token_held(const storage::Database& database, const storage::KeyRing& ring,
                                    const storage::Authorization& row) {
    const auto read = [&](const char* field) {
        return storage::read_secret(database, ring, {row.id, field, std::string(to_text(row.kind)), row.url});
    };
    auto token = read("token");
    if (!token) return std::nullopt;
    HeldToken held{std::move(*token), {}};
    if (const auto id = read("client_id"))
        held.client = stored_client(database, ring, row.kind, row.url, row.id, id->reveal());
    return held;
}

std::string given_back(const storage::Authorization& row, const HeldToken& held,
                       const config::Settings& settings) {
    const auto instance = instance_of(row.kind, row.url, settings);
    auto http = WaitingClient::make(settings);
    if (!instance) return "not taken back: " + instance.error().text;
    if (!http) return "not taken back: " + http.error().text;
    const auto done = (*http)->wait_for(take_back((*http)->http(), *instance, held.client, held.token));
    if (!done && done.error().code == Errc::unauthorised) return "not valid any more at its server";
    return done ? "taken back by its server" : "not taken back: " + done.error().text;
}

}  // namespace countersign::bot::commands
