#include "storage/issue_rows.hpp"

namespace countersign::storage {
namespace {

template <class Issue, class Use>
void issue_fields(Issue& i, Use use) {
    use(i.key.tracker, i.key.project, i.key.iid, i.url, i.title, i.open, i.state_reason, i.confidential,
        i.text_hash, i.text_changed_at, i.remote_updated_at, i.read_at, i.full_at, i.next_check, i.etag,
        i.problem, i.problem_since, i.facts_hash, i.read_key, i.follower, i.purpose);
}

}  // namespace

TrackerIssue read_tracker_issue(Query& query) {
    TrackerIssue issue;
    issue_fields(issue, [&](auto&... fields) { query.read(fields...); });
    return issue;
}

Evidence read_evidence(Query& query) {
    Evidence e;
    query.read(e.id, e.request, e.issue.tracker, e.issue.project, e.issue.iid, e.facts, e.verdict, e.hash,
               e.read_at, e.at);
    return e;
}

void save_tracker_issue(const Database& database, const TrackerIssue& issue) {
    static constexpr auto sql =
        joined_sql("INSERT OR REPLACE INTO tracker_issue(", tracker_issue_columns,
                   ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    Query query(database, sql.data());
    issue_fields(issue, [&](const auto&... fields) { query.bind(fields...); });
    query.run();
}

void add_evidence(const Database& database, const Evidence& e) {
    Query(database,
          "INSERT INTO evidence(request, tracker, project, iid, facts, verdict, hash, read_at, at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(e.request, e.issue.tracker, e.issue.project, e.issue.iid, e.facts, e.verdict, e.hash, e.read_at,
              e.at)
        .run();
}

void pin_label(const Database& database, const PinnedLabel& label) {
    Query(database,
          "INSERT INTO pinned_label(tracker, project, party, name, label, at) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT DO UPDATE SET name = excluded.name, label = excluded.label, at = excluded.at "
          "WHERE name <> excluded.name")
        .bind(label.tracker, label.project, label.party, label.name, label.id, label.at)
        .run();
}

}  // namespace countersign::storage
