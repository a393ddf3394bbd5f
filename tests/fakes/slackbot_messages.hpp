#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

// Slackbot's review messages as domain.md §1.3 describes them. The exact blocks are not public: these have
// the structure that observers agree on.
namespace countersign::fakes {

struct NoticeWords {
    std::string asks =
        "<@U0EMP> would like to install the app <https://acme.slack.com/apps/A0MIRO|Miro> on the workspace "
        "Acme";
    std::string bot_heading = "On behalf of the app:";
    std::string user_heading = "On behalf of users, Miro can:";
    std::string reason_label = "Reason for requesting";
    std::string reason = "whiteboards";
    std::string approve = "Approve for Workspace";
    std::string restrict_app = "Restrict for Workspace";
    std::string warning = "All actions on a request will affect the entire workspace";
};

// `style`: "2019", "2026", "de", "pt".
inline NoticeWords notice_words(const std::string& style, const std::string& user = "U0EMP",
                                const std::string& app = "A0MIRO", const std::string& name = "Miro") {
    const std::string who = "<@" + user + ">";
    const std::string what = "<https://acme.slack.com/apps/" + app + "|" + name + ">";
    NoticeWords words;
    words.asks = who + " would like to install the app " + what + " on the workspace Acme";
    words.user_heading = "On behalf of users, " + name + " can:";
    if (style == "2026") {
        words.approve = "Review and Approve for Workspace";
        words.restrict_app = "Review and Restrict for Workspace";
    } else if (style == "de") {
        words = {who + " möchte die App " + what + " im Workspace Acme installieren",
                 "Im Namen der App:",
                 "Im Namen von Mitgliedern kann " + name + ":",
                 "Grund für die Anfrage",
                 "whiteboards",
                 "Für Workspace genehmigen",
                 "Für Workspace einschränken",
                 "Alle Aktionen zu einer Anfrage betreffen den gesamten Workspace"};
    } else if (style == "pt") {
        words = {who + " gostaria de instalar o app " + what + " no workspace Acme",
                 "Em nome do app:",
                 "Em nome dos usuários, " + name + " pode:",
                 "Motivo da solicitação",
                 "whiteboards",
                 "Aprovar para o workspace",
                 "Restringir para o workspace",
                 "Todas as ações em uma solicitação afetarão todo o workspace"};
    }
    return words;
}

// The line that the edit adds. `decision`: "approve", "restrict", "cancel".
inline std::string decision_line(const std::string& style, const std::string& decision,
                                 const std::string& by) {
    const std::string who = "<@" + by + ">";
    const auto pick = [&](const char* approve, const char* restricted, const char* cancelled) {
        return who + (decision == "approve" ? approve : decision == "restrict" ? restricted : cancelled);
    };
    if (style == "de")
        return pick(" hat diese App genehmigt", " hat diese App eingeschränkt",
                    " hat diese Anfrage abgebrochen");
    if (style == "pt") return pick(" aprovou este app", " restringiu este app", " cancelou esta solicitação");
    return pick(" approved this app", " restricted this app", " cancelled this request");
}

inline nlohmann::json mrkdwn_section(const std::string& text) {
    return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}}}};
}

inline nlohmann::json slackbot_button(const std::string& label, const std::string& action) {
    return {{"type", "button"},
            {"text", {{"type", "plain_text"}, {"text", label}}},
            {"action_id", action},
            {"value", "1"}};
}

inline const std::pair<std::string, std::string> sample_scopes{"Send messages as @miro (chat:write)",
                                                               "View people in a workspace (users:read)"};

// `scopes`: the lines of the two lists.
inline nlohmann::json slackbot_notice(const NoticeWords& words = {},
                                      const std::pair<std::string, std::string>& scopes = sample_scopes) {
    auto blocks = nlohmann::json::array();
    blocks.push_back(mrkdwn_section(words.asks));
    blocks.push_back(mrkdwn_section("*An app*\nIts own description"));
    if (!scopes.first.empty())
        blocks.push_back(mrkdwn_section("*" + words.bot_heading + "*\n" + scopes.first));
    if (!scopes.second.empty())
        blocks.push_back(mrkdwn_section("*" + words.user_heading + "*\n" + scopes.second));
    if (!words.reason.empty())
        blocks.push_back(mrkdwn_section("*" + words.reason_label + "*\n" + words.reason));
    blocks.push_back({{"type", "context"}, {"elements", {{{"type", "mrkdwn"}, {"text", words.warning}}}}});
    blocks.push_back(
        {{"type", "actions"},
         {"elements", {slackbot_button(words.approve, "QX1"), slackbot_button(words.restrict_app, "QX2")}}});
    return {{"type", "message"}, {"user", "USLACKBOT"}, {"text", words.asks}, {"blocks", blocks}};
}

// The same message after a manager pressed: the buttons are gone, a line says who did what.
inline nlohmann::json slackbot_decision(const std::string& line, const NoticeWords& words = {}) {
    auto message = slackbot_notice(words);
    message["blocks"].erase(message["blocks"].size() - 1);
    message["blocks"].push_back(mrkdwn_section(line));
    return message;
}

}  // namespace countersign::fakes
