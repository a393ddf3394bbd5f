#pragma once

#include "handlers/views/texts.hpp"

// Titles, labels and hints of forms (design.md §7; the English titles and labels are exact). Titles and
// buttons of a form: at most 24 letters.
namespace countersign::handlers::views::texts {

inline constexpr Text<> cancel{"Cancel", "Abbrechen"};
inline constexpr Text<1> about_party{" · for {0}", " · für {0}"};

inline constexpr Text<> request_title{"Request an app", "App beantragen"};
inline constexpr Text<> request_send{"Send request", "Antrag senden"};
inline constexpr Text<> request_intro{
    "Ask here before you install. The parties review the app, and you hear of every step.",
    "Frage hier, bevor du installierst. Die Prüfer sehen die App an, und du hörst von jedem Schritt."};
inline constexpr Text<> app{"App", "App"};
inline constexpr Text<> app_hint{"Its name in the Slack Marketplace, or its id (A…).",
                                 "Ihr Name im Slack Marketplace oder ihre Kennung (A…)."};
inline constexpr Text<> purpose{"Purpose", "Zweck"};
inline constexpr Text<> purpose_hint{"What you need it for, who will use it, which data it will see.",
                                     "Wofür du sie brauchst, wer sie benutzt, welche Daten sie sieht."};
inline constexpr Text<> issue{"Vendor issue link", "Link zum Vorgang"};
inline constexpr Text<> issue_hint{
    "The address of the issue in the tracker, or group/project#12. Not the form for a new one.",
    "Die Adresse des Vorgangs im Tracker oder gruppe/projekt#12. Nicht das Formular für einen neuen."};

inline constexpr Text<> reason_label{"Reason", "Begründung"};
inline constexpr Text<> reject_title{"Reject", "Ablehnen"};
inline constexpr Text<> reject_hint{"The requester reads this: say what would have to change.",
                                    "Das liest, wer gefragt hat: Sage, was sich ändern müsste."};
inline constexpr Text<> restrict_title{"Restrict app", "App sperren"};
inline constexpr Text<1> restrict_warning{
    ":warning: Nobody in {0} may then install or request this app until its permissions change or an admin "
    "lifts it. "
    "Where it is installed already, it goes on running.",
    ":warning: Niemand in {0} darf diese App dann installieren oder beantragen, bis sich ihre Berechtigungen "
    "ändern "
    "oder ein Admin es aufhebt. Wo sie schon installiert ist, läuft sie weiter."};
inline constexpr Text<> restrict_hint{"The requester and the parties read this.",
                                      "Das lesen, wer gefragt hat, und die Prüfer."};
inline constexpr Text<> need_info_title{"Need info", "Rückfrage"};
inline constexpr Text<> need_info_send{"Ask", "Fragen"};
inline constexpr Text<> question_label{"Question", "Frage"};
inline constexpr Text<> question_hint{"The requester gets it as a message and answers in a form.",
                                      "Sie kommt als Nachricht an und wird in einem Formular beantwortet."};
inline constexpr Text<> answer_title{"Answer", "Antwort"};
inline constexpr Text<> answer_send{"Send answer", "Antwort senden"};
inline constexpr Text<> answer_label{"Answer", "Antwort"};
inline constexpr Text<> answer_hint{"The party that asked is told at once.",
                                    "Wer gefragt hat, erfährt es sofort."};
inline constexpr Text<1> asks{"{0} asks:", "{0} fragt:"};
inline constexpr Text<> link_title{"Link vendor issue", "Vorgang verknüpfen"};
inline constexpr Text<> link_send{"Link", "Verknüpfen"};
inline constexpr Text<> request_label{"Request", "Antrag"};

}  // namespace countersign::handlers::views::texts
