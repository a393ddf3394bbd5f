#pragma once

#include "tests/fakes/fake_tracker.hpp"

namespace countersign::fakes {

// A strict GitLab REST v4 (trackers.md §1): what gitlab-cli and our client need of it.
class FakeGitlab final : public FakeTracker {
  public:
    explicit FakeGitlab(FakeTrackerOptions options = {});
    ~FakeGitlab() override;

    [[nodiscard]] std::string api_url() const override;
    [[nodiscard]] std::string issue_url(const IssueRef& issue) const override;
    // What the token may do, as /personal_access_tokens/self tells it.
    void set_token_facts(std::vector<std::string> scopes, const std::string& expires_at);

  private:
    HttpReply answer(const HttpQuery& query, const std::string& path) override;
    [[nodiscard]] std::string api_path() const override;
    HttpReply refuse_rate(std::chrono::seconds wait) override;
    void after_move(const IssueRef& from, const IssueRef& to) override;

    HttpReply of_project(const HttpQuery& query, const std::string& path, TrackerProject& project,
                         const std::vector<std::string>& parts);
    HttpReply of_issue(const HttpQuery& query, const std::string& path, TrackerProject& project,
                       TrackerIssue& issue, const std::vector<std::string>& parts);
    HttpReply of_notes(const HttpQuery& query, const std::string& path, TrackerIssue& issue,
                       const std::vector<std::string>& parts);
    HttpReply list_issues(const HttpQuery& query, const std::string& path, const TrackerProject& project);
    HttpReply create_issue(const Json& args, TrackerProject& project);
    HttpReply change_issue(const Json& args, TrackerProject& project, TrackerIssue& issue);

    [[nodiscard]] Json user(std::int64_t id) const;
    [[nodiscard]] Json project_json(const TrackerProject& project) const;
    [[nodiscard]] Json issue_json(const TrackerProject& project, const TrackerIssue& issue,
                                  bool label_details = false) const;
    [[nodiscard]] Json note_json(const TrackerIssue& issue, const TrackerNote& note) const;
    // The text without the lines GitLab would run as commands; what it ran is recorded.
    [[nodiscard]] std::string run_commands(const std::string& text, Json& changes);
    void set_labels(TrackerProject& project, TrackerIssue& issue, const Json& names, bool replace);

    std::vector<std::string> scopes_{"api"};
    std::string expires_at_ = "2027-10-01";
};

}  // namespace countersign::fakes
