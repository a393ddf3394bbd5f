#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::views {

// Bars in groups below each other. Texts may come from outside: they are drawn, never interpreted.
struct Bar {
    std::string label;
    std::string shown;  // the value in words
    double value = 0;
};
struct BarGroup {
    std::string title;
    std::vector<Bar> bars;
    std::string none;  // stands there when there are no bars
};
struct BarChart {
    std::string title;
    std::string note;  // small print
    std::vector<BarGroup> groups;
};

// As JSON, to travel in an effect's arguments, and back; nothing for what is no chart.
[[nodiscard]] std::string to_json(const BarChart& chart);
[[nodiscard]] std::optional<BarChart> parse_bar_chart(std::string_view json);

// The chart as a PNG file. Takes some hundredths of a second: not for the dispatcher's thread. The same chart
// gives the same bytes on every machine: the font is built in. Throws std::runtime_error when cairo fails.
[[nodiscard]] std::string bar_chart_png(const BarChart& chart);

}  // namespace countersign::handlers::views
