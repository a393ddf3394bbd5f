#pragma once

#include "storage/query.hpp"
#include "storage/records.hpp"

// Table app_request: its columns once, in the order of `request_fields`.
namespace countersign::storage {

inline constexpr char request_columns[] =
    "id, slack_id, source, app_id, app_name, app_description, app_directory_url, app_homepage_url, "
    "app_privacy_url, "
    "publisher, team_id, team_name, enterprise_id, requester, requester_name, requester_is_collaborator, "
    "message, "
    "purpose, scopes, scope_hash, previous_status, previous_scopes, state, state_note, state_since, outside, "
    "info_party, info_asker, info_question, info_answer, decision, decided_by, decision_reason, decided_at, "
    "created_at, updated_at, version";

// Not final (`is_final`), word for word as in the partial index app_request_open.
inline constexpr char request_is_open[] =
    "state <> 'approved' AND state <> 'restricted' AND state <> 'denied' AND state <> 'withdrawn' "
    "AND state <> 'expired' AND state <> 'superseded' AND state <> 'installed'";

// Inserts with version 1, or replaces and counts the version up.
void save_request(const Database& database, const AppRequest& request, Timestamp now);
// The present row of a query that selected `request_columns`.
[[nodiscard]] AppRequest read_request(Query& query);

}  // namespace countersign::storage
