#include "config/base/text.hpp"
#include "handlers/review/info_answer.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/details_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/views/requester_texts.hpp"
#include "handlers/views/scope_list.hpp"

#include <algorithm>
#include <iterator>

namespace countersign::handlers::views {
namespace {

using storage::Vote;

// Together with the small parts below limits::message_text.
constexpr std::size_t scope_room = 4500, vote_room = 2500, words_room = 1500, history_room = 1000;

const Text<1>& verb(storage::VoteAnswer answer) {
    using enum storage::VoteAnswer;
    switch (answer) {
        case approve:
            return texts::vote_approved;
        case conditional:
            return texts::vote_conditional;
        case reject:
            return texts::vote_rejected;
        case abstain:
            return texts::vote_abstained;
        case need_info:
            return texts::vote_asked;
        case retracted:
            return texts::vote_taken_back;
    }
    return texts::vote_asked;
}

// In a thread that everybody reads.
std::string_view participle(storage::VoteAnswer answer) {
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
            return "taken back";
    }
    return "voted";
}

std::string until(const Vote& vote, Language language) {
    return vote.condition_until.empty()
               ? std::string()
               : say_in(language, texts::party_until, inert_line(vote.condition_until, 20));
}

// The party may have left the configuration since.
std::string where(const Vote& vote, const CardInput& input) {
    if (vote.source != storage::VoteSource::tracker) return {};
    const auto row = std::ranges::find(input.parties, vote.party, &review::PartyStatus::party);
    return signed_where(row == input.parties.end() ? review::PartyStatus{} : *row, input.language);
}

std::string vote_line(const Vote& vote, const CardInput& input) {
    const auto language = input.language;
    std::string out = date(vote.at) + " " + inert_line(vote.party, 40) + ": " +
                      say_in(language, verb(vote.answer), mention(vote.voter)) + until(vote, language) +
                      where(vote, input);
    if (vote.scope_hash != input.request.scope_hash) out += say_in(language, texts::vote_of_earlier_set);
    // A vote that was taken back on the issue carries our own words.
    const auto said =
        vote.source == storage::VoteSource::tracker ? recorded_in(language, vote.remark) : vote.remark;
    if (const auto remark = inert_line(said, 200); !remark.empty()) out += ": " + remark;
    return out;
}

// The newest that fit, oldest first.
std::string vote_lines(const CardInput& input, const std::vector<Vote>& votes, std::size_t room) {
    std::vector<std::string> lines;
    std::size_t used = 0;
    for (auto vote = votes.rbegin(); vote != votes.rend(); ++vote) {
        auto line = vote_line(*vote, input);
        used += text::code_points(line) + 1;
        if (used + 30 > room) {
            lines.push_back(say_in(input.language, texts::votes_before,
                                   std::to_string(std::distance(vote, votes.rend()))));
            break;
        }
        lines.push_back(std::move(line));
    }
    std::ranges::reverse(lines);
    return lines.empty() ? say_in(input.language, texts::no_votes) : text::joined(lines, "\n");
}

std::string answered(const storage::AppRequest& request, std::size_t limit, Language language) {
    if (request.info_question.empty()) return {};
    std::string out = say_in(language, texts::asked_by_whom) + mention(request.info_asker) + ": " +
                      inert_line(request.info_question, limit);
    const auto read = review::read_answer(request.info_answer);
    const auto answer =
        read.confidential ? say_in(language, texts::answer_confidential) : inert_line(read.words, limit);
    return out + "\n" +
           (answer.empty() ? say_in(language, texts::not_answered)
                           : say_in(language, texts::answer_given, answer));
}

// What has no room on the card. Rights are checked at the press, as there.
std::vector<Button> rarely_used(const CardInput& input) {
    const auto value = button_value(input.request);
    const auto button = [&](std::string_view id, const Text<>& label) {
        return Button{.action_id = id, .text = say_in(input.language, label), .value = value};
    };
    std::vector<Button> row;
    if (review::in_votes(input.request.state))
        row = {button(ids::vote_conditional, texts::with_condition),
               button(ids::vote_abstain, texts::abstain), button(ids::claim, texts::claim),
               button(ids::approve_limits, texts::with_limits)};
    if (input.has_voted) row.push_back(button(ids::take_back, texts::take_back));
    return row;
}

std::string titled(const Text<>& title, std::string_view words, Language language) {
    return "*" + say_in(language, title) + "*" + std::string(words);
}

}  // namespace

std::string vote_said(const Vote& vote) {
    std::string out = vote.party.empty() ? std::string() : "*" + inert_line(vote.party, 40) + "*: ";
    out +=
        std::string(participle(vote.answer)) + " by " + mention(vote.voter) + until(vote, Language::english);
    if (vote.source == storage::VoteSource::tracker) out += ", signed in the vendor issue";
    return out + "\n" + quoted(vote.remark, 1500);
}

Message request_details(const CardInput& input, const std::vector<Vote>& votes) {
    const auto& request = input.request;
    const auto language = input.language;
    const auto title = app_title(request, language);
    Blocks blocks;
    blocks.header(say_in(language, texts::request_details_title, to_text(request.id), plain(title, 100)));
    const auto decided = decision_line(request, language);
    blocks.section("*" + state_line(request, language) + "*" +
                   (decided.empty() ? "" : "\n" + fitted(decided, 500)));
    if (const auto note = inert(recorded_in(language, request.state_note), 400); !note.empty())
        blocks.section("_" + note + "_");
    if (const auto words = inert_line(request.app_description, 400); !words.empty())
        blocks.section(fitted(words, 500));
    if (const auto words = requester_words(request); !words.empty())
        blocks.section(fitted(words, words_room));
    const auto counts = scope_counts(request.scopes, language);
    blocks.section(titled(texts::all_permissions, " " + counts, language));
    blocks.lines(all_scopes(request.scopes, scope_room, language));
    blocks.section(
        fitted(titled(texts::votes, "\n" + vote_lines(input, votes, vote_room), language), limits::section));
    if (!input.limits.empty()) blocks.section(fitted(input.limits, history_room));
    if (!input.history.empty())
        blocks.section(
            fitted(titled(texts::earlier_decisions, "\n" + text::joined(input.history, "\n"), language),
                   history_room));
    if (const auto words = answered(request, 300, language); !words.empty())
        blocks.section(fitted(words, 800));
    blocks.actions("more", rarely_used(input));
    blocks.context({footer(request, language)});

    std::vector<std::string> lines{to_text(request.id) + " " + inert_line(title, 100) + ": " +
                                   state_line(request, language)};
    for (auto& row : party_rows(input, RowStyle::plain, 200))
        lines.push_back(std::move(row));
    lines.push_back(fitted(vote_lines(input, votes, 1000), 1000));
    if (!input.history.empty())
        lines.push_back(fitted(
            say_in(language, texts::earlier_decisions) + ": " + text::joined(input.history, "; "), 600));
    lines.push_back(say_in(language, texts::all_permissions) + ": " + counts + ". " +
                    scope_names(request.scopes, 1500, language));
    return {fitted(text::joined(lines, "\n"), limits::fallback), blocks.json()};
}

}  // namespace countersign::handlers::views
