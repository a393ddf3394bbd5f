#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Boxes in an issue's text, and the tracker's own notes about who ticked them (trackers.md §3.4).
namespace countersign::handlers::review {

struct CheckBox {
    std::string text;  // the words behind it
    enum class State { open, ticked, crossed_out } state = State::open;
    auto operator<=>(const CheckBox&) const = default;
};

// The boxes that people see, in order. Only items of plain words: what stands in a quote, in code, in HTML,
// in a picture or link, or with any formatting, signs nothing. nullopt: too long to be read for them.
[[nodiscard]] std::optional<std::vector<CheckBox>> check_boxes(std::string_view markdown);

// "marked the checklist item **Legal** as completed", as GitLab writes it; the words are its author's own.
struct TickNote {
    std::string item;
    bool ticked = false;
    auto operator<=>(const TickNote&) const = default;
};
[[nodiscard]] std::optional<TickNote> tick_note(std::string_view system_note);

}  // namespace countersign::handlers::review
