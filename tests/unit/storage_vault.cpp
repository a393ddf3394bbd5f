#include "storage/aead.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace countersign;
using namespace countersign::storage;

namespace {

const Timestamp now = from_millis(1'800'000'000'000);

config::SealingKey key(std::string id) {
    return {std::move(id), Secret(random_bytes(32))};
}

SealedPlace place(int number) {
    return {"record" + std::to_string(number), "token", "gitlab", "https://gitlab.com"};
}

void put(Database& database, const KeyRing& ring, int number, const std::string& secret) {
    database.transaction([&] { put_secret(database, ring, place(number), Secret(secret)); });
}

Authorization authorization(std::string id, std::string name) {
    Authorization row;
    row.id = std::move(id);
    row.name = std::move(name);
    row.url = "https://gitlab.com";
    row.added_at = row.state_since = now;
    return row;
}

std::string content(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

}  // namespace

TEST_CASE("C1, C2: once anything is sealed only the right key will do") {
    tests::TempDb db;
    const auto one = key("1"), two = key("2");
    CHECK(check_keys(db.writer(), KeyRing()));  // nothing is sealed yet
    put(db.writer(), KeyRing({one}), 1, "glpat-canary");
    CHECK(check_keys(db.writer(), KeyRing({two, one})));
    const auto problem = [&](const KeyRing& ring) {
        const auto right = check_keys(db.writer(), ring);
        return right ? std::string() : right.error().text;
    };
    CHECK(problem(KeyRing()).starts_with("COUNTERSIGN_KEY is missing, and 1 secret is sealed"));
    CHECK(problem(KeyRing({two})).starts_with("COUNTERSIGN_KEY has no key \"1\""));
    CHECK(problem(KeyRing({key("1")})).contains("is not the one that 1 secret is sealed with"));
    CHECK(check_keys(db.file(), KeyRing({key("1")})).error().text == problem(KeyRing({key("1")})));
    CHECK(check_keys(db.file().string() + ".absent", KeyRing()));
}

TEST_CASE("C6: keys are rotated in steps, each record readable between them, and the old key goes at zero") {
    tests::TempDb db;
    const auto old = key("old"), fresh = key("new");
    for (int at = 0; at < 7; ++at)
        put(db.writer(), KeyRing({old}), at, "secret" + std::to_string(at));
    const KeyRing both({fresh, old});
    const auto readable = [&](const KeyRing& ring) {
        for (int at = 0; at < 7; ++at)
            CHECK(read_secret(db.writer(), ring, place(at)).value().reveal() ==
                  "secret" + std::to_string(at));
    };
    std::size_t step = 1, steps = 0;
    while (step > 0) {
        db.writer().transaction([&] { step = rewrap_some(db.writer(), both, 3).value(); });
        readable(both);
        CHECK(check_keys(db.writer(), both));
        if (++steps < 3) CHECK_FALSE(check_keys(db.writer(), KeyRing({fresh})));
    }
    CHECK(sealed_counts(db.writer()) == std::map<std::string, std::int64_t>{{"new", 7}});
    readable(KeyRing({fresh}));
    // A step that is rolled back, as by a crash, leaves everything as it was.
    CHECK_THROWS(db.writer().transaction([&] {
        (void)rewrap_some(db.writer(), KeyRing({old, fresh}), 3);
        throw std::runtime_error("power cut");
    }));
    readable(KeyRing({fresh}));
    db.writer().transaction([&] { forget_unused_proofs(db.writer(), KeyRing({fresh})); });
    CHECK(check_keys(db.writer(), KeyRing({fresh})));
}

TEST_CASE("C3: a sealed row that is copied over another does not open") {
    tests::TempDb db;
    const KeyRing ring({key("1")});
    put(db.writer(), ring, 1, "first");
    put(db.writer(), ring, 2, "second");
    db.writer().handle().exec(
        "UPDATE sealed_secret SET wrapped_key = (SELECT wrapped_key FROM sealed_secret WHERE record = "
        "'record2'), "
        "ciphertext = (SELECT ciphertext FROM sealed_secret WHERE record = 'record2') WHERE record = "
        "'record1'");
    CHECK_FALSE(read_secret(db.writer(), ring, place(1)));
    db.writer().handle().exec("UPDATE sealed_secret SET ciphertext = 'plain-token' WHERE record = 'record2'");
    CHECK_FALSE(read_secret(db.writer(), ring, place(2)));  // C5
}

TEST_CASE("C7, C8: the file holds no plain secret, and after removal no sealed one either") {
    tests::TempDb db;
    const KeyRing ring({key("1")});
    const std::string canary = "glpat-canary-7f3a";
    std::string wrapped;
    db.writer().transaction([&] {
        apply(db.writer(), SaveAuthorization{authorization("record1", "Procurement")}, now);
        put_secret(db.writer(), ring, place(1), Secret(canary));
    });
    wrapped = db.writer().handle().execAndGet("SELECT wrapped_key FROM sealed_secret").getString();
    REQUIRE(truncate_log(db.writer()));
    CHECK_FALSE(content(db.file()).contains(canary));
    REQUIRE(content(db.file()).contains(wrapped));
    db.writer().transaction([&] { apply(db.writer(), RemoveAuthorization{"record1", "operator:ada"}, now); });
    REQUIRE(truncate_log(db.writer()));
    CHECK_FALSE(content(db.file()).contains(wrapped));
    CHECK_FALSE(InstalledView(db.writer()).authorization("record1"));
}

TEST_CASE("I7, I9: removal stops what was built on it, a save keeps id and instance, I11: names are unique") {
    tests::TempDb db;
    auto& database = db.writer();
    const InstalledView view(database);
    auto first = authorization("a", "Procurement");
    apply(database, SaveAuthorization{first}, now);
    Integration use;
    use.name = "Vendor issues";
    use.authorization = "a";
    use.authorization_name = "Procurement";
    use.instance = "https://gitlab.com";
    use.target = "procurement";
    apply(database, SaveIntegration{use}, now);
    CHECK(view.built_on("a").size() == 1);
    first.name = "Renamed";
    first.url = "https://evil.example";
    apply(database, SaveAuthorization{first}, now);
    CHECK(view.authorization("a")->name == "Renamed");
    CHECK(view.authorization("a")->url == "https://gitlab.com");
    CHECK(view.authorization("a")->version == 2);
    CHECK_THROWS(apply(database, SaveAuthorization{authorization("b", " re\u200Bnamed ")}, now));
    CHECK(view.name_is_taken(AuthorizationKind::gitlab, "RENAMED"));
    CHECK_FALSE(view.name_is_taken(AuthorizationKind::github, "RENAMED"));
    CHECK(view.find("renamed")->id == "a");
    CHECK(view.find("gitlab/Renamed")->id == "a");
    database.transaction([&] { apply(database, RemoveAuthorization{"a", "operator:ada"}, now); });
    CHECK(view.integrations().at(0).state == IntegrationState::needs_reauth);
    CHECK(view.integrations().at(0).authorization_name == "Procurement");
}

TEST_CASE("I11: two names are the same when people cannot tell them apart") {
    CHECK(name_key("  Ärger  Liste ") == name_key("äRGER liste"));
    CHECK(name_key("Pro\u200Bcure\u00ADment") == "procurement");
    CHECK(name_key("ΣΑΠ") == name_key("σαπ"));
    CHECK(name_key("\u200B \u2060").empty());
    CHECK(name_key("a b") != name_key("ab"));
}
