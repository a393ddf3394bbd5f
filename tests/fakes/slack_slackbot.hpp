#pragma once

#include "tests/fakes/fake_slack_impl.hpp"

#include <string>

// What Slackbot says about requests to install, where there is no Admin API. The caller holds the lock.
namespace countersign::fakes {

// A request was made: into the channel that requests are routed to, or to each app manager.
void tell_managers(FakeSlack::Impl& impl, PendingRequest& request, const App& app);
// A manager decided: the messages are edited, the requester is told, the integration log gets a line.
void tell_decision(FakeSlack::Impl& impl, PendingRequest& request, const std::string& decision,
                   const std::string& by);

}  // namespace countersign::fakes
