#pragma once

#include <string>
#include <string_view>

namespace countersign::tracker {

// A GitHub issue form (YAML) as the Markdown of an issue that was made from it: a heading and an answer for
// each element, `_No response_` where nobody gave one. A field without a value of its own becomes
// `{{ID|_No response_}}`, so that it is filled in if its id is one of the template's placeholders. Throws
// Malformed, which says where.
[[nodiscard]] std::string rendered_form(std::string_view yaml);

}  // namespace countersign::tracker
