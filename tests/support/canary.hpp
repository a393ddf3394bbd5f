#pragma once

#include "tests/fakes/http.hpp"
#include "tests/support/daemon_fixture.hpp"

#include <string>
#include <vector>

namespace countersign::tests {

// C7, I2: where no secret may be seen, whoever planted it.
struct CanarySearch {
    std::vector<std::string> secrets{"canary"};         // parts of them are enough
    std::vector<const fakes::FakeSlack*> other_slacks;  // beside the fixture's own
    std::vector<std::string> own_files;  // parts of the paths of files that the test put a secret into itself
    // What trackers and token servers were asked. A secret belongs into the header for it, and into the body
    // of a token endpoint.
    std::vector<fakes::HttpQuery> queries;
};
// Every file of the state directory with log, WAL, health file and a backup made for it; the daemon's log,
// and its pages where it listens; every call to Slack and what `queries` holds; every list and export, as
// text, CSV and JSON, and a pack of evidence; the sealing keys and Slack's own tokens are looked for as well.
void expect_no_canary(DaemonFixture& fixture, const CanarySearch& search = {});

}  // namespace countersign::tests
