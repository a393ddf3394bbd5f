#include "config/base/text.hpp"
#include "config/secrets.hpp"
#include "config/settings_sections.hpp"
#include "config/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

namespace countersign::config {
namespace {

using PurposeWord = std::pair<std::string_view, TrackerPurpose>;
constexpr std::array purposes{PurposeWord{"vendor", TrackerPurpose::vendor},
                              PurposeWord{"it-request", TrackerPurpose::it_request},
                              PurposeWord{"change", TrackerPurpose::change}};

// "group/project", deeper on GitLab; exactly "owner/name" on GitHub.
bool is_project_path(std::string_view path, TrackerKind kind) {
    const auto slashes = std::ranges::count(path, '/');
    return slashes >= 1 && (kind == TrackerKind::gitlab || slashes == 1) && !path.starts_with('/') &&
           !path.ends_with('/') && !path.contains("//") && std::ranges::all_of(path, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                      std::string_view("-_./").contains(c);
           });
}

template <class Value, std::size_t N>
Value choice(Section& section, std::string_view key, Value fallback,
             const std::array<std::pair<std::string_view, Value>, N>& choices) {
    const auto text = section.text(key);
    if (!text) return fallback;
    for (const auto& [name, value] : choices)
        if (*text == name) return value;
    std::vector<std::string> names;
    for (const auto& entry : choices)
        names.emplace_back(entry.first);
    section.problem(key, fmt::format("is {}; expected {}", shown(*text), text::joined(names, ", ")));
    return fallback;
}

// A tracker's name becomes part of a variable's name and of audit entries.
bool is_tracker_name(std::string_view name) {
    return !name.empty() && name.size() <= 50 &&
           std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
           std::ranges::all_of(name, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-_.").contains(c);
           });
}

// Without a trailing slash; empty when it is wrong.
std::string checked_url(Section& section, std::string_view key, std::string url) {
    if (const auto wrong = base_url_problem(url); !wrong.empty()) {
        section.problem(key, wrong);
        return "";
    }
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

Tracker read_tracker(const Node* node, Problems& problems) {
    Section section(node, "tracker", problems);
    Tracker tracker;
    if (const auto name = section.required_text("name", "a short name such as \"procurement\"")) {
        tracker.name = *name;
        if (!is_tracker_name(tracker.name))
            section.problem(
                "name", fmt::format("is {}; expected letters, digits, - _ and . only", shown(tracker.name)));
    }
    section.require("kind", "gitlab or github");
    tracker.kind =
        choice<TrackerKind>(section, "kind", TrackerKind::gitlab,
                            std::array{std::pair{std::string_view("gitlab"), TrackerKind::gitlab},
                                       std::pair{std::string_view("github"), TrackerKind::github}});
    if (const auto url = section.required_text("url", "the tracker's address, such as https://gitlab.com"))
        tracker.url = checked_url(section, "url", *url);
    const std::string api_url = section.text("api_url", "");
    tracker.api_url = api_url.empty() ? default_api_url(tracker.kind, tracker.url)
                                      : checked_url(section, "api_url", api_url);
    section.require("projects", "the projects whose issues count, such as [\"group/project\"]");
    if (const auto projects = section.texts("projects")) {
        tracker.projects = *projects;
        if (projects->empty())
            section.problem("projects",
                            "is empty; expected at least one project path such as \"group/project\"");
    }
    for (const auto& project : tracker.projects)
        if (!is_project_path(project, tracker.kind))
            section.problem(
                "projects",
                fmt::format("holds {}; expected a full path such as {}", shown(project),
                            tracker.kind == TrackerKind::gitlab ? "group/sub-group/project" : "owner/name"));
    tracker.template_name = section.text("template", tracker.template_name);
    tracker.purpose = choice<TrackerPurpose>(section, "purpose", TrackerPurpose::vendor, purposes);
    tracker.poll = std::chrono::seconds(section.integer("poll_seconds", 60, 10, 3600));
    const std::filesystem::path ca_file = section.text("ca_file", "");
    if (ca_file.empty() || ca_file.is_absolute())
        tracker.ca_file = read_ca_file(section);
    else
        section.problem("ca_file", fmt::format("is {}; expected an absolute path, such as "
                                               "/etc/countersign/tracker-ca.pem",
                                               shown(ca_file.string())));
    tracker.check_boxes = section.boolean("check_boxes", false);
    if (tracker.check_boxes && tracker.kind == TrackerKind::github)
        section.problem("check_boxes",
                        "is true for GitHub, which does not tell who ticked a box; expected "
                        "false, or a GitLab tracker");
    section.finish();
    return tracker;
}

// Trust goes with an address, over which OAuth and API calls of all its trackers go alike: two answers to
// whom to trust there would make one tracker's authority another's, or Slack's.
class TrustByAddress {
  public:
    explicit TrustByAddress(const SlackSettings& slack) {
        owners_.emplace(origin_of(slack.api_url), Owner{"[slack]", slack.ca_file});
    }

    void check(const Tracker& tracker, int line, Problems& problems) {
        for (const auto& url : std::array{tracker.url, tracker.api_url}) {
            const auto [known, added] =
                owners_.try_emplace(origin_of(url), Owner{shown(tracker.name), tracker.ca_file});
            const auto& [owner, file] = known->second;
            // What Slack's ca_file says holds everywhere.
            const bool same = tracker.ca_file == file || (owner == "[slack]" && tracker.ca_file.empty());
            if (added || same) continue;
            problems.add(line, "tracker.ca_file",
                         fmt::format("is {}, but that of {} at the same address is {}; expected the same in "
                                     "both",
                                     shown(tracker.ca_file.string()), owner, shown(file.string())));
            return;
        }
    }

  private:
    struct Owner {
        std::string name;
        std::filesystem::path file;
    };
    std::map<std::string, Owner> owners_;
};

}  // namespace

