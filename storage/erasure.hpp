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
// who judged a request, what trackers said, what the inventory says of an app, and the audit log, so that its
// chain stays whole: it names people by Slack's id, which says nothing without Slack, and has hashes of what
// they typed, apart from an objection and a question to the requester.
Erased erase_person(Database& database, const UserId& person, Timestamp now);
// The same for one request, whoever asked for it, and for the purpose that the inventory copied from it. An
// answer that somebody else than `person` gave stays; no person: all of it goes.
void erase_words(Database& database, RequestId request, const UserId& person, Timestamp now);

// The mark of a request whose requester was erased: what Slack says of it later does not bring them back.
inline constexpr std::string_view erased_mark = "erased";
// The mark of a request that was passed on; person: whose it was before, and whose words it still has.
inline constexpr std::string_view passed_on_mark = "passed_on";
// Meta key, with the person's id behind it. Who was erased may still be read from Slack, now or by an answer
// that was on its way; their name is not kept again.
inline constexpr char erased_person_key[] = "erased_person:";

}  // namespace countersign::storage
