#pragma once

#include "storage/evidence.hpp"
#include "storage/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::storage {

class Database;
class InstalledView;

// What may be read. Inside a dispatcher transaction it sees the changes applied so far; on a read-only handle
// the last commit. Cheap to construct. Throws SQLite::Exception when the database cannot be read.
class View {
  public:
    explicit View(const Database& database) : database_(&database) {}

    // The number the next new request gets. Handlers that create one use it as its id.
    [[nodiscard]] RequestId next_request_id() const;

    [[nodiscard]] std::optional<AppRequest> request(RequestId id) const;
    // Slack's own id; the newest, should Slack ever reuse one.
    [[nodiscard]] std::optional<AppRequest> request(const SlackRequestId& id) const;
    // Not final, this app in this workspace, newest first.
    [[nodiscard]] std::vector<AppRequest> open_requests(const AppId& app, const TeamId& team) const;
    [[nodiscard]] std::vector<AppRequest> open_requests() const;
    [[nodiscard]] std::vector<AppRequest> requests_of(const UserId& requester,
                                                      std::size_t limit) const;  // newest first
    struct Filter {
        std::string state;      // "" = any
        std::string app;        // app id or name; "" = any
        std::string requester;  // "" = any
        std::size_t limit = 100;
        std::int64_t before = 0;  // ids below this; 0 = from the newest
    };
    [[nodiscard]] std::vector<AppRequest> requests(const Filter& filter) const;  // newest first
    struct StateCount {
        std::string state;
        std::int64_t count = 0;
    };
    [[nodiscard]] std::vector<StateCount> request_counts() const;

    // Not final, oldest first, with numbers above this.
    [[nodiscard]] std::vector<AppRequest> open_requests_after(RequestId after, std::size_t limit) const;
    // Distinct app names that requests have had, then those in Slack's lists; each in alphabetical order.
    [[nodiscard]] std::vector<std::string> app_names(std::size_t limit) const;
    // How long the newest approved requests took from their making to their decision, and for what.
    struct Wait {
        std::chrono::milliseconds time;
        std::vector<Scope> scopes;
    };
    [[nodiscard]] std::vector<Wait> recent_waits(std::size_t limit) const;

    [[nodiscard]] std::optional<Person> person(const UserId& id) const;
    [[nodiscard]] std::optional<HomeTab> home_tab(const UserId& id) const;
    [[nodiscard]] std::vector<UserId> home_tabs_opened(Timestamp since) const;
    [[nodiscard]] std::vector<UserId> followers(RequestId id) const;  // in the order they joined
    [[nodiscard]] std::vector<AppRequest> followed_by(const UserId& user,
                                                      std::size_t limit) const;  // newest first

    [[nodiscard]] std::vector<Vote> votes(RequestId id) const;  // all, oldest first
    [[nodiscard]] std::optional<VendorIssue> vendor_issue(RequestId id) const;
    // Requests whose vendor issue this is, oldest first.
    [[nodiscard]] std::vector<RequestId> requests_on(const IssueKey& issue) const;
    [[nodiscard]] std::optional<TrackerIssue> tracker_issue(const IssueKey& issue) const;
    // Whose time for a look has come, longest waiting first.
    [[nodiscard]] std::vector<TrackerIssue> tracker_issues_due(std::string_view tracker, Timestamp now,
                                                               std::size_t limit) const;
    // Links of open requests to issues that were never read, oldest first.
    [[nodiscard]] std::vector<VendorIssue> unread_vendor_issues(std::size_t limit) const;
    [[nodiscard]] std::vector<Evidence> evidence(RequestId id) const;  // all, oldest first
    [[nodiscard]] std::optional<Evidence> newest_evidence(RequestId id) const;
    // The newest verdict alone, as JSON, and the issue it is about: facts may be large. "" when there is
    // none.
    [[nodiscard]] std::optional<IssueKey> newest_evidence_issue(RequestId id) const;
    [[nodiscard]] std::string newest_verdict(RequestId id) const;
    [[nodiscard]] std::vector<PinnedLabel> pinned_labels(std::string_view tracker,
                                                         std::string_view project) const;
    [[nodiscard]] std::vector<Decision> decisions(RequestId id) const;
    [[nodiscard]] std::vector<Decision> decisions_on(const AppId& app,
                                                     const TeamId& team) const;  // newest first
    [[nodiscard]] std::optional<MessageRef> message(std::string_view name) const;
    // The message that stands at this place.
    [[nodiscard]] std::optional<MessageRef> message_at(const ChannelId& channel, std::string_view ts) const;
    [[nodiscard]] std::optional<UserGroup> user_group(std::string_view id) const;
    [[nodiscard]] std::optional<AppResolution> resolution(const AppId& app, const TeamId& team) const;
    [[nodiscard]] std::optional<SlackbotNotice> slackbot_notice(const ChannelId& channel,
                                                                std::string_view ts) const;
    [[nodiscard]] std::vector<SlackbotNotice> slackbot_notices(RequestId request) const;
    [[nodiscard]] std::vector<SlackbotSample> slackbot_samples(std::size_t limit) const;  // newest first
    [[nodiscard]] std::vector<AppResolution> resolutions(const TeamId& team) const;       // by app id
    // What Slack has resolved under this name, in whatever case, here or for the organisation.
    [[nodiscard]] std::vector<AppResolution> resolutions_named(std::string_view name, const TeamId& team,
                                                               std::size_t limit) const;
    [[nodiscard]] std::optional<Timer> timer(std::string_view name) const;
    [[nodiscard]] std::optional<PolicyText> policy(std::string_view hash) const;
    [[nodiscard]] std::vector<Mark> marks(RequestId id) const;  // oldest first
    [[nodiscard]] std::optional<Absence> absence(const UserId& person) const;
    [[nodiscard]] std::vector<Absence> absences_for(const UserId& delegate) const;
    [[nodiscard]] std::string meta(std::string_view key) const;  // "" when unset
    [[nodiscard]] std::optional<Effect> effect(std::string_view key) const;

    // Inventory, authorizations, integrations (storage/installed_view.hpp).
    [[nodiscard]] InstalledView installed() const;

  private:
    const Database* database_;
};

}  // namespace countersign::storage
