#pragma once

#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace countersign::bot {

// An answer that was too large for an ack (R43), as a direct message to the person who asked. `payload` is
// the envelope's, `answer` the ack payload that did not fit. Nothing, if there is no person or no message in
// it.
[[nodiscard]] std::optional<storage::Effect> answer_by_message(const nlohmann::json& payload,
                                                               std::string_view answer,
                                                               std::string_view envelope_id);

}  // namespace countersign::bot
