#include "handlers/approval_losses.hpp"

#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/case_marks.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <algorithm>
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
// Value: digests of the sentences.
constexpr std::string_view losses_told = "losses_told";

std::string told_before(const Case& item) {
    const auto told = std::ranges::find(item.marks, losses_told, &storage::Mark::kind);
    return told == item.marks.end() ? std::string() : told->value;
}

std::vector<std::string> not_told_yet(const Case& item, std::vector<std::string> lost) {
    const auto before = told_before(item);
    std::erase_if(lost, [&](const std::string& each) { return before.contains(text::sha256_hex(each)); });
    return lost;
}

// What is not lost any more would be told again.
Outcome remember_told(Case& item, const std::vector<std::string>& lost, bool told_now,
                      const Context& context) {
    const auto before = told_before(item);
    const bool all_known = item.verdict->problem == review::IssueProblem::none &&
                           std::ranges::none_of(item.verdict->parties, [](const auto& party) {
                               return party.verdict == review::Verdict::cannot_tell;
                           });
    auto told = all_known ? std::string() : before;
    for (const auto& each : lost) {
        const auto digest = text::sha256_hex(each);
        if (!told.contains(digest) && (told_now || before.contains(digest))) told += digest + " ";
    }
    if (told == before) return {};
    if (told.empty()) return forget_marks(item, losses_told);
    Outcome outcome;
    outcome.changes.push_back(put_mark(item, losses_told, {}, told, context));
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
