#include "config/settings.hpp"

#include "config/base/secret.hpp"
#include "config/base/text.hpp"
#include "config/policy_file.hpp"
#include "config/secrets.hpp"
#include "config/section.hpp"
#include "config/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <set>
#include <tuple>

namespace countersign::embedded {
extern const std::string_view countersign_toml;
}

namespace countersign::config {
namespace {

constexpr std::string_view channel_expected =
    "a channel id such as C0APPREVIEW (in Slack: channel details, at the bottom)";
constexpr std::string_view member_expected = "user ids (U…, W…) and user group ids (S…)";

// A value as it may be shown: short, harmless, without credentials.
std::string shown(std::string_view value) {
    return fmt::format("\"{}\"", text::shortened(redacted(text::cleaned(value)), 80));
}

bool is_slack_id(std::string_view id, std::string_view first_letters) {
    return id.size() >= 2 && first_letters.contains(id.front()) &&
           std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

void check_channel(Section& section, std::string_view key, const std::string& id) {
    if (!is_slack_id(id, "CG"))
        section.problem(key, fmt::format("is {}; expected {}", shown(id), channel_expected));
}

std::vector<std::string> members_of(Section& section, std::string_view key) {
    section.require(key, member_expected);
    const auto members = section.texts(key);
    if (!members) return {};
    if (members->empty()) section.problem(key, fmt::format("is empty; expected {}", member_expected));
    std::set<std::string> seen;
    for (const auto& member : *members) {
        if (!is_slack_id(member, "UWS"))
            section.problem(key, fmt::format("holds {}; expected {}", shown(member), member_expected));
        else if (!seen.insert(member).second)
            section.problem(key, fmt::format("names {} twice; expected each member once", member));
    }
    return *members;
}

SlackSettings read_slack(const Node* node, Problems& problems) {
    Section section(node, "slack", problems);
    SlackSettings slack;
    slack.api_url = section.text("api_url", slack.api_url);
    if (const auto wrong = base_url_problem(slack.api_url); !wrong.empty())
        section.problem("api_url", wrong);
    else if (!slack.api_url.ends_with('/'))
        slack.api_url += '/';
    slack.connections = static_cast<int>(section.integer("connections", slack.connections, 1, 10));
    slack.reconcile =
        std::chrono::minutes(section.integer("reconcile_minutes", slack.reconcile.count(), 1, 1440));
    slack.rate_scale = section.number("rate_scale", slack.rate_scale, 1, 1000);
    if (slack.rate_scale > 1 && !is_loopback_url(slack.api_url))
        section.problem(
            "rate_scale",
            fmt::format("is {}; expected 1.0, because slack.api_url is not on loopback", slack.rate_scale));
    slack.ca_file = section.text("ca_file", "");
    if (!slack.ca_file.empty())
        if (const auto content = read_file(slack.ca_file); !content)
            section.problem("ca_file", fmt::format("{} {}; expected a PEM file of certificates",
                                                   shown(slack.ca_file.string()), content.error()));
    slack.proxy = section.text("proxy", "");
    // Its value may hold a password: never shown.
    if (!slack.proxy.empty() && !slack.proxy.starts_with("http://"))
        section.problem("proxy", "is not an http:// address; expected http://HOST:PORT");
    section.finish();
    return slack;
}

Party read_party(const Node* node, Problems& problems) {
    Section section(node, "review.party", problems);
    Party party;
    if (const auto name = section.required_text("name", "the party's name, such as \"Security\"")) {
        party.name = text::trimmed(*name);
        if (party.name.empty() || text::code_points(party.name) > 50 ||
            text::cleaned(party.name) != party.name)
            section.problem("name", fmt::format("is {}; expected a name of 1 to 50 letters on one line",
                                                shown(party.name)));
    }
    party.members = members_of(section, "members");
    party.quorum = static_cast<int>(section.integer("quorum", 1, 1, 100));
    const bool all_users =
        std::ranges::none_of(party.members, [](const auto& id) { return id.starts_with('S'); });
    const std::set<std::string> distinct(party.members.begin(), party.members.end());
    if (all_users && !distinct.empty() && static_cast<std::size_t>(party.quorum) > distinct.size())
        section.problem(
            "quorum", fmt::format("is {} for {} but there are {} members; expected at most {}", party.quorum,
                                  shown(party.name), distinct.size(), distinct.size()));
    party.tracker_label = section.text("tracker_label", "");
    party.tracker_approvers = section.integers("tracker_approvers");
    for (const auto account : party.tracker_approvers)
        if (account <= 0)
            section.problem("tracker_approvers",
                            fmt::format("holds {}; expected account ids above 0", account));
    section.finish();
    return party;
}

ReviewSettings read_review(const Node* node, Problems& problems) {
    Section section(node, "review", problems);
    ReviewSettings review;
    if (node == nullptr) {
        problems.add(1, "review",
                     "section is missing; expected [review] with channel, admins and [[review.party]]");
        return review;
    }
    if (const auto channel = section.required_text("channel", channel_expected)) {
        review.channel = ChannelId(*channel);
        check_channel(section, "channel", *channel);
    }
    review.alarm_channel = ChannelId(section.text("alarm_channel", ""));
    if (review.alarm_channel.empty())
        review.alarm_channel = review.channel;
    else
        check_channel(section, "alarm_channel", review.alarm_channel.value);
    review.admins = members_of(section, "admins");
    review.auto_apply = section.boolean("auto_apply", false);
    review.require_vendor_issue = section.boolean("require_vendor_issue", true);

    std::set<std::string> names;
    for (const Node* entry : section.tables("party")) {
        Party party = read_party(entry, problems);
        if (!party.name.empty() && !names.insert(text::lower(party.name)).second)
            problems.add(
                entry->line, "review.party.name",
                fmt::format("is {}, which another party has; expected each name once", shown(party.name)));
        review.parties.push_back(std::move(party));
    }
    if (!section.has("party"))
        problems.add(section.line(), "review.party", "is missing; expected at least one [[review.party]]");
    else if (review.parties.empty())
        section.problem("party", "is empty; expected at least one [[review.party]]");
    section.finish();
    return review;
}

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

std::string default_api_url(const Tracker& tracker) {
    if (tracker.kind == TrackerKind::gitlab) return tracker.url + "/api/v4";
    return text::lower(tracker.url) == "https://github.com" ? "https://api.github.com"
                                                            : tracker.url + "/api/v3";
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
    tracker.api_url = api_url.empty() ? default_api_url(tracker) : checked_url(section, "api_url", api_url);
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
    tracker.purpose = choice<TrackerPurpose>(
        section, "purpose", TrackerPurpose::vendor,
        std::array{std::pair{std::string_view("vendor"), TrackerPurpose::vendor},
                   std::pair{std::string_view("it-request"), TrackerPurpose::it_request},
                   std::pair{std::string_view("change"), TrackerPurpose::change}});
    tracker.poll = std::chrono::seconds(section.integer("poll_seconds", tracker.poll.count(), 10, 3600));
    section.finish();
    return tracker;
}

std::vector<Tracker> read_trackers(Section& root, Problems& problems) {
    std::vector<Tracker> trackers;
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

Settings read_all(const Node& document, const std::filesystem::path& file, Problems& problems) {
    Section root(&document, "", problems);
    Settings settings;
    settings.file = file;
    settings.slack = read_slack(root.table("slack"), problems);
    settings.review = read_review(root.table("review"), problems);
    settings.trackers = read_trackers(root, problems);
    settings.people = read_people(root, settings.trackers, problems);

    Section slackbot(root.table("slackbot"), "slackbot", problems);
    settings.slackbot_channel = ChannelId(slackbot.text("channel", ""));
    if (!settings.slackbot_channel.empty())
        check_channel(slackbot, "channel", settings.slackbot_channel.value);
    slackbot.finish();

    Section storage(root.table("storage"), "storage", problems);
    settings.database = storage.text("path", settings.database.string());
    if (settings.database.empty()) storage.problem("path", "is empty; expected a file name");
    storage.finish();

    Section http(root.table("http"), "http", problems);
    settings.http_listen = http.text("listen", "");
    if (!settings.http_listen.empty() && !is_listen_address(settings.http_listen))
        http.problem("listen", fmt::format("is {}; expected ADDRESS:PORT such as 127.0.0.1:9464",
                                           shown(settings.http_listen)));
    http.finish();

    Section policy(root.table("policy"), "policy", problems);
    settings.policy_file = policy.text("file", "");
    if (policy.has("file") && settings.policy_file.empty())
        policy.problem("file", "is empty; expected a file name, or no [policy] for the built-in default");
    if (!settings.policy_file.empty()) {
        if (const auto content = read_file(settings.policy_file); content)
            check_policy(*content, settings.policy_file, problems);
        else
            policy.problem("file", fmt::format("{} {}; expected a readable policy file",
                                               shown(settings.policy_file.string()), content.error()));
    }
    policy.finish();
    root.finish();
    return settings;
}

}  // namespace

std::string to_text(const Problem& problem) {
    std::string line = problem.file;
    if (!problem.file.empty())
        line += problem.line > 0 ? fmt::format(":{}: ", problem.line) : std::string(": ");
    line += fmt::format("{}: {}", problem.key, problem.text);
    line = text::cleaned(line);
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\t'; }, ' ');  // one problem, one line
    return line;
}

std::expected<Settings, std::vector<Problem>> parse_settings(std::string_view toml,
                                                             const std::filesystem::path& file) {
    const auto document = parse_document(toml, file);
    if (!document) return std::unexpected(std::vector{document.error()});
    Problems problems{file.string(), {}};
    Settings settings = read_all(*document, file, problems);
    if (problems.found.empty()) return settings;
    std::ranges::sort(problems.found, {},
                      [](const Problem& one) { return std::tie(one.line, one.key, one.text); });
    return std::unexpected(std::move(problems.found));
}

std::expected<Settings, std::vector<Problem>> load_settings(const std::filesystem::path& file) {
    const auto content = read_file(file);
    if (!content)
        return std::unexpected(std::vector{
            Problem{file.string(), 1, "file",
                    content.error() + "; expected a readable TOML file (countersign init writes one)"}});
    return parse_settings(*content, file);
}

std::string_view example_settings() {
    return embedded::countersign_toml;
}

}  // namespace countersign::config
