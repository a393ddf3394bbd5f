#include "storage/installed_view.hpp"
#include "storage/records.hpp"
#include "tests/support/every_deed.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/review_world.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

// Every deed × every role × every state of a request, against tests/data/who_may.txt, which is meant to be
// read. What hangs on no request: handlers_who_may_installed.cpp.
using namespace countersign;
using namespace countersign::tests;

namespace {

struct Deed {
    enum class Kind { button, form, command };
    std::string_view name;                      // of a command: what is typed, # for the request
    std::map<std::string, std::string> fields;  // a form's; a button has none
    Kind kind = Kind::button;
};

Deed button(std::string_view name) {
    return {.name = name, .fields = {}};
}
Deed form(std::string_view name, std::map<std::string, std::string> fields) {
    return {.name = name, .fields = std::move(fields), .kind = Deed::Kind::form};
}
Deed command(std::string_view words) {
    return {.name = words, .fields = {}, .kind = Deed::Kind::command};
}

const std::vector<Deed> deeds{
    button(ids::vote_approve),
    button(ids::vote_reject),
    button(ids::vote_need_info),
    button(ids::vote_conditional),
    button(ids::vote_abstain),
    button(ids::claim),
    button(ids::take_back),
    button(ids::details),
    button(ids::approve_app),
    button(ids::approve_limits),
    button(ids::restrict_app),
    button(ids::reopen),
    button(ids::done),
    button(ids::let_through),
    button(ids::keep_decision),
    button(ids::clear_decision),
    button(ids::link_issue),
    button(ids::create_issue),
    button(ids::answer),
    button(ids::withdraw),
    form(ids::form_reject, {{"reason", "too much"}}),
    form(ids::form_need_info, {{"question", "Who pays?"}}),
    form(ids::form_conditional, {{"condition", "only read"}, {"until", "2027-03-01"}}),
    form(ids::form_confirm, {{"app", "Sketch Pad"}}),
    form(ids::form_comment, {{"request_id", "#"}, {"decision", "reject"}, {"reason", "too much"}}),
    form(ids::form_override, {{"reason", "it is urgent"}}),
    form(ids::form_limits, {{"until", "2027-03-01"}}),
    form(ids::form_restrict, {{"reason", "too much"}}),
    form(ids::form_keep, {{"reason", "looked at"}}),
    form(ids::form_clear, {{"reason", "looked at"}}),
    form(ids::form_answer, {{"answer", "I do."}}),
    form(ids::form_link, {{"vendor_issue_link", good_link}}),
    command("status #"),
    command("link #"),
    command("withdraw #"),
    command("approve # fine"),
    command("object # it leaks"),
    command("clear # looked at"),
    command("suspend # it leaks"),
};
// Looked at in other worlds below.
const std::vector<Deed> decided_by_hand{button(ids::approve_app),
                                        button(ids::restrict_app),
                                        button(ids::done),
                                        button(ids::approve_limits),
                                        button(ids::keep_decision),
                                        button(ids::clear_decision),
                                        form(ids::form_restrict, {{"reason", "too much"}}),
                                        form(ids::form_override, {{"reason", "it is urgent"}}),
                                        command("suspend # it leaks")};
const std::vector<Deed> at_the_gate{button(ids::let_through), button(ids::vote_approve),
                                    button(ids::withdraw)};

const std::vector<std::pair<std::string, std::string>> roles{{"requester", "U0REQ"},
                                                             {"requester who builds the app", "U0BUILD"},
                                                             {"member", "U0SEC1"},
                                                             {"member of two parties", "U0BOTH"},
                                                             {"member who voted", "U0SEC2"},
                                                             {"member who asked", "U0LEGAL"},
                                                             {"member who joined", "U0JOIN"},
                                                             {"delegate", "U0DEP"},
                                                             {"former member", "U0FORMER"},
                                                             {"admin", "U0ADMIN"},
                                                             {"admin who asked", "U0ADMIN2"},
                                                             {"anybody", "U0NOBODY"},
                                                             {"stranger", "W0STRANGER"}};

config::Settings company_settings(const std::string& policy) {
    auto settings = policy.empty() ? review_settings() : with_policy(policy);
    auto& parties = settings.review.parties;
    for (const auto* member : {"U0BOTH", "U0JOIN", "U0BUILD", "U0FORMER"})
        parties[0].members.emplace_back(member);
    parties[1].members.emplace_back("U0BOTH");
    return settings;
}

// Requests whose parties agree, asked for by each role's person: REQ-1 by the requester, and so on.
struct Company : ReviewWorld {
    explicit Company(bool org = true, const std::string& policy = {})
        : ReviewWorld(company_settings(policy)) {
        const storage::Absence absence{.person = UserId("U0SEC2"),
                                       .delegate = UserId("U0DEP"),
                                       .from = "2026-01-01",
                                       .until = "2027-01-01",
                                       .made_at = clock.now()};
        storage::apply(db.writer(), storage::SaveAbsence{absence}, clock.now());
        for (const auto* asker : {"U0REQ", "U0LEGAL", "U0ADMIN2", "U0BUILD"})
            ask(asker);
        auto& members = settings.review.parties[0].members;
        std::erase(members, "U0FORMER");
        const storage::Mark joined{.request = RequestId{1},
                                   .kind = "joined",
                                   .subject = "REQ-99",
                                   .person = UserId("U0JOIN"),
                                   .value = {},
                                   .scope_hash = request(1).scope_hash,
                                   .at = clock.now()};
        storage::apply(db.writer(), storage::SetMark{joined}, clock.now());
        // Slack's groups are known, so that no press waits for them.
        press("U0NOBODY", ids::vote_approve, 1);
        press("U0NOBODY", ids::restrict_app, 1);
        run();
        capabilities.admin = org;
    }
    std::map<std::string, std::int64_t> numbers;

