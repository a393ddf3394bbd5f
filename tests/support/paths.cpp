#include "tests/support/paths.hpp"

namespace countersign::tests {

std::filesystem::path data_directory() {
    return TEST_DATA;
}

std::filesystem::path countersign_binary() {
    return COUNTERSIGN_BINARY;
}

std::filesystem::path confined_launcher() {
    return CONFINED_LAUNCHER;
}

}  // namespace countersign::tests
