#include "bot/slack/busy.hpp"

#include <nlohmann/json.hpp>

namespace countersign::slack {
namespace {

using Json = nlohmann::json;

constexpr std::string_view busy_text = "Countersign is busy; please try again in a minute.";

const Json* member(const Json* object, const char* key) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto found = object->find(key);
    return found == object->end() ? nullptr : &*found;
}

bool is_text(const Json* value, std::string_view expected) {
    return value != nullptr && value->is_string() && value->get_ref<const std::string&>() == expected;
}

// Slack accepts an error only at an input block; "" = the form has none.
std::string first_input_block(const Json& envelope) {
    const Json* payload = member(&envelope, "payload");
    if (!is_text(member(payload, "type"), "view_submission")) return {};
    const Json* blocks = member(member(payload, "view"), "blocks");
    if (blocks == nullptr || !blocks->is_array()) return {};
    for (const Json& block : *blocks) {
        const Json* id = member(&block, "block_id");
        if (is_text(member(&block, "type"), "input") && id != nullptr && id->is_string()) return *id;
    }
    return {};
}

}  // namespace

std::string busy_payload(const SocketMessage& message, std::string_view text) {
    if (!message.accepts_response_payload) return {};
    Json payload = Json::object();
    if (message.kind == MessageKind::slash_commands) {
        payload["response_type"] = "ephemeral";
        payload["text"] = busy_text;
        return payload.dump();
    }
    const std::string block = first_input_block(Json::parse(text, nullptr, false));
    if (block.empty()) return {};
    payload["response_action"] = "errors";
    payload["errors"][block] = busy_text;
    return payload.dump();
}

}  // namespace countersign::slack