    void ask(const std::string& asker) {
        const auto number = std::to_string(numbers.size() + 1);
        auto asked = slack_request("Ar" + number, "A" + number, asker, {slack_scope("chat:write")});
        asked["is_user_app_collaborator"] = asker == "U0BUILD";
        app_requested(asked);
        run();
        numbers[asker] = view().next_request_id().value - 1;
        press("U0FORMER", ids::vote_abstain, numbers[asker]);
        for (const auto* voter : {"U0SEC2", "U0LEGAL", "U0BOTH"})
            press(voter, ids::vote_approve, numbers[asker]);
        run();
    }

    void put_into(std::int64_t number, RequestState state) {
        auto changed = request(number);
        changed.state = state;
        const bool asked = state == RequestState::need_info;
        changed.info_party = asked ? "Security" : "";
        changed.info_asker = UserId(asked ? "U0SEC2" : "");
        changed.info_question = asked ? "Who pays?" : "";
        // By hand: an admin has pressed Approve app, and is to press Slack's own button now.
        const bool by_hand =
            !capabilities.admin && (state == RequestState::ready || state == RequestState::manual);
        const bool decided = by_hand || state == RequestState::approved || state == RequestState::installed ||
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

std::string with_number(std::string text, const std::string& id) {
    if (const auto at = text.find('#'); at != std::string::npos) text.replace(at, 1, id);
    return text;
}

Json payload_of(Company& company, const Deed& deed, const std::string& who, std::int64_t number) {
    const auto current = company.request(number);
    const auto id = to_text(current.id);
    const auto value = handlers::views::button_value(current);
    const auto card = company.view().message(handlers::card_name(current.id));
    const auto* team = who == "W0STRANGER" ? "T0ELSEWHERE" : "T1";
    if (deed.kind == Deed::Kind::command)
        return {{"command", "/app-request"},
                {"text", with_number(std::string(deed.name), id)},
                {"user_id", who},
                {"team_id", team},
                {"channel_id", "C0ANY"},
                {"trigger_id", "trigger"}};
    Json payload{{"user", {{"id", who}}}, {"team", {{"id", team}}}, {"trigger_id", "trigger"}};
    if (deed.kind == Deed::Kind::form) {
        Json values = Json::object();
        for (const auto& [field, text] : deed.fields)
            values[field][field] = {{"type", "plain_text_input"}, {"value", with_number(text, id)}};
        payload["type"] = "view_submission";
        payload["view"] = {
            {"callback_id", deed.name}, {"private_metadata", value}, {"state", {{"values", values}}}};
        return payload;
    }
    const bool on_card = deed.name != ids::withdraw && deed.name != ids::answer &&
                         deed.name != ids::link_issue && deed.name != ids::create_issue;
    const std::string channel = on_card ? "C0APPREVIEW" : "D0" + who;
    payload["type"] = "block_actions";
    payload["channel"] = {{"id", channel}};
    payload["container"] = {
        {"type", "message"}, {"message_ts", on_card && card ? card->ts : "0"}, {"channel_id", channel}};
    payload["actions"] = {{{"type", "button"}, {"action_id", deed.name}, {"value", value}}};
    return payload;
}

handlers::Outcome decide(Company& company, const Deed& deed, const std::string& who, std::int64_t number) {
    // Only decided, never applied: the next cell finds the same world.
    const auto payload = payload_of(company, deed, who, number);
    const auto view = company.view();
    const bool typed = deed.kind == Deed::Kind::command;
    return handlers::route({typed ? handlers::EventKind::slash_command : handlers::EventKind::interactive,
                            payload, "env-cell", company.clock.now(), 0, deed.kind != Deed::Kind::button},
                           {company.clock.now(), view, company.settings, company.capabilities});
}

constexpr std::array states{RequestState::awaiting_issue, RequestState::in_review, RequestState::need_info,
                            RequestState::ready,          RequestState::held,      RequestState::applying,
                            RequestState::unclear,        RequestState::approved,  RequestState::restricted,
                            RequestState::denied,         RequestState::withdrawn, RequestState::expired,
                            RequestState::superseded,     RequestState::manual,    RequestState::installed,
                            RequestState::reconsider,     RequestState::suspended};

std::string allowed_in(Company& company, const Deed& deed, const std::string& who, std::int64_t number) {
    std::string allowed;
    std::size_t count = 0;
    for (const auto state : states) {
        CAPTURE(storage::to_text(state));
        company.put_into(number, state);
        const auto outcome = decide(company, deed, who, number);
        if (refused(outcome)) {
            expect_only_words(outcome, who);
            continue;
        }
        ++count;
        allowed += ' ';
        allowed += storage::to_text(state);
    }
    return count == states.size() ? " every state" : allowed;
}

// Roles that may the same stand in one line.
std::string table_of(Company& company, const std::vector<Deed>& all) {
    std::ostringstream found;
    for (const auto& deed : all) {
        CAPTURE(deed.name);
        found << deed.name << '\n';
        std::vector<std::pair<std::string, std::string>> lines;  // states -> roles
        for (const auto& [role, who] : roles) {
            CAPTURE(role);
            const auto own = company.numbers.find(who);
            const auto number = own == company.numbers.end() ? 1 : own->second;
            const auto allowed = allowed_in(company, deed, who, number);
            if (allowed.empty()) continue;
            const auto same = std::ranges::find(lines, allowed, &std::pair<std::string, std::string>::first);
            if (same == lines.end())
                lines.emplace_back(allowed, role);
            else
                same->second += ", " + role;
        }
        for (const auto& [allowed, who] : lines)
            found << "  " << who << ':' << (who.size() > 60 ? "\n   " : "") << allowed << '\n';
    }
    return found.str();
}

// The part of the file under this heading.
std::string expected_part(const std::string& heading) {
    std::ifstream file(data_directory() / "who_may.txt");
    std::string part;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("== "))
            inside = line == "== " + heading;
        else if (inside && !line.empty() && !line.starts_with('#'))
            part += line + '\n';
    }
    return part;
}

// Every name in a header of names, but for those of fields and choices.
std::vector<std::string> names_in(const std::string& header) {
    std::ifstream file(data_directory() / "../../handlers" / header);
    std::stringstream text;
    text << file.rdbuf();
    const auto source = text.str();
    static const std::regex named("std::string_view ([a-z_]+) =\\s*\"([a-z_]+)\"");
    std::vector<std::string> names;
    for (std::sregex_iterator at(source.begin(), source.end(), named), end; at != end; ++at)
        if (!(*at)[1].str().starts_with("field_")) names.push_back((*at)[2]);
    return names;
}

std::set<std::string> words_in(const std::string& file_name, const std::regex& word) {
    std::ifstream file(data_directory() / "../../handlers" / file_name);
    std::stringstream text;
    text << file.rdbuf();
    const auto source = text.str();
    std::set<std::string> words;
    for (std::sregex_iterator at(source.begin(), source.end(), word), end; at != end; ++at)
        words.insert((*at)[1]);
    return words;
}

}  // namespace

