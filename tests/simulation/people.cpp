#include "tests/simulation/people.hpp"

#include "tests/simulation/simulated_tracker.hpp"
#include "tests/support/review_office.hpp"

#include <array>

namespace countersign::simulation {
namespace {

// Few decide what many wait for: the admins are at it more often than others.
const std::array<std::string, 11> everybody{"U0REQ",   "U0REQ2",   "U0SEC1",  "U0SEC2",
                                            "U0SEC3",  "U0LEGAL",  "U0ADMIN", "U0ADMIN2",
                                            "U0ADMIN", "U0ADMIN2", "U0NOBODY"};
// A review gets on because the right people press the right button more often than others do.
const std::array<std::string_view, 4> useful{"vote_approve", "vote_approve", "approve_app",
                                             "link_vendor_issue"};

Json typed(const std::string& block, std::size_t app) {
    if (block == "name") return "Sketch Pad";  // of every app; what is to be deleted is typed
    if (block == "vendor_issue_link") return SimulatedTracker::link(app);
    if (block == "until") return "2027-03-01";
    return "because of " + block;
}

}  // namespace

Deed event_of(const std::string& id, Json inner) {
    return {"events_api",
            {{"type", "event_callback"},
             {"team_id", "T1"},
             {"api_app_id", "A0COUNTERSIGN"},
             {"event_id", id},
             {"event", std::move(inner)}},
            false,
            ""};
}

std::string source_of(const Deed& deed) {
    return deed.type == "events_api" ? "event:T1:A0COUNTERSIGN:" + deed.payload["event_id"].get<std::string>()
                                     : "trigger:" + deed.payload["trigger_id"].get<std::string>();
}

const std::string& People::anybody() {
    return everybody.at(pick(everybody.size()));
}

std::string People::trigger(const std::string& user) {
    const std::string name = "trigger-" + std::to_string(++counter_);
    slack_->grant_trigger(name, user);
    return name;
}

Deed People::act() {
    switch (pick(10)) {
        case 0:
            if (pick(6) == 0) {
                if (auto deed = grow()) return std::move(*deed);
            }
            return ask();
        case 1:
            return ask();
        case 2:
            return pick(3) == 0 ? installs() : command();
        case 3:
        case 4:
            if (auto deed = submit()) return std::move(*deed);
            [[fallthrough]];
        default:
            if (auto deed = press()) return std::move(*deed);
            return ask();
    }
}

Deed People::ask() {
    if (ask_) return ask_();
    const std::string id = "Ar" + std::to_string(++counter_);
    Json scopes = Json::array({tests::slack_scope("chat:write")});
    if (pick(3) == 0) scopes.push_back(tests::slack_scope("channels:history"));
    const auto app = 1 + pick(apps_);
    auto body = tests::slack_request(id, "A" + std::to_string(app), requesters.at(pick(requesters.size())),
                                     scopes, pick(4) == 0 ? "" : SimulatedTracker::link(app));
    body["is_user_app_collaborator"] = pick(5) == 0;
    slack_->model.pending[id] = body;
    return requested(body);
}

Deed People::requested(const Json& app_request) {
    return event_of("Ev" + std::to_string(++counter_),
                    {{"type", "app_requested"}, {"app_request", app_request}});
}

// The app asks for more while its request waits; Slack tells by an event, or only in its list.
std::optional<Deed> People::grow() {
    auto& pending = slack_->model.pending;
    if (pending.empty()) return std::nullopt;
    auto at = pending.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(pick(pending.size())));
    auto& scopes = at->second["scopes"];
    if (scopes.size() < 4)
        scopes.push_back(tests::slack_scope("files:read." + std::to_string(scopes.size())));
    if (pick(2) == 0) return std::nullopt;
    return requested(at->second);
}

