#include "storage/installed_view.hpp"
#include "storage/records.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/review_world.hpp"

#include <fstream>
#include <sstream>

// Every deed × every role × every state of a request, against tests/data/who_may.txt, which is meant to be
// read.
using namespace countersign;
using namespace countersign::tests;

namespace {

struct Deed {
    std::string_view name;
    std::map<std::string, std::string> fields;  // a form's; a button has none
    bool is_form = false;
};

const std::vector<Deed> deeds{
    {.name = ids::vote_approve, .fields = {}},
    {.name = ids::vote_reject, .fields = {}},
    {.name = ids::vote_need_info, .fields = {}},
    {.name = ids::vote_conditional, .fields = {}},
    {.name = ids::vote_abstain, .fields = {}},
    {.name = ids::claim, .fields = {}},
    {.name = ids::details, .fields = {}},
    {.name = ids::approve_app, .fields = {}},
    {.name = ids::approve_limits, .fields = {}},
    {.name = ids::restrict_app, .fields = {}},
    {.name = ids::reopen, .fields = {}},
    {.name = ids::done, .fields = {}},
    {.name = ids::let_through, .fields = {}},
    {.name = ids::keep_decision, .fields = {}},
    {.name = ids::clear_decision, .fields = {}},
    {.name = ids::link_issue, .fields = {}},
    {.name = ids::create_issue, .fields = {}},
    {.name = ids::answer, .fields = {}},
    {.name = ids::withdraw, .fields = {}},
    {.name = ids::form_reject, .fields = {{"reason", "too much"}}, .is_form = true},
    {.name = ids::form_need_info, .fields = {{"question", "Who pays?"}}, .is_form = true},
    {.name = ids::form_conditional,
     .fields = {{"condition", "only read"}, {"until", "2027-03-01"}},
     .is_form = true},
    {.name = ids::form_restrict, .fields = {{"reason", "too much"}}, .is_form = true},
    {.name = ids::form_keep, .fields = {{"reason", "looked at"}}, .is_form = true},
    {.name = ids::form_clear, .fields = {{"reason", "looked at"}}, .is_form = true},
    {.name = ids::form_answer, .fields = {{"answer", "I do."}}, .is_form = true},
    {.name = ids::form_link, .fields = {{"vendor_issue_link", good_link}}, .is_form = true},
};

const std::vector<std::pair<std::string, std::string>> roles{
    {"requester", "U0REQ"},          {"member", "U0SEC1"},
    {"member who asked", "U0LEGAL"}, {"admin", "U0ADMIN"},
    {"admin who asked", "U0ADMIN2"}, {"anybody", "U0NOBODY"}};

// Requests whose parties agree, asked for by each role's person: REQ-1 by the requester, and so on.
struct Company : ReviewWorld {
    Company() {
        for (const auto* asker : {"U0REQ", "U0LEGAL", "U0ADMIN2"}) {
            const auto number = std::to_string(numbers.size() + 1);
            app_requested(slack_request("Ar" + number, "A" + number, asker, {slack_scope("chat:write")}));
            run();
            numbers[asker] = view().next_request_id().value - 1;
            for (const auto* voter : {"U0SEC2", "U0LEGAL"})
                press(voter, ids::vote_approve, numbers[asker]);
            run();
        }
        // Slack's groups are known, so that no press waits for them.
        press("U0NOBODY", ids::vote_approve, 1);
        press("U0NOBODY", ids::restrict_app, 1);
        run();
    }
    std::map<std::string, std::int64_t> numbers;

