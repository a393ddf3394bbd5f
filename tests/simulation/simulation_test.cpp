#include "tests/simulation/simulation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

using namespace countersign;
using simulation::Sabotage;

namespace {

// A run with the sabotage must break in this way, and the same run without it must hold: then it is the
// sabotage that was found out, and not something else.
void expect_found_out(Sabotage sabotage, std::string_view how) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        const auto broken = simulation::simulate({.seed = seed, .events = 250, .sabotage = sabotage}).broken;
        const auto says = [&](const std::string& sentence) { return sentence.contains(how); };
        if (std::ranges::none_of(broken, says)) continue;
        CAPTURE(seed);
        CHECK(simulation::simulate({.seed = seed, .events = 250}).held());
        return;
    }
    FAIL_CHECK("no run is broken by something that " << how);
}

}  // namespace

TEST_CASE("simulation: nothing lost, nothing doubled, nothing approved without evidence, whatever happens") {
    std::map<std::string, int> met;
    for (unsigned seed = 71; seed <= 80; ++seed) {
        CAPTURE(seed);
        const auto report = simulation::simulate({.seed = seed, .events = 300});
        for (const auto& sentence : report.broken)
            FAIL_CHECK(sentence);
        for (const auto& [what, count] : report.met)
            met[what] += count;
    }
    // A run in which nothing happens proves nothing.
    for (const auto* what : {"restart",
                             "redelivery",
                             "ack lost",
                             "answer lost",
                             "call lost on the way",
                             "429",
                             "crash before_commit",
                             "crash after_commit",
                             "decided outside",
                             "message found again",
                             "approved by signatures",
                             "issue unlabelled",
                             "issue reopened",
                             "tracker 429",
                             "tracker answer lost",
                             "something unknown",
                             "admins changed",
                             "ended approved",
                             "ended installed",
                             "ended restricted"}) {
        CAPTURE(std::string(what));
        CHECK(met[what] > 0);
    }
}

TEST_CASE("simulation: without the Admin API what Slackbot tells is neither lost nor believed too much") {
    std::map<std::string, int> met;
    for (unsigned seed = 41; seed <= 46; ++seed) {
        CAPTURE(seed);
        const auto report = simulation::simulate({.seed = seed, .events = 300, .workspace = true});
        for (const auto& sentence : report.broken)
            FAIL_CHECK(sentence);
        for (const auto& [what, count] : report.met)
            met[what] += count;
    }
    for (const auto* what : {"restart", "connection lost", "lost in a gap", "decided in Slack",
                             "ended approved", "ended restricted", "ended withdrawn", "ended superseded"}) {
        CAPTURE(std::string(what));
        CHECK(met[what] > 0);
    }
}

TEST_CASE("simulation: a daemon that acknowledges before it has written is found out") {
    expect_found_out(Sabotage::ack_before_commit, "was acknowledged and is not there");
}

TEST_CASE("simulation: a daemon that claims nothing before it sends is found out") {
    expect_found_out(Sabotage::no_claims, "was posted 2 times");
}

TEST_CASE("simulation: a daemon that remembers what it handled only in memory is found out") {
    expect_found_out(Sabotage::forgetful, "was handled 2 times");
}
