#pragma once

#include <string>
#include <string_view>

// Texts for a tracker. What a person wrote is made inert there as in Slack: it cannot run a quick action,
// mention, refer, link, show an image, tick a box or format (trackers.md G8).
namespace countersign::handlers::views {

// On one line, at most `limit` code points.
[[nodiscard]] std::string markdown_line(std::string_view untrusted, std::size_t limit = 200);
// For an issue's title, which is no Markdown but mentions and refers all the same.
[[nodiscard]] std::string markdown_title(std::string_view untrusted, std::size_t limit = 200);
// As a block quote of as many lines as it has; "" for blank text.
[[nodiscard]] std::string markdown_quote(std::string_view untrusted, std::size_t limit = 3'000);

}  // namespace countersign::handlers::views
