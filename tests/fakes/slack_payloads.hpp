#pragma once

#include "tests/fakes/slack_blocks.hpp"
#include "tests/fakes/slack_world.hpp"

#include <map>
#include <string>

namespace countersign::fakes {

// Bodies that people's doings produce (domain.md §4.2), in Slack's shape.
[[nodiscard]] Json event_body(World& world, Json inner);
[[nodiscard]] Json app_request_body(World& world, const std::string& request_id, const std::string& user,
                                    const App& app, const std::string& message);
[[nodiscard]] Json press_in_message(World& world, const std::string& user, const Message& message,
                                    const Pressable& pressed);
[[nodiscard]] Json press_in_view_body(World& world, const std::string& user, const View& view,
                                      const Pressable& pressed);
// Throws std::invalid_argument when the form has no such field or a person could not send it like that.
[[nodiscard]] Json submission_body(World& world, const View& view,
                                   const std::map<std::string, std::string>& fields);
[[nodiscard]] Json closed_body(World& world, const View& view);
[[nodiscard]] Json command_body(World& world, const std::string& user, const Channel& channel,
                                const std::string& command, const std::string& text);
[[nodiscard]] Json shortcut_body(World& world, const std::string& user, const std::string& callback_id);
[[nodiscard]] Json message_shortcut_body(World& world, const std::string& user,
                                         const std::string& callback_id, const Message& message);

}  // namespace countersign::fakes
