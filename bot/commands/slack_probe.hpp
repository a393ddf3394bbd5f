#pragma once

#include "bot/slack/web_api.hpp"
#include "config/base/result.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace countersign::bot::commands {

// One question to Slack at a time, each waited for: what `check` needs and no daemon would do.
class SlackProbe {
  public:
    // Fails when the extra trust anchor cannot be used.
    [[nodiscard]] static Result<SlackProbe> make(const config::Settings& settings,
                                                 const config::Secrets& secrets);
    SlackProbe(SlackProbe&&) noexcept;
    ~SlackProbe();

    struct Answer {
        bool ok = false;
        bool reached = false;    // false: nobody answered
        bool forbidden = false;  // until a person changes something
        std::string error;       // Slack's code
        std::string why;         // the code, and what to do about it
        std::string body;        // JSON object
        std::string scopes;      // X-OAuth-Scopes
        std::string date;
        std::optional<std::chrono::milliseconds> retry_after;  // with "ratelimited"
    };
    // `args` is a JSON object.
    [[nodiscard]] Answer ask(const std::string& method, storage::TokenKind token,
                             const std::string& args = "{}");

  private:
    struct Impl;
    explicit SlackProbe(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::bot::commands
