#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"

namespace countersign::storage {

class Database;

struct Erased {
    std::int64_t requests = 0;  // whose name and words were taken out
    std::int64_t other = 0;     // rows that were about the person alone
};
// Takes a person's name and words out of everything that is not evidence of a decision, in the caller's
// transaction. The audit log is not touched, so that its chain stays whole: it names people by Slack's id,
// which says nothing without Slack.
Erased erase_person(Database& database, const UserId& person, Timestamp now);

}  // namespace countersign::storage
