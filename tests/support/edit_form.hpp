#pragma once

#include "handlers/installed_merging.hpp"
#include "tests/support/review_world.hpp"

#include <string>

namespace countersign::tests {

// What the form that edits this thing carries, if it is opened now.
inline std::string as_shown(ReviewWorld& world, const std::string& target) {
    const auto view = world.view();
    const auto thing =
        handlers::thing_at(target, {world.clock.now(), view, world.settings, world.capabilities});
    return thing ? handlers::target_as_shown(*thing) : target;
}

}  // namespace countersign::tests
