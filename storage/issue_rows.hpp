#pragma once

#include "storage/evidence.hpp"
#include "storage/query.hpp"

// Tables tracker_issue, evidence and pinned_label.
namespace countersign::storage {

inline constexpr char tracker_issue_columns[] =
    "tracker, project, iid, url, title, open, state_reason, confidential, text_hash, text_changed_at, "
    "remote_updated_at, read_at, full_at, next_check, etag, problem, problem_since, facts_hash, read_key, "
    "follower, purpose";
inline constexpr char evidence_columns[] =
    "id, request, tracker, project, iid, facts, verdict, hash, read_at, at";

[[nodiscard]] TrackerIssue read_tracker_issue(Query& query);
[[nodiscard]] Evidence read_evidence(Query& query);
void save_tracker_issue(const Database& database, const TrackerIssue& issue);
void add_evidence(const Database& database, const Evidence& evidence);
void pin_label(const Database& database, const PinnedLabel& label);

}  // namespace countersign::storage
