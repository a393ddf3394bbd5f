#include "storage/request_rows.hpp"

#include "storage/erasure.hpp"
#include "storage/json_lists.hpp"

namespace countersign::storage {
namespace {

// What both directions share: every column but the last two, with the lists already as text.
template <class Request, class Text, class Use>
void request_fields(Request& r, Text& scopes, Text& previous_scopes, Use use) {
    use(r.id, r.slack_id, r.source, r.app_id, r.app_name, r.app_description, r.app_directory_url,
        r.app_homepage_url, r.app_privacy_url, r.publisher, r.team_id, r.team_name, r.enterprise_id,
        r.requester, r.requester_name, r.requester_is_collaborator, r.message, r.purpose, scopes,
        r.scope_hash, r.previous_status, previous_scopes, r.state, r.state_note, r.state_since, r.outside,
        r.info_party, r.info_asker, r.info_question, r.info_answer, r.decision, r.decided_by,
        r.decision_reason, r.decided_at, r.created_at);
}

}  // namespace

void save_request(const Database& database, const AppRequest& request, Timestamp now) {
    static constexpr auto sql = joined_sql(
        "INSERT INTO app_request(", request_columns,
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?14, "
        "iif(?15 <> '' AND EXISTS (SELECT 1 FROM meta WHERE key = '",
        erased_person_key,
        "' || ?14), '', ?15), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) "
        "ON CONFLICT(id) DO UPDATE SET slack_id = excluded.slack_id, source = excluded.source, "
        "app_id = excluded.app_id, app_name = excluded.app_name, app_description = excluded.app_description, "
        "app_directory_url = excluded.app_directory_url, app_homepage_url = excluded.app_homepage_url, "
        "app_privacy_url = excluded.app_privacy_url, publisher = excluded.publisher, team_id = "
        "excluded.team_id, "
        "team_name = excluded.team_name, enterprise_id = excluded.enterprise_id, requester = "
        "excluded.requester, "
        "requester_name = excluded.requester_name, requester_is_collaborator = "
        "excluded.requester_is_collaborator, "
        "message = excluded.message, purpose = excluded.purpose, scopes = excluded.scopes, "
        "scope_hash = excluded.scope_hash, previous_status = excluded.previous_status, "
        "previous_scopes = excluded.previous_scopes, state = excluded.state, state_note = "
        "excluded.state_note, "
        "state_since = excluded.state_since, outside = excluded.outside, info_party = excluded.info_party, "
        "info_asker = excluded.info_asker, info_question = excluded.info_question, "
        "info_answer = excluded.info_answer, decision = excluded.decision, decided_by = excluded.decided_by, "
        "decision_reason = excluded.decision_reason, decided_at = excluded.decided_at, "
        "created_at = excluded.created_at, updated_at = excluded.updated_at, version = version + 1");
    const std::string scopes = scopes_to_json(request.scopes);
    const std::string previous_scopes = scopes_to_json(request.previous_scopes);
    Query query(database, sql.data());
    request_fields(request, scopes, previous_scopes,
                   [&](const auto&... fields) { query.bind(fields..., now); });
    query.run();
}

AppRequest read_request(Query& query) {
    AppRequest request;
    std::string scopes;
    std::string previous_scopes;
    request_fields(request, scopes, previous_scopes,
                   [&](auto&... fields) { query.read(fields..., request.updated_at, request.version); });
    request.scopes = scopes_from_json(scopes);
    request.previous_scopes = scopes_from_json(previous_scopes);
    return request;
}

}  // namespace countersign::storage
