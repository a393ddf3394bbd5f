#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"
#include "storage/evidence.hpp"
#include "storage/issue_facts.hpp"

#include <nlohmann/json_fwd.hpp>

#include <expected>
#include <string>
#include <vector>

// What one reading of a vendor issue says and changes: facts become a verdict, a verdict becomes votes, and
// what changed about the issue is told once (trackers.md §5).
namespace countersign::handlers {

// The issue that a reading's arguments or a webhook name.
[[nodiscard]] storage::IssueKey issue_key_in(const nlohmann::json& fields);

// An error where the tracker refused, where what it said is malformed, or while nothing that it says is
// believed (tracker_account.hpp).
[[nodiscard]] std::expected<storage::IssueFacts, std::string> facts_in(const EffectAnswer& answer,
                                                                       const Context& context);

struct Reading {
    storage::TrackerIssue before;  // as it was last known
    storage::IssueFacts facts;
    storage::TrackerIssue after;
};

[[nodiscard]] Reading reading_of(storage::TrackerIssue before, storage::IssueFacts facts,
                                 const EffectAnswer& answer, const Context& context);

// One request's part in what was read. The caller goes on with the case itself.
struct Seen {
    Case item;
    Outcome outcome;
    // Parties' signatures that count no more, or that another issue is linked by now; as sentences.
    std::vector<std::string> taken_back;
    std::string problem_before;  // empty: none
    bool changed = false;
};

[[nodiscard]] Seen see(const storage::AppRequest& request, const Reading& reading, const Context& context);

// Keeps what was read and tells all requests on the issue but one, whose caller goes on with it.
[[nodiscard]] Outcome tell_requests(const Reading& reading, RequestId but, const Context& context);

// The tracker did not say what it should: the last evidence stands, and people see why nothing moves (S8).
[[nodiscard]] Outcome unreadable(const storage::TrackerIssue& before, const std::string& error,
                                 const Context& context);

}  // namespace countersign::handlers
