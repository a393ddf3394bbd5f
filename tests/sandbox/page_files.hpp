#pragma once

#include <string_view>

#include "tests/fakes/http.hpp"

namespace countersign::sandbox {

// The page's own files, which are compiled in. 404 for anything else.
[[nodiscard]] fakes::HttpReply page_file(std::string_view path);

}  // namespace countersign::sandbox
