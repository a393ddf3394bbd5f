#pragma once

#include "tests/fakes/slack_methods.hpp"

#include <string>

namespace countersign::fakes {

// conversations.canvases.create, canvases.*: one canvas a channel, written in Markdown.
[[nodiscard]] const MethodTable& canvas_methods();
// `channel.properties.canvas` of conversations.info; null where the channel has none.
[[nodiscard]] Json canvas_of(const World& world, const std::string& channel);

}  // namespace countersign::fakes
