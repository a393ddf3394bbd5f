#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace countersign::tests {

// A client as simple as can be for trying out the fake Slack: each call runs to its end on the caller's
// thread.
class SlackVisitor {
  public:
    explicit SlackVisitor(const std::string& api_url, const std::string& ca_file = "");
    ~SlackVisitor();

    struct Reply {
        int status = 0;  // 0: no answer
        nlohmann::json body;
        std::string text, retry_after, scopes;
    };
    Reply call(const std::string& method, const std::string& token,
               const nlohmann::json& args = nlohmann::json::object());
    Reply call_with_form(const std::string& method, const std::string& token, const std::string& form);
    Reply post(const std::string& url, const std::string& type, const std::string& body,
               const std::string& token = "");

    // One Socket Mode connection. 101 or the upgrade's failure text.
    std::string connect();
    std::string connect_to(const std::string& url);
    // The next envelope or control message; null when none comes in time or the connection ended.
    nlohmann::json next(std::chrono::milliseconds limit = std::chrono::seconds(5));
    std::string last_text;  // of `next`, as it came
    void ack(const std::string& envelope_id, const nlohmann::json& payload = nullptr);
    void send(const std::string& text);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::tests
