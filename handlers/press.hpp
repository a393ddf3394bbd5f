#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/review/members.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <map>
#include <string>

namespace countersign::handlers {

// What a person did: a button pressed, a form submitted, a command typed. Everything a handler needs of
// Slack's payload, so that a press can wait in an effect's context until a user group has been read.
struct Press {
    enum class Kind { button, form, command };

    Kind kind = Kind::button;
    UserId user;
    ChannelId channel;       // empty: from a form or a shortcut
    std::string message_ts;  // of the message with the button
    bool ephemeral_message = false;
    bool in_view = false;  // on the Home tab
    std::string trigger_id;
    std::string what;                           // action id, callback id or command word
    std::string value;                          // the button's value or the form's private metadata
    std::map<std::string, std::string> fields;  // of a form, by block id; of a command: "text"
    TeamId team;
    std::string cause;  // envelope id: the source of what follows
    Timestamp at;
    bool answer_in_ack = false;

    views::Language language = views::Language::english;  // what the answer is written in
    review::GroupsRead groups;                            // read for this press (never from Slack's payload)
};

// The first action of a block_actions payload.
[[nodiscard]] Press read_button(const Event& event, const Context& context);
[[nodiscard]] Press read_form(const Event& event, const Context& context);
[[nodiscard]] Press read_command(const Event& event, const Context& context);

// Into an effect's context and back. A press that waited can no longer answer in its ack.
[[nodiscard]] std::string to_text(const Press& press);
[[nodiscard]] Press parse_press(const nlohmann::json& parked, const Context& context);

}  // namespace countersign::handlers
