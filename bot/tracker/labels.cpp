#include "bot/tracker/labels.hpp"

#include "config/base/text.hpp"

#include <algorithm>

namespace countersign::tracker {

KnownLabels split_labels(const std::vector<std::string>& wanted, const std::vector<std::string>& of_project,
                         LetterCase letter_case) {
    const auto folded = [letter_case](const std::string& name) {
        return letter_case == LetterCase::ignored ? text::lower(name) : name;
    };
    KnownLabels labels;
    for (const std::string& name : wanted) {
        const auto found = std::ranges::find(of_project, folded(name), folded);
        if (found == of_project.end())
            labels.unknown.push_back(name);
        else if (std::ranges::find(labels.known, *found) == labels.known.end())
            labels.known.push_back(*found);
    }
    return labels;
}

}  // namespace countersign::tracker
