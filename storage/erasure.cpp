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
    erased.other += Query(database, "DELETE FROM follower WHERE person = ?").bind(person).run();
    erased.other += Query(database, "DELETE FROM absence WHERE person = ?").bind(person).run();
    erased.other += Query(database, "UPDATE absence SET delegate = '' WHERE delegate = ?").bind(person).run();
    return erased;
}

}  // namespace countersign::storage
