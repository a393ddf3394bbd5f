#pragma once

#include "tests/fakes/token_server.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace countersign::sandbox {

// The IT department's own GitLab, as far as it is needed to build integrations on it: its sign-in page, where
// a person lets the daemon in or not (device grant).
class SignIn {
  public:
    SignIn();
    [[nodiscard]] std::string url() const { return server_.url(); }
    // {"url", "code": "" unless somebody is being asked}
    [[nodiscard]] nlohmann::json describe() const;
    // `login` looks at the code and decides; throws with a sentence when nothing is asked.
    void act(const std::string& login, const nlohmann::json& body);

    // Its trackers in the daemon's configuration.
    [[nodiscard]] std::string sections() const;
    static constexpr const char* client_id = "countersign-sandbox";

  private:
    fakes::TokenServer server_;
    int granted_ = 0;
};

}  // namespace countersign::sandbox
