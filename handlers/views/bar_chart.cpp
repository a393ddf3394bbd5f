#include "handlers/views/bar_chart.hpp"

#include "config/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cairo/cairo-ft.h>
#include <cairo/cairo.h>
#include <cmath>
#include <ft2build.h>
#include <memory>
#include <stdexcept>
#include FT_FREETYPE_H

namespace countersign::embedded {
std::string_view dejavu_sans();  // generated from Debian's fonts-dejavu-core
}

namespace countersign::handlers::views {
namespace {

using nlohmann::json;

constexpr double width = 1000, margin = 40, label_width = 330, value_width = 190;
constexpr double title_size = 30, group_size = 22, text_size = 18, small_size = 14;
constexpr double bar_height = 24, row_height = 36, group_gap = 26;
constexpr std::size_t most_bars = 12, longest_text = 200;

struct Colour {
    double red, green, blue;
};
constexpr Colour ink{0.13, 0.16, 0.20}, faint{0.45, 0.48, 0.52}, bar_colour{0.16, 0.47, 0.71},
    track{0.93, 0.94, 0.95};

void check(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error(std::string("cannot draw: ") + cairo_status_to_string(status));
}

// Made once and kept: cairo's own caches refer to the face as long as the process lives.
cairo_font_face_t* font() {
    static cairo_font_face_t* const face = [] {
        FT_Library library = nullptr;
        FT_Face made = nullptr;
        const auto bytes = embedded::dejavu_sans();
        const auto* data =
            reinterpret_cast<const FT_Byte*>(bytes.data());  // NOLINT: FreeType's type for bytes
        if (FT_Init_FreeType(&library) != 0 ||
            FT_New_Memory_Face(library, data, static_cast<FT_Long>(bytes.size()), 0, &made) != 0)
            throw std::runtime_error("cannot draw: the font cannot be read");
        return cairo_ft_font_face_create_for_ft_face(made, 0);
    }();
    return face;
}

std::string readable(std::string_view text) {
    return text::shortened(text::cleaned(text), longest_text);
}

class Canvas {
  public:
    explicit Canvas(double height)
        : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                              static_cast<int>(height))),
          cairo_(cairo_create(surface_.get())) {
        cairo_set_font_face(cairo_.get(), font());
        fill({1, 1, 1});
        cairo_paint(cairo_.get());
    }

    void text(double x, double y, double size, Colour colour, const std::string& words, double room) {
        cairo_set_font_size(cairo_.get(), size);
        fill(colour);
        cairo_move_to(cairo_.get(), x, y);
        cairo_show_text(cairo_.get(), fitting(words, room).c_str());
    }

    void box(double x, double y, double w, double h, Colour colour) {
        fill(colour);
        cairo_rectangle(cairo_.get(), x, y, w, h);
        cairo_fill(cairo_.get());
    }

    std::string png() {
        check(cairo_status(cairo_.get()));
        std::string out;
        const auto append = [](void* to, const unsigned char* bytes, unsigned int count) {
            // NOLINTNEXTLINE: cairo hands out bytes as unsigned
            static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
            return CAIRO_STATUS_SUCCESS;
        };
        check(cairo_surface_write_to_png_stream(surface_.get(), append, &out));
        return out;
    }

  private:
    void fill(Colour colour) { cairo_set_source_rgb(cairo_.get(), colour.red, colour.green, colour.blue); }

    [[nodiscard]] double width_of(const std::string& words) {
        cairo_text_extents_t extents{};
        cairo_text_extents(cairo_.get(), words.c_str(), &extents);
        return extents.x_advance;
    }

    std::string fitting(const std::string& words, double room) {
        auto shown = readable(words);
        for (auto length = text::code_points(shown); width_of(shown) > room && length > 1; --length)
            shown = text::shortened(readable(words), length - 1);
        return shown;
    }

    struct Destroy {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
        void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    };
    std::unique_ptr<cairo_surface_t, Destroy> surface_;
    std::unique_ptr<cairo_t, Destroy> cairo_;
};

std::size_t rows_of(const BarGroup& group) {
    return std::max<std::size_t>(std::min(group.bars.size(), most_bars), 1);
}

double height_of(const BarChart& chart) {
    double height = margin + title_size + margin;
    for (const auto& group : chart.groups)
        height += group_size + 14 + static_cast<double>(rows_of(group)) * row_height + group_gap;
    return height + small_size;
}

void draw_group(Canvas& canvas, const BarGroup& group, double y) {
    const double bar_left = margin + label_width;
    const double room = width - bar_left - value_width - margin;
    if (group.bars.empty()) {
        canvas.text(margin, y + text_size, text_size, faint, group.none, width - 2 * margin);
        return;
    }
    double most = 0;
    for (const auto& bar : group.bars)
        if (std::isfinite(bar.value)) most = std::max(most, bar.value);
    for (std::size_t at = 0; at < rows_of(group); ++at, y += row_height) {
        const auto& bar = group.bars[at];
        const double part = most > 0 && std::isfinite(bar.value) ? std::max(bar.value, 0.0) / most : 0;
        canvas.text(margin, y + text_size, text_size, ink, bar.label, label_width - 16);
        canvas.box(bar_left, y, room, bar_height, track);
        canvas.box(bar_left, y, room * part, bar_height, bar_colour);
        canvas.text(bar_left + room + 12, y + text_size, text_size, ink, bar.shown, value_width - 12);
    }
}

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string to_json(const BarChart& chart) {
    json groups = json::array();
    for (const auto& group : chart.groups) {
        json bars = json::array();
        for (const auto& bar : group.bars)
            bars.push_back({{"label", bar.label}, {"shown", bar.shown}, {"value", bar.value}});
        groups.push_back({{"title", group.title}, {"bars", bars}, {"none", group.none}});
    }
    return json{{"title", chart.title}, {"note", chart.note}, {"groups", groups}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
}

std::optional<BarChart> parse_bar_chart(std::string_view text) {
    const auto read = json::parse(text, nullptr, false);
    if (!read.is_object() || !read.contains("groups") || !read["groups"].is_array()) return std::nullopt;
    BarChart chart{.title = text_of(read, "title"), .note = text_of(read, "note"), .groups = {}};
    for (const auto& each : read["groups"]) {
        BarGroup group{.title = text_of(each, "title"), .bars = {}, .none = text_of(each, "none")};
        if (each.is_object() && each.contains("bars")) {
            for (const auto& bar : each["bars"]) {
                const bool number = bar.is_object() && bar.contains("value") && bar["value"].is_number();
                group.bars.push_back({.label = text_of(bar, "label"),
                                      .shown = text_of(bar, "shown"),
                                      .value = number ? bar["value"].get<double>() : 0});
            }
        }
        chart.groups.push_back(std::move(group));
    }
    return chart;
}

std::string bar_chart_png(const BarChart& chart) {
    Canvas canvas(height_of(chart));
    double y = margin + title_size;
    canvas.text(margin, y, title_size, ink, chart.title, width - 2 * margin);
    y += margin;
    for (const auto& group : chart.groups) {
        canvas.text(margin, y + group_size, group_size, ink, group.title, width - 2 * margin);
        y += group_size + 14;
        draw_group(canvas, group, y);
        y += static_cast<double>(rows_of(group)) * row_height + group_gap;
    }
    canvas.text(margin, y - 8, small_size, faint, chart.note, width - 2 * margin);
    return canvas.png();
}

}  // namespace countersign::handlers::views
