#pragma once

#include "tests/fakes/slack_world.hpp"

namespace countersign::fakes {

// What `response_action` and views.* do to the modals of a person. `view` is what the app sent.
View& add_view(World& world, const std::string& user, const Json& view, const View* below);
void replace_view(World& world, View& shown, const Json& view);
// Closes one modal and shows the one below; `all` closes the whole stack.
void close_modal(World& world, View& shown, bool all);
// Applies the acknowledgement of a view_submission.
void answer_submission(World& world, const std::string& view_id, const Json& payload);

}  // namespace countersign::fakes
