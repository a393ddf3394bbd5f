#pragma once

#include "handlers/views/texts.hpp"

#include <string>
#include <string_view>

namespace countersign::handlers::views {

// A sentence that was written down in English (recorded_texts.hpp), for a reader of another language; what
// stands in its blanks may be such a sentence too. People's own words and what nobody translated stay as
// they are. It is found by its English, so that what was written years ago is read like new.
[[nodiscard]] std::string recorded_in(Language language, std::string_view english);
// Such a sentence has in it what a person typed.
[[nodiscard]] bool quotes_a_person(std::string_view english);

}  // namespace countersign::handlers::views
