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
};
// One page of a list.
struct HomeList {
    std::vector<HomeEntry> entries;
    bool from_start = true;
    bool more = false;
};
// Everything that one person's Home tab shows; nothing is looked up while drawing.
struct HomeInput {
    Language language = Language::english;
    std::vector<std::string> parties;  // those the person votes for
    bool admin = false;
    HomeList queue;  // with a party: what waits for the person's vote
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