TEST_CASE("who may: every deed, role and state is allowed as the table says, or refused without a trace") {
    Company company;
    CHECK(table_of(company, deeds) == expected_part("decided in Slack by Countersign"));
}

TEST_CASE("who may: without the Admin API, where an admin says what was done by hand") {
    Company company(false);
    CHECK(table_of(company, decided_by_hand) == expected_part("decided in Slack by hand"));
}

TEST_CASE("who may: at the junk gate") {
    Company company(true, "[gate]\nhold_first_request = true");
    // What was never voted on is held there.
    for (const auto& [asker, number] : std::map(company.numbers)) {
        const auto id = company.view().next_request_id().value;
        company.app_requested(slack_request("Ar" + std::to_string(id), "A" + std::to_string(id), asker,
                                            {slack_scope("chat:write")}, good_link));
        company.numbers[asker] = id;
        const storage::Mark gate{.request = RequestId{id},
                                 .kind = "gate",
                                 .subject = "first",
                                 .person = UserId(asker),
                                 .value = {},
                                 .scope_hash = company.request(id).scope_hash,
                                 .at = company.clock.now()};
        storage::apply(company.db.writer(), storage::SetMark{gate}, company.clock.now());
    }
    company.numbers["U0NOBODY"] = company.numbers["U0REQ"];
    for (const auto* who :
         {"U0SEC1", "U0BOTH", "U0SEC2", "U0JOIN", "U0DEP", "U0FORMER", "U0ADMIN", "W0STRANGER"})
        company.numbers[who] = company.numbers["U0REQ"];
    company.run();
    CHECK(table_of(company, at_the_gate) == expected_part("held at the junk gate"));
}

