#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The canvas that mirrors the inventory, in Slack's Markdown for canvases. Everybody reads it: English.
namespace countersign::handlers::views {

struct CanvasApp {
    std::string name, id;
    std::string place;         // a workspace, or "" for the whole organisation
    std::string owner;         // "" = nobody is known
    std::string since;         // a day; "" = not known
    std::string uninstall_on;  // the day it is to go; "" = it stays
};

struct Canvas {
    std::string markdown;
    std::string hash;  // of what it says; stands in its first line
};

inline constexpr std::string_view canvas_title = "Installed apps";
// By the first we know a canvas as ours; by the second, that its first line is as we left it.
inline constexpr std::string_view canvas_mark = "Written by Countersign";
[[nodiscard]] std::string canvas_line(std::string_view hash);

// As many apps as Slack's canvas surely takes; `total` may be more.
inline constexpr std::size_t most_canvas_apps = 500;
[[nodiscard]] Canvas inventory_canvas(const std::vector<CanvasApp>& apps, std::size_t total);

}  // namespace countersign::handlers::views
