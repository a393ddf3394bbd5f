#include "tests/bench/flatness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

namespace countersign::bench {
namespace {

double mean(std::span<const double> figures) {
    return std::accumulate(figures.begin(), figures.end(), 0.0) / static_cast<double>(figures.size());
}

}  // namespace

std::vector<std::string> grown(const std::vector<Series>& all, std::size_t window) {
    std::vector<std::string> found;
    for (const Series& each : all) {
        const std::span figures(each.figures);
        if (window == 0 || figures.size() < 3 * window) continue;
        const double before = mean(figures.subspan(window, window)), after = mean(figures.last(window));
        if (after - before > std::max(each.allowance, before / 10))
            found.push_back(fmt::format("{} grew from {:.1f} to {:.1f}", each.name, before, after));
    }
    return found;
}

}  // namespace countersign::bench
