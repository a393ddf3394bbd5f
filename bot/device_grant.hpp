#pragma once

#include "bot/instance.hpp"
#include "bot/token_answer.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// The device authorization grant (RFC 8628), as GitLab and GitHub do it (trackers.md §4.3).
namespace countersign::bot {

struct DeviceCode {
    Secret device_code;
    std::string user_code;
    std::string verification_uri;  // of the instance itself (O3)
    std::chrono::seconds interval{5};
    std::chrono::seconds lives{300};
};
// What a server says, JSON or form-encoded (O9). not_found: it has no such grant, or it is switched off (O2).
[[nodiscard]] Result<DeviceCode> read_device_code(const net::HttpResponse& response,
                                                  const Instance& instance);

// When to ask again, and when to stop: pure.
class DevicePoll {
  public:
    DevicePoll(std::chrono::seconds interval, std::chrono::seconds lives, SteadyTime now)
        : interval_(interval), end_(now + lives) {}

    [[nodiscard]] std::chrono::seconds interval() const { return interval_; }
    // Nothing: ask again after the interval. The error member counts, whatever the status is (O1): GitHub
    // answers 200 while it waits.
    [[nodiscard]] std::optional<Result<GrantedToken>> answered(const Result<net::HttpResponse>& response,
                                                               SteadyTime now);

  private:
    [[nodiscard]] std::optional<Result<GrantedToken>> go_on(SteadyTime now) const;

    std::chrono::seconds interval_;
    SteadyTime end_;
};

// client_id and scope of the customer's own OAuth application.
[[nodiscard]] net::Awaitable<Result<DeviceCode>> begin_device_grant(net::HttpClient& http, Instance instance,
                                                                    std::string client_id);
// One question; DevicePoll says what its answer means.
[[nodiscard]] net::Awaitable<Result<net::HttpResponse>> poll_device_grant(net::HttpClient& http,
                                                                          Instance instance,
                                                                          std::string client_id,
                                                                          Secret device_code);
[[nodiscard]] net::Awaitable<Result<GrantedToken>> await_device_grant(net::HttpClient& http,
                                                                      Instance instance,
                                                                      std::string client_id, DeviceCode code);

}  // namespace countersign::bot
