#pragma once

#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/installed.hpp"

#include <optional>
#include <string>
#include <vector>

// What an admin sees while an authorization is on its way.
namespace countersign::handlers::views {

struct GrantChoice {
    std::string text;   // "gitlab at https://gitlab.com: enter a code"
    std::string value;  // "device gitlab https://gitlab.com"
};
[[nodiscard]] std::string authorization_form(const std::vector<GrantChoice>& choices,
                                             const std::optional<storage::Authorization>& reconnect,
                                             Language language);
[[nodiscard]] std::string no_oauth_app(bool reconnect, Language language);

[[nodiscard]] Message grant_code(const storage::PendingGrant& grant, const std::string& uri,
                                 const std::string& code, Language language);
[[nodiscard]] Message grant_link(const storage::PendingGrant& grant, const std::string& link,
                                 Language language);
// O4, I8: whose it is, and what was there before.
[[nodiscard]] Message grant_question(const storage::PendingGrant& grant,
                                     const std::optional<storage::Authorization>& before, Language language);

}  // namespace countersign::handlers::views
