#pragma once

#include "bot/batch_processor.hpp"
#include "tests/simulation/simulated_slack.hpp"
#include "tests/simulation/table_rows.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_db.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

// The whole daemon above the sockets in one process, on a clock of its own: people, Slack and bad luck drawn
// from a seed, so that every failure can be played again. The database is a real file; what is committed
// outlives a crash, and nothing else does.
namespace countersign::simulation {

// What a broken daemon would do; the simulation must notice each (tests of the test).
enum class Sabotage {
    none,
    ack_before_commit,  // acknowledgements leave before what they acknowledge is written
    no_claims,          // after a crash nothing is known of what was under way
    forgetful,          // after a crash nothing that was handled is recognised
};

struct Plan {
    std::uint32_t seed = 1;
    int events = 400;
    Sabotage sabotage = Sabotage::none;
    bool workspace = false;           // without the Admin API: Slackbot's notices in a channel
    std::chrono::days days{0};        // more than 0: the events are spread over so many
    std::filesystem::path keep = {};  // the database is copied there at the end; "": nowhere
};

struct Report {
    std::vector<std::string> broken;   // what must never be, and was; empty = all invariants held
    std::map<std::string, int> met;    // which faults and events this run consisted of, how often
    std::map<std::string, int> pairs;  // of faults that befell one and the same envelope or effect
    std::vector<TableRows> days;       // at the end of each day of a plan that has days
    [[nodiscard]] bool held() const { return broken.empty(); }
};

[[nodiscard]] Report simulate(const Plan& plan);

}  // namespace countersign::simulation
