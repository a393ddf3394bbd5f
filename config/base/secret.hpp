#pragma once

#include <string>
#include <string_view>

namespace countersign {

// A token or key. It cannot be streamed, formatted or compared by accident, and is wiped when it goes.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret other) noexcept;
    ~Secret();

    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
    // The one door to the value: named so that every use can be found.
    [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
    [[nodiscard]] bool same_as(const Secret& other) const noexcept;  // constant time

  private:
    std::string value_;
};

// The text with everything that looks like a credential replaced by "[redacted]": Slack tokens (xapp-, xoxb-,
// xoxp-, xoxe…), GitLab and GitHub tokens, bearer headers, socket tickets and response_url paths (R3, R67,
// N12).
[[nodiscard]] std::string redacted(std::string_view text);

}  // namespace countersign
