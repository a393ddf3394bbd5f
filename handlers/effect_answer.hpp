#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace countersign::handlers {

// The payload of an effect_result event, read.
struct EffectAnswer {
    std::string meaning;  // "ok", "ok_in_disguise", "human", "refused", "unclear", "expired"
    std::string error;
    std::string advice;
    const nlohmann::json& response;
    const nlohmann::json& context;  // an object
    const nlohmann::json& args;
    std::string key;
    std::string method;
    std::string purpose;
    RequestId request;

    [[nodiscard]] bool ok() const { return meaning == "ok" || meaning == "ok_in_disguise"; }
    // "admin.apps.approve answered `not_an_admin`: advice"
    [[nodiscard]] std::string trouble() const;
};
[[nodiscard]] EffectAnswer read_effect_answer(const Event& event);

}  // namespace countersign::handlers
