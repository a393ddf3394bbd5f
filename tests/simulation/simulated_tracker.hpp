#pragma once

#include "bot/slack/web_api.hpp"
#include "config/settings.hpp"
#include "storage/issue_facts.hpp"
#include "storage/records.hpp"
#include "tests/support/manual_clock.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>

// A GitLab in memory: an issue for each app, which people sign, take their signs off again, close, open, edit
// and delete. It performs calls; whether they arrive is the simulation's business.
namespace countersign::simulation {

class SimulatedTracker {
  public:
    // With issues for the apps "A1" to "A<apps>".
    SimulatedTracker(const tests::ManualClock& clock, std::mt19937& random, std::size_t apps);

    // The small company, with labels and approvers for its parties.
    [[nodiscard]] static config::Settings settings();
    [[nodiscard]] static std::string link(std::size_t app);  // the issue that names the app "A<app>"

    // Somebody does something on an issue that is followed; in a word, what.
    std::string act();

    [[nodiscard]] std::int64_t last_touched() const { return touched_; }

    // As if the call had arrived.
    slack::ApiAnswer perform(const storage::Effect& effect);

    // The vote's signature is the event or comment of somebody who may sign for the party, and it held when
    // the issue was read. `reference`: "procurement:acme/vendors#101:label:17".
    [[nodiscard]] bool was_signed(const std::string& party, const std::string& reference) const;
    // How many notes of ours stand there with one marker, and issues that were made for one: never two.
    [[nodiscard]] const std::map<std::string, int>& written() const { return written_; }

  private:
    [[nodiscard]] Timestamp now() const;
    [[nodiscard]] std::size_t pick(std::size_t below) { return (*random_)() % below; }
    void put_label(storage::IssueFacts& issue, std::size_t party, bool add, std::int64_t account);
    void comment(storage::IssueFacts& issue, std::int64_t account, const std::string& body);
    slack::ApiAnswer read(std::int64_t iid);

    const tests::ManualClock* clock_;
    std::mt19937* random_;
    Timestamp wall_;  // the tracker's own clock, which does not step when ours does
    SteadyTime steady_;
    std::map<std::int64_t, storage::IssueFacts> issues_;
    std::map<std::int64_t, storage::IssueFacts> as_read_;
    std::map<std::string, int> written_;
    std::int64_t last_id_ = 1'000;
    std::int64_t touched_ = 0;
};

}  // namespace countersign::simulation
