#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// Slack's rules for messages and views, as far as its reference states them (domain.md §3.3), and one that it
// does not state: all block text together stays below 13,000. Strict: what is not known to be right is an
// error.
namespace countersign::tests {

struct BlockKitError {
    std::string pointer;  // JSON pointer to the wrong place: "/blocks/3/text/text"
    std::string problem;  // "is 3001 characters long, at most 3000"
    std::string code;  // what Slack answers: invalid_blocks, msg_blocks_too_long, no_text, invalid_arguments,
                       // view_too_large
};

// The arguments of chat.postMessage, chat.update or chat.postEphemeral: `text` and `blocks`. `blocks` may be
// an array or its JSON text.
[[nodiscard]] std::vector<BlockKitError> check_message(const nlohmann::json& args);
// The `view` of views.open, views.update, views.publish: an object or its JSON text.
[[nodiscard]] std::vector<BlockKitError> check_view(const nlohmann::json& view);
// The ack of a view_submission: `response_action` and what belongs to it. `view` is the view that was
// submitted.
[[nodiscard]] std::vector<BlockKitError> check_response_action(const nlohmann::json& answer,
                                                               const nlohmann::json& view);

// What Slack would show rather than reject, and nobody wants: mrkdwn that was cut or escaped wrongly (a bare
// `&`, an unfinished `<…>`). For a message's arguments or a view.
[[nodiscard]] std::vector<BlockKitError> check_texts(const nlohmann::json& message_or_view);

// One line an error; "" for none.
[[nodiscard]] std::string to_text(const std::vector<BlockKitError>& errors);

}  // namespace countersign::tests
