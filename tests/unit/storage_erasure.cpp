// What erasing a person takes out beside requests: who they are in a tracker, codes, their place on Home.
#include "storage/erasure.hpp"
#include "storage/installed_view.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>

using namespace countersign;

TEST_CASE("U8: an erased person's connected account, login codes and place on Home are gone, others' stay") {
    tests::TempDb db;
    tests::ManualClock clock;
    const auto put = [&](const std::string& name, const std::string& value) {
        storage::apply(db.writer(), storage::SetMeta{name, value}, clock.now());
    };
    put("own_logins:vendors", R"([{"user":"U1","account":7},{"user":"U2","account":8}])");
    put("own_logins:other", R"([{"user":"U2","account":9}])");
    put("own_logins:broken", "not JSON U1");
    put("login_codes:vendors", R"([{"digest":"d","user":"U1","login":"ada","account":7,"until":1}])");
    put("home_installed:U1", "orphans:16");
    put("home_effect:U1", "key");
    put("home_installed:U12", "apps:0");
    // I10: a list that named only this person stays closed.
    for (const auto& [id, users] :
         {std::pair("a1", "U1"), std::pair("a2", "U12 U1 U2"), std::pair("a3", "U12")}) {
        storage::Authorization row;
        row.id = row.name = id;
        row.url = "https://gitlab.com";
        storage::apply(db.writer(), storage::SaveAuthorization{row}, clock.now());
        storage::apply(db.writer(), storage::SetAllowed{id, users, ""}, clock.now());
    }
    storage::Erased erased;
    db.writer().transaction([&] { erased = storage::erase_person(db.writer(), UserId("U1"), clock.now()); });
    const storage::View view(db.writer());
    CHECK(view.meta("own_logins:vendors") == R"([{"user":"U2","account":8}])");
    CHECK(view.meta("own_logins:other") == R"([{"user":"U2","account":9}])");
    CHECK(view.meta("own_logins:broken") == "not JSON U1");
    CHECK(view.meta("login_codes:vendors") == "[]");
    CHECK(view.meta("home_installed:U1").empty());
    CHECK(view.meta("home_effect:U1").empty());
    CHECK(view.meta("home_installed:U12") == "apps:0");
    const auto allowed = [&](std::string_view id) {
        return view.installed().authorization(id).value().allowed_users;
    };
    CHECK(allowed("a1") == "nobody");
    CHECK(allowed("a2") == "U12 U2");
    CHECK(allowed("a3") == "U12");
    CHECK(erased.other == 6);
}
