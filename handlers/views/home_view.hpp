#pragma once

#include "handlers/review/party_status.hpp"
#include "handlers/views/home_installed.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::handlers::views {

struct HomeEntry {
    storage::AppRequest request;
    std::vector<review::PartyStatus> parties;
    bool overdue = false;  // in the queue: for longer than the policy lets it wait without a reminder
};
// One page of a list.
struct HomeList {
    std::vector<HomeEntry> entries;
    RequestId last = {};  // where the next page goes on, in whatever order this one is shown
    bool from_start = true;
    bool more = false;
};
// Everything that one person's Home tab shows; nothing is looked up while drawing.
struct HomeInput {
    Language language = Language::english;
    std::vector<std::string> parties;           // those the person votes for
    std::vector<storage::Absence> absent = {};  // whose place the person takes
    bool admin = false;
    HomeList queue;   // with a party: what waits for the person's vote
    HomeList others;  // with a party: where the person's parties have answered and others have not
    HomeList mine;
    std::vector<storage::AppRequest> followed;
    HomeList open;                                // parties and admins
    std::optional<HomeInstalled> installed = {};  // nothing: guests
    std::vector<std::string> abilities;           // our own sentences
    std::string picture = {};                     // admins: Slack's id of the figures' picture
};
// Entries of one list on one page: four lists of two blocks an entry stay far below Slack's 100.
inline constexpr std::size_t home_page = 8;

// The whole view as JSON text.
[[nodiscard]] std::string home_view(const HomeInput& input);

}  // namespace countersign::handlers::views
