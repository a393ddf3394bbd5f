#pragma once

#include "tests/simulation/people.hpp"

#include <map>
#include <random>
#include <string>

namespace countersign::simulation {

// What Slack may send one day and nobody here knows: events, interactions and commands of new kinds, and app
// requests that do not look as they should.
class Oddities {
  public:
    // `requests`: damaged app requests, too.
    Oddities(std::mt19937& random, bool requests) : random_(&random), requests_(requests) {}

    [[nodiscard]] Deed next();

    struct Oddity {
        std::string kind;     // as the alarm names what nobody understands; "" = a damaged app request
        std::string request;  // Slack's id of that, as far as it has one
    };
    // All so far, by what the inbox knows them by.
    [[nodiscard]] const std::map<std::string, Oddity>& all() const { return all_; }

  private:
    [[nodiscard]] Deed damaged_request();
    [[nodiscard]] Deed unknown_event();
    [[nodiscard]] Deed unknown_interaction(bool button);
    [[nodiscard]] Deed unknown_command();

    std::mt19937* random_;
    bool requests_;
    int counter_ = 0;
    std::map<std::string, Oddity> all_;
};

}  // namespace countersign::simulation
