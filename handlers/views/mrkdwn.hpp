#pragma once

#include <string>
#include <string_view>

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"

namespace countersign::handlers::views {

// Untrusted text made inert for mrkdwn: cleaned, `& < >` escaped, formatting marks and link-like text defused, at most
// `limit` code points. Cannot mention, link or format.
[[nodiscard]] std::string inert(std::string_view untrusted, std::size_t limit = 300);
// For plain_text objects: cleaned and shortened, nothing escaped.
[[nodiscard]] std::string plain(std::string_view untrusted, std::size_t limit);
[[nodiscard]] std::string mention(const UserId& user);                 // <@U…>
[[nodiscard]] std::string mention_member(std::string_view member);     // user or user group id
[[nodiscard]] std::string link(std::string_view https_url, std::string_view label);  // label only, if not a plain https URL
[[nodiscard]] std::string date(Timestamp when);                        // <!date^…|fallback>, in the reader's zone
// Slack's wire escapes undone: &amp; &lt; &gt; and <url|label> -> url.
[[nodiscard]] std::string unescaped(std::string_view wire);

}  // namespace countersign::handlers::views
