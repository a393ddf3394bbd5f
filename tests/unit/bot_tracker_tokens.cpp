#include "bot/tracker_tokens.hpp"
#include "storage/aead.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::storage;

TEST_CASE("I7: a tracker is called with its integration's token, and with none as soon as that is gone") {
    tests::TempDb db;
    auto& database = db.writer();
    const KeyRing ring({{"1", Secret(random_bytes(32))}});
    const Timestamp now = from_millis(1'800'000'000'000);
    bot::TrackerTokens tokens(db.file(), ring, {{"vendors", Secret("from-environment")}});
    const auto token = [&](std::string_view tracker) {
        const auto found = tokens.of(tracker);
        return found ? found->reveal() : "none";
    };
    CHECK(token("vendors") == "from-environment");
    CHECK(token("unknown") == "none");

    Authorization authorization;
    authorization.id = "a";
    authorization.name = "GitLab";
    authorization.url = "https://gitlab.com";
    authorization.state = AuthorizationState::active;
    Integration integration;
    integration.name = "Vendor issues";
    integration.authorization = "a";
    integration.target = "vendors";
    database.transaction([&] {
        apply(database, SaveAuthorization{authorization}, now);
        put_secret(database, ring, {"a", "token", "gitlab", "https://gitlab.com"}, Secret("from-vault"));
        apply(database, SaveIntegration{integration}, now);
    });
    CHECK(token("vendors") == "from-vault");
    integration.id = 1;
    integration.state = IntegrationState::paused;
    apply(database, SaveIntegration{integration}, now);
    CHECK(token("vendors") == "none");
    integration.state = IntegrationState::active;
    apply(database, SaveIntegration{integration}, now);
    // O15: a row that was moved to another instance does not open.
    database.transaction([&] {
        put_secret(database, ring, {"a", "token", "gitlab", "https://evil.example"}, Secret("moved"));
    });
    CHECK(token("vendors") == "none");
    database.transaction(
        [&] { put_secret(database, ring, {"a", "token", "gitlab", "https://gitlab.com"}, Secret("again")); });
    CHECK(token("vendors") == "again");
    database.transaction([&] { apply(database, RemoveAuthorization{"a", "operator:ada"}, now); });
    CHECK(token("vendors") == "none");
    apply(database, RemoveIntegration{1}, now);
    CHECK(token("vendors") == "from-environment");
}

TEST_CASE(
    "a row that cannot be read takes the token from its own tracker and from no other, and ends nothing") {
    tests::TempDb db;
    auto& database = db.writer();
    const KeyRing ring({{"1", Secret(random_bytes(32))}});
    const Timestamp now = from_millis(1'800'000'000'000);
    database.transaction([&] {
        for (const auto* target : {"vendors", "others"}) {
            Integration integration;
            integration.name = target;
            integration.authorization = "a";
            integration.target = target;
            apply(database, SaveIntegration{integration}, now);
        }
    });
    database.handle().exec("PRAGMA ignore_check_constraints = ON");
    database.handle().exec("UPDATE integration SET state = 'nonsense' WHERE target = 'vendors'");
    bot::TrackerTokens tokens(db.file(), ring,
                              {{"vendors", Secret("environment")}, {"third", Secret("environment")}});
    const tests::LogCapture log;
    CHECK_FALSE(tokens.of("vendors"));
    CHECK(log.count("event=tracker_token_unreadable") == 1);
    CHECK(tokens.of("third"));
    CHECK_FALSE(tokens.of("others"));  // for its authorization is not there
    CHECK(log.count("event=tracker_token_unreadable") == 1);
}
