#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"

#include <string>
#include <string_view>

namespace countersign::handlers::views {

// Untrusted text made inert for mrkdwn: cleaned, `& < >` escaped, formatting marks, emoji codes and link-like
// text defused with look-alikes, at most `limit` code points before escaping. Cannot mention, link or format.
[[nodiscard]] std::string inert(std::string_view untrusted, std::size_t limit = 300);
// The same on one line: for names, which must not draw lines of their own into a card.
[[nodiscard]] std::string inert_line(std::string_view untrusted, std::size_t limit = 120);
// The same as a block quote, at most `lines` lines; "" for blank text.
[[nodiscard]] std::string quoted(std::string_view untrusted, std::size_t limit, std::size_t lines = 12);
// The same in a code block (``` … ```), as raw content for a person to read.
[[nodiscard]] std::string code_block(std::string_view untrusted, std::size_t limit);
// For plain_text objects: cleaned and shortened, on one line, nothing escaped, but no `<@`, `<!`, `<#` left.
[[nodiscard]] std::string plain(std::string_view untrusted, std::size_t limit);

[[nodiscard]] std::string mention(const UserId& user);              // <@U…>
[[nodiscard]] std::string mention_member(std::string_view member);  // user or user group id
// `<url|label>`; the label is made inert. Label only, if not a plain https URL with a host name.
[[nodiscard]] std::string link(std::string_view https_url, std::string_view label);
[[nodiscard]] bool is_plain_https(std::string_view url);
// The same for a URL that we built from the configuration ourselves; http:// stays a link.
[[nodiscard]] std::string own_link(std::string_view url, std::string_view label);
// <!date^…|fallback>, in the reader's zone.
[[nodiscard]] std::string date(Timestamp when);
// Slack's wire escapes undone: &amp; &lt; &gt; and <url|label> -> url.
[[nodiscard]] std::string unescaped(std::string_view wire);

// At most `limit` code points of finished mrkdwn, never cut inside `<…>` or `&…;`; "…" where something was
// cut.
[[nodiscard]] std::string fitted(std::string_view mrkdwn, std::size_t limit);

}  // namespace countersign::handlers::views
