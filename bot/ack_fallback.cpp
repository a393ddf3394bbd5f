#include "bot/ack_fallback.hpp"

#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot {

using handlers::review::field;
using handlers::review::text_field;
using nlohmann::json;

std::optional<storage::Effect> answer_by_message(const json& payload, std::string_view answer,
                                                 std::string_view envelope_id) {
    const json message = json::parse(answer, nullptr, false);
    std::string user = text_field(payload, "user_id");
    if (user.empty()) user = text_field(field(payload, "user"), "id");
    if (user.empty() || !message.is_object() || !message.contains("text")) return std::nullopt;

    json args = {{"channel", user}, {"text", message["text"]}};
    if (message.contains("blocks")) args["blocks"] = message["blocks"];
    storage::Effect effect;
    effect.key = "answer:" + std::string(envelope_id);
    effect.method = "chat.postMessage";
    effect.args = args.dump();
    effect.interactive = true;
    return effect;
}

}  // namespace countersign::bot
