#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

namespace countersign {

// What went wrong, independent of the room it went wrong in. `message(Errc)` says what the reader should do.
enum class Errc {
    timeout,       // the other side did not answer within the limit
    unreachable,   // DNS, connection refused, network down, proxy refused
    tls,           // certificate or handshake refused
    malformed,     // not what the protocol promises
    too_large,     // over a documented limit
    unauthorised,  // credentials refused; a human must act
    forbidden,     // credentials fine, right missing
    rate_limited,  // come back after `retry_after`
    not_found,
    conflict,          // somebody was faster, or the state moved on
    unavailable,       // the other side has trouble of its own; try again
    invalid_argument,  // input a person can correct
    unclear,           // sent, but whether it took effect is unknown: look before repeating
    cancelled,         // we are stopping
    storage,           // the database could not do it
};

[[nodiscard]] std::string_view message(Errc code) noexcept;

// An expected failure, as a value. `text` is for a human reader and never contains a secret.
struct Failure {
    Failure(Errc code, std::string text, std::source_location where = std::source_location::current())
        : code(code), text(std::move(text)), where(where) {}

    // The same failure with the activity in front: "posting the request card: …".
    [[nodiscard]] Failure during(std::string_view doing) const;
    [[nodiscard]] Failure retry_in(std::chrono::milliseconds delay) const;

    Errc code;
    std::string text;
    std::optional<std::chrono::milliseconds> retry_after;
    std::source_location where;
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(
    Errc code, std::string text, std::source_location where = std::source_location::current()) {
    return std::unexpected(Failure(code, std::move(text), where));
}

}  // namespace countersign
