#pragma once

#include "handlers/views/texts.hpp"

// Authorizations on their way, and whose account in a tracker somebody is.
namespace countersign::handlers::views::texts {

inline constexpr Text<2> app_at{"{0} at {1}", "{0} bei {1}"};
inline constexpr Text<1> by_code{"{0}: enter a code", "{0}: einen Code eingeben"};
inline constexpr Text<1> by_link{"{0}: follow a link", "{0}: einem Link folgen"};
inline constexpr Text<> add_to_slack{"Add to Slack", "Zu Slack hinzufügen"};
inline constexpr Text<> sign_in_there{"Sign in there", "Dort anmelden"};
inline constexpr Text<> how_label{"How", "Wie"};
inline constexpr Text<> go_on{"Go on", "Weiter"};
inline constexpr Text<> connect_again{"Connect again", "Neu verbinden"};
inline constexpr Text<> you_sign_in{"You sign in at the server itself. Nothing secret is typed into Slack.",
                                    "Du meldest dich beim Server selbst an. Nichts Geheimes wird in Slack "
                                    "geschrieben."};
inline constexpr Text<> no_app_for_server{"No OAuth application is registered for its server. ",
                                          "Für diesen Server gibt es keine registrierte OAuth-Anwendung. "};
inline constexpr Text<> no_app_here{"No OAuth application is registered here yet. ",
                                    "Hier gibt es noch keine registrierte OAuth-Anwendung. "};
inline constexpr Text<1> register_app{
    "On the host where Countersign runs: `countersign authorizations register --kind gitlab --url "
    "https://gitlab.example.com --client-id ID`\n{0}",
    "Auf dem Rechner, auf dem Countersign läuft: `countersign authorizations register --kind gitlab --url "
    "https://gitlab.example.com --client-id ID`\n{0}"};
inline constexpr Text<4> open_and_enter{
    "To connect {0} open {1} and enter the code `{2}`. Only do so if you have begun this yourself, and look "
    "at the name of the server: {3}.",
    "Um {0} zu verbinden, öffne {1} und gib den Code `{2}` ein. Tu es nur, wenn du selbst damit angefangen "
    "hast, und sieh auf den Namen des Servers: {3}."};
inline constexpr Text<3> follow_link{
    "To connect {0} follow this link within ten minutes: {1}. It leads to {2} and works once.",
    "Um {0} zu verbinden, folge innerhalb von zehn Minuten diesem Link: {1}. Er führt zu {2} und geht "
    "einmal."};
inline constexpr Text<> cancel_grant{"Cancel", "Abbrechen"};
inline constexpr Text<> discard_grant{"Discard", "Verwerfen"};
inline constexpr Text<> keep_grant{"Keep", "Behalten"};
inline constexpr Text<> keep_other_account{"Keep the other account", "Das andere Konto behalten"};
inline constexpr Text<1> granted_unknown{"{0} was granted; whose account it is could not be read yet.",
                                         "{0} wurde gewährt; wessen Konto es ist, ließ sich noch nicht "
                                         "lesen."};
inline constexpr Text<4> granted_as{"{0} was granted as *{1}*{2} at {3}.",
                                    "{0} wurde gewährt als *{1}*{2} bei {3}."};
inline constexpr Text<1> in_workspace{" in {0}", " in {0}"};
inline constexpr Text<1> was_connected_as{
    "\n:warning: It was connected as *{0}* before. What was built on it will act as the other account.",
    "\n:warning: Bisher war es als *{0}* verbunden. Was damit gebaut wurde, handelt dann als das andere "
    "Konto."};
inline constexpr Text<1> expires_for_good{"\n:hourglass: It expires on {0} and cannot be renewed.",
                                          "\n:hourglass: Es läuft am {0} ab und lässt sich nicht "
                                          "erneuern."};
inline constexpr Text<> app_gone{"this OAuth application was removed meanwhile.",
                                 "diese OAuth-Anwendung wurde inzwischen entfernt."};
inline constexpr Text<> old_gone{"the authorization was removed meanwhile.",
                                 "der Zugang wurde inzwischen entfernt."};
inline constexpr Text<> another_server{"this is another server; it needs an authorization of its own.",
                                       "das ist ein anderer Server; er braucht einen eigenen Zugang."};
inline constexpr Text<2> not_connected{"*{0}* was not connected: {1}.", "*{0}* wurde nicht verbunden: {1}."};
inline constexpr Text<> try_the_link{" Try it again by the link.", " Versuche es noch einmal mit dem Link."};
inline constexpr Text<1> nothing_kept{"*{0}* was not connected; nothing was kept.",
                                      "*{0}* wurde nicht verbunden; nichts wurde behalten."};
inline constexpr Text<> not_granted_yet{"Nothing was granted there yet.", "Dort wurde noch nichts gewährt."};
inline constexpr Text<> gone_nothing_stored{
    "The authorization was removed meanwhile; nothing was stored.",
    "Der Zugang wurde inzwischen entfernt; nichts wurde gespeichert."};
inline constexpr Text<> taken_nothing_stored{
    "There is an authorization of this name by now; nothing was stored.",
    "Inzwischen gibt es einen Zugang mit diesem Namen; nichts wurde gespeichert."};
inline constexpr Text<> over_already{"This is over already.", "Das ist schon vorbei."};
inline constexpr Text<> begun_by_other{"you may not, because somebody else has begun this.",
                                       "du darfst nicht, weil jemand anders damit angefangen hat."};

// --- /app-request connect ---
inline constexpr Text<3> account_in_tracker{"{0} on {1} (account {2})", "{0} auf {1} (Konto {2})"};
inline constexpr Text<2> write_this_code{
    "Write this as a comment of its own on a vendor issue that is linked to an app request, signed in to {0} "
    "as yourself:\n```{1}```\nIt holds for 15 minutes, once, and for you alone: never write a code that "
    "somebody sent you. I then show you the account that wrote it.",
    "Schreib das als eigenen Kommentar an einen Anbieter-Vorgang, der mit einem App-Antrag verknüpft ist, in "
    "{0} als du selbst angemeldet:\n```{1}```\nEs gilt 15 Minuten, einmal, und für dich allein: Schreib nie "
    "einen Code, den dir jemand geschickt hat. Ich zeige dir dann das Konto, das ihn geschrieben hat."};
inline constexpr Text<> configured_account{
    "you may not, because the configuration says who this account is.",
    "du darfst nicht, weil die Konfiguration sagt, wem dieses Konto gehört."};
inline constexpr Text<1> now_known_as{"You are now known as {0}. `/app-request disconnect` ends that.",
                                      "Du bist jetzt bekannt als {0}. `/app-request disconnect` beendet "
                                      "das."};
inline constexpr Text<> nothing_to_confirm{
    "There is nothing to confirm: no comment with your code was seen in the last 15 minutes. `/app-request "
    "connect` gives you a new code.",
    "Es gibt nichts zu bestätigen: In den letzten 15 Minuten kam kein Kommentar mit deinem Code. "
    "`/app-request connect` gibt dir einen neuen."};
inline constexpr Text<> no_readable_tracker{
    "you may not, because no tracker can be read here; its token is missing.",
    "du darfst nicht, weil sich hier kein Vorgangssystem lesen lässt; sein Token fehlt."};
inline constexpr Text<2> unknown_tracker{"I know no tracker {0}; there is {1}.",
                                         "Ich kenne kein Vorgangssystem {0}; es gibt {1}."};
inline constexpr Text<1> configured_already{
    "The configuration already says who you are in {0}; its keeper can change that.",
    "Die Konfiguration sagt schon, wer du in {0} bist; wer sie pflegt, kann das ändern."};
inline constexpr Text<> connected_to_none{"You are connected to no account.",
                                          "Du bist mit keinem Konto verbunden."};
inline constexpr Text<> disconnected{
    "Done. Where your sign is read again, it no longer counts as yours.",
    "Erledigt. Wo dein Zeichen wieder gelesen wird, zählt es nicht mehr als deines."};
inline constexpr Text<> two_accounts{
    "Two accounts wrote your code, so it proves nothing. `/app-request connect` gives you a new one.",
    "Zwei Konten haben deinen Code geschrieben, also beweist er nichts. `/app-request connect` gibt dir "
    "einen neuen."};
inline constexpr Text<1> code_seen{
    "Your code was written by {0}. If that is you: `/app-request connect yes`. If not, somebody has your "
    "code; do nothing.",
    "Deinen Code hat {0} geschrieben. Wenn du das bist: `/app-request connect yes`. Wenn nicht, hat jemand "
    "deinen Code; tu nichts."};

}  // namespace countersign::handlers::views::texts
