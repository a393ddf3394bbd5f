#pragma once

#include "config/settings.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// The small company of tests without sockets: its parties, its tracker, and what it asks for.
namespace countersign::tests {

using Json = nlohmann::json;

inline config::Settings review_settings() {
    config::Settings settings;
    settings.review.channel = ChannelId("C0APPREVIEW");
    settings.review.alarm_channel = ChannelId("C0ITALARMS");
    settings.review.admins = {"U0ADMIN", "U0ADMIN2", "S0ADMINS"};
    settings.review.parties = {{"Security", {"U0SEC1", "U0SEC2", "S0SECURITY"}, 1, "", {}},
                               {"Legal", {"U0LEGAL"}, 1, "", {}}};
    config::Tracker tracker;
    tracker.name = "procurement";
    tracker.url = "https://gitlab.com";
    tracker.api_url = "https://gitlab.com/api/v4/";
    tracker.projects = {"acme/vendors"};
    settings.trackers = {tracker};
    return settings;
}

inline const std::string good_link = "https://gitlab.com/acme/vendors/-/issues/12";

inline Json slack_scope(const std::string& name, const std::string& token = "bot") {
    return {{"name", name}, {"description", "Does " + name}, {"is_sensitive", false}, {"token_type", token}};
}

inline Json slack_request(const std::string& id, const std::string& app, const std::string& user,
                          const std::vector<Json>& scopes, const std::string& message = good_link,
                          const Json& team = {{"id", "T1"}, {"name", "Acme"}}) {
    return {{"id", id},
            {"app",
             {{"id", app},
              {"name", "Sketch Pad"},
              {"description", "Draws"},
              {"is_app_directory_approved", true},
              {"is_internal", false}}},
            {"previous_resolution", nullptr},
            {"user", {{"id", user}, {"name", "Jane"}, {"email", "jane@example.com"}}},
            {"team", team},
            {"scopes", scopes},
            {"message", message},
            {"is_user_app_collaborator", false},
            {"date_created", 1'795'300'000}};
}

}  // namespace countersign::tests