    void put_into(std::int64_t number, RequestState state) {
        auto changed = request(number);
        changed.state = state;
        if (state == RequestState::need_info) {
            changed.info_party = "Security";
            changed.info_asker = UserId("U0SEC2");
            changed.info_question = "Who pays?";
        }
        const bool decided = state == RequestState::approved || state == RequestState::installed ||
                             state == RequestState::reconsider;
        changed.decision = decided ? storage::DecisionKind::approve : storage::DecisionKind::none;
        db.writer().transaction(
            [&] { storage::apply(db.writer(), storage::SaveRequest{changed}, clock.now()); });
    }
};

bool refused(const handlers::Outcome& outcome) {
    return std::ranges::any_of(outcome.audit,
                               [](const auto& note) { return note.action == "press.refused"; });
}

// Nothing of it may last, and nobody but the person may hear of it.
void expect_only_words(const handlers::Outcome& outcome, const std::string& who) {
    CHECK(outcome.audit.size() == 1);
    for (const auto& change : outcome.changes) {
        const bool harmless = std::holds_alternative<storage::SavePerson>(change) ||
                              std::holds_alternative<storage::SetTimer>(change);
        CHECK(harmless);
    }
    for (const auto& effect : outcome.effects) {
        const auto args = Json::parse(effect.args);
        const bool lookup = effect.method == "users.info";
        const bool to_person = args.value("user", args.value("channel", "")) == who;
        CHECK_MESSAGE((lookup || to_person), effect.method << " " << effect.args);
    }
    const bool in_form = !outcome.ack.empty();
    const bool as_line = std::ranges::any_of(outcome.effects, [](const auto& effect) {
        return effect.method == "chat.postEphemeral" || effect.method == "chat.postMessage";
    });
    CHECK((in_form || as_line));
}

handlers::Outcome decide(Company& company, const Deed& deed, const std::string& who, std::int64_t number) {
    // Only decided, never applied: the next cell finds the same world.
    const auto current = company.request(number);
    const auto value = handlers::views::button_value(current);
    const auto view = company.view();
    const auto card = view.message(handlers::card_name(current.id));
    Json payload{{"user", {{"id", who}}}, {"team", {{"id", "T1"}}}, {"trigger_id", "trigger"}};
    if (deed.is_form) {
        Json values = Json::object();
        for (const auto& [field, text] : deed.fields)
            values[field][field] = {{"type", "plain_text_input"}, {"value", text}};
        payload["type"] = "view_submission";
        payload["view"] = {
            {"callback_id", deed.name}, {"private_metadata", value}, {"state", {{"values", values}}}};
    } else {
        const bool on_card = deed.name != ids::withdraw && deed.name != ids::answer &&
                             deed.name != ids::link_issue && deed.name != ids::create_issue;
        const std::string channel = on_card ? "C0APPREVIEW" : "D0" + who;
        payload["type"] = "block_actions";
        payload["channel"] = {{"id", channel}};
        payload["container"] = {
            {"type", "message"}, {"message_ts", on_card && card ? card->ts : "0"}, {"channel_id", channel}};
        payload["actions"] = {{{"type", "button"}, {"action_id", deed.name}, {"value", value}}};
    }
    return handlers::route(
        {handlers::EventKind::interactive, payload, "env-cell", company.clock.now(), 0, deed.is_form},
        {company.clock.now(), view, company.settings, company.capabilities});
}

constexpr std::array states{RequestState::awaiting_issue, RequestState::in_review, RequestState::need_info,
                            RequestState::ready,          RequestState::held,      RequestState::applying,
                            RequestState::unclear,        RequestState::approved,  RequestState::restricted,
                            RequestState::denied,         RequestState::withdrawn, RequestState::expired,
                            RequestState::superseded,     RequestState::manual,    RequestState::installed,
                            RequestState::reconsider,     RequestState::suspended};

}  // namespace

TEST_CASE("who may: every deed, role and state is allowed as the table says, or refused without a trace") {
    Company company;
    std::ostringstream found;
    for (const auto& deed : deeds) {
        found << deed.name << '\n';
        for (const auto& [role, who] : roles) {
            const auto own = company.numbers.find(who);
            const auto number = own == company.numbers.end() ? 1 : own->second;
            std::string allowed;
            for (const auto state : states) {
                CAPTURE(deed.name);
                CAPTURE(role);
                CAPTURE(storage::to_text(state));
                company.put_into(number, state);
                const auto outcome = decide(company, deed, who, number);
                if (refused(outcome)) {
                    expect_only_words(outcome, who);
                } else {
                    allowed += ' ';
                    allowed += storage::to_text(state);
                }
            }
            if (!allowed.empty()) found << "  " << role << ':' << allowed << '\n';
        }
    }
    std::ifstream file(data_directory() / "who_may.txt");
    std::string expected;
    for (std::string line; std::getline(file, line);)
        if (!line.starts_with('#')) expected += line + '\n';
    CHECK(found.str() == expected);
}

TEST_CASE(
    "U6: an auditor, who is nobody here, is refused at what hides in forms and on installed apps, and "
    "noted") {
    Company company;
    constexpr auto auditor = "U0NOBODY";
    const std::vector<Deed> hidden{
        {.name = ids::take_back, .fields = {}},
        {.name = ids::form_limits, .fields = {}, .is_form = true},
        {.name = ids::form_override, .fields = {{"reason", "urgent"}}, .is_form = true},
        {.name = ids::form_confirm, .fields = {{"name", "Sketch Pad"}}, .is_form = true},
    };
    for (const auto& deed : hidden)
        for (const auto state : {RequestState::in_review, RequestState::ready, RequestState::approved}) {
            CAPTURE(deed.name);
            CAPTURE(storage::to_text(state));
            company.put_into(1, state);
            const auto outcome = decide(company, deed, auditor, 1);
            CHECK(refused(outcome));
            expect_only_words(outcome, auditor);
        }
    storage::InventoryEntry entry;
    entry.app_id = AppId("A1");
    entry.team_id = TeamId("T1");
    entry.app_name = "Sketch Pad";
    entry.owner = UserId("U0REQ");
    entry.uninstall_at = company.clock.now() + std::chrono::days(7);
    company.db.writer().transaction([&] {
        storage::apply(company.db.writer(), storage::ChangeInstalled{storage::SaveInventoryEntry{entry}},
                       company.clock.now());
    });
    for (const auto action : {ids::app_needed, ids::app_not_needed, ids::stop_uninstall}) {
        CAPTURE(action);
        const auto pressed = company.press_with(auditor, action, "app:A1/T1", "D0U0NOBODY", "1.1");
        CHECK(refused(pressed));
        expect_only_words(pressed, auditor);
    }
}
