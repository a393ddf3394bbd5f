#pragma once

#include "config/base/clock.hpp"
#include "config/base/secret.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

// What a tracker sends to us by itself (trackers.md §1.6, §2.4). Pure: whoever calls brings the time.
namespace countersign::tracker {

using HookHeaders = std::map<std::string, std::string>;  // names in lower case

// A hint that this issue may have changed; what it is now is read from the tracker (G9).
struct Hook {
    std::string delivery;  // of one event; the same when it is sent again
    std::string project;   // as configured
    std::int64_t iid = 0;
};

enum class HookRefusal {
    not_signed,  // no signature, or one that is not ours
    too_old,     // signed at another time than now
    elsewhere,   // of another instance
    not_wanted,  // true, but of no issue in a configured project
    malformed,
};

// Before the body is read: whether it is worth reading. Only the event's name and the presence of a signature
// are looked at.
[[nodiscard]] std::expected<void, HookRefusal> promising(const config::Tracker& tracker,
                                                         const HookHeaders& headers);
[[nodiscard]] std::expected<Hook, HookRefusal> read_hook(const config::Tracker& tracker, const Secret& secret,
                                                         const HookHeaders& headers, std::string_view body,
                                                         Timestamp now);

}  // namespace countersign::tracker
