#include "handlers/views/recorded.hpp"

#include "config/advice.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/emergency_texts.hpp"
#include "handlers/views/gate_texts.hpp"
#include "handlers/views/issue_texts.hpp"
#include "handlers/views/joining_texts.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace countersign::handlers::views {
namespace {

struct Sentence {
    std::string_view english, german;
};

template <std::size_t Places>
constexpr Sentence both(const Text<Places>& text) {
    return {text.in(Language::english), text.in(Language::german)};
}

constexpr auto sentences = std::to_array<Sentence>({
    both(texts::rule_alone),
    both(texts::rule_with_reason),
    both(texts::earlier_decision),
    both(texts::not_among_parties),
    both(texts::asked_to_be_heard),
    both(texts::no_scopes_told),
    both(texts::no_answer_in_time),
    both(texts::requester_left),
    both(texts::restricted_before),
    both(texts::restriction_was_until_now),
    both(texts::nobody_answered),
    both(texts::nobody_in_party),
    both(texts::policy_restricts),
    both(texts::in_blackout),
    both(texts::in_blackout_because),
    both(texts::suspend_by_hand),
    both(texts::gate_first),
    both(texts::gate_rate),
    both(texts::gate_again),
    both(texts::gate_note),
    both(texts::never_installed),
    both(texts::see_newer),
    both(texts::decided_with),
    both(texts::own_app),
    both(texts::protected_since),
    both(texts::to_reconsider),
    both(texts::approved_for_more),
    both(texts::another_asks_for_more),
    both(texts::no_longer_agreed),
    both(texts::condition_lapsed),
    both(texts::approval_is_over),
    both(texts::somebody_objects),
    both(texts::somebody_regrets),
    both(texts::issue_opened_again),
    both(texts::issue_text_changed),
    both(texts::sign_counts_no_more),
    both(texts::issue_has_changed),
    both(texts::said_of),
    both(texts::one_and_next),
    both(texts::issue_not_known),
    both(texts::issue_not_readable),
    both(texts::answer_lost_unlisted),
    both(texts::answer_lost_often),
    both(texts::yes_but_unlisted),
    both(texts::nothing_decided),
    both(texts::decision_unknown),
    both(texts::method_answered),
    both(texts::method_advice),
    both(texts::vote_too_old),
    both(texts::condition_was_due),
    both(texts::date_cannot_be),
    both(texts::nobody_knows_who),
    both(texts::may_not_sign),
    both(texts::party_unreadable),
    both(texts::account_blocked),
    both(texts::is_a_bot),
    both(texts::made_the_issue),
    both(texts::asked_for_the_app),
    both(texts::changed_after_sign),
    both(texts::changed_after_tick),
    both(texts::later_comment_edited),
    both(texts::no_look_for_boxes),
    both(texts::many_boxes),
    both(texts::box_crossed_out),
    both(texts::who_ticked),
    both(texts::took_it_back),
    both(texts::comment_edited),
    both(texts::comment_backdated),
    both(texts::sign_on_issue),
    both(texts::sign_again),
    both(texts::account_of_another),
    both(texts::sign_taken_off),
    both(texts::sign_of_taken_off),
    both(texts::issue_does_not_count),
    both(texts::other_issue_linked),
    both(texts::issue_wrong_project),
    both(texts::issue_moved),
    both(texts::issue_pull_request),
    both(texts::issue_wrong_type),
    both(texts::issue_duplicate),
    both(texts::issue_not_planned),
    both(texts::issue_used_elsewhere),
    both(texts::issue_not_named),
    both(texts::issue_not_found),
    both(texts::issue_gone),
    both(texts::issue_too_large),
    both(texts::tracker_unreadable),
    both(texts::tracker_silent),
    both(texts::account_removed_by),
    both(texts::account_broken),
    both(texts::account_not_renewed),
    both(texts::account_lost_access),
    both(texts::account_not_reached),
    both(texts::account_not_posted),
    both(texts::account_has_expired),
    both(texts::account_no_renewal),
    both(texts::account_refused),
    both(texts::account_refused_fresh),
    both(texts::account_other_owner),
    both(texts::account_revoked),
    both(texts::account_this_workspace),
    both(texts::account_gone),
    both(texts::account_cancelled),
    both(texts::account_unusable),
    both(texts::account_slack_refuses),
    both(texts::account_slack_trouble),
    both(texts::account_server_refuses),
    both(texts::account_no_key),
    both(texts::account_no_app),
    both(texts::account_no_refresh),
    both(texts::account_code_late),
    both(texts::account_denied),
    both(texts::account_no_device),
    both(texts::account_device_missing),
    both(texts::account_device_strange),
    both(texts::account_foreign_page),
    both(texts::account_left_valid),
    both(texts::account_code_invalid),
    both(texts::account_bad_client),
    both(texts::account_no_bearer),
    both(texts::account_read_only),
    both(texts::account_more_scopes),
    both(texts::account_scope_gitlab),
    both(texts::account_scope_github),
    both(texts::account_scope_slack),
    both(texts::account_nobody_said),
    both(texts::account_nobody_back),
});

constexpr std::size_t most_blanks = 10;

struct Match {
    std::string_view german;
    std::array<std::string_view, most_blanks> blanks{};
    std::size_t literal = 0;  // how much of the text is the sentence's own: the more, the surer
};

// Each blank takes as little as it can, except at the end of the sentence.
std::optional<Match> match(const Sentence& sentence, std::string_view text) {
    Match found{.german = sentence.german};
    auto pattern = sentence.english;
    std::size_t open = pattern.find('{');
    if (!text.starts_with(pattern.substr(0, open))) return std::nullopt;
    found.literal = std::min(open, pattern.size());
    text.remove_prefix(found.literal);
    while (open != std::string_view::npos) {
        const auto place = static_cast<std::size_t>(pattern[open + 1] - '0');
        pattern.remove_prefix(open + 3);
        open = pattern.find('{');
        const auto after = pattern.substr(0, open);
        const bool last = open == std::string_view::npos;
        std::size_t end = text.size();
        if (!last)
            end = text.find(after);
        else if (!text.ends_with(after))
            return std::nullopt;
        else
            end -= after.size();
        if (end == std::string_view::npos || end == 0) return std::nullopt;
        found.blanks.at(place) = text.substr(0, end);
        found.literal += after.size();
        text.remove_prefix(end + after.size());
    }
    return text.empty() ? std::optional(found) : std::nullopt;
}

void keep_better(std::optional<Match>& best, const Sentence& sentence, std::string_view text) {
    auto found = match(sentence, text);
    if (found && (!best || found->literal > best->literal)) best = found;
}

}  // namespace

std::string recorded_in(Language language, std::string_view english) {
    if (language == Language::english) return std::string(english);
    std::optional<Match> best;
    for (const auto& sentence : sentences)
        keep_better(best, sentence, english);
    for (const auto& advice : config::slack_advice())
        keep_better(best, {advice.english, advice.german}, english);
    for (const auto& advice : config::tracker_advice())
        keep_better(best, {advice.english, advice.german}, english);
    if (!best) return std::string(english);
    std::array<std::string, most_blanks> words;
    std::array<std::string_view, most_blanks> values;
    for (std::size_t place = 0; place < most_blanks; ++place) {
        // Shorter than the whole, so that this ends.
        if (!best->blanks.at(place).empty()) words.at(place) = recorded_in(language, best->blanks.at(place));
        values.at(place) = words.at(place);
    }
    return filled(best->german, values.data());
}

bool quotes_a_person(std::string_view english) {
    const auto around = match(both(texts::to_reconsider), english);
    const auto sentence = around ? around->blanks[0] : english;
    return match(both(texts::somebody_objects), sentence) || match(both(texts::suspend_by_hand), sentence);
}

}  // namespace countersign::handlers::views
