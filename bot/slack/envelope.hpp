#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::slack {

// One Socket Mode text message, read just far enough to route it (R52–R54).
enum class MessageKind {
    hello,
    disconnect,  // control: never reach a handler (R45)
    events_api,
    interactive,
    slash_commands,  // envelopes
    unknown,         // has an envelope id but a kind we do not know, or is too large: recorded raw, acked
    noise,           // not JSON, not an object, no id: logged once a minute, dropped
};

struct SocketMessage {
    MessageKind kind = MessageKind::noise;
    std::string type;  // as sent
    std::string envelope_id;
    bool accepts_response_payload = false;
    int retry_attempt = 0;
    std::string reason;                   // disconnect
    std::string app_id;                   // hello (R9)
    int num_connections = 0;              // hello (R71)
    int approximate_connection_time = 0;  // hello, seconds
};
// What is built of an envelope in memory takes many times its text. Slack's own are far below a megabyte.
inline constexpr std::size_t most_read_bytes = 4u << 20;
inline constexpr std::size_t most_read_values = 200'000;
// Never throws; nesting is limited to 64 (R54).
[[nodiscard]] SocketMessage read_message(std::string_view text);
// Of a message that nobody can read, what people are shown: its beginning.
[[nodiscard]] std::string beginning_of(std::string text);

// The largest ack we send; Slack's limit on a client frame is 20,480 bytes (R43).
inline constexpr std::size_t max_ack_bytes = 20'000;

struct AckText {
    std::string text;
    bool payload_dropped = false;  // it was too large: the content must go another way
};
// `payload` is a JSON object or ""; anything else becomes {"text": …} (R42).
[[nodiscard]] AckText ack_text(std::string_view envelope_id, std::string_view payload);
// The envelope id as it stands in such an ack, escapes and all; "" where there is none.
[[nodiscard]] std::string_view acked_envelope(std::string_view ack);

}  // namespace countersign::slack
