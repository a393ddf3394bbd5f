#pragma once

#include "config/slackbot_texts.hpp"
#include "handlers/review/slackbot_message.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// What one of Slackbot's messages says about an app request (domain.md §1.3, O9). Structure first: who wrote
// it, an app id in a link, people, buttons, scope names. Words second, by locale. Never a guess: what does
// not add up is `unclear`, with what was missing.
namespace countersign::handlers::review {

enum class NoticeKind {
    other,     // nothing about app requests
    request,   // somebody asks for an app; Slack's buttons are on it
    decision,  // the same message after a manager pressed
    outcome,   // to the requester: what became of it
    unclear,   // about apps, but not understood: a task for a person
};
[[nodiscard]] std::string_view to_text(NoticeKind kind);

struct SlackbotNotice {
    NoticeKind kind = NoticeKind::other;
    Author author = Author::other;
    int confidence = 0;  // 0..100
    std::string locale;  // "" when no words were recognised

    AppId app_id;
    std::string app_name;
    UserId requester;
    std::string requester_name;
    std::string workspace;
    std::vector<storage::Scope> scopes;
    std::string reason;  // the requester's own words; never searched for phrases

    storage::DecisionKind decision = storage::DecisionKind::none;
    UserId who;  // who decided, where it is a mention

    // A request whose own text reads like a decision: its later edit proves nothing.
    bool speaks_of_decision = false;
    // An outcome that names the app by its link and is all that the message says. A reminder can have the
    // words, but not without its own line before them.
    bool says_nothing_else = false;

    std::string approve_label, restrict_label;  // as the buttons say
    std::vector<std::string> not_understood;    // our own sentences

    // It may be acted on.
    [[nodiscard]] bool understood() const;
};
[[nodiscard]] SlackbotNotice read_slackbot_notice(const nlohmann::json& message,
                                                  const config::SlackbotTexts& texts);

}  // namespace countersign::handlers::review
