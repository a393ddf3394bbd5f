#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace countersign::handlers::review {

// The host (with port) in its ASCII form, each label with other letters as `xn--…` (RFC 3492). Nothing is
// mapped or normalised first: whatever a browser would map does then not equal a configured host, which is
// the safe side (L4). nullopt for invalid UTF-8 or labels that are too long.
[[nodiscard]] std::optional<std::string> idna_ascii(std::string_view host);

}  // namespace countersign::handlers::review
