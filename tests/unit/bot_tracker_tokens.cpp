#include "bot/batch_processor.hpp"
#include "bot/tracker_tokens.hpp"
#include "storage/aead.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/review_office.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

namespace {

// The daemon above its sockets, whose trackers are called with tokens that come and go.
class Tokens {
  public:
    Tokens() {
        processor_.emplace(std::move(db_.writer()), clock_, settings_, with("environment"));
        processor_->start_up();
    }
    void reload(const std::string& mark) { processor_->use(settings_, with(mark)); }
    // As a command does.
    void put(const InstalledChange& change) {
        auto beside = Database::open_beside(db_.file());
        REQUIRE(beside);
        beside->transaction([&] { apply(*beside, change, clock_.now()); });
    }
    // The marks with which it asks who it is there, from now on.
    std::vector<std::string> asked() {
        std::vector<std::string> marks;
        for (int turn = 0; turn < 5; ++turn) {
            clock_.advance(std::chrono::seconds(1));
            auto done = processor_->process(batch_);
            batch_.clear();
            for (auto& effect : done.effects) {
                slack::ApiAnswer told;
                told.http_status = 200;
                told.body = R"({"ok":true,"account":{"id":7,"login":"countersign"}})";
                if (effect.method == "tracker.whoami")
                    marks.push_back(nlohmann::json::parse(effect.args).at("mark"));
                batch_.emplace_back(bot::EffectAnswer{effect, told});
            }
        }
        return marks;
    }

  private:
    static handlers::Capabilities with(const std::string& mark) {
        handlers::Capabilities capabilities;
        capabilities.trackers = {{"procurement", mark}};
        return capabilities;
    }

    tests::TempDb db_;
    tests::ManualClock clock_;
    std::shared_ptr<const config::Settings> settings_ =
        std::make_shared<const config::Settings>(tests::review_settings());
    std::optional<bot::BatchProcessor> processor_;
    std::vector<bot::Item> batch_;
};

}  // namespace

TEST_CASE("S2: with every token that may be another account's, who we are there is asked anew") {
    using Marks = std::vector<std::string>;
    Tokens tokens;
    CHECK(tokens.asked() == Marks{"environment"});
    tokens.reload("environment");
    CHECK(tokens.asked().empty());
    tokens.reload("rotated");
    CHECK(tokens.asked() == Marks{"rotated"});

    Authorization authorization;
    authorization.id = "a";
    authorization.name = "GitLab";
    authorization.url = "https://gitlab.com";
    authorization.account_id = "4711";
    authorization.fingerprint = "f0f0f0f0";
    authorization.state = AuthorizationState::active;
    Integration integration;
    integration.name = "Vendor issues";
    integration.authorization = "a";
    integration.target = "procurement";
    tokens.put(SaveAuthorization{authorization});
    tokens.put(SaveIntegration{integration});
    CHECK(tokens.asked() == Marks{"4711"});
    authorization.fingerprint = "renewed0";  // the same account's
    tokens.put(SaveAuthorization{authorization});
    CHECK(tokens.asked().empty());
    authorization.account_id = "4712";  // connected again as somebody else
    tokens.put(SaveAuthorization{authorization});
    CHECK(tokens.asked() == Marks{"4712"});
    authorization.account_id.clear();  // a server that could not be asked
    tokens.put(SaveAuthorization{authorization});
    CHECK(tokens.asked() == Marks{"renewed0"});

    authorization.id = "b";
    authorization.name = "Other";
    authorization.account_id = "4713";
    tokens.put(SaveAuthorization{authorization});
    integration.id = 1;
    integration.authorization = "b";
    tokens.put(SaveIntegration{integration});
    CHECK(tokens.asked() == Marks{"4713"});
    tokens.put(RemoveIntegration{1});
    CHECK(tokens.asked() == Marks{"rotated"});
}