TEST_CASE("who may: no button, form, shortcut or command is missing in the table") {
    std::ifstream file(data_directory() / "who_may.txt");
    std::set<std::string, std::less<>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#') || line.starts_with("== ") || line.starts_with(' '))
            continue;
        const auto first = line.substr(0, line.find_first_of(" :"));
        rows.insert(first);
        // "/app-request find Sketch": the command and its word.
        if (first.starts_with('/')) rows.insert(line.substr(0, line.find_first_of(" :", first.size() + 1)));
    }
    for (const auto name : every_button)
        CHECK_MESSAGE(rows.contains(name), name);
    for (const auto name : every_form)
        CHECK_MESSAGE(rows.contains(name), name);
    for (const auto name : every_shortcut)
        CHECK_MESSAGE(rows.contains(name), name);
    for (const auto word : every_app_request_words) {
        const bool known = rows.contains(word) || rows.contains("/app-request " + std::string(word));
        CHECK_MESSAGE(known, word);
    }
    for (const auto word : every_installed_apps_words)
        CHECK_MESSAGE(rows.contains("/installed-apps " + std::string(word)), word);
}

TEST_CASE("who may: the lists of what can be pressed, sent and typed are whole") {
    std::set<std::string_view> known{every_button.begin(), every_button.end()};
    known.insert(every_form.begin(), every_form.end());
    known.insert(every_shortcut.begin(), every_shortcut.end());
    // A form that is only read, and the choices of a form.
    for (const auto name : {ids::form_installed_details, ids::kind_app, ids::kind_change, ids::kind_system})
        known.insert(name);
    std::size_t count = 0;
    for (const auto* header : {"views/action_ids.hpp", "views/home_installed_ids.hpp"})
        for (const auto& name : names_in(header)) {
            CHECK_MESSAGE(known.contains(name), name);
            ++count;
        }
    CHECK(count > 60);
    const auto typed = words_in("app_request_command.cpp", std::regex("word == \"([a-z]+)\""));
    CHECK(typed.size() > 10);
    for (const auto& word : typed)
        CHECK_MESSAGE(std::ranges::find(every_app_request_words, word) != every_app_request_words.end(),
                      word);
    const auto verbs = words_in("installed_apps_command.cpp", std::regex("verb == \"([a-z]+)\""));
    CHECK(verbs.size() > 5);
    for (const auto& word : verbs)
        CHECK_MESSAGE(std::ranges::find(every_installed_apps_words, word) != every_installed_apps_words.end(),
                      word);
}
