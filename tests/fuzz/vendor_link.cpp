#include "handlers/review/vendor_link.hpp"

#include <cstdint>
#include <cstdlib>

// L11: no text crashes the parser, and whatever it accepts is the canonical link of an allowed project.
namespace {

using countersign::config::Tracker;
using countersign::config::TrackerKind;

const std::vector<Tracker>& trackers() {
    static const std::vector<Tracker> all = [] {
        Tracker gitlab;
        gitlab.name = "gitlab";
        gitlab.url = "https://gitlab.com/root";
        gitlab.api_url = "https://gitlab.com/root/api/v4";
        gitlab.projects = {"a/b", "group/sub/project"};
        Tracker github;
        github.name = "github";
        github.kind = TrackerKind::github;
        github.url = "https://github.com";
        github.api_url = "https://api.github.com";
        github.projects = {"a/b", "owner/repo"};
        return std::vector{gitlab, github};
    }();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto read = countersign::handlers::review::parse_issue_link(text, trackers());
    if (read && countersign::handlers::review::parse_issue_link(read->url, trackers()) != read) std::abort();
    for (const auto& found : countersign::handlers::review::find_issue_links(text, trackers()).found) {
        if (countersign::handlers::review::parse_issue_link(found.url, trackers()) != found) std::abort();
    }
    return 0;
}
