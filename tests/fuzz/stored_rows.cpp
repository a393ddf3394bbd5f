// Its own small world takes doctest's macros, not its main.
#define DOCTEST_CONFIG_IMPLEMENT
#include "bot/batch_processor.hpp"
#include "bot/slack/envelope.hpp"
#include "config/base/log.hpp"
#include "storage/inbox.hpp"
#include "storage/installed_view.hpp"
#include "storage/issue_facts.hpp"
#include "storage/seal.hpp"
#include "storage/sealed.hpp"
#include "storage/storage_error.hpp"
#include "storage/vault.hpp"
#include "tests/support/issue_world.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// C3, O16: rows that somebody changed by hand are refused, never believed and never a crash. With a first
// byte above 127 a row of a company at work is changed, and the daemon works on: nothing comes out of a
// batch, and no batch asks for the next at once for ever.
namespace {

using namespace countersign;
using namespace countersign::tests;

// One with a row or more in every table.
struct Company : IssueWorld {
    Company() {
        // What is damaged is told in the log, in every run: above the highest level nothing is.
        log::set_level(static_cast<log::Level>(static_cast<int>(log::Level::error) + 1));
        live();
        for (const auto& change : what_else_is_stored())
            storage::apply(db.writer(), change, clock.now());
        seal();
        // What is otherwise added to alone can be changed by whoever has the file.
        for (const auto* trigger : {"evidence_unchanged", "evidence_kept"})
            db.writer().handle().exec(std::string("DROP TRIGGER IF EXISTS ") + trigger);
        db.writer().handle().exec("PRAGMA wal_checkpoint(TRUNCATE)");
        std::ifstream input(db.file(), std::ios::binary);
        bytes = {std::istreambuf_iterator<char>(input), {}};
        read_columns();
    }

    // A request that waits, one that is approved by what its issue says, and one that just came.
    void live() {
        const auto waiting = ask("no link");
        const auto agreed = linked_request("Ar2", "A2");
        story.sign_all();
        poll();
        press("U0ADMIN", ids::approve_app, agreed);
        run_all();
        press("U0SEC1", ids::vote_approve, waiting);
        press("U0LEGAL", ids::claim, waiting);
        press("U0NOBODY", ids::restrict_app, waiting);
        handle(handlers::EventKind::events_api,
               {{"type", "event_callback"},
                {"event", {{"type", "app_home_opened"}, {"user", "U0LEGAL"}, {"tab", "home"}}}},
               next("env"));
        run_all();
        app_requested(slack_request("Ar3", "A3", "U0REQ", {slack_scope("users:read")}));
    }

    // What takes another world or another hour to come about.
    [[nodiscard]] std::vector<storage::Change> what_else_is_stored() {
        using namespace storage;
        const auto now = clock.now();
        const RequestId waiting{1};
        Authorization token;
        token.id = "auth-1";
        token.name = "GitLab bot";
        token.url = "https://gitlab.com";
        token.state = AuthorizationState::active;
        token.added_at = token.state_since = now;
        Integration integration;
        integration.name = "Vendor issues";
        integration.authorization = token.id;
        integration.authorization_name = token.name;
        integration.instance = token.url;
        integration.target = "procurement";
        integration.purpose = "vendor";
        integration.owner = UserId("U0LEGAL");
        InventoryEntry installed;
        installed.app_id = AppId("A2");
        installed.team_id = TeamId("T1");
        installed.source = "event";
        installed.owner = UserId("U0REQ");
        installed.request = RequestId{2};
        installed.first_seen = installed.last_seen = now;
        PendingGrant grant;
        grant.id = "grant-1";
        grant.url = "https://gitlab.com";
        grant.name = "Another";
        grant.client_id = "client";
        grant.asked_by = UserId("U0ADMIN");
        grant.ends_at = now + std::chrono::minutes(10);
        return {SaveAbsence{{UserId("U0SEC2"), UserId("U0DEP"), "2026-01-01", "2099-01-01", now}},
                AddFollower{{waiting, UserId("U0EMP"), now}},
                SavePolicy{{"p1", "policy.toml", "[deadlines]\n"}},
                SaveUserGroup{{"S0SECURITY", {UserId("U0SEC3")}, now}},
                SaveSlackbotNotice{{.channel = ChannelId("C0APPREVIEW"),
                                    .ts = "7.0002",
                                    .request = waiting,
                                    .kind = "request",
                                    .digest = "d",
                                    .confidence = 90,
                                    .approve_label = "Approve",
                                    .restrict_label = "Restrict",
                                    .permalink = "https://acme.slack.com/p1",
                                    .seen_at = now}},
                RecordSlackbotSample{{"s1", "request", 90, "en-US", R"({"text":"…"})", now}},
                ChangeInstalled{SaveAuthorization{token}},
                ChangeInstalled{SaveIntegration{integration}},
                ChangeInstalled{SaveInventoryEntry{installed}},
                ChangeInstalled{SaveGrant{grant}}};
    }

