#include "handlers/effect_answer.hpp"

#include "handlers/review/payload_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {

using review::field;
using review::text_field;

std::string EffectAnswer::trouble() const {
    const auto code = error.empty() ? meaning : error;
    return advice.empty() ? fmt::format("{} answered `{}`.", method, code)
                          : fmt::format("{} answered `{}`: {}", method, code, advice);
}

EffectAnswer read_effect_answer(const Event& event) {
    const auto& payload = event.payload;
    const auto& effect = field(payload, "effect");
    return {.meaning = text_field(payload, "meaning"),
            .error = text_field(payload, "error"),
            .advice = text_field(payload, "advice"),
            .response = field(payload, "response"),
            .context = field(effect, "context"),
            .args = field(effect, "args"),
            .key = text_field(effect, "key"),
            .method = text_field(effect, "method"),
            .purpose = text_field(effect, "purpose"),
            .request = RequestId{review::number_field(effect, "request")}};
}

}  // namespace countersign::handlers
