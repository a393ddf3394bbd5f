#include "bot/slack/envelope.hpp"

#include "bot/slack/json_walk.hpp"

#include <algorithm>
#include <limits>

namespace countersign::slack {
namespace {

// Slack's ids are UUIDs; one that would not fit into an ack cannot be acknowledged at all.
constexpr std::size_t max_envelope_id = 255;
constexpr std::size_t shown_beginning = 65'536;

int small_number(const JsonValue& value) {
    const auto number = value.integer().value_or(0);
    return static_cast<int>(std::clamp<std::int64_t>(number, 0, std::numeric_limits<int>::max()));
}

// Each field is set anew on each occurrence: the last one wins, as in the parser that reads the payload
// later.
class RoutingFields final : public JsonVisitor {
  public:
    explicit RoutingFields(SocketMessage& message) : message_(&message) {}

    bool member(std::string_view parent, std::string_view key, const JsonValue& value) override {
        if (parent.empty()) return top(key, value);
        if (parent == "connection_info" && key == "app_id") message_->app_id = value.text();
        if (parent == "debug_info" && key == "approximate_connection_time") {
            message_->approximate_connection_time = small_number(value);
        }
        return false;
    }

  private:
    bool top(std::string_view key, const JsonValue& value) {
        if (key == "type") {
            message_->type = value.text();
        } else if (key == "envelope_id") {
            message_->envelope_id = value.text();
        } else if (key == "accepts_response_payload") {
            message_->accepts_response_payload = value.is_true();
        } else if (key == "retry_attempt") {
            message_->retry_attempt = small_number(value);
        } else if (key == "reason") {
            message_->reason = value.text();
        } else if (key == "num_connections") {
            message_->num_connections = small_number(value);
        } else if (key == "connection_info") {
            message_->app_id.clear();
            return true;
        } else if (key == "debug_info") {
            message_->approximate_connection_time = 0;
            return true;
        }
        return false;
    }

    SocketMessage* message_;
};

MessageKind kind_of(const SocketMessage& message, bool readable) {
    if (readable && message.type == "hello") return MessageKind::hello;
    if (readable && message.type == "disconnect") return MessageKind::disconnect;
    if (message.envelope_id.empty()) return MessageKind::noise;
    if (!readable) return MessageKind::unknown;  // broken, but Slack waits for an ack (R52)
    if (message.type == "events_api") return MessageKind::events_api;
    if (message.type == "interactive") return MessageKind::interactive;
    if (message.type == "slash_commands") return MessageKind::slash_commands;
    return MessageKind::unknown;
}

}  // namespace

SocketMessage read_message(std::string_view text) {
    SocketMessage message;
    RoutingFields fields(message);
    const JsonShape shape = walk_json(text, fields, most_read_values);
    if (message.envelope_id.size() > max_envelope_id) message.envelope_id.clear();
    message.kind = kind_of(message, shape == JsonShape::object && text.size() <= most_read_bytes);
    return message;
}

std::string beginning_of(std::string text) {
    if (text.size() <= shown_beginning) return text;
    auto end = shown_beginning;
    while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)  // not within a code point
        --end;
    return text.substr(0, end);
}

AckText ack_text(std::string_view envelope_id, std::string_view payload) {
    constexpr std::string_view blank = " \t\r\n";
    std::string text = "{\"envelope_id\":" + json_quoted(envelope_id);
    const auto begin = payload.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {.text = text + "}", .payload_dropped = false};

    // Slack ignores a payload that is not an object (R42).
    const std::string wrapped =
        payload[begin] == '{' ? std::string() : "{\"text\":" + json_quoted(payload) + "}";
    const std::string_view object = wrapped.empty() ? payload : std::string_view(wrapped);
    if (text.size() + object.size() + std::string_view(",\"payload\":}").size() > max_ack_bytes) {
        return {.text = text + "}", .payload_dropped = true};
    }
    text += ",\"payload\":";
    text += object;
    text += "}";
    return {.text = std::move(text), .payload_dropped = false};
}

std::string_view acked_envelope(std::string_view ack) {
    constexpr std::string_view prefix = "{\"envelope_id\":\"";
    if (!ack.starts_with(prefix)) return {};
    ack.remove_prefix(prefix.size());
    for (std::size_t i = 0; i < ack.size(); ++i) {
        if (ack[i] == '"') return ack.substr(0, i);
        if (ack[i] == '\\') ++i;
    }
    return {};
}

}  // namespace countersign::slack
