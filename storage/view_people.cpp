#include "storage/json_lists.hpp"
#include "storage/query.hpp"
#include "storage/request_rows.hpp"
#include "storage/view.hpp"

#include <algorithm>

// The part of the view that is about people: who they are, what they wait for, what their Home tab shows.
namespace countersign::storage {
namespace {

std::vector<AppRequest> read_requests(Query& query) {
    std::vector<AppRequest> found;
    while (query.step())
        found.push_back(read_request(query));
    return found;
}

std::vector<UserId> read_users(Query& query) {
    std::vector<UserId> found;
    while (query.step())
        found.emplace_back(std::string(query.text(0)));
    return found;
}

std::int64_t as_limit(std::size_t limit) {
    return static_cast<std::int64_t>(limit);
}

}  // namespace

std::vector<AppRequest> View::open_requests_after(RequestId after, std::size_t limit) const {
    static constexpr auto sql =
        joined_sql("SELECT ", request_columns, " FROM app_request INDEXED BY app_request_open_id WHERE ",
                   request_is_open, " AND id > ? ORDER BY id LIMIT ?");
    Query query(*database_, sql.data());
    return read_requests(query.bind(after, as_limit(limit)));
}

std::vector<std::string> View::app_names(std::size_t limit) const {
    // From name to next name by the index: as many steps as names, however many requests each has had.
    Query query(*database_,
                "WITH RECURSIVE name(app) AS ("
                "SELECT min(app_name COLLATE NOCASE) FROM app_request "
                "UNION ALL SELECT (SELECT min(r.app_name COLLATE NOCASE) FROM app_request r "
                "WHERE r.app_name COLLATE NOCASE > name.app) FROM name WHERE name.app IS NOT NULL) "
                "SELECT app FROM name WHERE app IS NOT NULL AND app <> '' LIMIT ?");
    query.bind(as_limit(limit));
    std::vector<std::string> names;
    while (query.step())
        names.emplace_back(query.text(0));
    Query listed(*database_,
                 "SELECT DISTINCT app_name COLLATE NOCASE FROM app_resolution WHERE app_name <> '' "
                 "ORDER BY 1 LIMIT ?");
    listed.bind(as_limit(limit - std::min(limit, names.size())));
    while (listed.step())
        names.emplace_back(listed.text(0));
    return names;
}

std::vector<View::Wait> View::recent_waits(std::size_t limit) const {
    Query query(*database_,
                "SELECT waited, scopes FROM ("
                "SELECT * FROM (SELECT id, decided_at - created_at AS waited, scopes FROM app_request "
                "WHERE state = 'approved' AND decided_at IS NOT NULL ORDER BY id DESC LIMIT ?1) UNION ALL "
                "SELECT * FROM (SELECT id, decided_at - created_at AS waited, scopes FROM app_request "
                "WHERE state = 'installed' AND decided_at IS NOT NULL ORDER BY id DESC LIMIT ?1)"
                ") ORDER BY id DESC LIMIT ?1");
    query.bind(as_limit(limit));
    std::vector<Wait> waits;
    while (query.step())
        waits.push_back({std::chrono::milliseconds(query.number(0)), scopes_from_json(query.text(1))});
    return waits;
}

std::optional<Person> View::person(const UserId& id) const {
    Query query(
        *database_,
        "SELECT id, name, locale, zone, zone_offset, active, guest, read_at FROM person WHERE id = ?");
    if (!query.bind(id).step()) return std::nullopt;
    Person p;
    query.read(p.id, p.name, p.locale, p.zone, p.zone_offset, p.active, p.guest, p.read_at);
    return p;
}

std::optional<HomeTab> View::home_tab(const UserId& id) const {
    Query query(
        *database_,
        "SELECT person, opened_at, queue_after, mine_before, open_after FROM home_tab WHERE person = ?");
    if (!query.bind(id).step()) return std::nullopt;
    HomeTab t;
    query.read(t.user, t.opened_at, t.queue_after, t.mine_before, t.open_after);
    return t;
}

std::vector<UserId> View::home_tabs_opened(Timestamp since) const {
    Query query(*database_, "SELECT person FROM home_tab WHERE opened_at >= ?");
    return read_users(query.bind(since));
}

std::vector<UserId> View::followers(RequestId id) const {
    Query query(*database_, "SELECT person FROM follower WHERE request = ? ORDER BY since, person");
    return read_users(query.bind(id));
}

std::vector<AppRequest> View::followed_by(const UserId& user, std::size_t limit) const {
    static constexpr auto sql =
        joined_sql("SELECT ", request_columns,
                   " FROM app_request WHERE id IN (SELECT request FROM follower "
                   "WHERE person = ? ORDER BY request DESC LIMIT ?) ORDER BY id DESC");
    Query query(*database_, sql.data());
    return read_requests(query.bind(user, as_limit(limit)));
}

}  // namespace countersign::storage
