#pragma once

#include "tests/fakes/fake_slack.hpp"

#include <string>

namespace countersign::tests {

// Compares every call the daemon makes with tests/data/e2e/NAME.json: method, token kind and arguments. What
// differs from run to run (timestamps, dates, triggers, cursors) is replaced by its name. Calls of one step
// may come in any order, as they belong to different conversations. With COUNTERSIGN_RECORD=1 in the
// environment the file is written instead; look at the difference before committing it.
class CallRecord {
  public:
    CallRecord(fakes::FakeSlack& slack, std::string name);
    ~CallRecord();

    // Waits until the step's calls have been made, and compares them.
    void expect(const std::string& step);
    void expect_no_more();

  private:
    [[nodiscard]] fakes::Json calls_since_last_step() const;

    fakes::FakeSlack& slack_;
    std::string file_;
    bool recording_ = false;
    std::size_t seen_ = 0;
    fakes::Json steps_ = fakes::Json::array();  // {"step":name, "calls":[…]}; written to when recording
    std::size_t step_ = 0;
};

}  // namespace countersign::tests
