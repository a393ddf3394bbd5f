#pragma once

#include "handlers/views/message.hpp"
#include "storage/installed.hpp"
#include "storage/records.hpp"

#include <string>
#include <vector>

// What channel integrations post. Whoever reads it may be in another company: no reasons, no remarks, no
// purposes, only what was decided about which app.
namespace countersign::handlers::views {

[[nodiscard]] bool is_result(storage::RequestState state);
// The first one there, after it was added or connected again.
[[nodiscard]] Message channel_greeting(const storage::Integration& integration);
[[nodiscard]] Message channel_test(const storage::Integration& integration);
[[nodiscard]] Message channel_result(const storage::AppRequest& request);
[[nodiscard]] Message channel_digest(const std::vector<storage::AppRequest>& open, const std::string& day);

}  // namespace countersign::handlers::views
