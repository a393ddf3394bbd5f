#pragma once

#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/installed_thing.hpp"

#include <cstddef>
#include <string>
#include <vector>

// What people read about installed apps, never a secret.
namespace countersign::handlers::views {

// What is told of one thing, in one paragraph; `uses`: of an authorization.
[[nodiscard]] std::string installed_words(const storage::InstalledThing& thing, std::size_t uses,
                                          Language language = Language::english);
// The same as an item of a list.
[[nodiscard]] std::string authorization_line(const storage::Authorization& authorization, std::size_t uses,
                                             Language language = Language::english);
[[nodiscard]] std::string integration_line(const storage::Integration& integration,
                                           Language language = Language::english);
[[nodiscard]] std::string inventory_line(const storage::InventoryEntry& entry,
                                         Language language = Language::english);
// `lines`, then a line for each of the first integrations and how many there are beyond them: hundreds may
// hang on one authorization, and neither a form nor a message holds them all.
inline constexpr std::size_t shown_in_form = 60, shown_in_message = 30;
[[nodiscard]] std::vector<std::string> some_of(std::vector<std::string> lines,
                                               const std::vector<storage::Integration>& integrations,
                                               std::size_t most, Language language);

struct InstalledList {
    std::vector<std::string> lines;  // of this page
    std::size_t page = 1, pages = 1, total = 0;
    std::vector<storage::Authorization> authorizations;
    std::vector<storage::Integration> integrations;
    std::string words;  // what was looked for; "" = everything
};
[[nodiscard]] Message installed_list(const InstalledList& list, Language language);

// All that is known of one thing, a line each. `uses`: what was built on an authorization.
struct InstalledDetails {
    storage::InstalledThing thing;
    std::vector<storage::Integration> uses = {};
    std::string issue_url = {};
};
[[nodiscard]] Message installed_details(const InstalledDetails& details, Language language);
[[nodiscard]] std::string installed_details_form(const InstalledDetails& details, Language language);

// To its owner, once: what happened, and a button that mends it (I7).
[[nodiscard]] Message integration_broken(const storage::Integration& integration, Language language);
// For the admins: how far the mending is (M16).
[[nodiscard]] Message mending_progress(const std::string& authorization,
                                       const std::vector<storage::Integration>& integrations);
// How a token gets in: never through Slack.
[[nodiscard]] std::string how_to_store(Language language = Language::english);

}  // namespace countersign::handlers::views
