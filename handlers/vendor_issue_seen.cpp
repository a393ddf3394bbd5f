#include "handlers/vendor_issue_seen.hpp"

#include "handlers/issue_polling.hpp"
#include "handlers/issue_reading.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/trackers.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace countersign::handlers {
namespace {

using storage::TrackerIssue;

// Two readings of an issue that are under way together end within minutes of each other. One that is older
// by more was read after the tracker's clock, which had run ahead, was set right.
constexpr std::chrono::minutes together{5};

bool is_overtaken(const storage::IssueFacts& facts, const TrackerIssue& before) {
    return before.read_at && facts.read_at < *before.read_at && *before.read_at - facts.read_at <= together;
}

}  // namespace

Outcome watch_issue(const storage::VendorIssue& issue, const Context& context) {
    Outcome outcome;
    if (!has_token(issue.tracker, context)) return outcome;
    const auto key = key_of(issue);
    auto known = context.view.tracker_issue(key).value_or(TrackerIssue{.key = key, .url = issue.url});
    auto effect = read_issue(key, fmt::format("{}:{}", issue.request.value, to_millis(context.now)));
    effect.interactive = true;
    known.read_key = effect.key;
    known.next_check = context.now + find_tracker(issue.tracker, context.settings)->poll;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(known)});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome issue_told(const EffectAnswer& answer, const Context& context) {
    const auto before = context.view.tracker_issue(issue_key_in(answer.args));
    if (!before) return {};
    if (answer.ok() && review::bool_field(answer.response, "unchanged").value_or(false)) {
        auto same = *before;
        same.full_at = context.now;
        Outcome outcome;
        outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(same)});
        return outcome;
    }
    const auto facts = facts_in(answer, context);
    if (!facts) return unreadable(*before, facts.error(), context);
    if (is_overtaken(*facts, *before)) return {};
    return tell_requests(reading_of(*before, *facts, answer, context), {}, context);
}

Outcome tracker_hook(const Event& event, const Context& context) {
    const auto key = issue_key_in(event.payload);
    auto known = context.view.tracker_issue(key);
    // Hooks come for every issue of a project; those that nobody here waits for are none of ours.
    if (!known || !known->next_check || !has_token(key.tracker, context)) return {};
    return read_again(std::move(*known), event.name, context);
}

}  // namespace countersign::handlers
