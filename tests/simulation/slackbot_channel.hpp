#pragma once

#include "tests/simulation/people.hpp"
#include "tests/simulation/simulated_slack.hpp"

#include <map>
#include <optional>
#include <random>
#include <string>

namespace countersign::simulation {

// The channel that a workspace without the Admin API routes its requests to: Slackbot's notices, and the
// managers who press their buttons. An event tells of each; the channel's history has what they say now.
class SlackbotChannel {
  public:
    static constexpr const char* id = "C0REQUESTS";

    // People want one of so many apps.
    SlackbotChannel(SimulatedSlack& slack, std::mt19937& random, std::size_t apps)
        : slack_(&slack), random_(&random), apps_(apps) {}

    // Somebody asks for an app.
    [[nodiscard]] Deed asks();
    // A manager decides: often what Countersign told them to press, else whatever is there.
    [[nodiscard]] std::optional<Deed> decides();

    struct Notice {
        std::string style, app;
        Json scopes;
        std::string decision;  // "approve", "restrict", "cancel"; "": still there to be pressed
    };
    // By the notice's time stamp.
    [[nodiscard]] const std::map<std::string, Notice>& notices() const { return notices_; }

  private:
    [[nodiscard]] std::size_t pick(std::size_t below) { return (*random_)() % below; }
    [[nodiscard]] Deed event(Json inner);
    [[nodiscard]] std::optional<std::pair<std::string, std::string>> told();

    SimulatedSlack* slack_;
    std::mt19937* random_;
    std::size_t apps_;
    std::map<std::string, Notice> notices_;
    std::size_t told_so_far_ = 0;
    int counter_ = 0;
};

}  // namespace countersign::simulation
