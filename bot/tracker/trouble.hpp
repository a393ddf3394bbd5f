#pragma once

#include "bot/net/api_answer.hpp"

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::tracker {

// Why a call to a tracker gave nothing. `detail` is for the log and never holds a token or a text of an
// issue.
struct Trouble {
    std::string code;  // one of the table in trouble.cpp
    std::string detail;
    std::optional<std::chrono::milliseconds> retry_after;
    std::string project;  // issue_moved: where it is now, if the tracker said so
};

template <class T>
using Expected = std::expected<T, Trouble>;

[[nodiscard]] inline std::unexpected<Trouble> trouble(std::string_view code, std::string detail = {}) {
    return std::unexpected(Trouble{std::string(code), std::move(detail), std::nullopt, {}});
}

// What the code means for the effect, and what a person can do about it.
[[nodiscard]] net::ApiMeaning meaning_of(std::string_view code, int attempts);
[[nodiscard]] std::string_view advice_for(std::string_view code);
[[nodiscard]] bool is_known(std::string_view code);

}  // namespace countersign::tracker
