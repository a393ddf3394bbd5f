#pragma once

#include "tests/fakes/fake_tracker.hpp"

namespace countersign::fakes {

// A strict GitHub REST (trackers.md §2). With `root` it is an Enterprise Server below "/api/v3".
class FakeGithub final : public FakeTracker {
  public:
    enum class Kind { enterprise, dot_com };  // where the API's root is: "/api/v3", or the host itself
    explicit FakeGithub(FakeTrackerOptions options = {}, Kind kind = Kind::enterprise);
    ~FakeGithub() override;

    [[nodiscard]] std::string api_url() const override;
    [[nodiscard]] std::string issue_url(const IssueRef& issue) const override;
    void no_push_access(bool on);  // labels given at creation are dropped in silence (H5)

  private:
    HttpReply answer(const HttpQuery& query, const std::string& path) override;
    [[nodiscard]] std::string api_path() const override;
    HttpReply refuse_rate(std::chrono::seconds wait) override;
    void after_move(const IssueRef& from, const IssueRef& to) override;

    HttpReply perform(const HttpQuery& query, const std::string& path);
    HttpReply of_repository(const HttpQuery& query, const std::string& path, TrackerProject& repository,
                            const std::vector<std::string>& parts);
    HttpReply of_issues(const HttpQuery& query, const std::string& path, TrackerProject& repository,
                        const std::vector<std::string>& parts);
    HttpReply of_issue(const HttpQuery& query, const std::string& path, TrackerProject& repository,
                       TrackerIssue& issue, const std::vector<std::string>& parts);
    HttpReply of_labels(const HttpQuery& query, TrackerProject& repository, TrackerIssue& issue,
                        const std::vector<std::string>& parts);
    HttpReply of_comment(const HttpQuery& query, TrackerProject& repository, std::int64_t id);
    HttpReply create_issue(const Json& args, TrackerProject& repository);
    HttpReply list_issues(const HttpQuery& query, const std::string& path, const TrackerProject& repository);
    HttpReply contents(const TrackerProject& repository, const std::vector<std::string>& parts) const;

    [[nodiscard]] Json user(std::int64_t id) const;
    [[nodiscard]] Json own_user() const;
    [[nodiscard]] Json label_json(const TrackerLabel& label) const;
    [[nodiscard]] Json repository_json(const TrackerProject& repository) const;
    [[nodiscard]] Json issue_json(const TrackerProject& repository, const TrackerIssue& issue) const;
    [[nodiscard]] Json comment_json(const TrackerProject& repository, const TrackerIssue& issue,
                                    const TrackerNote& note) const;

    Kind kind_;
    bool push_access_ = true;
};

}  // namespace countersign::fakes
