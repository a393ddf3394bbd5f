#pragma once

#include "tests/fakes/http.hpp"

#include <string_view>

namespace countersign::sandbox {

// The page's own files, which are compiled in. 404 for anything else.
[[nodiscard]] fakes::HttpReply page_file(std::string_view path);

}  // namespace countersign::sandbox
