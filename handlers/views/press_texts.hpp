#pragma once

#include "handlers/views/texts.hpp"

// The answers to presses, forms and commands: what was done, and why something may not be. The names of
// buttons on the card stay English, as the card does.
namespace countersign::handlers::views::texts {

// --- rights ---
inline constexpr Text<1> only_party_members{
    "you may not, because only members of a party vote on this ({0}).",
    "du darfst nicht, weil darüber nur Mitglieder einer Partei abstimmen ({0})."};
inline constexpr Text<> only_admins{"you may not, because only admins decide this.",
                                    "du darfst nicht, weil das nur Admins entscheiden."};
inline constexpr Text<1> only_reviewers{
    "you may not, because this is for admins and members of a party ({0}).",
    "du darfst nicht, weil das für Admins und Mitglieder einer Partei ist ({0})."};
inline constexpr Text<> no_such_request_pressed{
    "you may not, because this belongs to no request that I know. Open the request's card and press again.",
    "du darfst nicht, weil das zu keinem Antrag gehört, den ich kenne. Öffne die Karte des Antrags und "
    "drücke "
    "noch einmal."};
inline constexpr Text<1> not_the_card{"you may not, because this is not the card of {0}.",
                                      "du darfst nicht, weil das nicht die Karte von {0} ist."};
inline constexpr Text<1> old_card{
    "this card is old: the scopes of {0} have changed since it was drawn. Look at the card as it is now and "
    "press again.",
    "diese Karte ist alt: Die Rechte von {0} haben sich seither geändert. Sieh dir die Karte an, wie sie "
    "jetzt "
    "ist, und drücke noch einmal."};
inline constexpr Text<> group_unreadable{
    "you may not, because your membership cannot be checked at the moment: Slack does not tell the members "
    "of "
    "a user group. The operators know; press again later.",
    "du darfst nicht, weil sich deine Zugehörigkeit gerade nicht prüfen lässt: Slack nennt die Mitglieder "
    "einer Nutzergruppe nicht. Die Betreiber wissen es; drücke später noch einmal."};
inline constexpr Text<1> not_your_request{"you may not, because {0} is not your request.",
                                          "du darfst nicht, weil {0} nicht dein Antrag ist."};
inline constexpr Text<> readers_only{
    "you may not, because only the requester, the parties and the admins see this request.",
    "du darfst nicht, weil diesen Antrag nur sehen darf, wer ihn gestellt hat, prüft oder Admin ist."};
inline constexpr Text<> own_app_helper_no_vote{
    "you may not, because you asked for this app and help to build it; somebody else must vote.",
    "du darfst nicht, weil du diese App beantragt hast und daran mitbaust; jemand anders muss abstimmen."};
inline constexpr Text<> own_request_no_vote{
    "you may not, because you asked for this app yourself; somebody else must vote.",
    "du darfst nicht, weil du diese App selbst beantragt hast; jemand anders muss abstimmen."};
inline constexpr Text<> lent_by_requester{
    "you may not, because you have this right only in the place of somebody who asked for this app; somebody "
    "else must decide.",
    "du darfst nicht, weil du dieses Recht nur anstelle von jemandem hast, der oder die diese App beantragt "
    "hat; jemand anders muss entscheiden."};
inline constexpr Text<> somebody_elses_message{
    "you may not, because that is somebody else's message; only your own can be your vote.",
    "du darfst nicht, weil das die Nachricht von jemand anderem ist; nur deine eigene kann deine Stimme "
    "sein."};
inline constexpr Text<> deleted_message{"that message was deleted; nothing was changed.",
                                        "diese Nachricht wurde gelöscht; nichts wurde geändert."};
inline constexpr Text<> empty_message{"that message has no text (any more); nothing was changed.",
                                      "diese Nachricht hat keinen Text (mehr); nichts wurde geändert."};

// --- too late; {1} is the state ---
inline constexpr Text<2> being_approved{"already decided: {0} is being approved in Slack{1}.",
                                        "schon entschieden: {0} wird gerade in Slack genehmigt{1}."};
inline constexpr Text<2> being_restricted{"already decided: {0} is being restricted in Slack{1}.",
                                          "schon entschieden: {0} wird gerade in Slack gesperrt{1}."};
inline constexpr Text<3> decided_already{"already decided: {0} is {1}{2}.",
                                         "schon entschieden: {0} ist {1}{2}."};
inline constexpr Text<1> nobody_waits{"nobody waits for an answer about {0} any more.",
                                      "auf eine Antwort zu {0} wartet niemand mehr."};

// --- an admin's decision ---
inline constexpr Text<> never_approve_myself{
    "you may not, because I never approve myself; decide about this app in Slack's admin pages.",
    "du darfst nicht, weil ich mich nie selbst genehmige; entscheide über diese App in Slacks Verwaltung."};
inline constexpr Text<> never_restrict_myself{
    "you may not, because I never restrict myself; decide about this app in Slack's admin pages.",
    "du darfst nicht, weil ich mich nie selbst sperre; entscheide über diese App in Slacks Verwaltung."};
inline constexpr Text<1> app_is_protected{
    "you may not, because the policy protects {0}: it is never restricted, limited or taken away from here. "
    "Do it in Slack's admin pages, or take it off `protected_apps` in the policy first.",
    "du darfst nicht, weil die Richtlinie {0} schützt: Die App wird von hier aus nie gesperrt, begrenzt oder "
    "weggenommen. Tu es in Slacks Verwaltung, oder nimm sie zuerst aus `protected_apps` der Richtlinie."};
inline constexpr Text<1> parties_missing{
    "you may not yet, because not every party has agreed; missing: {0}.",
    "du darfst noch nicht, weil nicht alle Parteien zugestimmt haben; es fehlen: {0}."};
inline constexpr Text<> no_issue_linked{"you may not yet, because no vendor issue is linked.",
                                        "du darfst noch nicht, weil kein Anbieter-Vorgang verknüpft ist."};
inline constexpr Text<1> issue_in_the_way{"you may not yet, because of the vendor issue: {0}",
                                          "du darfst noch nicht, wegen des Anbieter-Vorgangs: {0}"};
inline constexpr Text<1> noted{"Noted. {0}", "Vermerkt. {0}"};
inline constexpr Text<2> one_more_admin{
    "The policy wants {0} admins for {1}; 1 more has to press `Approve app`.",
    "Die Richtlinie will {0} Admins für {1}; 1 weitere Person muss `Approve app` drücken."};
inline constexpr Text<3> more_admins{
    "The policy wants {0} admins for {1}; {2} more have to press `Approve app`.",
    "Die Richtlinie will {0} Admins für {1}; {2} weitere Personen müssen `Approve app` drücken."};
inline constexpr Text<2> in_a_blackout{
    ":warning: Nothing is applied until {0}{1}. Say why this cannot wait; it is recorded.",
    ":warning: Bis {0} wird nichts umgesetzt{1}. Sage, warum das nicht warten kann; es wird festgehalten."};
inline constexpr Text<1> press_to_override{
    "nothing is applied until {0}. Press `Approve app` to say why it cannot wait.",
    "bis {0} wird nichts umgesetzt. Drücke `Approve app`, um zu sagen, warum es nicht warten kann."};
inline constexpr Text<> why_not_wait{"say why this cannot wait.", "sage, warum das nicht warten kann."};
inline constexpr Text<1> only_denied_reopen{"only a denied request can be reopened. {0}",
                                            "nur ein abgelehnter Antrag lässt sich wieder öffnen. {0}"};
inline constexpr Text<1> is_open{"{0} is open.", "{0} ist offen."};
inline constexpr Text<3> reopened{
    "{0} for {1} was reopened by {2} and is in review again. You need do nothing now.",
    "{0} für {1} wurde von {2} wieder geöffnet und wird neu geprüft. Du musst jetzt nichts tun."};
inline constexpr Text<> done_not_needed{
    "you may not, because I apply this decision myself and believe only Slack's own lists; press `Approve "
    "app` or `Restrict app`.",
    "du darfst nicht, weil ich diese Entscheidung selbst umsetze und nur Slacks eigenen Listen glaube; "
    "drücke "
    "`Approve app` oder `Restrict app`."};
inline constexpr Text<> done_too_early{
    "press `Approve app` or `Restrict app` first, follow the steps, and then press `Done`.",
    "drücke zuerst `Approve app` oder `Restrict app`, folge den Schritten, und drücke dann `Done`."};
inline constexpr Text<> keep_explained{"The decision stays as it was made.",
                                       "Die Entscheidung bleibt, wie sie getroffen wurde."};
inline constexpr Text<> clear_explained{
    "Slack forgets the decision; the app may be asked for anew.",
    "Slack vergisst die Entscheidung; die App darf neu beantragt werden."};
inline constexpr Text<1> clearing{"Slack is being asked to clear its decision about {0}.",
                                  "Slack wird gebeten, seine Entscheidung über {0} aufzuheben."};
inline constexpr Text<1> cleared_by_hand{
    "{0} is cleared here. Clear the app's decision in Slack's admin pages too.",
    "{0} ist hier aufgehoben. Hebe die Entscheidung über die App auch in Slacks Verwaltung auf."};
inline constexpr Text<1> other_admins{
    "{0} needs more than one admin, and you asked for the app yourself: the others decide.",
    "{0} braucht mehr als einen Admin, und du willst die App selbst haben: Die anderen entscheiden."};
inline constexpr Text<2> cleared_here_only{
    "{0} is cleared here. Slack keeps the later decision, that of {1}.",
    "{0} ist hier aufgehoben. Slack behält die spätere Entscheidung, die von {1}."};
inline constexpr Text<1> being_kept{"Slack's lists are being read; {0} is kept as they say.",
                                    "Slacks Listen werden gelesen; {0} bleibt, wie sie es sagen."};
inline constexpr Text<2> slack_unreadable{
    "Nothing has changed for {0}, because Slack's lists could not be read: {1}",
    "Für {0} hat sich nichts geändert, weil sich Slacks Listen nicht lesen ließen: {1}"};
inline constexpr Text<> why_for_later{"say why, so that it can be understood later.",
                                      "sage, warum, damit man es später versteht."};
inline constexpr Text<> clear_what{
    "Which one, and why? For example: `/app-request clear REQ-12 the contract is signed`",
    "Welchen, und warum? Zum Beispiel: `/app-request clear REQ-12 der Vertrag ist unterschrieben`"};
inline constexpr Text<1> nothing_to_clear{"{0} is not decided in Slack; there is nothing to clear.",
                                          "{0} ist in Slack nicht entschieden; es gibt nichts aufzuheben."};
inline constexpr Text<> clear_why{"Say why too, so that it can be understood later.",
                                  "Sage auch, warum, damit man es später versteht."};
inline constexpr Text<> object_what{
    "To which one, and why? For example: `/app-request object REQ-12 the contract has ended`",
    "Gegen welchen, und warum? Zum Beispiel: `/app-request object REQ-12 der Vertrag ist zu Ende`"};
inline constexpr Text<1> object_undecided{
    "{0} is not decided in Slack; vote on its card instead.",
    "{0} ist in Slack nicht entschieden; stimme stattdessen auf der Karte "
    "ab."};
inline constexpr Text<1> admins_look_again{"The admins look at {0} again.",
                                           "Die Admins sehen sich {0} neu an."};
inline constexpr Text<> automatic_is_on{
    "Automatic applying is on. `/app-request automatic off` switches it off.",
    "Automatisches Umsetzen ist an. `/app-request automatic off` schaltet es aus."};
inline constexpr Text<> automatic_is_off{
    "Automatic applying is off. `/app-request automatic on` switches it on.",
    "Automatisches Umsetzen ist aus. `/app-request automatic on` schaltet es an."};
inline constexpr Text<1> automatic_already{"Automatic applying is {0} already; nothing changed.",
                                           "Automatisches Umsetzen ist schon {0}; nichts hat sich geändert."};
inline constexpr Text<> automatic_now_off{
    "All automatic approving and restricting is off until an admin switches it on again; admins decide by "
    "hand.",
    "Alles automatische Genehmigen und Sperren ist aus, bis ein Admin es wieder anschaltet; Admins "
    "entscheiden "
    "von Hand."};
inline constexpr Text<> automatic_now_on{"Automatic approving and restricting follows the policy again.",
                                         "Automatisches Genehmigen und Sperren folgt wieder der Richtlinie."};
inline constexpr Text<3> unsent_scopes_changed{
    "Nothing was sent to Slack: the scopes of {0} have changed since the votes ({1}{2}). It is in review "
    "again "
    "for the difference.",
    "Nichts wurde an Slack geschickt: Die Rechte von {0} haben sich seit den Stimmen geändert ({1}{2}). Der "
    "Unterschied wird neu geprüft."};
inline constexpr Text<> some_removed{"some were removed", "einige fielen weg"};
inline constexpr Text<> some_added{"added: ", "neu: "};
inline constexpr Text<1> unsent_not_agreed{
    "Nothing was sent to Slack: not every party agrees on what {0} asks for now. It is in review again.",
    "Nichts wurde an Slack geschickt: Nicht alle Parteien stimmen dem zu, was {0} jetzt verlangt. Es wird "
    "neu "
    "geprüft."};
inline constexpr Text<1> nothing_sent{"Nothing was sent to Slack: {0}", "Nichts ging an Slack: {0}"};
inline constexpr Text<1> press_nothing_yet{"Please press nothing in Slack yet: {0}",
                                           "Bitte drücke in Slack noch nichts: {0}"};
inline constexpr Text<2> needs_a_human_because{"{0} needs a human: {1}", "{0} braucht einen Menschen: {1}"};

// --- votes ---
inline constexpr Text<2> question_open{"{0} has asked already, and the answer is still awaited: {1}",
                                       "{0} hat schon gefragt, und die Antwort steht noch aus: {1}"};
inline constexpr Text<2> approved_by_you_already{"You have approved {0} for {1} already; nothing changed.",
                                                 "Du hast {0} für {1} schon zugestimmt; nichts hat sich "
                                                 "geändert."};
inline constexpr Text<2> taken_back{
    "Your vote on {0} for {1} is taken back; you may vote again while it is undecided.",
    "Deine Stimme zu {0} für {1} ist zurückgenommen; du kannst neu abstimmen, solange nichts entschieden "
    "ist."};
inline constexpr Text<1> no_vote_of_yours{
    "you have no vote on {0} as it is now that could be taken back; nothing was changed.",
    "du hast zu {0}, wie es jetzt ist, keine Stimme, die sich zurücknehmen ließe; nichts wurde geändert."};
inline constexpr Text<1> admins_may_reopen{
    "{0} is denied already. The admins are told that you take your rejection back; one of them can reopen "
    "it.",
    "{0} ist schon abgelehnt. Die Admins erfahren, dass du deine Ablehnung zurücknimmst; sie können den "
    "Antrag wieder öffnen."};
inline constexpr Text<2> party_is_already{"{0} is {1} already; nothing changed.",
                                          "{0}: schon {1}; nichts hat sich geändert."};
inline constexpr Text<2> agreed_with_one_say{
    "{0} has agreed for {1} already, with the same say as yours: whoever is away and whoever takes their "
    "place have one between them. Nothing changed.",
    "{0} hat für {1} schon zugestimmt, und das zählt für euch beide: Wer weg ist und wer vertritt, haben "
    "zusammen eine Stimme. Nichts hat sich geändert."};
inline constexpr Text<2> given_back{"You have given {0} for {1} back.", "Du hast {0} für {1} zurückgegeben."};
inline constexpr Text<3> taken_already{"{0} has taken {1} for {2} already; nothing changed.",
                                       "{0} hat {1} für {2} schon übernommen; nichts hat sich geändert."};
inline constexpr Text<2> is_yours{"{0} is yours for {1} now.", "{0} gehört jetzt dir, für {1}."};
inline constexpr Text<2> asked_all_the_same{"{0} is asked about {1} now, although no rule asks it.",
                                            "{0} wird jetzt zu {1} gefragt, obwohl es keine Regel verlangt."};
inline constexpr Text<> say_condition{"say what has to happen.", "sage, was geschehen muss."};
inline constexpr Text<> write_a_day{"write a day as 2027-01-31.", "schreib einen Tag als 2027-01-31."};
inline constexpr Text<> day_has_passed{"that day has passed; choose one to come.",
                                       "dieser Tag ist vorbei; wähle einen kommenden."};
inline constexpr Text<> no_such_number{
    "I know no such request; write its number, such as REQ-12.",
    "Einen solchen Antrag kenne ich nicht; schreib seine Nummer, etwa REQ-12."};
inline constexpr Text<> why_for_requester{"say why, so that the requester knows what to change.",
                                          "sage, warum, damit klar ist, was zu ändern ist."};
inline constexpr Text<> why_for_requester_short{"say why, so that the requester knows.",
                                                "sage, warum, damit es die Person erfährt."};
inline constexpr Text<> name_wanted{
    "the policy wants the app's name typed for this one; press Approve on its card.",
    "die Richtlinie will hier den Namen der App getippt; drücke Approve auf der Karte."};
inline constexpr Text<> wrong_name{"that is not the app's name; type it exactly as it is written above.",
                                   "das ist nicht der Name der App; tippe ihn genau, wie er oben steht."};
inline constexpr Text<> write_question{"write the question that the requester is to answer.",
                                       "schreib die Frage, die beantwortet werden soll."};
inline constexpr Text<> write_answer{"write an answer.", "schreib eine Antwort."};
inline constexpr Text<> approve_which{
    "Which ones? For example: `/app-request approve REQ-3 REQ-4 same vendor, same terms` (20 at most)",
    "Welche? Zum Beispiel: `/app-request approve REQ-3 REQ-4 gleicher Anbieter` (höchstens 20)"};
inline constexpr Text<1> line_unknown{"{0}: I know no such request.", "{0}: kenne ich nicht."};
inline constexpr Text<2> line_not_voted{"{0}: not voted: {1}", "{0}: nicht abgestimmt: {1}"};
inline constexpr Text<2> line_approved{"{0}: approved for {1}", "{0}: zugestimmt für {1}"};
inline constexpr Text<2> line_unchanged{"{0}: unchanged for {1}", "{0}: unverändert für {1}"};

// --- absence ---
inline constexpr Text<1> away_example{
    "{0} For example: `/app-request away 2026-12-21 2027-01-02 U0DELEGATE` (the delegate's member id; "
    "without "
    "one nobody votes for you).",
    "{0} Zum Beispiel: `/app-request away 2026-12-21 2027-01-02 U0DELEGATE` (die Mitglieds-ID der "
    "Vertretung; "
    "ohne sie stimmt niemand für dich)."};
inline constexpr Text<> away_when{"From which day to which?", "Von welchem Tag bis zu welchem?"};
inline constexpr Text<> away_backwards{"The last day lies before the first.",
                                       "Der letzte Tag liegt vor dem ersten."};
inline constexpr Text<> away_passed{"Those days have passed.", "Diese Tage sind vorbei."};
inline constexpr Text<> away_whom{"I cannot tell who your delegate is.",
                                  "Ich erkenne nicht, wer dich vertritt."};
inline constexpr Text<> away_self{"You cannot be your own delegate.",
                                  "Du kannst dich nicht selbst vertreten."};
inline constexpr Text<1> away_too{"{0} is away then too.", "{0} ist dann auch weg."};
inline constexpr Text<2> away_alone{"You are away from {0} to {1}; nobody votes for you.",
                                    "Du bist vom {0} bis {1} weg; niemand stimmt für dich."};
inline constexpr Text<3> away_with{"You are away from {0} to {1}; {2} may vote for your parties then.",
                                   "Du bist vom {0} bis {1} weg; {2} darf dann für deine Parteien stimmen."};
inline constexpr Text<> not_away{"You are not away.", "Du bist nicht weg."};
inline constexpr Text<> welcome_back{"Welcome back. Nobody votes for you any more.",
                                     "Willkommen zurück. Niemand stimmt mehr für dich."};

// --- the requester's own ---
inline constexpr Text<1> unknown_request{"I know no request {0}.", "Ich kenne keinen Antrag {0}."};
inline constexpr Text<> none_open{"You have no open app request.", "Du hast keinen offenen App-Antrag."};
inline constexpr Text<3> which_of_yours{"Which one? You have {0}; for example: {1} {2}",
                                        "Welchen? Du hast {0}; zum Beispiel: {1} {2}"};
inline constexpr Text<1> no_page{"\"{0}\" is no page of the list; for example: /app-request list 2",
                                 "„{0}“ ist keine Seite der Liste; zum Beispiel: /app-request list 2"};
inline constexpr Text<1> unknown_word{"I do not know \"{0}\".", "„{0}“ kenne ich nicht."};
inline constexpr Text<2> unknown_word_near{"I do not know \"{0}\"; did you mean {1}?",
                                           "„{0}“ kenne ich nicht; meintest du {1}?"};
inline constexpr Text<2> linked_to{"Linked {0} to {1}.", "{0} ist mit {1} verknüpft."};
inline constexpr Text<2> linked_already{"{0} is linked to {1} already; nothing changed.",
                                        "{0} ist schon mit {1} verknüpft; nichts hat sich geändert."};
inline constexpr Text<1> now_withdrawn{"{0} is withdrawn.", "{0} ist zurückgezogen."};
inline constexpr Text<5> answer_came{"{0} answered your question about {1} ({2}):\n>{3}\n{4}",
                                     "{0} hat deine Frage zu {1} ({2}) beantwortet:\n>{3}\n{4}"};
inline constexpr Text<2> answer_sent{"Your answer about {0} went to {1}.",
                                     "Deine Antwort zu {0} ging an {1}."};
inline constexpr Text<> form_too_late{
    "The form could not be opened in time. Please press again.",
    "Das Formular ließ sich nicht rechtzeitig öffnen. Bitte drücke noch einmal."};
inline constexpr Text<> form_refused{
    "The form could not be opened. The operators know; please try again later.",
    "Das Formular ließ sich nicht öffnen. Die Betreiber wissen es; bitte versuche es später noch einmal."};
inline constexpr Text<> unknown_form{
    "I do not know this form; it may be from an older version.",
    "Dieses Formular kenne ich nicht; es stammt vielleicht aus einer älteren "
    "Version."};
inline constexpr Text<> unknown_button{
    "I do not know this button; it may be from an older version. Nothing was changed.",
    "Diesen Knopf kenne ich nicht; er stammt vielleicht aus einer älteren Version. Nichts wurde geändert."};
inline constexpr Text<> unknown_command{"I do not know this command.", "Diesen Befehl kenne ich nicht."};
inline constexpr Text<> something_went_wrong{
    "Something went wrong here, and nothing was changed. The operators have been told; please try again in a "
    "few minutes.",
    "Hier ist etwas schiefgegangen, und nichts wurde geändert. Die Betreiber wissen es; bitte versuche es in "
    "ein paar Minuten noch einmal."};

// --- an alarm that its channel does not take; {2} is the alarm ---
inline constexpr Text<3> alarm_astray{
    "This belongs in <#{0}>, where I cannot post (`{1}`): invite me there, or name another "
    "`review.alarm_channel`.\n{2}",
    "Das gehört in <#{0}>, wo ich nicht schreiben kann (`{1}`): Lade mich dort ein, oder nenne einen anderen "
    "`review.alarm_channel`.\n{2}"};

// --- reminders; {0} is the request, {1} since when ---
inline constexpr Text<2> title_of{"{0} for {1}", "{0} für {1}"};
inline constexpr Text<3> remind_answer{"A reminder: {0} waits for your answer since {1}:\n>{2}",
                                       "Zur Erinnerung: {0} wartet seit {1} auf deine Antwort:\n>{2}"};
inline constexpr Text<3> remind_issue{
    "A reminder: {0} waits for its vendor issue since {1}. `/app-request link {2} URL` links it.",
    "Zur Erinnerung: {0} wartet seit {1} auf den Anbieter-Vorgang. `/app-request link {2} URL` verknüpft "
    "ihn."};
inline constexpr Text<2> remind_install{
    "A reminder: {0} is approved since {1}, and nobody has installed it. Install it if you still need it; "
    "else "
    "the approval may lapse.",
    "Zur Erinnerung: {0} ist seit {1} genehmigt, und niemand hat die App installiert. Installiere sie, wenn "
    "du "
    "sie noch brauchst; sonst verfällt die Genehmigung vielleicht."};
inline constexpr Text<4> remind_party{
    "A reminder: {0} waits for {1} since {2}. Its card is in <#{3}>.",
    "Zur Erinnerung: {0} wartet seit {2} auf {1}. Die Karte steht in <#{3}>."};
inline constexpr Text<4> escalated{
    "{0} has waited for {1} since {2}, and nobody answers. Please see that somebody does; its card is in "
    "<#{3}>. Nothing is decided by waiting.",
    "{0} wartet seit {2} auf {1}, und niemand antwortet. Bitte sorge dafür, dass es jemand tut; die Karte "
    "steht "
    "in <#{3}>. Durch Warten wird nichts entschieden."};

// --- the admin's steps by hand, in the workspace driver ---
inline constexpr Text<4> by_hand{
    "*Slack has to be told by hand* about {0}:\n1. Open Slack's administration, {1}, *Apps and workflows*, "
    "*Requests to install*.\n2. Find {0}, asked for by {2}, and {3}.\n3. Press `Done` on the request's card.",
    "*Slack muss von Hand Bescheid bekommen* über {0}:\n1. Öffne Slacks Verwaltung, {1}, *Apps and "
    "workflows*, "
    "*Requests to install*.\n2. Suche {0}, beantragt von {2}, und {3}.\n3. Drücke `Done` auf der Karte des "
    "Antrags."};
inline constexpr Text<> your_organisation{"your organisation", "deine Organisation"};
inline constexpr Text<> cancel_by_hand{"cancel the request", "brich den Antrag ab"};
inline constexpr Text<2> press_by_hand{
    "press *{0} for {1}* (in newer Slack: *Review and {0} for {1}*, then *{0}*)",
    "drücke *{0} for {1}* (in neuerem Slack: *Review and {0} for {1}*, dann *{0}*)"};
inline constexpr Text<> slacks_own_message{"Slack's own message", "Slacks eigene Nachricht"};
inline constexpr Text<> slackbots_message{
    "Slackbot's message about it in your conversation with Slackbot",
    "die Nachricht von Slackbot darüber in deiner Unterhaltung mit Slackbot"};
inline constexpr Text<2> cancel_in_slack_too{
    "{0} has ended here, but Slack still holds the request.\nNext: cancel it in Slack: *Apps and workflows*, "
    "*Requests to install*; {1} then says so.",
    "{0} ist hier zu Ende, aber Slack hält den Antrag noch.\nAls Nächstes: Brich ihn in Slack ab: *Apps and "
    "workflows*, *Requests to install*; {1} sagt es dann."};
inline constexpr Text<3> approve_in_slack{
    "Every party agrees on {0}.\nNext: open {1} and press *{2}*; if Slack asks, confirm. Slack's answer "
    "closes "
    "the request here. If that takes more than a few minutes, press `Done` on the card.",
    "Alle Parteien stimmen {0} zu.\nAls Nächstes: Öffne {1} und drücke *{2}*; wenn Slack fragt, bestätige. "
    "Slacks Antwort schließt den Antrag hier. Dauert das mehr als ein paar Minuten, drücke `Done` auf der "
    "Karte."};
inline constexpr Text<3> restrict_in_slack{
    "Slack has to restrict {0}.\nNext: open {1} and press *{2}*; if Slack asks, confirm. Slack's answer "
    "closes "
    "the request here. If that takes more than a few minutes, press `Done` on the card.",
    "Slack muss {0} sperren.\nAls Nächstes: Öffne {1} und drücke *{2}*; wenn Slack fragt, bestätige. Slacks "
    "Antwort schließt den Antrag hier. Dauert das mehr als ein paar Minuten, drücke `Done` auf der Karte."};

}  // namespace countersign::handlers::views::texts
