#include "bot/tracker/writing.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::tracker {

std::string text_of(const nlohmann::json& body) {
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const storage::IssueComment* own_note(const std::vector<storage::IssueComment>& notes, std::int64_t account,
                                      const std::string& marker) {
    const auto found = std::ranges::find_if(notes, [&](const storage::IssueComment& note) {
        return !note.system && note.author && note.author->id == account && note.body.contains(marker);
    });
    return found == notes.end() ? nullptr : &*found;
}

}  // namespace countersign::tracker
