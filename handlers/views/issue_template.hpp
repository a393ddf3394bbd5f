#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::handlers::views {

using TemplateValues = std::vector<std::pair<std::string_view, std::string>>;

// The text of a new issue: a project's template with `{{app}}`, `{{purpose}}` … replaced by values that are
// inert already, in one pass; `{{purpose|otherwise}}` says what stands there when there is no such value. A
// template that has no `{{app}}` gets all values below it. A front matter (GitHub) is not part of the text.
[[nodiscard]] std::string filled_template(std::string_view content, const TemplateValues& values,
                                          std::string_view marker);

}  // namespace countersign::handlers::views
