#pragma once

#include "bot/net/http_client.hpp"
#include "tests/simulation/simulated_slack.hpp"

namespace countersign::simulation {

// The simulated Slack's channels and threads over HTTP, for the real search for a message that may have been
// sent (bot/message_search.hpp): by its clock, newest first, in pages, threads apart.
class SlackHistory final : public net::HttpClient {
  public:
    explicit SlackHistory(const SimulatedSlack& slack) : slack_(&slack) {}

    net::Awaitable<Result<net::HttpResponse>> send(net::HttpRequest request) override;
    void close_idle() override {}

  private:
    [[nodiscard]] Json answer(const std::string& method, const Json& args) const;

    const SimulatedSlack* slack_;
};

}  // namespace countersign::simulation
