#include "storage/view.hpp"

#include "storage/effect_rows.hpp"
#include "storage/installed_view.hpp"
#include "storage/json_lists.hpp"
#include "storage/query.hpp"
#include "storage/request_rows.hpp"

#include <algorithm>
#include <limits>

namespace countersign::storage {
namespace {

std::int64_t as_limit(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
}

Vote read_vote(Query& query) {
    Vote v;
    query.read(v.id, v.request, v.party, v.voter, v.answer, v.remark, v.condition_until, v.scope_hash,
               v.source, v.source_ref, v.at);
    return v;
}

Decision read_decision(Query& query) {
    Decision d;
    query.read(d.id, d.request, d.kind, d.actor, d.outside, d.reason, d.scope_hash, d.evidence, d.policy,
               d.policy_rules, d.at);
    return d;
}

AppResolution read_resolution(Query& query) {
    AppResolution r;
    std::string scopes;
    query.read(r.app_id, r.team_id, r.status, scopes, r.seen_at, r.app_name);
    r.scopes = scopes_from_json(scopes);
    return r;
}

SlackbotNotice read_notice(Query& query) {
    SlackbotNotice n;
    query.read(n.channel, n.ts, n.request, n.kind, n.digest, n.confidence, n.doubtful, n.personal,
               n.approve_label, n.restrict_label, n.permalink, n.seen_at);
    return n;
}

}  // namespace

InstalledView View::installed() const {
    return InstalledView(*database_);
}

RequestId View::next_request_id() const {
    Query query(*database_, "SELECT coalesce(max(id), 0) + 1 FROM app_request");
    query.step();
    return RequestId{query.number(0)};
}

std::optional<AppRequest> View::request(RequestId id) const {
    static constexpr auto sql = joined_sql("SELECT ", request_columns, " FROM app_request WHERE id = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(id), read_request);
}

std::optional<AppRequest> View::request(const SlackRequestId& id) const {
    static constexpr auto sql =
        joined_sql("SELECT ", request_columns,
                   " FROM app_request WHERE slack_id = ? AND slack_id <> '' ORDER BY id DESC LIMIT 1");
    Query query(*database_, sql.data());
    return first_row(query.bind(id), read_request);
}

std::vector<AppRequest> View::open_requests(const AppId& app, const TeamId& team) const {
    static constexpr auto sql =
        joined_sql("SELECT ", request_columns, " FROM app_request WHERE app_id = ? AND team_id = ? AND ",
                   request_is_open, " ORDER BY id DESC");
    Query query(*database_, sql.data());
    return all_rows(query.bind(app, team), read_request);
}

std::vector<AppRequest> View::open_requests() const {
    // All entries of the partial index; by number only afterwards, because the index is ordered by app.
    static constexpr auto sql = joined_sql(
        "SELECT ", request_columns, " FROM app_request INDEXED BY app_request_open WHERE ", request_is_open);
    Query query(*database_, sql.data());
    auto requests = all_rows(query, read_request);
    std::ranges::sort(requests, std::greater{}, &AppRequest::id);
    return requests;
}

std::vector<AppRequest> View::requests_of(const UserId& requester, std::size_t limit) const {
    static constexpr auto sql = joined_sql("SELECT ", request_columns,
                                           " FROM app_request WHERE requester = ? ORDER BY id DESC LIMIT ?");
    Query query(*database_, sql.data());
    return all_rows(query.bind(requester, as_limit(limit)), read_request);
}

// One statement for each index that can lead; the other conditions only thin its rows out.
std::vector<AppRequest> View::requests(const Filter& filter) const {
    static constexpr char rest[] =
        " AND (?2 = '' OR requester = ?2) AND (?3 = '' OR app_id = ?3 OR app_name = ?3 COLLATE NOCASE) "
        "AND (?4 = '' OR state = ?4) AND id < ?5 ORDER BY id DESC LIMIT ?6";
    static constexpr auto by_requester =
        joined_sql("SELECT ", request_columns, " FROM app_request WHERE requester = ?1", rest);
    static constexpr auto by_app =
        joined_sql("SELECT ", request_columns, " FROM app_request WHERE app_id = ?1", rest);
    static constexpr auto by_app_name =
        joined_sql("SELECT ", request_columns, " FROM app_request WHERE app_name = ?1 COLLATE NOCASE", rest);
    static constexpr auto by_state =
        joined_sql("SELECT ", request_columns, " FROM app_request WHERE state = ?1", rest);
    static constexpr auto any =
        joined_sql("SELECT ", request_columns, " FROM app_request WHERE ?1 = ''", rest);

    const std::int64_t below = filter.before > 0 ? filter.before : std::numeric_limits<std::int64_t>::max();
    const auto run = [&](Sql sql, const std::string& lead) {
        Query query(*database_, sql);
        query.bind(lead, filter.requester, filter.app, filter.state, below, as_limit(filter.limit));
        return all_rows(query, read_request);
    };
    if (!filter.requester.empty()) return run(by_requester.data(), filter.requester);
    if (!filter.app.empty()) {
        Query known_id(*database_, "SELECT 1 FROM app_request WHERE app_id = ? LIMIT 1");
        return known_id.bind(filter.app).step() ? run(by_app.data(), filter.app)
                                                : run(by_app_name.data(), filter.app);
    }
    if (!filter.state.empty()) return run(by_state.data(), filter.state);
    return run(any.data(), "");
}

std::vector<View::StateCount> View::request_counts() const {
    Query query(*database_, "SELECT state, count FROM request_count WHERE count > 0 ORDER BY state");
    return all_rows(query, [](Query& row) {
        StateCount counted;
        row.read(counted.state, counted.count);
        return counted;
    });
}

std::vector<Vote> View::votes(RequestId id) const {
    Query query(*database_,
                "SELECT id, request, party, voter, answer, remark, condition_until, scope_hash, source, "
                "source_ref, at "
                "FROM vote WHERE request = ? ORDER BY id");
    return all_rows(query.bind(id), read_vote);
}

std::optional<VendorIssue> View::vendor_issue(RequestId id) const {
    Query query(*database_,
                "SELECT request, tracker, project, iid, url, linked_by, linked_at FROM vendor_issue WHERE "
                "request = ?");
    return first_row(query.bind(id), [](Query& row) {
        VendorIssue i;
        row.read(i.request, i.tracker, i.project, i.iid, i.url, i.linked_by, i.linked_at);
        return i;
    });
}

std::vector<Decision> View::decisions(RequestId id) const {
    Query query(
        *database_,
        "SELECT id, request, kind, actor, outside, reason, scope_hash, evidence, policy, policy_rules, at "
        "FROM decision WHERE request = ? ORDER BY id");
    return all_rows(query.bind(id), read_decision);
}

std::vector<Decision> View::decisions_on(const AppId& app, const TeamId& team) const {
    Query query(
        *database_,
        "SELECT d.id, d.request, d.kind, d.actor, d.outside, d.reason, d.scope_hash, d.evidence, d.policy, "
        "d.policy_rules, d.at "
        "FROM app_request r CROSS JOIN decision d ON d.request = r.id "
        "WHERE r.app_id = ? AND r.team_id = ? ORDER BY d.id DESC");
    return all_rows(query.bind(app, team), read_decision);
}

namespace {

MessageRef read_message(Query& row) {
    MessageRef m;
    row.read(m.name, m.channel, m.ts);
    return m;
}

}  // namespace

std::optional<MessageRef> View::message(std::string_view name) const {
    Query query(*database_, "SELECT name, channel, ts FROM message_ref WHERE name = ?");
    return first_row(query.bind(name), read_message);
}

std::optional<MessageRef> View::message_at(const ChannelId& channel, std::string_view ts) const {
    Query query(*database_, "SELECT name, channel, ts FROM message_ref WHERE ts = ? AND channel = ?");
    return first_row(query.bind(ts, channel), read_message);
}

std::optional<UserGroup> View::user_group(std::string_view id) const {
    Query query(*database_, "SELECT id, members, read_at FROM user_group WHERE id = ?");
    return first_row(query.bind(id), [](Query& row) {
        UserGroup g;
        std::string members;
        row.read(g.id, members, g.read_at);
        g.members = users_from_json(members);
        return g;
    });
}

std::optional<AppResolution> View::resolution(const AppId& app, const TeamId& team) const {
    Query query(*database_,
                "SELECT app_id, team_id, status, scopes, seen_at, app_name FROM app_resolution "
                "WHERE app_id = ? AND team_id = ?");
    return first_row(query.bind(app, team), read_resolution);
}

std::vector<AppResolution> View::resolutions(const TeamId& team) const {
    Query query(*database_,
                "SELECT app_id, team_id, status, scopes, seen_at, app_name FROM app_resolution "
                "WHERE team_id = ? ORDER BY app_id");
    return all_rows(query.bind(team), read_resolution);
}

std::vector<AppResolution> View::resolutions_named(std::string_view name, const TeamId& team,
                                                   std::size_t limit) const {
    Query query(*database_,
                "SELECT app_id, team_id, status, scopes, seen_at, app_name FROM app_resolution "
                "WHERE app_name = ? COLLATE NOCASE AND status <> '' AND (team_id = ? OR team_id = '') "
                "ORDER BY app_id, team_id DESC LIMIT ?");
    return all_rows(query.bind(name, team, as_limit(limit)), read_resolution);
}

std::optional<SlackbotNotice> View::slackbot_notice(const ChannelId& channel, std::string_view ts) const {
    Query query(*database_,
                "SELECT channel, ts, request, kind, digest, confidence, doubtful, personal, approve_label, "
                "restrict_label, permalink, seen_at FROM slackbot_notice WHERE channel = ? AND ts = ?");
    return first_row(query.bind(channel, ts), read_notice);
}

std::vector<SlackbotNotice> View::slackbot_notices(RequestId request) const {
    Query query(*database_,
                "SELECT channel, ts, request, kind, digest, confidence, doubtful, personal, approve_label, "
                "restrict_label, permalink, seen_at FROM slackbot_notice WHERE request = ? "
                "ORDER BY channel, ts");
    return all_rows(query.bind(request), read_notice);
}

std::vector<SlackbotSample> View::slackbot_samples(std::size_t limit) const {
    Query query(*database_,
                "SELECT shape, kind, confidence, locale, sample, seen_at FROM slackbot_sample "
                "ORDER BY seen_at DESC LIMIT ?");
    return all_rows(query.bind(as_limit(limit)), [](Query& row) {
        SlackbotSample s;
        row.read(s.shape, s.kind, s.confidence, s.locale, s.sample, s.seen_at);
        return s;
    });
}

std::optional<Timer> View::timer(std::string_view name) const {
    Query query(*database_, "SELECT name, due, event FROM timer WHERE name = ?");
    return first_row(query.bind(name), [](Query& row) {
        Timer t;
        row.read(t.name, t.due, t.event);
        return t;
    });
}

std::optional<PolicyText> View::policy(std::string_view hash) const {
    Query query(*database_, "SELECT hash, source, text FROM policy WHERE hash = ?");
    return first_row(query.bind(hash), [](Query& row) {
        PolicyText p;
        row.read(p.hash, p.source, p.text);
        return p;
    });
}

std::vector<Mark> View::marks(RequestId id) const {
    Query query(*database_,
                "SELECT request, kind, subject, person, value, scope_hash, at FROM mark WHERE request = ?");
    auto found = all_rows(query.bind(id), [](Query& row) {
        Mark m;
        row.read(m.request, m.kind, m.subject, m.person, m.value, m.scope_hash, m.at);
        return m;
    });
    std::ranges::sort(found, {}, &Mark::at);
    return found;
}

namespace {

Absence read_absence(Query& row) {
    Absence a;
    row.read(a.person, a.delegate, a.from, a.until, a.made_at);
    return a;
}

}  // namespace

std::optional<Absence> View::absence(const UserId& person) const {
    Query query(*database_,
                "SELECT person, delegate, from_day, until_day, made_at FROM absence WHERE person = ?");
    return first_row(query.bind(person), read_absence);
}

std::vector<Absence> View::absences_for(const UserId& delegate) const {
    Query query(*database_,
                "SELECT person, delegate, from_day, until_day, made_at FROM absence WHERE delegate = ?");
    return all_rows(query.bind(delegate), read_absence);
}

std::string View::meta(std::string_view key) const {
    Query query(*database_, "SELECT value FROM meta WHERE key = ?");
    return query.bind(key).step() ? std::string(query.text(0)) : std::string();
}

std::optional<Effect> View::effect(std::string_view key) const {
    static constexpr auto sql = joined_sql("SELECT ", effect_columns, " FROM outbox WHERE key = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(key), read_effect);
}

}  // namespace countersign::storage
