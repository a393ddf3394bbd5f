#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

// The table: on the screen as it is measured, and as JSON.
namespace countersign::bench {

inline double at(std::vector<double> values, double part) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}
inline double median(const std::vector<double>& values) {
    return at(values, 0.5);
}

class Report {
  public:
    void add(const std::string& what, double value, const std::string& unit, const std::string& budget,
             bool held) {
        rows_.push_back(
            {{"what", what}, {"value", value}, {"unit", unit}, {"budget", budget}, {"held", held}});
        std::cout << fmt::format("{:<58} {:>12.3f} {:<12} {:<24} {}\n", what, value, unit, budget,
                                 budget.empty() ? ""
                                 : held         ? "held"
                                                : "MISSED")
                  << std::flush;
    }
    void note(const std::string& what, double value, const std::string& unit) {
        add(what, value, unit, "", true);
    }
    void write(const std::filesystem::path& file) const {
        std::ofstream(file) << nlohmann::json{{"schema", 1}, {"rows", rows_}}.dump(2) << "\n";
    }

  private:
    nlohmann::json rows_ = nlohmann::json::array();
};

}  // namespace countersign::bench
