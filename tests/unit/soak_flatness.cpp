#include "tests/bench/flatness.hpp"

#include <doctest/doctest.h>

using countersign::bench::grown;
using countersign::bench::Series;

namespace {

std::vector<double> line(double from, double a_look) {
    std::vector<double> figures;
    for (int look = 0; look < 180; ++look)
        figures.push_back(from + a_look * look);
    return figures;
}

}  // namespace

TEST_CASE("soak: a leak is named, with where it began and ended") {
    CHECK(grown({{"resident MiB", 2, line(30, 0.1)}, {"descriptors", 4, line(30, 0)}}, 30) ==
          std::vector<std::string>{"resident MiB grew from 34.5 to 46.5"});
}

TEST_CASE("soak: warming up, waves and little growth are none") {
    auto warm = line(30, 0);
    std::fill_n(warm.begin(), 30, 5.0);
    auto waves = line(0, 0);
    for (std::size_t look = 0; look < waves.size(); ++look)
        waves[look] = look % 3 == 0 ? 900 : 10;
    CHECK(grown({{"warm", 2, warm},
                 {"waves", 2, waves},
                 {"within a tenth", 0, line(1000, 0.5)},
                 {"within the allowance", 2, line(1, 0.01)},
                 {"shrinks", 0, line(100, -0.1)}},
                30)
              .empty());
}

TEST_CASE("soak: a run of less than three windows is not judged") {
    CHECK(grown({{"resident MiB", 2, line(30, 10)}}, 61).empty());
    CHECK(grown({{"resident MiB", 2, line(30, 10)}}, 0).empty());
}
