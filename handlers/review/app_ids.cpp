#include "handlers/review/app_ids.hpp"

#include <algorithm>
#include <string>

namespace countersign::handlers::review {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

bool is_capital(char letter) {
    return letter >= 'A' && letter <= 'Z';
}

}  // namespace

bool is_app_id(std::string_view word) {
    return word.size() >= 8 && word.size() <= 20 && word.front() == 'A' &&
           std::ranges::all_of(word, [](char letter) { return is_capital(letter) || is_digit(letter); });
}

std::optional<AppId> app_id_in(std::string_view text) {
    if (is_app_id(text)) return AppId(std::string(text));
    for (const std::string_view marker : {"/apps/", "/marketplace/"}) {
        const auto at = text.find(marker);
        if (at == std::string_view::npos) continue;
        auto rest = text.substr(at + marker.size());
        rest = rest.substr(0, rest.find_first_of("-/?#>| "));
        if (is_app_id(rest)) return AppId(std::string(rest));
    }
    return std::nullopt;
}

// Ids are dense in digits and names are not: an A, a digit, and nothing but letters and digits after it.
bool looks_like_app_id(std::string_view word) {
    return word.size() >= 2 && (word[0] == 'A' || word[0] == 'a') && is_digit(word[1]) && !is_app_id(word) &&
           std::ranges::all_of(word, [](char letter) {
               return is_capital(letter) || is_digit(letter) || (letter >= 'a' && letter <= 'z');
           });
}

}  // namespace countersign::handlers::review
