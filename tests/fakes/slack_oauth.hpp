#pragma once

#include "tests/fakes/fake_slack.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace countersign::fakes {

// "Add to Slack" for another workspace: oauth.v2.access with PKCE and token rotation (docs.slack.dev), beside
// a fake Slack. The tokens are the other workspace's: what is called with them arrives there.
class SlackOauth {
  public:
    struct Application {
        std::string client_id, secret, redirect_url;
    };
    // `token_lives`: of an access token; a refresh token is good once.
    SlackOauth(FakeSlack& slack, FakeSlack& workspace, Application application,
               std::chrono::seconds token_lives);
    ~SlackOauth();
    SlackOauth(const SlackOauth&) = delete;
    SlackOauth& operator=(const SlackOauth&) = delete;

    // What a person's browser does: allows it, and is led back to the address.
    [[nodiscard]] std::string visit(const std::string& authorize_url);
    [[nodiscard]] int renewals() const;
    [[nodiscard]] std::string newest() const;  // access token
    // Whether an access token still works.
    [[nodiscard]] bool knows(const std::string& token) const;
    // The other workspace takes everything away.
    void uninstall();
    // What it was asked that is not as Slack wants it.
    [[nodiscard]] std::vector<std::string> complaints() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes
