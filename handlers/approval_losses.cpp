#include "handlers/approval_losses.hpp"

#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/case_marks.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::IssueFacts;
using storage::TrackerIssue;

// The first of the reasons. What changes in one moment goes before what is lost, which is so afterwards, too.
std::string why_reconsider(const Case& item, const TrackerIssue& before, const IssueFacts& facts,
                           const std::string& lost, const std::string& problem_before,
                           const Context& context) {
    if (!before.read_at) return {};
    if (const auto problem = issue_problem(item, context); !problem.empty() && problem != problem_before)
        return problem;
    if (!before.open && facts.open) return say_in(views::Language::english, texts::issue_opened_again);
    if (!lost.empty()) return lost;
    if (!before.text_hash.empty() && before.text_hash != item.verdict->text_hash)
        return say_in(views::Language::english, texts::issue_text_changed);
    return {};
}

// Of the signs that an approval has lost, those that were told: whoever keeps it keeps it without them.
// Value: their entries.
constexpr std::string_view losses_told = "losses_told";

std::vector<std::string> told_before(const Case& item) {
    const auto told = std::ranges::find(item.marks, losses_told, &storage::Mark::kind);
    return told == item.marks.end() ? std::vector<std::string>() : text::words(told->value);
}

bool holds(const std::vector<std::string>& entries, const std::string& entry) {
    return std::ranges::find(entries, entry) != entries.end();
}

// Digests of the party that a sentence begins with, and of the sentence; two may read the same.
std::string party_of(std::string_view sentence) {
    return text::sha256_hex(sentence.substr(0, sentence.find(": "))).substr(0, 16);
}

std::vector<std::string> entries_of(const std::vector<std::string>& lost) {
    std::vector<std::string> entries;
    for (auto each = lost.begin(); each != lost.end(); ++each)
        entries.push_back(fmt::format(
            "{}:{}", party_of(*each),
            text::sha256_hex(fmt::format("{} {}", std::count(lost.begin(), each, *each), *each))));
    return entries;
}

std::vector<std::string> not_told_yet(const Case& item, const std::vector<std::string>& lost) {
    const auto before = told_before(item);
    const auto entries = entries_of(lost);
    std::vector<std::string> anew;
    for (std::size_t at = 0; at < lost.size(); ++at)
        if (!holds(before, entries[at])) anew.push_back(lost[at]);
    return anew;
}

// Whether it is lost cannot be told just now.
bool is_unknown(const std::string& entry, const review::IssueVerdict& verdict) {
    return verdict.problem != review::IssueProblem::none ||
           std::ranges::any_of(verdict.parties, [&](const auto& party) {
               return party.verdict == review::Verdict::cannot_tell &&
                      entry.starts_with(party_of(party.party + ": "));
           });
}

// What is not lost any more would be told again.
Outcome remember_told(Case& item, const std::vector<std::string>& lost, bool told_now,
                      const Context& context) {
    const auto before = told_before(item);
    auto told = entries_of(lost);
    if (!told_now) std::erase_if(told, [&](const auto& entry) { return !holds(before, entry); });
    for (const auto& entry : before)
        if (is_unknown(entry, *item.verdict) && !holds(told, entry)) told.push_back(entry);
    if (told == before) return {};
    if (told.empty()) return forget_marks(item, losses_told);
    Outcome outcome;
    outcome.changes.push_back(put_mark(item, losses_told, {}, text::joined(told, " "), context));
    return outcome;
}

}  // namespace

Outcome look_again(Case item, const TrackerIssue& before, const IssueFacts& facts,
                   const std::vector<std::string>& lost, const std::string& problem_before,
                   const Context& context) {
    const auto anew = not_told_yet(item, lost);
    const auto sentence =
        anew.empty() ? std::string()
                     : say_in(views::Language::english, texts::sign_counts_no_more, text::joined(anew, "; "));
    const auto why = why_reconsider(item, before, facts, sentence, problem_before, context);
    auto outcome = remember_told(item, lost, !sentence.empty() && why == sentence, context);
    if (!why.empty()) outcome.merge(reconsider(std::move(item), why, "tracker", context));
    return outcome;
}

Outcome forget_found(Case& item, const std::vector<std::string>& lost, const Context& context) {
    return remember_told(item, lost, false, context);
}

}  // namespace countersign::handlers
