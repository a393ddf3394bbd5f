#pragma once

#include "handlers/views/texts.hpp"

// Installed apps: answers to commands, forms and buttons, and what their owners are told.
namespace countersign::handlers::views::texts {

// --- lists and commands ---
inline constexpr Text<> integrations_title{"*Integrations*", "*Integrationen*"};
inline constexpr Text<> authorizations_title{"*Stored authorizations*", "*Gespeicherte Zugänge*"};
inline constexpr Text<> none_recorded{"No installed apps are recorded yet.",
                                      "Noch sind keine installierten Apps verzeichnet."};
inline constexpr Text<> none_like_that{"No installed app is like that.",
                                       "Keine installierte App passt dazu."};
inline constexpr Text<3> apps_title{"*Installed apps* ({0}, page {1} of {2})",
                                    "*Installierte Apps* ({0}, Seite {1} von {2})"};
inline constexpr Text<1> next_page_by{"`/installed-apps list {0}` shows the next page",
                                      "`/installed-apps list {0}` zeigt die nächste Seite"};
inline constexpr Text<> say_which{"Say which one, such as `/installed-apps show Miro`.",
                                  "Sag, welche, etwa `/installed-apps show Miro`."};
inline constexpr Text<1> unknown_thing{
    "I know no installed app \"{0}\". `/installed-apps list` shows them.",
    "Ich kenne keine installierte App „{0}“. `/installed-apps list` zeigt sie."};
inline constexpr Text<> several_like_that{
    "Several are like that. Name one by its id, such as `A0MIRO/T0ACME`:",
    "Es passen mehrere. Nenne eine mit ihrer Id, etwa `A0MIRO/T0ACME`:"};
inline constexpr Text<1> unknown_verb{"I do not know \"{0}\".", "Ich kenne „{0}“ nicht."};
inline constexpr Text<2> unknown_verb_near{"I do not know \"{0}\"; did you mean {1}?",
                                           "Ich kenne „{0}“ nicht; meintest du {1}?"};
inline constexpr Text<> only_apps_uninstalled{
    "Only Slack apps are uninstalled; `remove` takes away the rest.",
    "Deinstalliert werden nur Slack-Apps; `remove` entfernt das Übrige."};

// --- rights ---
inline constexpr Text<> no_guests{
    "you may not, because guests cannot use installed apps; ask a member.",
    "du darfst nicht, weil Gäste keine installierten Apps verwenden; frage ein Mitglied."};
inline constexpr Text<> not_known_yet{
    "Slack does not say just now who that is; try again in a moment.",
    "Slack sagt gerade nicht, wer das ist; versuche es gleich noch einmal."};
inline constexpr Text<1> not_on_its_list{
    "you may not, because only certain people may build on {0}; an admin can add you to its list.",
    "du darfst nicht, weil nur bestimmte Leute mit {0} bauen dürfen; ein Admin kann dich auf die Liste "
    "setzen."};
inline constexpr Text<2> channel_not_on_its_list{
    "you may not, because {0} may not be used for the channel {1}; an admin can add it to its list.",
    "du darfst nicht, weil {0} nicht für den Kanal {1} verwendet werden darf; ein Admin kann ihn auf die "
    "Liste setzen."};

// --- trying, connecting, mending ---
inline constexpr Text<> nothing_to_test{"There is nothing to test: re-authentication is needed first.",
                                        "Zu prüfen gibt es nichts: Zuerst muss neu angemeldet werden."};
inline constexpr Text<1> asking{"Asking {0} …", "Ich frage {0} …"};
inline constexpr Text<> posting{"Posting a message there …", "Ich schreibe dort eine Nachricht …"};
inline constexpr Text<> message_arrived{":white_check_mark: The message is in the channel.",
                                        ":white_check_mark: Die Nachricht steht im Kanal."};
inline constexpr Text<1> message_lost{":warning: The message did not get there: {0}.",
                                      ":warning: Die Nachricht kam nicht an: {0}."};
inline constexpr Text<2> cannot_post{
    ":warning: *{0}* cannot post in its channel: {1}. Invite the app to the channel, or change the "
    "integration.",
    ":warning: *{0}* kann nicht in den Kanal schreiben: {1}. Lade die App in den Kanal ein, oder ändere die "
    "Integration."};
inline constexpr Text<2> token_works{":white_check_mark: {0} works, as {1}.",
                                     ":white_check_mark: {0} geht, als {1}."};
inline constexpr Text<1> cannot_read{" :warning: It cannot read {0}.", " :warning: Nicht lesbar: {0}."};
inline constexpr Text<3> lost_access{
    ":warning: Your integration *{0}* has lost access to {1}: the account {2} cannot read it any more.",
    ":warning: Deine Integration *{0}* erreicht {1} nicht mehr: Das Konto {2} kann es nicht mehr lesen."};
inline constexpr Text<> reinstall_in_slack{"A Slack app is reconnected by installing it again in Slack.",
                                           "Eine Slack-App wird neu verbunden, indem sie in Slack noch "
                                           "einmal installiert wird."};
inline constexpr Text<> how_to_store{
    "A token is never typed into Slack. An admin stores it on the host where Countersign runs:\n"
    "`countersign authorizations add --kind gitlab --url https://gitlab.example.com --name NAME "
    "--token-stdin`",
    "Ein Token wird nie in Slack geschrieben. Ein Admin legt es auf dem Rechner ab, auf dem Countersign "
    "läuft:\n"
    "`countersign authorizations add --kind gitlab --url https://gitlab.example.com --name NAME "
    "--token-stdin`"};
inline constexpr Text<2> reconnect_by_name{
    "{0}\nWith `--reconnect` and the name \"{1}\" the new token takes the old one's place, and what was "
    "built on it goes on.",
    "{0}\nMit `--reconnect` und dem Namen „{1}“ tritt das neue Token an die Stelle des alten, und was damit "
    "gebaut wurde, geht weiter."};
inline constexpr Text<1> connected_line{":white_check_mark: Connected.\n{0}",
                                        ":white_check_mark: Verbunden.\n{0}"};
inline constexpr Text<2> asking_server{
    "Asking {0} whether its project can be read; the owner hears when it is connected.\n{1}",
    "{0} wird gefragt, ob das Projekt lesbar ist; wer dafür zuständig ist, hört es, sobald es verbunden "
    "ist.\n{1}"};
inline constexpr Text<1> posting_first{
    "A first message is on its way to the channel; the owner hears when it is there.\n{0}",
    "Eine erste Nachricht ist auf dem Weg in den Kanal; wer dafür zuständig ist, hört es, sobald sie dort "
    "steht.\n{0}"};
inline constexpr Text<2> channel_not_connected{
    ":warning: *{0}* is not connected, its first message did not get there: {1}. Invite the app to the "
    "channel, or change the integration; `/installed-apps test {0}` tries again.",
    ":warning: *{0}* ist nicht verbunden, die erste Nachricht kam nicht an: {1}. Lade die App in den Kanal "
    "ein, oder ändere die Integration; `/installed-apps test {0}` versucht es noch einmal."};
inline constexpr Text<3> not_reached{
    ":warning: *{0}* is not connected: the account {2} cannot read {1}. It is looked at again every few "
    "hours; `/installed-apps test {0}` asks at once.",
    ":warning: *{0}* ist nicht verbunden: Das Konto {2} kann {1} nicht lesen. Es wird alle paar Stunden neu "
    "versucht; `/installed-apps test {0}` fragt sofort."};
inline constexpr Text<1> connected_again{":white_check_mark: Connected again.\n{0}",
                                         ":white_check_mark: Wieder verbunden.\n{0}"};
inline constexpr Text<1> works_already{"It works already.\n{0}", "Es geht schon.\n{0}"};
inline constexpr Text<2> no_other_stored{"No other authorization for {0} is stored yet. {1}",
                                         "Für {0} liegt noch kein anderer Zugang vor. {1}"};
inline constexpr Text<> choose_another{"this authorization cannot be used any more; choose another.",
                                       "dieser Zugang lässt sich nicht mehr verwenden; wähle einen anderen."};
inline constexpr Text<2> other_account{
    "it acted as \"{0}\" before and would act as \"{1}\"; type the second name if that is meant.",
    "es handelte bisher als „{0}“ und würde als „{1}“ handeln; schreib den zweiten Namen, wenn das so "
    "gemeint ist."};
inline constexpr Text<3> has_stopped{":warning: {0} ({1}) has stopped: {2}. Its settings are kept.",
                                     ":warning: {0} ({1}) ist stehen geblieben: {2}. Die Einstellungen "
                                     "bleiben erhalten."};
inline constexpr Text<> connect_it_again{
    "Connect it again with another stored authorization of the same server.",
    "Verbinde sie neu mit einem anderen gespeicherten Zugang desselben Servers."};
inline constexpr Text<3> authorization_stopped{
    ":warning: The authorization {0} does not work any more: {1}. {2} With `--reconnect` the new token takes "
    "the old one's place.",
    ":warning: Der Zugang {0} geht nicht mehr: {1}. {2} Mit `--reconnect` tritt das neue Token an die Stelle "
    "des alten."};
inline constexpr Text<4> authorization_ends{
    ":hourglass: The authorization *{0}* ({1}) {2}. {3} With `--reconnect` the new token takes the old one's "
    "place.",
    ":hourglass: Der Zugang *{0}* ({1}) {2}. {3} Mit `--reconnect` tritt das neue Token an die Stelle des "
    "alten."};
inline constexpr Text<> ends_in_a_day{"expires within a day", "läuft innerhalb eines Tages ab"};
inline constexpr Text<1> ends_in_days{"expires within {0} days", "läuft innerhalb von {0} Tagen ab"};

// --- adding ---
inline constexpr Text<> write_a_name{"write a name.", "schreib einen Namen."};
inline constexpr Text<> no_slash{"write a name, without a slash.", "schreib einen Namen, ohne Schrägstrich."};
inline constexpr Text<> plain_name{"write a plain name, without a slash.",
                                   "schreib einen einfachen Namen, ohne Schrägstrich."};
inline constexpr Text<> integration_name_taken{"there is an integration of this name already.",
                                               "eine Integration mit diesem Namen gibt es schon."};
inline constexpr Text<> authorization_name_taken{"there is an authorization of this name already.",
                                                 "einen Zugang mit diesem Namen gibt es schon."};
inline constexpr Text<> authorization_gone{"this authorization was removed meanwhile.",
                                           "dieser Zugang wurde inzwischen entfernt."};
inline constexpr Text<> connect_it_first{"this authorization needs to be connected again first.",
                                         "dieser Zugang muss zuerst neu verbunden werden."};
inline constexpr Text<2> other_kind{"this is an authorization of {0}, and the tracker is a {1}.",
                                    "das ist ein Zugang zu {0}, und das Vorgangssystem ist {1}."};
inline constexpr Text<2> other_server{"this is an authorization for {0}, and the tracker is at {1}.",
                                      "das ist ein Zugang zu {0}, und das Vorgangssystem liegt bei {1}."};
inline constexpr Text<> tracker_gone{"this tracker is not configured any more.",
                                     "dieses Vorgangssystem ist nicht mehr eingestellt."};
inline constexpr Text<2> connected_by{"{0} is connected already, by \"{1}\".",
                                      "{0} ist schon verbunden, durch „{1}“."};
inline constexpr Text<> needs_slack{"a channel needs an authorization of Slack.",
                                    "ein Kanal braucht einen Zugang zu Slack."};
inline constexpr Text<> write_channel_id{
    "write the channel's id, such as C0123456789; it stands at the end of the channel's details.",
    "schreib die Id des Kanals, etwa C0123456789; sie steht am Ende der Einzelheiten des Kanals."};
inline constexpr Text<> choose_what{"choose what is posted there.", "wähle, was dort geschrieben wird."};
inline constexpr Text<1> posted_by{"this is posted there already, by \"{0}\".",
                                   "das wird dort schon geschrieben, durch „{0}“."};

// --- editing and removing ---
inline constexpr Text<1> saved_line{"Saved.\n{0}", "Gespeichert.\n{0}"};
inline constexpr Text<1> changed_meanwhile{
    "somebody has changed this meanwhile; it says \"{0}\" now. Close the form and open it again.",
    "jemand hat das inzwischen geändert; dort steht jetzt „{0}“. Schließ das Formular und öffne es neu."};
inline constexpr Text<> owner_is_member{"the owner has to be a member who is still here.",
                                        "zuständig kann nur ein Mitglied sein, das noch da ist."};
inline constexpr Text<1> no_channel_id{"\"{0}\" is no channel id; one looks like C0123456789.",
                                       "„{0}“ ist keine Kanal-Id; eine sieht aus wie C0123456789."};
inline constexpr Text<> too_many_allowed{"these are too many; name up to 100.",
                                         "das sind zu viele; nenne höchstens 100."};
inline constexpr Text<> it_is_gone{"it is not there any more; somebody has removed it.",
                                   "es ist nicht mehr da; jemand hat es entfernt."};
inline constexpr Text<> uses_changed{
    "what uses it has changed since the form was opened. Close it and look again.",
    "was damit arbeitet, ist nicht mehr dasselbe wie beim Öffnen. Schließ das Formular und sieh noch einmal "
    "nach."};
inline constexpr Text<> still_used{"it cannot be removed while something uses it (see the list).",
                                   "es lässt sich nicht entfernen, solange etwas damit arbeitet (siehe "
                                   "Liste)."};
inline constexpr Text<1> type_exactly{"type \"{0}\" exactly.", "schreib genau „{0}“."};
inline constexpr Text<1> was_removed{"*{0}* was removed.", "*{0}* wurde entfernt."};
inline constexpr Text<> token_stays{"Its token stays valid: another authorization holds it too.",
                                    "Sein Token bleibt gültig: Ein anderer Zugang hat es auch."};
inline constexpr Text<1> token_taken_back{"Its token is being taken back at {0}.",
                                          "Sein Token wird bei {0} zurückgenommen."};

// --- Slack apps: still needed, uninstalled ---
inline constexpr Text<2> still_needed_question{"You answer for {0}. Is it still needed?\n{1}",
                                               "Du bist zuständig für {0}. Wird sie noch gebraucht?\n{1}"};
inline constexpr Text<> still_needed{"Still needed", "Wird gebraucht"};
inline constexpr Text<> not_needed{"Not needed", "Nicht mehr nötig"};
inline constexpr Text<> not_in_inventory{"It is not in the inventory any more.",
                                         "Sie steht nicht mehr im Verzeichnis."};
inline constexpr Text<1> it_stays{"Thank you: *{0}* stays.", "Danke: *{0}* bleibt."};
inline constexpr Text<1> admins_hear{"Thank you: the admins hear that *{0}* is not needed any more.",
                                     "Danke: Die Admins erfahren, dass *{0}* nicht mehr gebraucht wird."};
inline constexpr Text<> not_itself{"Countersign does not uninstall itself.",
                                   "Countersign deinstalliert sich nicht selbst."};
inline constexpr Text<> not_protected_app{
    "The policy protects this app: it is not uninstalled from here. Do it in Slack's admin pages, or take it "
    "off `protected_apps` in the policy first.",
    "Die Richtlinie schützt diese App: Sie wird von hier aus nicht deinstalliert. Tu es in Slacks "
    "Verwaltung, oder nimm sie zuerst aus `protected_apps` der Richtlinie."};
inline constexpr Text<> needs_admin_token{
    "Without SLACK_ADMIN_TOKEN nothing can be uninstalled from here; do it in Slack's admin pages.",
    "Ohne SLACK_ADMIN_TOKEN lässt sich von hier nichts deinstallieren; tu es in Slacks Verwaltung."};
inline constexpr Text<> not_installed{"It is not installed any more.", "Sie ist nicht mehr installiert."};
inline constexpr Text<> no_app_there{"Slack uninstalls only apps; remove this one there.",
                                     "Slack deinstalliert nur Apps; entferne das hier dort."};
inline constexpr Text<2> uninstalled_already{"{0} is to be uninstalled on {1} already.",
                                             "{0} soll schon am {1} deinstalliert werden."};
inline constexpr Text<2> uninstalled_on{"{0} will be uninstalled on {1}.", "{0} wird am {1} deinstalliert."};
inline constexpr Text<3> uninstall_ahead{":warning: {0} will be uninstalled on {1}, by {2}.",
                                         ":warning: {0} wird am {1} deinstalliert, von {2}."};
inline constexpr Text<> stop_it{"Stop", "Verhindern"};
inline constexpr Text<> nothing_to_stop{"It is over: nothing is going to be uninstalled.",
                                        "Das ist vorbei: Es wird nichts deinstalliert."};
inline constexpr Text<1> too_late_to_stop{"It is too late: Slack is asked to uninstall {0} already.",
                                          "Es ist zu spät: Slack soll {0} schon deinstallieren."};
inline constexpr Text<1> stays_installed{"{0} stays installed.", "{0} bleibt installiert."};

}  // namespace countersign::handlers::views::texts
