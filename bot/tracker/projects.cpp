#include "bot/tracker/projects.hpp"

#include "config/base/text.hpp"

#include <algorithm>

namespace countersign::tracker {

Projects::Projects(const config::Tracker& tracker)
    : url_(tracker.url),
      gitlab_(tracker.kind == config::TrackerKind::gitlab),
      configured_(tracker.projects) {}

std::optional<std::string> Projects::allowed(std::string_view path) const {
    const auto wanted = text::lower(path);
    const auto found = std::ranges::find_if(
        configured_, [&](const std::string& each) { return text::lower(each) == wanted; });
    return found == configured_.end() ? std::nullopt : std::optional(*found);
}

std::string Projects::issue_url(const std::string& path, std::int64_t iid) const {
    return url_ + "/" + path + (gitlab_ ? "/-/issues/" : "/issues/") + std::to_string(iid);
}

std::optional<Project> Projects::known(const std::string& asked) const {
    const auto found = known_.find(asked);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Projects::remember(const std::string& asked, Project project) {
    known_[asked] = std::move(project);
}

void Projects::forget(const std::string& asked) {
    known_.erase(asked);
}

}  // namespace countersign::tracker
