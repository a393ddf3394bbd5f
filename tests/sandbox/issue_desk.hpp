#pragma once

#include "tests/fakes/fake_gitlab.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/sandbox/daemon.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace countersign::sandbox {

// What people see and do in the tracker. After each act the tracker tells the daemon by its webhook, as the
// real one does; what a webhook misses, the daemon finds by asking.
class IssueDesk {
  public:
    IssueDesk(fakes::FakeGitlab& gitlab, Daemon& daemon) : gitlab_(gitlab), daemon_(daemon) {}

    // The issues of the project, the newest first.
    [[nodiscard]] nlohmann::json issues() const;
    // `login` does it; throws with a sentence when that cannot be done. Returns the issue's number.
    std::int64_t act(const std::string& login, const nlohmann::json& body);

  private:
    void do_it(const fakes::IssueRef& issue, const std::string& login, const std::string& verb,
               const std::string& value);
    void tell_daemon(std::int64_t iid);

    fakes::FakeGitlab& gitlab_;
    Daemon& daemon_;
    std::unique_ptr<fakes::RawClient> last_hook_;  // kept open until the next, so that nobody waits here
    int hooks_ = 0;
};

}  // namespace countersign::sandbox
