#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::tracker {

struct Project {
    std::int64_t id = 0;
    std::string path;  // as it is now; a configured one
    bool issues_enabled = true;
};

// The projects of one tracker that are configured, and what is known of them (G1, L8).
class Projects {
  public:
    explicit Projects(const config::Tracker& tracker);

    // The configured spelling: trackers find a path in any letter case. nullopt: not configured.
    [[nodiscard]] std::optional<std::string> allowed(std::string_view path) const;
    [[nodiscard]] std::string issue_url(const std::string& path, std::int64_t iid) const;

    [[nodiscard]] std::optional<Project> known(const std::string& asked) const;
    void remember(const std::string& asked, Project project);
    void forget(const std::string& asked);

  private:
    std::string url_;
    bool gitlab_;
    std::vector<std::string> configured_;
    std::map<std::string, Project> known_;  // by the path that was asked for
};

}  // namespace countersign::tracker
