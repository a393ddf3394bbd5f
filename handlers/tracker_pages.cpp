#include "handlers/tracker_pages.hpp"

#include "config/base/text.hpp"
#include "handlers/views/issue_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <vector>

namespace countersign::handlers {
namespace {

constexpr std::size_t max_title = 100;

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.' ||
                           byte == '~';
        encoded += plain ? std::string(1, letter) : fmt::format("%{:02X}", byte);
    }
    return encoded;
}

std::string new_issue_url(const config::Tracker& tracker, const std::string& project,
                          const std::string& title) {
    const auto encoded_title = percent_encoded(title);
    const auto encoded_template = percent_encoded(tracker.template_name);
    if (tracker.kind == config::TrackerKind::github) {
        const auto& name = tracker.template_name;
        const bool is_file = name.ends_with(".md") || name.ends_with(".yml") || name.ends_with(".yaml");
        return fmt::format("{}/{}/issues/new?template={}{}&title={}", tracker.url, project, encoded_template,
                           is_file ? "" : ".md", encoded_title);
    }
    return fmt::format("{}/{}/-/issues/new?issuable_template={}&issue%5Btitle%5D={}", tracker.url, project,
                       encoded_template, encoded_title);
}

}  // namespace

std::string new_issue_links(std::string_view title, config::TrackerPurpose purpose,
                            const config::Settings& settings) {
    const auto shown = text::shortened(title, max_title);
    std::vector<std::string> pages;
    for (const auto& tracker : settings.trackers) {
        if (tracker.purpose != purpose) continue;
        for (const auto& project : tracker.projects) {
            pages.push_back(views::link(new_issue_url(tracker, project, shown), project));
        }
    }
    return text::joined(pages, " · ");
}

std::string new_issue_pages(const storage::AppRequest& request, views::Language language,
                            const config::Settings& settings) {
    const auto pages =
        new_issue_links("Slack app: " + request.app_name, config::TrackerPurpose::vendor, settings);
    return pages.empty() ? say_in(language, views::texts::no_vendor_tracker)
                         : say_in(language, views::texts::make_vendor_issue_here, pages);
}

}  // namespace countersign::handlers
