#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/views/scope_list.hpp"

#include <algorithm>
#include <iterator>

namespace countersign::handlers::views {
namespace {

using storage::Vote;

// Together with the small parts below limits::message_text.
constexpr std::size_t scope_room = 4500, vote_room = 2500, words_room = 1500, history_room = 1000;

std::string_view verb(storage::VoteAnswer answer) {
    using enum storage::VoteAnswer;
    switch (answer) {
        case approve:
            return "approved";
        case conditional:
            return "approved with a condition";
        case reject:
            return "rejected";
        case abstain:
            return "abstained";
        case need_info:
            return "asked";
        case retracted:
            return "took the vote back";
    }
    return "voted";
}

std::string vote_line(const Vote& vote, std::string_view hash) {
    std::string out = date(vote.at) + " " + inert_line(vote.party, 40) + ": " + mention(vote.voter) + " " +
                      std::string(verb(vote.answer));
    if (!vote.condition_until.empty()) out += " until " + inert_line(vote.condition_until, 20);
    if (vote.source == storage::VoteSource::tracker) out += ", signed in GitLab";
    if (vote.scope_hash != hash) out += " (for an earlier set of permissions)";
    if (const auto remark = inert_line(vote.remark, 200); !remark.empty()) out += ": " + remark;
    return out;
}

// The newest that fit, oldest first.
std::string vote_lines(const CardInput& input, const std::vector<Vote>& votes, std::size_t room) {
    std::vector<std::string> lines;
    std::size_t used = 0;
    for (auto vote = votes.rbegin(); vote != votes.rend(); ++vote) {
        auto line = vote_line(*vote, input.request.scope_hash);
        used += text::code_points(line) + 1;
        if (used + 30 > room) {
            lines.push_back("…and " + std::to_string(std::distance(vote, votes.rend())) + " before that");
            break;
        }
        lines.push_back(std::move(line));
    }
    std::ranges::reverse(lines);
    return lines.empty() ? "No votes yet." : text::joined(lines, "\n");
}

std::string answered(const storage::AppRequest& request, std::size_t limit) {
    if (request.info_question.empty()) return {};
    std::string out =
        "*Asked by* " + mention(request.info_asker) + ": " + inert_line(request.info_question, limit);
    const auto answer = inert_line(request.info_answer, limit);
    return answer.empty() ? out + "\n_not answered yet_" : out + "\n*Answer:* " + answer;
}

// What has no room on the card. Rights are checked at the press, as there.
std::vector<Button> rarely_used(const storage::AppRequest& request) {
    using enum storage::RequestState;
    const auto state = request.state;
    if (state != awaiting_issue && state != in_review && state != need_info && state != ready &&
        state != held)
        return {};
    const auto value = button_value(request);
    std::vector<Button> out{
        {.action_id = ids::vote_conditional, .text = "Approve with condition", .value = value},
        {.action_id = ids::vote_abstain, .text = "Abstain", .value = value},
        {.action_id = ids::claim, .text = "Claim", .value = value}};
    out.push_back({.action_id = ids::approve_limits, .text = "Approve with limits", .value = value});
    return out;
}

}  // namespace

std::string vote_said(const Vote& vote) {
    std::string out = vote.party.empty() ? std::string() : "*" + inert_line(vote.party, 40) + "*: ";
    out += std::string(verb(vote.answer)) + " by " + mention(vote.voter);
    if (!vote.condition_until.empty()) out += " until " + inert_line(vote.condition_until, 20);
    if (vote.source == storage::VoteSource::tracker) out += ", signed in the vendor issue";
    return out + "\n" + quoted(vote.remark, 1500);
}

Message request_details(const CardInput& input, const std::vector<Vote>& votes) {
    const auto& request = input.request;
    Blocks blocks;
    blocks.header("Details of " + to_text(request.id) + " " + plain(app_title(request), 100));
    const auto decided = decision_line(request);
    blocks.section("*" + state_line(request) + "*" + (decided.empty() ? "" : "\n" + fitted(decided, 500)));
    if (const auto words = inert_line(request.app_description, 400); !words.empty())
        blocks.section(fitted(words, 500));
    if (const auto words = requester_words(request); !words.empty())
        blocks.section(fitted(words, words_room));
    blocks.section("*All permissions* " + scope_counts(request.scopes));
    blocks.lines(all_scopes(request.scopes, scope_room));
    blocks.section(fitted("*Votes*\n" + vote_lines(input, votes, vote_room), limits::section));
    if (!input.limits.empty()) blocks.section(fitted(input.limits, history_room));
    if (!input.history.empty())
        blocks.section(fitted("*Earlier decisions*\n" + text::joined(input.history, "\n"), history_room));
    if (const auto words = answered(request, 300); !words.empty()) blocks.section(fitted(words, 800));
    blocks.actions("more", rarely_used(request));
    blocks.context({footer(request)});

    std::vector<std::string> lines{to_text(request.id) + " " + inert_line(app_title(request), 100) + ": " +
                                   state_line(request)};
    for (auto& row : party_rows(input, RowStyle::plain, 200))
        lines.push_back(std::move(row));
    lines.push_back(fitted(vote_lines(input, votes, 1000), 1000));
    if (!input.history.empty())
        lines.push_back(fitted("Earlier decisions: " + text::joined(input.history, "; "), 600));
    lines.push_back("All permissions: " + scope_counts(request.scopes) + ". " +
                    scope_names(request.scopes, 1500));
    return {fitted(text::joined(lines, "\n"), limits::fallback), blocks.json()};
}

}  // namespace countersign::handlers::views
