#include "handlers/views/inventory_canvas.hpp"

#include "config/base/text.hpp"
#include "handlers/views/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

// Slack names no limit for a document; this is what a hundred thousand letters of ours were cut to.
constexpr std::size_t most_bytes = 60'000;

// `:` too: in a canvas it begins an emoji.
std::string inert(std::string_view untrusted, std::size_t limit) {
    std::string out;
    for (const char c : markdown_line(untrusted, limit)) {
        if (c == ':') out += '\\';
        out += c;
    }
    return out;
}

std::string line_of(const CanvasApp& app) {
    auto line =
        fmt::format("- **{}** ({}), {}", inert(app.name.empty() ? app.id : app.name, 80), inert(app.id, 20),
                    app.place.empty() ? "whole organisation" : inert(app.place, 40));
    line +=
        app.uninstall_on.empty() ? ", installed" : ", to be uninstalled on " + inert(app.uninstall_on, 20);
    if (!app.since.empty()) line += ", since " + inert(app.since, 20);
    return line + ", owner " + (app.owner.empty() ? "unknown" : inert(app.owner, 60)) + "\n";
}

}  // namespace

std::string canvas_line(std::string_view hash) {
    return fmt::format("{} ({})", canvas_mark, hash);
}

Canvas inventory_canvas(const std::vector<CanvasApp>& apps, std::size_t total) {
    std::string body;
    std::size_t shown = 0;
    for (; shown < std::min(apps.size(), most_canvas_apps); ++shown) {
        const auto line = line_of(apps[shown]);
        if (body.size() + line.size() > most_bytes) break;
        body += line;
    }
    total = std::max(total, shown);
    if (total == 0) body = "No app is known to be installed.\n";
    if (total > shown)
        body += fmt::format("\nAnd {} more: `/installed-apps list` shows all.\n", total - shown);
    Canvas canvas;
    canvas.hash = text::sha256_hex(body).substr(0, 12);
    canvas.markdown = fmt::format("# {}\n{}: changes by hand are overwritten.\n\n{} in all.\n\n{}",
                                  canvas_title, canvas_line(canvas.hash), total, body);
    return canvas;
}

}  // namespace countersign::handlers::views
