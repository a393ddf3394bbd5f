#pragma once

#include "handlers/views/request_card.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Requests to draw: an ordinary one, one as large as life allows, one where every text is hostile.
namespace countersign::tests {

[[nodiscard]] storage::Scope make_scope(std::string name, storage::TokenType type,
                                        std::string description = {});
[[nodiscard]] handlers::review::PartyStatus make_row(std::string party, handlers::review::PartyState state,
                                                     std::vector<std::string> by = {},
                                                     std::string remark = {});
[[nodiscard]] storage::Vote make_vote(std::string party, const std::string& voter, storage::VoteAnswer answer,
                                      std::string remark);

struct Sample {
    Sample();
    void add_party(const std::string& name, std::vector<std::string> members);
    [[nodiscard]] handlers::views::CardInput input() const {
        return {request, parties, issue, settings, org_driver};
    }

    storage::AppRequest request;
    std::vector<handlers::review::PartyStatus> parties;
    std::optional<storage::VendorIssue> issue;
    config::Settings settings;
    std::vector<storage::Vote> votes;
    bool org_driver = true;
};

// 100 scopes, 12 parties of 10 members, texts of 3,000 letters, 24 votes.
[[nodiscard]] Sample large_sample();
// `text` in every field that comes from outside.
[[nodiscard]] Sample hostile_sample(const std::string& text);
[[nodiscard]] const std::vector<std::string>& hostile_texts();

// What a drawn text must not contain once hostile_texts() went in; "" when it is inert.
[[nodiscard]] std::string inert_problems(std::string_view text);

}  // namespace countersign::tests
