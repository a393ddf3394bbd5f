#include "tests/simulation/simulation.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using simulation::Sabotage;

namespace {

// The seed of the first run that notices it; 0: none did.
unsigned noticed_by(Sabotage sabotage) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        if (!simulation::simulate({.seed = seed, .events = 250, .sabotage = sabotage}).held()) return seed;
    }
    return 0;
}

}  // namespace

TEST_CASE("simulation: nothing lost, nothing doubled, nothing approved without evidence, whatever happens") {
    std::map<std::string, int> met;
    for (unsigned seed = 21; seed <= 30; ++seed) {
        CAPTURE(seed);
        const auto report = simulation::simulate({.seed = seed, .events = 300});
        for (const auto& sentence : report.broken)
            FAIL_CHECK(sentence);
        for (const auto& [what, count] : report.met)
            met[what] += count;
    }
    // A run in which nothing happens proves nothing.
    for (const auto* what :
         {"restart", "redelivery", "ack lost", "answer lost", "call lost on the way", "429",
          "crash before_commit", "crash after_commit", "decided outside", "message found again",
          "approved by signatures", "issue unlabelled", "issue reopened", "tracker 429",
          "tracker answer lost", "ended approved", "ended restricted"}) {
        CAPTURE(what);
        CHECK(met[what] > 0);
    }
}

TEST_CASE("simulation: a daemon that acknowledges before it has written is found out") {
    CHECK(noticed_by(Sabotage::ack_before_commit) > 0);
}

TEST_CASE("simulation: a daemon that claims nothing before it sends is found out") {
    CHECK(noticed_by(Sabotage::no_claims) > 0);
}

TEST_CASE("simulation: a daemon that remembers what it handled only in memory is found out") {
    CHECK(noticed_by(Sabotage::forgetful) > 0);
}
