#include "storage/erasure.hpp"

#include "storage/database.hpp"
#include "storage/query.hpp"

#include <vector>

namespace countersign::storage {
namespace {

// Effects that may hold the person's words: of requests that they had a part in, or that name them.
constexpr char about_them[] =
    "(request IN (SELECT id FROM app_request WHERE requester = ?1 OR decided_by = ?1 OR info_asker = ?1 "
    "UNION SELECT request FROM vote WHERE voter = ?1 UNION SELECT request FROM decision WHERE actor = ?1 "
    "UNION SELECT request FROM mark WHERE person = ?1 OR subject = ?1 "
    "UNION SELECT request FROM follower WHERE person = ?1) "
    "OR instr(args, ?1) > 0 OR instr(context, ?1) > 0)";

// Of what was sent or taken in, only that it was is needed.
std::int64_t forget_traffic(Database& database, const UserId& person) {
    static constexpr auto sent = joined_sql(
        "UPDATE outbox SET args = '{}', context = '', error = '' WHERE finished_at IS NOT NULL "
        "AND args <> '{}' AND ",
        about_them);
    return Query(database, sent.data()).bind(person).run() +
           Query(database,
                 "UPDATE inbox SET raw = '', error = 'erased' WHERE outcome <> 'handled' AND instr(raw, ?1) "
                 "> 0")
               .bind(person)
               .run();
}

std::int64_t messages_to_leave(const Database& database, const UserId& person) {
    static constexpr auto waiting =
        joined_sql("SELECT count(*) FROM outbox WHERE finished_at IS NULL AND ", about_them);
    Query query(database, waiting.data());
    query.bind(person).step();
    return query.number(0);
}

std::vector<RequestId> requests_of(const Database& database, const UserId& person) {
    std::vector<RequestId> found;
    Query query(database,
                "SELECT id FROM app_request WHERE requester = ?1 "
                "UNION SELECT request FROM mark WHERE kind = ?2 AND person = ?1");
    query.bind(person, passed_on_mark);
    while (query.step())
        found.push_back(RequestId{query.number(0)});
    return found;
}

}  // namespace

void erase_words(Database& database, RequestId request, const UserId& person, Timestamp now) {
    // Found by its words: one that was edited is of who edited it, and the row may rest on a later approval.
    Query(database,
          "UPDATE inventory SET purpose = '', version = version + 1 WHERE purpose <> '' "
          "AND app_id = (SELECT app_id FROM app_request WHERE id = ?1) "
          "AND purpose = (SELECT purpose FROM app_request WHERE id = ?1)")
        .bind(request)
        .run();
    Query(database,
          "UPDATE app_request SET requester_name = '', message = '', purpose = '', "
          "info_answer = iif(?2 = '' OR ?2 = coalesce((SELECT actor FROM audit WHERE subject = 'REQ-' || ?1 "
          "AND action = 'question.answered' ORDER BY seq DESC LIMIT 1), ?2), '', info_answer), "
          "updated_at = ?3, version = version + 1 WHERE id = ?1")
        .bind(request, person, now)
        .run();
    Query(database,
          "INSERT INTO mark(request, kind, subject, person, value, scope_hash, at) "
          "SELECT id, ?1, '', requester, '', '', ?2 FROM app_request WHERE id = ?3 ON CONFLICT DO NOTHING")
        .bind(erased_mark, now, request)
        .run();
}

Erased erase_person(Database& database, const UserId& person, Timestamp now) {
    Erased erased;
    const auto requests = requests_of(database, person);
    for (const auto request : requests)
        erase_words(database, request, person, now);
    erased.requests = static_cast<std::int64_t>(requests.size());
    static constexpr auto remember = joined_sql("INSERT INTO meta(key, value) VALUES ('", erased_person_key,
                                                "' || ?, '1') ON CONFLICT DO NOTHING");
    Query(database, remember.data()).bind(person).run();
    erased.other += forget_traffic(database, person);
    erased.waiting = messages_to_leave(database, person);
    erased.other += Query(database, "DELETE FROM person WHERE id = ?").bind(person).run();
    erased.other += Query(database, "DELETE FROM home_tab WHERE person = ?").bind(person).run();
    // Where the person is in the lists of the Home tab, and what was last published there.
    erased.other +=
        Query(database, "DELETE FROM meta WHERE key = 'home_installed:' || ?1 OR key = 'home_effect:' || ?1")
            .bind(person)
            .run();
    // P9: which account in a tracker is theirs, and codes that they were shown.
    erased.other +=
        Query(database,
              "UPDATE meta SET value = (SELECT json_group_array(json(each.value)) FROM json_each(meta.value) "
              "AS each WHERE json_extract(each.value, '$.user') IS NOT ?1) "
              "WHERE (key LIKE 'own_logins:%' OR key LIKE 'login_codes:%') AND json_valid(value) AND "
              "EXISTS (SELECT 1 FROM json_each(meta.value) AS each "
              "WHERE json_extract(each.value, '$.user') = ?1)")
            .bind(person)
            .run();
    // I10: one who is left alone on a list leaves it closed to everybody, never open to all.
    erased.other +=
        Query(database,
              "UPDATE authorization SET allowed_users = CASE WHEN allowed_users = ?1 THEN 'nobody' ELSE "
              "trim(replace(' ' || allowed_users || ' ', ' ' || ?1 || ' ', ' ')) END "
              "WHERE instr(' ' || allowed_users || ' ', ' ' || ?1 || ' ') > 0")
            .bind(person)
            .run();
    erased.other += Query(database, "DELETE FROM follower WHERE person = ?").bind(person).run();
    erased.other += Query(database, "DELETE FROM absence WHERE person = ?").bind(person).run();
    erased.other += Query(database, "UPDATE absence SET delegate = '' WHERE delegate = ?").bind(person).run();
    return erased;
}

}  // namespace countersign::storage
