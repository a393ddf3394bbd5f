#pragma once

#include "handlers/views/request_card.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace countersign::handlers::views {

// Row texts of the party matrix, each at most `limit` code points. Those still waiting call their members.
enum class RowStyle { mrkdwn, plain };
[[nodiscard]] std::vector<std::string> party_rows(const CardInput& input, RowStyle style, std::size_t limit);

// ", signed in GitHub": where a party's signs are given.
[[nodiscard]] std::string signed_where(const review::PartyStatus& status, Language language);

// "Security, Legal and IT": parties that have not agreed yet.
[[nodiscard]] std::string parties_missing(const std::vector<review::PartyStatus>& parties);

// As many mentions as fit, then "and 4 more".
[[nodiscard]] std::string mentions(const std::vector<std::string>& members, std::size_t limit,
                                   Language language = Language::english);

}  // namespace countersign::handlers::views
