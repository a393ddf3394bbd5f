#pragma once

#include "bot/tracker/client.hpp"
#include "bot/tracker/projects.hpp"
#include "bot/tracker/wire.hpp"

namespace countersign::tracker {

// GitLab REST v4, gitlab.com or self-managed (trackers.md §1).
class GitlabClient final : public Client {
  public:
    GitlabClient(net::HttpClient& http, const config::Tracker& tracker, Secret token);

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
    // Below the API root: "/projects/7/issues/42".
    [[nodiscard]] net::Awaitable<Expected<std::string>> issue_path(std::string project, std::int64_t iid);
    [[nodiscard]] net::Awaitable<Expected<storage::IssueFacts>> read_whole(std::string project,
                                                                           std::int64_t iid);
    [[nodiscard]] net::Awaitable<Expected<storage::IssueFacts>> read_body(Project project, std::int64_t iid);
    [[nodiscard]] net::Awaitable<Expected<void>> read_history(const std::string& path,
                                                              storage::IssueFacts& facts);
    [[nodiscard]] net::Awaitable<Expected<storage::TrackerAccount>> myself();
    [[nodiscard]] net::Awaitable<Expected<std::vector<std::string>>> label_names(std::int64_t project);
    [[nodiscard]] net::Awaitable<Expected<std::optional<std::int64_t>>> find_issue(std::int64_t project,
                                                                                   const NewIssue& wanted);

    Wire wire_;
    Projects projects_;
    std::optional<storage::TrackerAccount> me_;
};

}  // namespace countersign::tracker
