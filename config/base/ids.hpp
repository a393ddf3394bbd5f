#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace countersign {

// Slack's ids are opaque strings; a type each, so that a channel cannot be passed where a user belongs.
template <class Tag>
struct Id {
    std::string value;

    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}
    [[nodiscard]] bool empty() const noexcept { return value.empty(); }
    auto operator<=>(const Id&) const = default;
};

using UserId = Id<struct UserTag>;                  // U… or W…
using ChannelId = Id<struct ChannelTag>;            // C…, G…, D…
using TeamId = Id<struct TeamTag>;                  // T…; empty = the whole organisation
using EnterpriseId = Id<struct EnterpriseTag>;      // E…
using AppId = Id<struct AppTag>;                    // A…
using SlackRequestId = Id<struct SlackRequestTag>;  // Ar…; empty when the request did not come from Slack

// Our own number of an app request, shown to people as "REQ-12".
struct RequestId {
    std::int64_t value = 0;
    auto operator<=>(const RequestId&) const = default;
};

[[nodiscard]] std::string to_text(RequestId id);
// "REQ-12", "req-12" and "12"; nothing else.
[[nodiscard]] std::optional<RequestId> parse_request_id(std::string_view text);

}  // namespace countersign
