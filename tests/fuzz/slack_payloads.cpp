// Its own small world takes doctest's macros, not its main.
#define DOCTEST_CONFIG_IMPLEMENT
#include "bot/slack/envelope.hpp"
#include "tests/support/every_deed.hpp"
#include "tests/support/installed_world.hpp"

#include <cstdint>
#include <cstdlib>

// R54, R60: whatever Slack or a person sends through it, no handler throws, and what it decides can be
// written, in a company that has requests in every state, votes, people who are away, and installed apps. The
// first byte says what the rest is: a payload, or choices of which a payload is made that goes as deep as a
// real one.
namespace {

using namespace countersign;
using namespace countersign::tests;
using handlers::EventKind;

constexpr std::array kinds{EventKind::events_api, EventKind::interactive, EventKind::slash_command,
                           EventKind::tracker_hook};
constexpr std::array<const char*, 8> people{"U0REQ",    "U0SEC1", "U0LEGAL", "U0ADMIN",
                                            "U0NOBODY", "U0SEC2", "U0DEP",   "U0GONE"};
constexpr std::array states{RequestState::in_review,  RequestState::ready,     RequestState::awaiting_issue,
                            RequestState::need_info,  RequestState::held,      RequestState::applying,
                            RequestState::unclear,    RequestState::approved,  RequestState::restricted,
                            RequestState::denied,     RequestState::withdrawn, RequestState::expired,
                            RequestState::superseded, RequestState::manual,    RequestState::installed,
                            RequestState::reconsider, RequestState::suspended};
// In a payload of the corpus these eight digits stand for the scopes that a request asks for now.
constexpr std::string_view any_scopes = ":0123abcd";

struct Undone {};

struct Company : InstalledWorld {
    Company() {
        for (const auto state : states)
            seed(state);
        store("auth-1", "GitLab bot");
        add("U0LEGAL", "Vendor issues", "auth-1");
        run();
        storage::InventoryEntry entry;
        entry.app_id = AppId("A0LIVE");
        entry.team_id = TeamId("T1");
        entry.app_name = "Sketch Pad";
        entry.owner = UserId("U0REQ");
        entry.asked_at = entry.uninstall_at = clock.now() + std::chrono::days(7);
        put(storage::SaveInventoryEntry{entry});
        put_person("U0GONE", false);
        for (const auto* who : people)
            if (std::string_view(who) != "U0GONE") put_person(who, true);
        storage::Absence absence;
        absence.person = UserId("U0SEC2");
        absence.delegate = UserId("U0DEP");
        absence.from = "2026-01-01";
        absence.until = "2099-01-01";
        storage::apply(db.writer(), storage::SaveAbsence{absence}, clock.now());
        // Slack's groups are known, so that no press waits for them.
        press("U0NOBODY", ids::vote_approve, 1);
        press("U0NOBODY", ids::restrict_app, 1);
        run();
    }

    void put_person(const char* id, bool active) {
        storage::Person person;
        person.id = UserId(id);
        person.active = active;
        person.read_at = clock.now();
        storage::apply(db.writer(), storage::SavePerson{person}, clock.now());
    }

    void seed(RequestState state) {
        const auto number = std::to_string(view().next_request_id().value);
        app_requested(slack_request("Ar" + number, "A0" + number, "U0REQ", {slack_scope("chat:write")}));
        run();
        const auto id = view().next_request_id().value - 1;
        press("U0SEC1", ids::vote_approve, id);
        if (id % 2 == 0) press("U0LEGAL", ids::vote_approve, id);
        run();
        auto changed = request(id);
        changed.state = state;
        if (state == RequestState::need_info) {
            changed.info_party = "Security";
            changed.info_asker = UserId("U0SEC2");
            changed.info_question = "Who pays?";
        }
        if (storage::is_final(state)) changed.decision = storage::DecisionKind::approve;
        storage::apply(db.writer(), storage::SaveRequest{changed}, clock.now());
        value = handlers::views::button_value(changed);
        value.erase(0, value.find(':'));
    }

    std::string value;  // ":" and the eight digits
};

// Reads the choices off the front of the input; when it ends, the first of each is taken.
class Choices {
  public:
    explicit Choices(std::string_view input) : left_(input) {}
    template <class Range>
    auto one_of(const Range& range) {
        return range[byte() % range.size()];
    }
    std::size_t byte() {
        if (left_.empty()) return 0;
        const auto first = static_cast<unsigned char>(left_.front());
        left_.remove_prefix(1);
        return first;
    }
    [[nodiscard]] std::string rest() const { return std::string(left_); }

