#pragma once

#include "config/base/clock.hpp"
#include "config/settings.hpp"
#include "storage/view.hpp"

#include <functional>
#include <map>
#include <string>

namespace countersign::handlers {

// What the tokens at hand allow (design.md §1, two drivers).
struct Capabilities {
    bool admin = false;  // org driver: admin.apps.* through an admin user token
    bool reviewer =
        false;  // workspace driver: an app manager's user token, to read Slackbot's messages to that person
    UserId bot_user;  // our own, from auth.test
    AppId own_app;    // ours; never approved, restricted or voted on (M25)
    EnterpriseId enterprise;
    // Trackers with a token: their issues are read, written and made. For the others a link is all there is.
    // To each what tells whose its token is (InstalledView::connected_trackers).
    std::map<std::string, std::string, std::less<>> trackers;
};

// All that a handler may look at besides its event.
struct Context {
    Timestamp now;
    const storage::View& view;
    const config::Settings& settings;
    const Capabilities& capabilities;
};

}  // namespace countersign::handlers
