#pragma once

#include "tests/support/daemon_fixture.hpp"

#include <string>
#include <vector>

namespace countersign::tests {

// C7, I2: where no secret may be seen, whoever planted it.
struct CanarySearch {
    std::vector<std::string> secrets{"canary"};         // parts of them are enough
    std::vector<const fakes::FakeSlack*> other_slacks;  // beside the fixture's own
    std::vector<std::string> own_files;  // parts of the paths of files that the test put a secret into itself
};
// Every file of the state directory with log, WAL and a backup made for it; the daemon's log; every call to
// Slack; every list and export, as text, CSV and JSON, and a pack of evidence; the sealing keys and Slack's
// own tokens are looked for as well.
void expect_no_canary(DaemonFixture& fixture, const CanarySearch& search = {});

}  // namespace countersign::tests
