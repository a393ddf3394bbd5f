#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace countersign::fakes {

enum class Surface { message, modal, home };

// The first thing that Slack would refuse, in words; nullopt = taken.
[[nodiscard]] std::optional<std::string> blocks_problem(const nlohmann::json& blocks, Surface surface);
[[nodiscard]] std::optional<std::string> view_problem(const nlohmann::json& view);
// All text of all blocks together: Slack's undocumented limit is near 13,000 (domain.md §3.3).
[[nodiscard]] std::size_t blocks_text_length(const nlohmann::json& blocks);

// Everything that can be pressed, in order, with the block it stands in.
struct Pressable {
    nlohmann::json element, block;
    std::string label;  // the button's text, or "" for menus and pickers
};
[[nodiscard]] std::vector<Pressable> pressables(const nlohmann::json& blocks);

}  // namespace countersign::fakes