std::optional<Deed> People::press() {
    const auto& user = anybody();
    auto buttons = slack_->buttons(user);
    if (buttons.empty()) return std::nullopt;
    if (pick(2) == 0) {
        const auto wanted = useful.at(pick(useful.size()));
        std::vector<Button> fitting;
        for (const auto& button : buttons) {
            if (button.action_id == wanted) fitting.push_back(button);
        }
        if (!fitting.empty()) buttons = std::move(fitting);
    }
    const Button button = buttons.at(pick(buttons.size()));
    return Deed{
        "interactive",
        {{"type", "block_actions"},
         {"user", {{"id", user}}},
         {"team", {{"id", "T1"}}},
         {"api_app_id", "A0COUNTERSIGN"},
         {"container", {{"type", "message"}, {"message_ts", button.ts}, {"channel_id", button.channel}}},
         {"channel", {{"id", button.channel}}},
         {"trigger_id", trigger(user)},
         {"actions", {{{"type", "button"}, {"action_id", button.action_id}, {"value", button.value}}}}},
        false,
        ""};
}

std::optional<Deed> People::submit() {
    const auto& user = anybody();
    const auto forms = slack_->forms(user);
    if (forms.empty()) return std::nullopt;
    const Form& form = *forms.at(pick(forms.size()));
    Json values = Json::object();
    for (const Json& block : form.view.value("blocks", Json::array())) {
        if (block.value("type", "") != "input") continue;
        const std::string name = block.at("block_id");
        const Json& element = block.at("element");
        Json& value = values[name][element.at("action_id").get<std::string>()];
        value["type"] = element.at("type");
        if (element.at("type") == "static_select")
            value["selected_option"] = element.at("options").at(0);
        else if (element.at("type") == "datepicker")
            value["selected_date"] = typed(name, 1 + pick(apps_));
        else
            value["value"] = typed(name, 1 + pick(apps_));
    }
    return Deed{"interactive",
                {{"type", "view_submission"},
                 {"user", {{"id", user}}},
                 {"team", {{"id", "T1"}}},
                 {"api_app_id", "A0COUNTERSIGN"},
                 {"trigger_id", trigger(user)},
                 {"view",
                  {{"id", form.id},
                   {"callback_id", form.view.at("callback_id")},
                   {"private_metadata", form.view.value("private_metadata", "")},
                   {"state", {{"values", values}}}}}},
                true,
                form.id};
}

// What Slack has approved is installed, rather than just anything.
Deed People::installs() {
    const auto& approved = slack_->model.approved;
    auto app = "A" + std::to_string(1 + pick(apps_));
    if (!approved.empty() && pick(4) > 0)
        app = std::next(approved.begin(), static_cast<std::ptrdiff_t>(pick(approved.size())))->first;
    const bool uninstalled = !installed_.empty() && pick(4) == 0;
    if (uninstalled)
        app = installed_.at(pick(installed_.size()));
    else
        installed_.push_back(app);
    return event_of("Ev" + std::to_string(++counter_),
                    {{"type", uninstalled ? "app_uninstalled_team" : "app_installed"},
                     {"app_id", app},
                     {"app_name", "Sketch Pad"},
                     {"user_id", anybody()},
                     {"team_id", "T1"}});
}

Deed People::command() {
    static const std::array<std::string, 6> requests{"", "list", "status", "withdraw REQ-1", "link", "help"};
    static const std::array<std::string, 5> installed{"", "remove ", "remove ", "uninstall ", "uninstall "};
    const bool about_installed = !installed_.empty() && pick(3) == 0;
    auto text = about_installed ? installed.at(pick(installed.size())) : requests.at(pick(requests.size()));
    if (text.ends_with(' ')) text += installed_.at(pick(installed_.size()));
    const auto& user = anybody();
    return {"slash_commands",
            {{"command", about_installed ? "/installed-apps" : "/app-request"},
             {"text", text},
             {"user_id", user},
             {"team_id", "T1"},
             {"channel_id", "C0ANY"},
             {"api_app_id", "A0COUNTERSIGN"},
             {"trigger_id", trigger(user)}},
            true,
            ""};
}

}  // namespace countersign::simulation
