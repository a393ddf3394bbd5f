#include "storage/issue_rows.hpp"
#include "storage/query.hpp"
#include "storage/request_rows.hpp"
#include "storage/view.hpp"

// The part of the view that is about issues in trackers.
namespace countersign::storage {

std::vector<RequestId> View::requests_on(const IssueKey& issue) const {
    Query query(*database_,
                "SELECT request FROM vendor_issue WHERE tracker = ? AND project = ? AND iid = ? "
                "ORDER BY request");
    query.bind(issue.tracker, issue.project, issue.iid);
    std::vector<RequestId> found;
    while (query.step())
        found.push_back(RequestId{query.number(0)});
    return found;
}

std::optional<TrackerIssue> View::tracker_issue(const IssueKey& issue) const {
    static constexpr auto sql = joined_sql("SELECT ", tracker_issue_columns,
                                           " FROM tracker_issue WHERE tracker = ? AND project = ? AND "
                                           "iid = ?");
    Query query(*database_, sql.data());
    if (!query.bind(issue.tracker, issue.project, issue.iid).step()) return std::nullopt;
    return read_tracker_issue(query);
}

std::vector<TrackerIssue> View::tracker_issues_due(std::string_view tracker, Timestamp now,
                                                   std::size_t limit) const {
    static constexpr auto sql =
        joined_sql("SELECT ", tracker_issue_columns,
                   " FROM tracker_issue WHERE tracker = ? AND next_check <= ? AND next_check IS NOT NULL "
                   "ORDER BY next_check LIMIT ?");
    Query query(*database_, sql.data());
    query.bind(tracker, now, static_cast<std::int64_t>(limit));
    std::vector<TrackerIssue> found;
    while (query.step())
        found.push_back(read_tracker_issue(query));
    return found;
}

std::vector<VendorIssue> View::unread_vendor_issues(std::size_t limit) const {
    static constexpr auto sql = joined_sql(
        "SELECT v.request, v.tracker, v.project, v.iid, v.url, v.linked_by, v.linked_at FROM "
        "(SELECT id FROM app_request INDEXED BY app_request_open_id WHERE ",
        request_is_open,
        ") r CROSS JOIN vendor_issue v ON v.request = r.id "
        "WHERE NOT EXISTS (SELECT 1 FROM tracker_issue t WHERE t.tracker = v.tracker "
        "AND t.project = v.project AND t.iid = v.iid) ORDER BY v.request LIMIT ?");
    Query query(*database_, sql.data());
    query.bind(static_cast<std::int64_t>(limit));
    std::vector<VendorIssue> found;
    while (query.step()) {
        auto& i = found.emplace_back();
        query.read(i.request, i.tracker, i.project, i.iid, i.url, i.linked_by, i.linked_at);
    }
    return found;
}

std::vector<Evidence> View::evidence(RequestId id) const {
    static constexpr auto sql =
        joined_sql("SELECT ", evidence_columns, " FROM evidence WHERE request = ? ORDER BY id");
    Query query(*database_, sql.data());
    query.bind(id);
    std::vector<Evidence> found;
    while (query.step())
        found.push_back(read_evidence(query));
    return found;
}

std::optional<Evidence> View::newest_evidence(RequestId id) const {
    static constexpr auto sql =
        joined_sql("SELECT ", evidence_columns, " FROM evidence WHERE request = ? ORDER BY id DESC LIMIT 1");
    Query query(*database_, sql.data());
    if (!query.bind(id).step()) return std::nullopt;
    return read_evidence(query);
}

std::optional<IssueKey> View::newest_evidence_issue(RequestId id) const {
    Query query(*database_,
                "SELECT tracker, project, iid FROM evidence WHERE request = ? ORDER BY id DESC LIMIT 1");
    if (!query.bind(id).step()) return std::nullopt;
    IssueKey issue;
    query.read(issue.tracker, issue.project, issue.iid);
    return issue;
}

std::string View::newest_verdict(RequestId id) const {
    Query query(*database_, "SELECT verdict FROM evidence WHERE request = ? ORDER BY id DESC LIMIT 1");
    return query.bind(id).step() ? std::string(query.text(0)) : std::string();
}

std::vector<PinnedLabel> View::pinned_labels(std::string_view tracker, std::string_view project) const {
    Query query(*database_,
                "SELECT tracker, project, party, name, label, at FROM pinned_label WHERE tracker = ? AND "
                "project = ? ORDER BY party");
    query.bind(tracker, project);
    std::vector<PinnedLabel> found;
    while (query.step()) {
        auto& l = found.emplace_back();
        query.read(l.tracker, l.project, l.party, l.name, l.id, l.at);
    }
    return found;
}

}  // namespace countersign::storage
