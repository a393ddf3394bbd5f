#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace countersign::bench {

// A figure of each look at a program that should use no more at the end than at the beginning.
struct Series {
    std::string name;
    double allowance = 0;  // more than this is growth, where it is also more than a tenth
    std::vector<double> figures;
};

// What grew from the second `window` looks (the first are for warming up) to the last, in words; a series of
// fewer than three windows is not judged.
[[nodiscard]] std::vector<std::string> grown(const std::vector<Series>& all, std::size_t window);

}  // namespace countersign::bench
