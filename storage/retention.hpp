#pragma once

#include "config/base/clock.hpp"

namespace countersign::storage {

class Database;

// O18: takes what only people are told by out of what is older than `before`: names and words of the
// requesters of requests that ended, the raw text of what could not be handled, and who has not been met
// since. At most `limit` requests at a time; how many there were. What decisions rest on stays, as in
// `erase_person`.
int erase_old_words(Database& database, Timestamp before, Timestamp now, int limit);

}  // namespace countersign::storage
