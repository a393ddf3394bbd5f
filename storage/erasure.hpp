#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"

#include <cstdint>
#include <string_view>

namespace countersign::storage {

class Database;

struct Erased {
    std::int64_t requests = 0;  // whose name and words were taken out
    std::int64_t other = 0;  // rows that were about the person, or held their words after they had been used
    std::int64_t waiting = 0;  // messages of their requests, or to them, that are still to leave and stay
};
// Takes a person's name and words out of everything that is not evidence of a decision, in the caller's
// transaction; they are in the log until `truncate_log`. What stays: the reasons, remarks and questions of
// who judged a request, what trackers said, and the audit log, so that its chain stays whole: it names people
// by Slack's id, which says nothing without Slack.
Erased erase_person(Database& database, const UserId& person, Timestamp now);

// The mark of a request whose requester was erased: what Slack says of it later does not bring them back.
inline constexpr std::string_view erased_mark = "erased";

}  // namespace countersign::storage
