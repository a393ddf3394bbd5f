#include "storage/erasure.hpp"

#include "storage/database.hpp"
#include "storage/query.hpp"

namespace countersign::storage {

Erased erase_person(Database& database, const UserId& person, Timestamp now) {
    Erased erased;
    erased.requests =
        Query(database,
              "UPDATE app_request SET requester_name = '', message = '', purpose = '', info_answer = '', "
              "updated_at = ?, version = version + 1 WHERE requester = ?")
            .bind(now, person)
            .run();
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
