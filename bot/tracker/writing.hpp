#pragma once

#include "bot/tracker/json.hpp"
#include "bot/tracker/wire.hpp"
#include "storage/issue_facts.hpp"

#include <string>
#include <vector>

// What writing to GitLab and to GitHub has in common.
namespace countersign::tracker {

[[nodiscard]] std::string text_of(const nlohmann::json& body);

// The bot's own note that carries the marker: the marker in somebody else's is a copy (S1).
[[nodiscard]] const storage::IssueComment* own_note(const std::vector<storage::IssueComment>& notes,
                                                    std::int64_t account, const std::string& marker);

// An answer to a write that nobody can read: it was done all the same.
template <class Reader>
auto after_write(const Reply& reply, Reader read) -> Expected<decltype(read(reply.body))> {
    try {
        return read(reply.body);
    } catch (const Malformed& wrong) {
        return trouble("answer_lost", wrong.what());
    }
}

}  // namespace countersign::tracker
