#pragma once

#include "config/base/clock.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace countersign::net {

// The meaning of the answer to an effect, whoever gave it: Slack or a tracker.
enum class ApiMeaning {
    ok,
    ok_in_disguise,  // the two codes that mean approved (domain.md §0.4), message gone when we wanted it gone
                     // …
    retry,           // nothing happened or it is safe to repeat: ratelimited, service_unavailable …
    unclear,         // fatal_error, request_timeout, a lost answer: look first
    human,           // permanent until a person acts; `api_advice` says what to do
    refused,  // this call is wrong or too late (expired trigger, message_not_found …): its handler decides
};

struct ApiAnswer {
    ApiMeaning meaning = ApiMeaning::ok;
    // The other side's code, or our own: "timeout", "unreachable", "tls", "answer_lost", "malformed"
    std::string error;
    std::string advice;   // what to do about it, where that depends on more than the code; else ""
    std::string body;     // its JSON, "{}" if there was none
    std::string detail;   // what the network or HTTP said where there was no such answer; for the log
    int http_status = 0;  // 0: there was no answer
    std::optional<std::chrono::milliseconds> retry_after;  // how long calls of this kind must rest
    std::optional<Timestamp> date;                         // the other side's clock when it answered
    bool rest_capped = false;  // the other side asked for more than we are ready to wait (R11)
};

}  // namespace countersign::net