std::string_view to_text(TrackerPurpose purpose) {
    return std::ranges::find(purposes, purpose, &PurposeWord::second)->first;
}

std::optional<TrackerPurpose> parse_purpose(std::string_view text) {
    const auto found = std::ranges::find(purposes, text, &PurposeWord::first);
    return found == purposes.end() ? std::nullopt : std::optional(found->second);
}

std::string default_api_url(TrackerKind kind, std::string_view url) {
    if (kind == TrackerKind::gitlab) return std::string(url) + "/api/v4";
    return text::lower(url) == "https://github.com" ? "https://api.github.com" : std::string(url) + "/api/v3";
}

std::vector<Tracker> read_trackers(Section& root, const SlackSettings& slack, Problems& problems) {
    std::vector<Tracker> trackers;
    TrustByAddress trust(slack);
    // Two trackers must not share a token's variable, nor take one of Slack's.
    std::set<std::string> variables{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_ADMIN_TOKEN",
                                    "SLACK_REVIEWER_TOKEN"};
    for (const Node* node : root.tables("tracker")) {
        Tracker tracker = read_tracker(node, problems);
        const std::string variable = tracker_token_variable(tracker.name);
        if (!tracker.name.empty() && !variables.insert(variable).second)
            problems.add(
                node->line, "tracker.name",
                fmt::format("is {}, whose token would be {} like another's; expected a different name",
                            shown(tracker.name), variable));
        trust.check(tracker, node->line, problems);
        trackers.push_back(std::move(tracker));
    }
    return trackers;
}

std::vector<PersonMapping> read_people(Section& root, const std::vector<Tracker>& trackers,
                                       Problems& problems) {
    std::vector<PersonMapping> people;
    std::set<std::pair<std::string, std::int64_t>> accounts;
    for (const Node* node : root.tables("person")) {
        Section section(node, "person", problems);
        PersonMapping person;
        if (const auto slack = section.required_text("slack", "a user id such as U0SEC1")) {
            person.slack = UserId(*slack);
            if (!is_slack_id(*slack, "UW"))
                section.problem("slack",
                                fmt::format("is {}; expected a user id such as U0SEC1", shown(*slack)));
        }
        if (const auto tracker = section.required_text("tracker", "the name of a [[tracker]]")) {
            person.tracker = *tracker;
            if (std::ranges::none_of(trackers, [&](const auto& one) { return one.name == *tracker; }))
                section.problem("tracker",
                                fmt::format("is {}; expected the name of a [[tracker]]", shown(*tracker)));
        }
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        section.require("account", "the account's id in the tracker");
        person.account = section.integer("account", 0, 1, most);
        // One account that speaks for two people would let one signature count twice.
        if (person.account > 0 && !accounts.emplace(person.tracker, person.account).second)
            section.problem(
                "account",
                fmt::format("is {}, which another person has; expected each account once", person.account));
        section.finish();
        people.push_back(std::move(person));
    }
    return people;
}

}  // namespace countersign::config
