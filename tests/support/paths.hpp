#pragma once

#include <filesystem>

// Where a test finds what it does not make itself. One file knows the absolute paths, so that a compiler
// cache serves every checkout.
namespace countersign::tests {

[[nodiscard]] std::filesystem::path data_directory();      // tests/data
[[nodiscard]] std::filesystem::path countersign_binary();  // the daemon under test
[[nodiscard]] std::filesystem::path confined_launcher();   // runs it as a unit file says

}  // namespace countersign::tests
