#pragma once

#include "bot/tracker/client.hpp"
#include "bot/tracker/projects.hpp"
#include "bot/tracker/wire.hpp"

namespace countersign::tracker {

// GitHub REST, github.com or an Enterprise Server below /api/v3 (trackers.md §2).
class GithubClient final : public Client {
  public:
    GithubClient(net::HttpClient& http, const config::Tracker& tracker, Secret token);

    net::Awaitable<Expected<IssueRead>> read_issue(std::string project, std::int64_t iid,
                                                   std::string since_etag) override;
    net::Awaitable<Expected<ChangedIssues>> changed_issues(std::string project,
                                                           std::vector<std::int64_t> iids,
                                                           std::optional<Timestamp> since) override;
    net::Awaitable<Expected<std::string>> read_template(std::string project, std::string name) override;
    net::Awaitable<Expected<CreatedIssue>> create_issue(NewIssue issue) override;
    net::Awaitable<Expected<PutNote>> put_note(StatusNote note) override;
    net::Awaitable<Expected<std::vector<std::string>>> set_labels(LabelChange change) override;
    net::Awaitable<Expected<std::vector<std::string>>> labels(std::string project) override;
    net::Awaitable<Expected<WhoAmI>> whoami() override;
    [[nodiscard]] std::optional<std::chrono::milliseconds> take_rest() override { return wire_.take_rest(); }

  private:
    [[nodiscard]] net::Awaitable<Expected<Project>> resolve(std::string path);
    // Below the API root: "/repos/owner/name".
    [[nodiscard]] net::Awaitable<Expected<std::string>> repository_path(std::string project);
    // Whether issue, events and comments are all as they were (H4).
    [[nodiscard]] net::Awaitable<Expected<bool>> unchanged(const std::string& path, std::string etags);
    [[nodiscard]] net::Awaitable<Expected<IssueRead>> read_whole(const std::string& path);
    [[nodiscard]] net::Awaitable<Expected<storage::TrackerAccount>> myself();
    [[nodiscard]] net::Awaitable<Expected<std::vector<std::string>>> label_names(
        const std::string& repository);
    [[nodiscard]] net::Awaitable<Expected<std::optional<std::int64_t>>> find_issue(
        const std::string& repository, const NewIssue& wanted);
    [[nodiscard]] net::Awaitable<Expected<std::vector<storage::IssueComment>>> comments_of(
        const std::string& path);

    Wire wire_;
    Projects projects_;
    std::optional<storage::TrackerAccount> me_;
};

}  // namespace countersign::tracker
