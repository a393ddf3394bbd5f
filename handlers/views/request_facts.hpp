#pragma once

#include "handlers/views/request_card.hpp"

#include <string>
#include <vector>

namespace countersign::handlers::views {

// The app's name, or what stands for it. Untrusted.
[[nodiscard]] std::string app_title(const storage::AppRequest& request,
                                    Language language = Language::english);
// The workspace's name, or "the whole organisation". Untrusted.
[[nodiscard]] std::string place(const storage::AppRequest& request, Language language = Language::english);
[[nodiscard]] std::string publisher_words(storage::Publisher publisher);
// Requester, place, publisher, links: field texts.
[[nodiscard]] std::vector<std::string> facts(const CardInput& input);
// "On behalf of: <@U1>, <@U2>"; "" where the requester asks for themselves alone.
[[nodiscard]] std::string behalf_line(const CardInput& input);
// What the requester wrote, quoted; "" if nothing.
[[nodiscard]] std::string requester_words(const storage::AppRequest& request);
// Link to the vendor issue, or what is missing.
[[nodiscard]] std::string issue_words(const CardInput& input);
[[nodiscard]] std::string issue_link(const storage::VendorIssue& issue);
// Ids and age, small print.
[[nodiscard]] std::string footer(const storage::AppRequest& request, Language language = Language::english);

}  // namespace countersign::handlers::views
