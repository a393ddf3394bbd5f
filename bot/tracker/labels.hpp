#pragma once

#include <string>
#include <vector>

namespace countersign::tracker {

// Of the labels that were wanted, those the project has, spelled as there, and the others (G7).
struct KnownLabels {
    std::vector<std::string> known, unknown;
};
enum class LetterCase { matters, ignored };
[[nodiscard]] KnownLabels split_labels(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& of_project, LetterCase letter_case);

}  // namespace countersign::tracker