  private:
    std::string_view left_;
};

std::string value_of(Choices& choices, const Company& company) {
    const auto request = "REQ-" + std::to_string(choices.byte() % (states.size() + 2)) + company.value;
    switch (choices.byte() % 6) {
        case 1:
            return "app:A0LIVE/T1";
        case 2:
            return "1";
        case 3:
            return "auth-1";
        case 4:
            return "integration:1";
        case 5:
            return "authorization:auth-1";
        default:
            return request;
    }
}

Json fields_of(const Choices& choices, const std::string& value) {
    static const std::map<std::string_view, std::string_view> usual{{ids::field_app, "Sketch Pad"},
                                                                    {ids::field_issue, good_link},
                                                                    {ids::field_kind, "app"},
                                                                    {ids::field_data, "internal"},
                                                                    {ids::field_needed_until, "2099-01-01"},
                                                                    {ids::field_behalf, "U0SEC2"},
                                                                    {ids::field_last_day, "2099-01-01"},
                                                                    {ids::field_request_id, "REQ-1"},
                                                                    {ids::field_decision, "approve"},
                                                                    {ids::field_only_for, "U0SEC2"},
                                                                    {ids::field_domains, "example.com"},
                                                                    {ids::field_name, "Vendor issues"},
                                                                    {ids::field_authorization, "auth-1"},
                                                                    {ids::field_use, "tracker:procurement"},
                                                                    {ids::field_channel, "C0ANY"},
                                                                    {ids::field_owner, "U0LEGAL"},
                                                                    {ids::field_pause, "active"},
                                                                    {ids::field_purpose, ""},
                                                                    {ids::field_users, ""},
                                                                    {ids::field_alternatives, ""},
                                                                    {ids::field_reason, ""},
                                                                    {ids::field_question, ""},
                                                                    {ids::field_answer, ""},
                                                                    {ids::field_condition, ""},
                                                                    {ids::field_left_out, ""},
                                                                    {ids::field_connected_to, ""},
                                                                    {ids::field_notes, ""},
                                                                    {ids::field_allowed_users, ""},
                                                                    {ids::field_allowed_channels, ""}};
    auto each = choices;
    auto mask = each.byte() << 24U | each.byte() << 16U | each.byte() << 8U | each.byte();
    const auto typed = each.rest();
    Json fields = Json::object();
    for (const auto& [field, text] : usual) {
        const std::string said = (mask & 1U) != 0 || text.empty() ? typed : std::string(text);
        fields[field][field] = {{"type", "plain_text_input"}, {"value", said}};
        mask >>= 1U;
    }
    fields[ids::field_request][ids::field_request] = {{"selected_option", {{"value", value}}}};
    return fields;
}

std::pair<EventKind, Json> deed(Choices choices, Company& company) {
    const std::string who = choices.one_of(people);
    Json payload{{"user", {{"id", who}}}, {"team", {{"id", "T1"}}}, {"trigger_id", "t"}};
    switch (choices.byte() % 5) {
        case 0: {
            const auto action = choices.one_of(every_button);
            payload["type"] = "block_actions";
            payload["channel"] = {{"id", "C0APPREVIEW"}};
            payload["container"] = {
                {"type", "message"}, {"message_ts", "1.0001"}, {"channel_id", "C0APPREVIEW"}};
            payload["actions"] = {{{"action_id", action}, {"value", value_of(choices, company)}}};
            return {EventKind::interactive, payload};
        }
        case 1: {
            const auto form = choices.one_of(every_form);
            const auto value = value_of(choices, company);
            payload["type"] = "view_submission";
            payload["view"] = {{"callback_id", form},
                               {"private_metadata", value},
                               {"state", {{"values", fields_of(choices, value)}}}};
            return {EventKind::interactive, payload};
        }
        case 2: {
            payload["type"] = "message_action";
            payload["callback_id"] = choices.one_of(every_shortcut);
            payload["message"] = {{"user", who}, {"text", choices.rest()}, {"ts", "1.1"}};
            return {EventKind::interactive, payload};
        }
        case 3:
            return {EventKind::slash_command,
                    {{"command", "/app-request"},
                     {"text", std::string(choices.one_of(every_app_request_words)) + " " + choices.rest()},
                     {"user_id", who},
                     {"team_id", "T1"},
                     {"trigger_id", "t"}}};
        default:
            return {EventKind::slash_command,
                    {{"command", "/installed-apps"},
                     {"text", std::string(choices.one_of(every_installed_apps_words)) + " " + choices.rest()},
                     {"user_id", who},
                     {"team_id", "T1"},
                     {"trigger_id", "t"}}};
    }
}

Json payload_in(std::string text, const Company& company) {
    (void)slack::read_message(text);
    (void)slack::acked_envelope(text);
    for (auto at = text.find(any_scopes); at != std::string::npos; at = text.find(any_scopes, at + 1))
        text.replace(at, any_scopes.size(), company.value);
    return Json::parse(text, nullptr, false);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static Company company;
    const std::string text(data + 1, data + size);
    auto [kind, payload] = data[0] < 0x80
                               ? std::pair(kinds[data[0] % kinds.size()], payload_in(text, company))
                               : deed(Choices(text), company);
    // The listener and the socket take nothing else (R54).
    if (!payload.is_object()) return 0;
    const auto now = company.clock.now();
    const handlers::Event event{kind, std::move(payload), "env-1", now, 0, data[0] % 2 == 0};
    try {
        company.db.writer().transaction([&] {
            const storage::View view(company.db.writer());
            const auto outcome = handlers::route(event, {now, view, company.settings, company.capabilities});
            for (const auto& effect : outcome.effects)
                if (!nlohmann::json::accept(effect.args) ||
                    !(effect.context.empty() || nlohmann::json::accept(effect.context)))
                    std::abort();
            if (!outcome.ack.empty() && !nlohmann::json::accept(outcome.ack)) std::abort();
            company.apply(outcome);
            throw Undone();
        });
    } catch (const Undone&) {
        return 0;
    }
    return 0;
}