    void seal() {
        const storage::KeyRing ring({{"k1", Secret(std::string(32, 'k'))}});
        storage::OauthApp app;
        app.url = "https://gitlab.com";
        app.client_id = "client";
        app.redirect_url = "https://countersign.acme.test/callback";
        db.writer().transaction([&] {
            storage::put_secret(db.writer(), ring, {"auth-1", "token", "gitlab", "https://gitlab.com"},
                                Secret("a token"));
            storage::save_oauth_app(db.writer(), app);
            if (!storage::Inbox(db.writer()).accept({"e0", "event:Ev0", "events_api/app_requested", 0, {}}))
                std::abort();
        });
    }

    struct Column {
        std::string change;  // ?1: the value, ?2: which row
        bool number = false;
    };

    void read_columns() {
        SQLite::Statement all(
            db.writer().handle(),
            "SELECT t.name, c.name, c.type, (SELECT k.name FROM pragma_table_info(t.name) k "
            "ORDER BY k.pk = 0, k.pk LIMIT 1) FROM sqlite_schema t, pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT IN ('audit', 'outbox_key')");
        while (all.executeStep()) {
            const std::string table = all.getColumn(0);
            const std::string column = all.getColumn(1);
            const std::string type = all.getColumn(2);
            const std::string key = all.getColumn(3);
            SQLite::Statement rows(db.writer().handle(), "SELECT count(*) FROM " + table);
            if (!rows.executeStep() || rows.getColumn(0).getInt64() == 0) {
                std::fprintf(stderr, "the company has no row of %s\n", table.c_str());
                std::abort();
            }
            columns.push_back({"UPDATE OR IGNORE " + table + " SET " + column + " = ?1 WHERE " + key +
                                   " = (SELECT " + key + " FROM " + table + " ORDER BY 1 LIMIT 1 OFFSET ?2)",
                               type == "INTEGER"});
        }
    }

    std::string bytes;  // of the database file
    std::vector<Column> columns;
};

std::int64_t number_in(const std::string& text) {
    std::int64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc()) return number;
    for (const char byte : text.substr(0, 8))
        number = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << 8U |
                                           static_cast<unsigned char>(byte));
    return number;
}

// Where, which row, and what is written there.
void damage(storage::Database& database, const Company& company, const std::string& input) {
    if (input.size() < 3) return;
    const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(input[at])}; };
    const auto& column = company.columns[(byte(0) << 8U | byte(1)) % company.columns.size()];
    const auto value = input.substr(3);
    auto& handle = database.handle();
    handle.exec("PRAGMA foreign_keys = OFF");
    handle.exec("PRAGMA ignore_check_constraints = ON");
    SQLite::Statement change(handle, column.change);
    if (column.number)
        change.bind(1, number_in(value));
    else
        change.bind(1, value);
    change.bind(2, static_cast<std::int64_t>(byte(2) % 8));
    change.exec();
    handle.exec("PRAGMA ignore_check_constraints = OFF");
    handle.exec("PRAGMA foreign_keys = ON");
}

bot::Item from_slack(const std::string& type, const Json& payload, int number) {
    const auto text = Json{
        {"envelope_id", "e" + std::to_string(number)},
        {"type", type},
        {"accepts_response_payload", true},
        {"payload",
         payload}}.dump();
    bot::Envelope envelope;
    envelope.delivery.message = slack::read_message(text);
    envelope.delivery.text = text;
    return envelope;
}

Json press_of(const char* who, std::string_view action, const std::string& value) {
    return {{"type", "block_actions"},
            {"user", {{"id", who}}},
            {"team", {{"id", "T1"}}},
            {"container", {{"type", "message"}, {"message_ts", "1.0001"}, {"channel_id", "C0APPREVIEW"}}},
            {"channel", {{"id", "C0APPREVIEW"}}},
            {"trigger_id", std::string(who) + std::string(action)},
            {"actions", {{{"action_id", action}, {"value", value}}}}};
}

