#pragma once

#include "tests/simulation/simulated_slack.hpp"

#include <array>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace countersign::simulation {

// Who asks for apps: employees, and now and then somebody who votes on others' requests.
inline constexpr std::array requesters{"U0REQ", "U0REQ", "U0REQ2", "U0REQ2", "U0SEC1"};

// What somebody does in Slack, as it will be delivered.
struct Deed {
    std::string type;  // "events_api", "interactive", "slash_commands"
    Json payload;
    bool answer_in_ack = false;
    std::string form;  // the form that it submits; it closes when the answer has no errors
};
// As Slack's event with this id.
[[nodiscard]] Deed event_of(const std::string& id, Json inner);
// What the inbox knows it by, in whichever envelope it comes (R47).
[[nodiscard]] std::string source_of(const Deed& deed);

// Employees, parties, admins and strangers: they ask, press any button they see, fill in forms, type
// commands, install and uninstall.
class People {
  public:
    // They want one of so many apps. `ask`: how, where it is not Slack's own event that tells of it.
    People(SimulatedSlack& slack, std::mt19937& random, std::size_t apps, std::function<Deed()> ask = {})
        : slack_(&slack), random_(&random), apps_(apps), ask_(std::move(ask)) {}

    [[nodiscard]] Deed act();

  private:
    [[nodiscard]] Deed ask();
    [[nodiscard]] std::optional<Deed> grow();
    [[nodiscard]] Deed requested(const Json& app_request);
    [[nodiscard]] std::optional<Deed> press();
    [[nodiscard]] std::optional<Deed> submit();
    [[nodiscard]] Deed command();
    [[nodiscard]] Deed installs();
    [[nodiscard]] std::string trigger(const std::string& user);
    [[nodiscard]] std::size_t pick(std::size_t below) { return (*random_)() % below; }
    [[nodiscard]] const std::string& anybody();

    SimulatedSlack* slack_;
    std::mt19937* random_;
    std::size_t apps_;
    std::function<Deed()> ask_;
    std::vector<std::string> installed_;  // ever; some are not there any more
    int counter_ = 0;
};

}  // namespace countersign::simulation
