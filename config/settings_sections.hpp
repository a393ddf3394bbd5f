#pragma once

#include "config/section.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// The parts of the configuration file, read one by one by parse_settings.
namespace countersign::config {

[[nodiscard]] SlackSettings read_slack(Section& root, Problems& problems);
[[nodiscard]] ReviewSettings read_review(Section& root, Problems& problems);
[[nodiscard]] std::vector<Tracker> read_trackers(Section& root, const SlackSettings& slack,
                                                 Problems& problems);
[[nodiscard]] std::vector<PersonMapping> read_people(Section& root, const std::vector<Tracker>& trackers,
                                                     Problems& problems);

// What these parts share.

// A value as it may be shown: short, harmless, without credentials.
[[nodiscard]] std::string shown(std::string_view value);
[[nodiscard]] bool is_slack_id(std::string_view id, std::string_view first_letters);
// The key `ca_file`: a problem unless it is empty or names a file with certificates in it.
[[nodiscard]] std::filesystem::path read_ca_file(Section& section);
// A problem unless it is a channel's id.
void check_channel(Section& section, std::string_view key, const std::string& id);

}  // namespace countersign::config
