#pragma once

#include "handlers/views/texts.hpp"

// What is written down in English of why an authorization or an integration does not work, and shown again
// later; recorded.hpp finds it for a reader of another language. Most of it comes with a server's answer
// (bot/account_api, bot/token_answer, bot/instance).
namespace countersign::handlers::views::texts {

inline constexpr Text<1> account_removed_by{"its authorization was removed by {0}",
                                            "sein Zugang wurde entfernt, von {0}"};
inline constexpr Text<1> account_broken{"its authorization does not work any more: {0}",
                                        "sein Zugang geht nicht mehr: {0}"};
inline constexpr Text<> account_not_renewed{"its authorization could not be renewed",
                                            "sein Zugang ließ sich nicht erneuern"};
inline constexpr Text<1> account_lost_access{"lost access to {0}", "erreicht {0} nicht mehr"};
inline constexpr Text<> account_not_reached{"its project was not reached yet",
                                            "sein Projekt wurde noch nicht erreicht"};
inline constexpr Text<> account_not_posted{"nothing was posted there yet",
                                           "dort wurde noch nichts geschrieben"};
inline constexpr Text<> account_has_expired{"it has expired", "er ist abgelaufen"};
inline constexpr Text<> account_no_renewal{"expires, cannot renew", "läuft ab, lässt sich nicht erneuern"};
inline constexpr Text<> account_refused{"its server refuses the token", "sein Server lehnt das Token ab"};
inline constexpr Text<> account_refused_fresh{"its server refuses a token that it has just renewed",
                                              "sein Server lehnt ein Token ab, das er gerade erneuert hat"};
inline constexpr Text<1> account_other_owner{"its token is now one of {0}", "sein Token gehört jetzt {0}"};
inline constexpr Text<> account_revoked{"Slack says that it was revoked", "Slack sagt, er wurde widerrufen"};
inline constexpr Text<> account_this_workspace{"this workspace", "diesen Workspace"};

// --- from bot/ ---
inline constexpr Text<> account_gone{"it was removed meanwhile", "er wurde inzwischen entfernt"};
inline constexpr Text<> account_cancelled{"it was cancelled", "es wurde abgebrochen"};
inline constexpr Text<> account_unusable{"its authorization cannot be used now",
                                         "sein Zugang lässt sich gerade nicht verwenden"};
inline constexpr Text<1> account_slack_refuses{"Slack refuses the token ({0})",
                                               "Slack lehnt das Token ab ({0})"};
inline constexpr Text<1> account_slack_trouble{"Slack has trouble ({0})", "Slack hat eine Störung ({0})"};
inline constexpr Text<1> account_server_refuses{"the server refuses ({0})", "der Server lehnt ab ({0})"};
inline constexpr Text<> account_no_key{"COUNTERSIGN_KEY is missing: nothing could be kept safe",
                                       "COUNTERSIGN_KEY fehlt: Nichts ließe sich sicher aufbewahren"};
inline constexpr Text<> account_no_app{"this OAuth application was removed meanwhile",
                                       "diese OAuth-Anwendung wurde inzwischen entfernt"};
inline constexpr Text<> account_no_refresh{"there is no refresh token for it",
                                           "dafür gibt es kein Refresh-Token"};
inline constexpr Text<> account_code_late{"the code was not entered in time; start again",
                                          "der Code wurde nicht rechtzeitig eingegeben; fang neu an"};
inline constexpr Text<> account_denied{"the authorization was denied there",
                                       "der Zugang wurde dort verweigert"};
inline constexpr Text<> account_no_device{"the device grant is switched off there: use --token-stdin",
                                          "die Anmeldung mit Code ist dort abgeschaltet: nimm --token-stdin"};
inline constexpr Text<1> account_device_missing{
    "{0} has no device grant: use --token-stdin",
    "bei {0} gibt es keine Anmeldung mit Code: nimm --token-stdin"};
inline constexpr Text<1> account_device_strange{
    "{0} does not answer as a device grant does",
    "{0} antwortet nicht, wie es bei einer Anmeldung mit Code sein "
    "muss"};
inline constexpr Text<1> account_foreign_page{
    "{0} wants the code to be entered on another server; it is not shown",
    "{0} will, dass der Code auf einem anderen Server eingegeben wird; er wird nicht gezeigt"};
inline constexpr Text<1> account_left_valid{"{0}; it was not taken back: revoke it there",
                                            "{0}; es wurde nicht zurückgenommen: widerrufe es dort"};
inline constexpr Text<> account_code_invalid{"the code is not valid any more; start again",
                                             "der Code gilt nicht mehr; fang neu an"};
inline constexpr Text<> account_bad_client{
    "the server does not know this client id, or its secret is another one",
    "der Server kennt diese Client-Id nicht, oder ihr Geheimnis ist ein anderes"};
inline constexpr Text<> account_no_bearer{"the server's answer holds no bearer token",
                                          "in der Antwort des Servers steht kein Bearer-Token"};
inline constexpr Text<> account_read_only{"it can only read (read_api)", "er kann nur lesen (read_api)"};
inline constexpr Text<1> account_more_scopes{"it may do more than is needed: {0}",
                                             "er darf mehr als nötig: {0}"};
inline constexpr Text<> account_scope_gitlab{"the token has no scope api or read_api; make one that has",
                                             "dem Token fehlt das Recht api oder read_api; mach eines mit "
                                             "diesem Recht"};
inline constexpr Text<> account_scope_github{"the token has no scope repo; make one that has",
                                             "dem Token fehlt das Recht repo; mach eines mit diesem Recht"};
inline constexpr Text<> account_scope_slack{
    "the token has no scope chat:write; add it and install the app again",
    "dem Token fehlt das Recht chat:write; gib es der App und installiere sie neu"};
inline constexpr Text<> account_nobody_said{"nobody said whether it is the right account",
                                            "niemand hat gesagt, ob es das richtige Konto ist"};
inline constexpr Text<> account_nobody_back{"nobody came back in time", "niemand kam rechtzeitig zurück"};

}  // namespace countersign::handlers::views::texts
