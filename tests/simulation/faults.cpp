#include "tests/simulation/faults.hpp"

namespace countersign::simulation {

std::map<std::string, int> Faults::pairs() const {
    std::map<std::string, int> found;
    for (const auto& [thing, faults] : befallen_) {
        for (auto first = faults.begin(); first != faults.end(); ++first) {
            for (auto second = std::next(first); second != faults.end(); ++second)
                ++found[*first + " + " + *second];
        }
    }
    return found;
}

}  // namespace countersign::simulation
