#pragma once

#include "tests/fakes/fake_slack.hpp"
#include "tests/fakes/http.hpp"
#include "tests/sandbox/daemon.hpp"
#include "tests/sandbox/issue_desk.hpp"
#include "tests/sandbox/sign_in.hpp"
#include "tests/sandbox/world.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace countersign::sandbox {

// What the page asks and does; API.md is its description. Called on the page server's thread only.
class PageApi {
  public:
    // `ahead`: how far wall time is ahead, in nanoseconds (moved_clock.hpp).
    PageApi(fakes::FakeSlack& slack, fakes::FakeGitlab& gitlab, SignIn& sign_in, Daemon& daemon,
            std::int64_t& ahead, const Mode& mode);
    [[nodiscard]] fakes::HttpReply answer(const fakes::HttpQuery& query);

  private:
    [[nodiscard]] nlohmann::json state(std::uint64_t since);
    [[nodiscard]] nlohmann::json calls(std::size_t after);
    void note_calls();
    [[nodiscard]] nlohmann::json act(const std::string& verb, const nlohmann::json& body);
    [[nodiscard]] std::string press(const nlohmann::json& body);
    [[nodiscard]] bool pressed_slackbot(const nlohmann::json& body);
    void fault(const std::string& name, const nlohmann::json& value);
    void move_clock(std::int64_t minutes);
    void tell_page();
    [[nodiscard]] std::uint64_t changes() const;

    fakes::FakeSlack& slack_;
    fakes::FakeGitlab& gitlab_;
    SignIn& sign_in_;
    Daemon& daemon_;
    IssueDesk desk_;
    std::int64_t& ahead_;
    std::vector<nlohmann::json> calls_;  // Slack's and GitLab's, in the order in which they were noticed
    std::size_t slack_calls_ = 0;
    std::size_t gitlab_calls_ = 0;
    const nlohmann::json world_;
    const std::uint64_t
        base_;  // so that a page that outlives a sandbox never takes the next one's state for its own
};

}  // namespace countersign::sandbox
