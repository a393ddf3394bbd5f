#include "handlers/trackers.hpp"

#include "config/base/text.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using storage::Effect;
using storage::IssueKey;

Effect tracker_effect(std::string key, std::string_view method, std::string_view purpose, const json& args) {
    Effect made;
    made.key = std::move(key);
    made.method = method;
    made.token = storage::TokenKind::tracker;
    made.purpose = purpose;
    made.args = args.dump(-1, ' ', false, json::error_handler_t::replace);
    return made;
}

Effect asked_for(Effect made, const json& wish) {
    made.context = wish.dump(-1, ' ', false, json::error_handler_t::replace);
    made.interactive = true;
    return made;
}

// Notes and labels of one request leave in their order.
Effect about_issue(const storage::AppRequest& request, const IssueKey& issue, std::string_view what,
                   std::string_view method, std::string_view purpose, const json& args) {
    auto made =
        tracker_effect(fmt::format("{}:{}:{}:{}", what, to_text(request.id), to_text(issue), request.version),
                       method, purpose, args);
    made.request = request.id;
    made.lane = fmt::format("issue_note:{}", to_text(request.id));
    return made;
}

json place(const IssueKey& issue) {
    return {{"tracker", issue.tracker}, {"project", issue.project}, {"iid", issue.iid}};
}

}  // namespace

const config::Tracker* find_tracker(std::string_view name, const config::Settings& settings) {
    const auto found = std::ranges::find(settings.trackers, name, &config::Tracker::name);
    return found == settings.trackers.end() ? nullptr : &*found;
}

bool has_token(std::string_view tracker, const Context& context) {
    return context.capabilities.trackers.contains(tracker) &&
           find_tracker(tracker, context.settings) != nullptr;
}

bool must_be_read(const storage::VendorIssue& issue, const Context& context) {
    if (find_tracker(issue.tracker, context.settings) == nullptr) return false;
    return has_token(issue.tracker, context) || context.view.tracker_issue(key_of(issue)).has_value() ||
           context.view.installed().integration_of_tracker(issue.tracker).has_value();
}

std::string_view kind_word(config::TrackerKind kind) {
    return kind == config::TrackerKind::github ? "GitHub" : "GitLab";
}

IssueKey key_of(const storage::VendorIssue& issue) {
    return {issue.tracker, issue.project, issue.iid};
}

std::string to_text(const IssueKey& issue) {
    return fmt::format("{}:{}#{}", issue.tracker, issue.project, issue.iid);
}

Effect read_issue(const IssueKey& issue, std::string_view round, std::string_view etag) {
    auto args = place(issue);
    if (!etag.empty()) args["since_etag"] = etag;
    return tracker_effect(fmt::format("issue:{}:{}", to_text(issue), round), "tracker.read_issue",
                          purposes::issue, args);
}

Effect check_issue(const storage::AppRequest& request, const IssueKey& issue) {
    auto made = tracker_effect(fmt::format("issue_check:{}:v{}", to_text(request.id), request.version),
                               "tracker.read_issue", purposes::issue_check, place(issue));
    made.request = request.id;
    made.interactive = true;
    return made;
}

Effect check_before_hand_over(const storage::AppRequest& request, const IssueKey& issue,
                              std::string_view round) {
    auto made =
        tracker_effect(fmt::format("issue_hand_over:{}:v{}:{}", to_text(request.id), request.version, round),
                       "tracker.read_issue", purposes::issue_hand_over, place(issue));
    made.request = request.id;
    made.interactive = true;
    return made;
}

Effect ask_changed_issues(std::string_view tracker, std::string_view project,
                          const std::vector<std::int64_t>& iids, Timestamp since, std::string_view round) {
    return tracker_effect(
        fmt::format("issues_changed:{}:{}:{}:{}", tracker, project, iids.empty() ? 0 : iids.front(), round),
        "tracker.changed_issues", purposes::issues_changed,
        {{"tracker", tracker}, {"project", project}, {"iids", iids}, {"since", to_millis(since)}});
}

Effect ask_tracker_account(std::string_view tracker, std::string_view mark, std::string_view round) {
    return tracker_effect(fmt::format("tracker_account:{}:{}:{}", tracker, mark, round), "tracker.whoami",
                          purposes::tracker_account, {{"tracker", tracker}, {"mark", mark}});
}

Effect put_note(const storage::AppRequest& request, const IssueKey& issue, std::string_view marker,
                const std::string& body, bool internal) {
    auto args = place(issue);
    args["marker"] = marker;
    args["body"] = body;
    args["internal"] = internal;
    return about_issue(request, issue, "issue_note", "tracker.put_note", purposes::issue_note, args);
}

Effect set_issue_labels(const storage::AppRequest& request, const IssueKey& issue,
                        const std::vector<std::string>& add, const std::vector<std::string>& remove) {
    auto args = place(issue);
    args["add"] = add;
    args["remove"] = remove;
    return about_issue(request, issue, "issue_labels", "tracker.set_labels", purposes::issue_labels, args);
}

Effect read_template(const config::Tracker& tracker, std::string_view cause, const json& wish) {
    return asked_for(tracker_effect(fmt::format("issue_template:{}", cause), "tracker.read_template",
                                    purposes::issue_template,
                                    {{"tracker", tracker.name},
                                     {"project", tracker.projects.front()},
                                     {"name", tracker.template_name}}),
                     wish);
}

Effect create_issue(const NewIssue& issue, std::string_view cause, const json& wish) {
    return asked_for(tracker_effect(fmt::format("issue_created:{}", cause), "tracker.create_issue",
                                    purposes::issue_created,
                                    {{"tracker", issue.tracker},
                                     {"project", issue.project},
                                     {"title", issue.title},
                                     {"description", issue.description},
                                     {"labels", json::array()},
                                     {"confidential", false},
                                     {"marker", issue.marker}}),
                     wish);
}

}  // namespace countersign::handlers