// Two of the things that people do; all of them in each run would make every run slow.
std::vector<bot::Item> what_people_do(const Company& company, std::size_t choice) {
    const auto hash = const_cast<Company&>(company).request(1).scope_hash.substr(0, 8);
    std::vector<bot::Item> items;
    int number = 0;
    items.push_back(
        from_slack("interactive", press_of("U0LEGAL", ids::vote_approve, "REQ-1:" + hash), ++number));
    items.push_back(from_slack("interactive", press_of("U0ADMIN", ids::details, "REQ-2:" + hash), ++number));
    items.push_back(
        from_slack("interactive", press_of("U0ADMIN", ids::restrict_app, "REQ-1:" + hash), ++number));
    for (const auto* command : {"/app-request", "/installed-apps"})
        items.push_back(from_slack("slash_commands",
                                   {{"command", command},
                                    {"text", "list"},
                                    {"user_id", "U0LEGAL"},
                                    {"team_id", "T1"},
                                    {"trigger_id", command}},
                                   ++number));
    items.push_back(
        from_slack("events_api",
                   {{"type", "event_callback"},
                    {"event_id", "Ev1"},
                    {"event", {{"type", "app_home_opened"}, {"user", "U0LEGAL"}, {"tab", "home"}}}},
                   ++number));
    const auto first = static_cast<std::ptrdiff_t>(choice % (items.size() - 1));
    return {items.begin() + first, items.begin() + first + 2};
}

bot::Item answer_to(const storage::Effect& effect, const Company& company) {
    bot::EffectAnswer answer{effect, {}};
    answer.answer.http_status = 200;
    answer.answer.body = R"({"ok":true,"channel":"C0APPREVIEW","ts":"7.0001"})";
    if (effect.method == "tracker.read_issue")
        answer.answer.body =
            Json{{"facts", Json::parse(storage::to_json(company.story.facts))}, {"etag", "e"}}.dump();
    return answer;
}

void work_on(storage::Database database, const Company& company, std::size_t choice) {
    ManualClock clock = company.clock;
    bot::BatchProcessor processor(std::move(database), clock,
                                  std::make_shared<const config::Settings>(company.settings),
                                  company.capabilities);
    processor.start_up();
    auto items = what_people_do(company, choice);
    int at_once = 0;
    for (int round = 0; round < 6; ++round) {
        auto done = processor.process(items);
        items.clear();
        for (const auto& effect : done.effects)
            items.push_back(answer_to(effect, company));
        const bool again = items.empty() && done.wake && *done.wake <= clock.steady();
        if (!again) clock.advance(round < 3 ? std::chrono::seconds(2) : std::chrono::hours(30));
        if (again && ++at_once < 50) --round;
        if (at_once >= 50) std::abort();
    }
}

void change_a_row(const std::string& input) {
    static Company company;
    const TempDir folder;
    const auto file = folder.path() / "countersign.db";
    std::ofstream(file, std::ios::binary) << company.bytes;
    auto database = storage::Database::open_writer(file);
    if (!database) std::abort();
    damage(*database, company, input);
    // The upper bits of the byte that names the row.
    const auto choice = input.size() < 3 ? 0U : static_cast<unsigned char>(input[2]) / 8U;
    work_on(std::move(*database), company, choice);
}

void read_texts(const std::string& text) {
    using namespace countersign::storage;
    if (const auto facts = parse_issue_facts(text))
        if (!parse_issue_facts(to_json(*facts))) std::abort();
    static const KeyRing ring({{"k1", Secret(std::string(32, 'k'))}});
    const SealedPlace place{"row", "token", "gitlab", "https://gitlab.com"};
    const auto half = text.substr(0, text.size() / 2);
    if (unseal(ring, place, {"k1", half, text.substr(half.size())})) std::abort();
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) return;
    try {
        for (const auto& each : parse_sealed(json).secrets)
            if (unseal(ring, each.place, each.value)) std::abort();
    } catch (const UnreadableRow&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    read_texts(text);
    if (size > 0 && data[0] > 127) change_a_row(text.substr(1));
    return 0;
}
