#pragma once

#include "handlers/review/vendor_link.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace countersign::handlers::review {

// Who serves a URL: compared for equality only (L4).
struct Origin {
    bool https = true;
    std::string host;  // lower case, IDNA-ASCII, without trailing dot
    int port = 443;
    auto operator<=>(const Origin&) const = default;
};

// The parts of `https://host:port/path?query#fragment`; the fragment is dropped (L6).
struct LinkParts {
    Origin origin;
    std::string_view path;   // as written, begins with '/' or is empty
    std::string_view query;  // without '?'
};

// Only for the schemes http and https; user info, stray characters and broken authorities are refused (L5).
// Linear.
[[nodiscard]] std::expected<LinkParts, LinkProblem> split_link(std::string_view url);

}  // namespace countersign::handlers::review
