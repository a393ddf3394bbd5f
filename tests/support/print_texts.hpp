#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

// Lists of texts in failure messages.
namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
    static String convert(const std::vector<std::string>& texts) {
        std::string shown;
        for (const std::string& text : texts)
            shown += (shown.empty() ? "" : ", ") + text;
        return ("[" + shown + "]").c_str();
    }
};
}  // namespace doctest
