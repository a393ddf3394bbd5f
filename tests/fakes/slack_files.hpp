#pragma once

#include "tests/fakes/http.hpp"
#include "tests/fakes/slack_methods.hpp"

namespace countersign::fakes {

// files.*: uploads in three steps. The bytes come by plain HTTP to what getUploadURLExternal said.
[[nodiscard]] const MethodTable& file_methods();
[[nodiscard]] HttpReply take_upload(const World& world, const HttpQuery& query);

}  // namespace countersign::fakes
