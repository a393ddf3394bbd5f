#pragma once

#include "bot/net/http_client.hpp"
#include "config/base/result.hpp"
#include "config/base/secret.hpp"
#include "storage/grants.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What is asked of a token endpoint, and what it says: JSON or form-encoded (O9).
namespace countersign::bot {

struct GrantedToken {
    Secret token;
    std::optional<Secret> refresh_token;
    std::optional<std::chrono::seconds> lives;
    std::string scopes;  // separated by spaces
};

using TokenMembers = std::map<std::string, std::string>;
// Texts and numbers of an answer by name; nothing of a page.
[[nodiscard]] TokenMembers token_members(std::string_view body);
[[nodiscard]] std::string member(const TokenMembers& all, const char* name);
[[nodiscard]] std::optional<std::chrono::seconds> seconds_in(const TokenMembers& all, const char* name);
// Printable ASCII, at most 4 KiB.
[[nodiscard]] bool is_printable_token(std::string_view token);
// What an error word means for a person; the server's own text is not repeated.
[[nodiscard]] Failure token_refusal(const std::string& error);
[[nodiscard]] std::string percent_decoded(std::string_view text);

// A POST with these fields, whose answer is wanted as JSON.
[[nodiscard]] net::HttpRequest token_question(const std::string& url, const TokenMembers& fields);

// O8: a bearer token (Slack says "bot"), printable, not too long.
[[nodiscard]] Result<GrantedToken> read_granted_token(
    std::string_view body, storage::AuthorizationKind kind = storage::AuthorizationKind::gitlab);

}  // namespace countersign::bot
