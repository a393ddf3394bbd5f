#pragma once

#include "handlers/views/texts.hpp"

// What a requester reads in direct messages, in answers to commands, and on their buttons.
namespace countersign::handlers::views::texts {

// --- states (design.md §7; the English ones are exact) ---
inline constexpr Text<> awaiting_issue{"Waiting for vendor issue", "Wartet auf den Anbieter-Vorgang"};
inline constexpr Text<> in_review{"In review", "In Prüfung"};
inline constexpr Text<> need_info{"Needs information", "Rückfrage offen"};
inline constexpr Text<> ready{"Ready", "Bereit"};
inline constexpr Text<> held{"Held", "Angehalten"};
inline constexpr Text<> applying{"Applying", "Wird umgesetzt"};
inline constexpr Text<> approved{"Approved", "Genehmigt"};
inline constexpr Text<> restricted{"Restricted", "Gesperrt"};
inline constexpr Text<> denied{"Denied", "Abgelehnt"};
inline constexpr Text<> withdrawn{"Withdrawn", "Zurückgezogen"};
inline constexpr Text<> expired{"Expired", "Abgelaufen"};
inline constexpr Text<> superseded{"Superseded", "Ersetzt"};
inline constexpr Text<> needs_a_human{"Needs a human", "Braucht einen Menschen"};
inline constexpr Text<> decided_outside{"decided outside", "außerhalb entschieden"};
inline constexpr Text<> cancelled_outside{"cancelled outside", "außerhalb abgebrochen"};

// --- buttons ---
inline constexpr Text<> link_vendor_issue{"Link vendor issue", "Vorgang verknüpfen"};
inline constexpr Text<> create_vendor_issue{"Create vendor issue", "Vorgang anlegen"};
inline constexpr Text<> answer{"Answer", "Antworten"};
inline constexpr Text<> withdraw{"Withdraw", "Zurückziehen"};
inline constexpr Text<> withdraw_title{"Withdraw this request?", "Diesen Antrag zurückziehen?"};
inline constexpr Text<1> withdraw_text{"{0}. The review ends; you may ask again at any time.",
                                       "{0}. Die Prüfung endet; du kannst jederzeit neu fragen."};
inline constexpr Text<> keep_it{"Keep it", "Behalten"};

// --- direct messages; {0} is the app with its request id ---
inline constexpr Text<1> wants_issue{"Your request for {0} needs a vendor issue.",
                                     "Dein Antrag auf {0} braucht einen Anbieter-Vorgang."};
inline constexpr Text<> wants_issue_next{
    "Next: link the issue if there is one, or create it. The parties may look at your request meanwhile.",
    "Als Nächstes: Verknüpfe den Vorgang, wenn es ihn schon gibt, oder lege ihn an. Die Prüfer können deinen "
    "Antrag "
    "inzwischen ansehen."};
inline constexpr Text<1> received_manual{
    "Your request for {0} is here.\nNext: an admin looks at it; you hear of every step. Nothing to do for "
    "you now.",
    "Dein Antrag auf {0} ist da.\nAls Nächstes: Ein Admin sieht ihn an; du hörst von jedem Schritt. Du musst "
    "jetzt "
    "nichts tun."};
inline constexpr Text<1> received{
    "Your request for {0} is here and in review.\nNext: the parties look at it; you hear of every step. "
    "Nothing to do "
    "for you now.",
    "Dein Antrag auf {0} ist da und wird geprüft.\nAls Nächstes: Die Prüfer sehen ihn an; du hörst von jedem "
    "Schritt. "
    "Du musst jetzt nichts tun."};
inline constexpr Text<2> received_held{
    "Your request for {0} is here. {1}\nNext: somebody takes it up; you hear of every step. Nothing to do "
    "for "
    "you now.",
    "Dein Antrag auf {0} ist da. {1}\nAls Nächstes: Jemand nimmt ihn auf; du hörst von jedem Schritt. Du "
    "musst "
    "jetzt nichts tun."};
inline constexpr Text<4> question{
    "{0}{1} has a question about your request for {2}:\n{3}\nNext: press `Answer`. The review goes on when "
    "you have.",
    "{0}{1} hat eine Frage zu deinem Antrag auf {2}:\n{3}\nAls Nächstes: Drücke `Antworten`. Danach geht die "
    "Prüfung "
    "weiter."};
inline constexpr Text<1> for_party{" for {0}", " für {0}"};
inline constexpr Text<2> linked{
    "Your request for {0} is linked to {1}.\nNext: the parties sign here or in the issue; you hear of every "
    "step.",
    "Dein Antrag auf {0} ist mit {1} verknüpft.\nAls Nächstes: Die Prüfer stimmen hier oder im Vorgang zu; "
    "du hörst "
    "von jedem Schritt."};
inline constexpr Text<1> reason{"\nReason:\n{0}", "\nBegründung:\n{0}"};
inline constexpr Text<1> by{" by {0}", " von {0}"};
inline constexpr Text<> outside{" in Slack, outside this process", " in Slack, außerhalb dieses Ablaufs"};
inline constexpr Text<3> is_approved{
    "{0} is approved{1}.{2}\nNext: install it from its page in the Slack Marketplace or with the link you "
    "came from.",
    "{0} ist genehmigt{1}.{2}\nAls Nächstes: Installiere die App von ihrer Seite im Slack Marketplace oder "
    "über den "
    "Link, von dem du kamst."};
inline constexpr Text<3> is_restricted{
    "{0} is restricted{1}: nobody may install or request it for now.{2}\nNext: talk to the reviewers if "
    "something "
    "essential has changed.",
    "{0} ist gesperrt{1}: Niemand darf die App derzeit installieren oder beantragen.{2}\nAls Nächstes: "
    "Sprich mit den "
    "Prüfern, wenn sich etwas Wesentliches geändert hat."};
inline constexpr Text<3> is_denied{
    "Your request for {0} was denied{1}.{2}\nNext: change what the reason names, then ask again; the old "
    "request is "
    "closed.",
    "Dein Antrag auf {0} wurde abgelehnt{1}.{2}\nAls Nächstes: Ändere, was die Begründung nennt, und frage "
    "neu; der "
    "alte Antrag ist geschlossen."};
inline constexpr Text<2> is_withdrawn{
    "Your request for {0} is withdrawn.{1}\nNext: nothing. You may ask again at any time.",
    "Dein Antrag auf {0} ist zurückgezogen.{1}\nAls Nächstes: nichts. Du kannst jederzeit neu fragen."};
inline constexpr Text<2> is_cancelled{
    "Your request for {0} was cancelled in Slack, outside this process.{1}\nNext: nothing. You may ask again "
    "at any "
    "time.",
    "Dein Antrag auf {0} wurde in Slack abgebrochen, außerhalb dieses Ablaufs.{1}\nAls Nächstes: nichts. Du "
    "kannst "
    "jederzeit neu fragen."};
inline constexpr Text<2> is_expired{
    "Your request for {0} has expired.{1}\nNext: ask again if you still need the app.",
    "Dein Antrag auf {0} ist abgelaufen.{1}\nAls Nächstes: Frage neu, wenn du die App noch brauchst."};
inline constexpr Text<2> is_superseded{
    "Your request for {0} goes on in a newer request for the same app.{1}\nNext: nothing; you hear of every "
    "step "
    "there.",
    "Dein Antrag auf {0} geht in einem neueren Antrag auf dieselbe App weiter.{1}\nAls Nächstes: nichts; du "
    "hörst dort "
    "von jedem Schritt."};
inline constexpr Text<3> stands{"Your request for {0}: {1}.\nNext: {2}",
                                "Dein Antrag auf {0}: {1}.\nAls Nächstes: {2}"};

inline constexpr Text<2> is_installed{"{0} is installed{1}. It can be used now.",
                                      "{0} ist installiert{1}. Du kannst die App jetzt benutzen."};

// --- what an open request waits for ---
inline constexpr Text<1> step_link{"Link the vendor issue: `/app-request link {0} URL`.",
                                   "Verknüpfe den Anbieter-Vorgang: `/app-request link {0} URL`."};
inline constexpr Text<1> step_answer{"Answer the question: {0}", "Beantworte die Frage: {0}"};
inline constexpr Text<> step_ready{"Every party has agreed; an admin applies it.",
                                   "Alle haben zugestimmt; ein Admin setzt es um."};
inline constexpr Text<> step_admin{"An admin is looking at it.", "Ein Admin sieht es sich an."};

// --- somebody else's request for the same app (R8) ---
inline constexpr Text<3> joined{
    "{0} asks for {1} already ({2}). You follow it now and hear how it ends; nothing else to do for you.",
    "{0} beantragt {1} schon ({2}). Du folgst dem Antrag jetzt und hörst, wie er ausgeht; sonst ist nichts "
    "zu tun."};
inline constexpr Text<2> follow_news{"{0}, which you wait for: *{1}*.", "{0}, worauf du wartest: *{1}*."};

// --- what is approved already for something similar (R7) ---
inline constexpr Text<> similar_ones{
    "These apps are approved already and were asked for with the same words; perhaps one of them will do:",
    "Diese Apps sind schon genehmigt und wurden mit denselben Worten beantragt; vielleicht genügt eine "
    "davon:"};
inline constexpr Text<1> similar_stale{", by Slack's list of {0}", ", nach Slacks Liste vom {0}"};

// --- lists and status ---
inline constexpr Text<> no_requests{"You have no app requests. `/app-request` opens the form for one.",
                                    "Du hast keine App-Anträge. `/app-request` öffnet das Formular."};
inline constexpr Text<> your_requests{"Your app requests", "Deine App-Anträge"};
inline constexpr Text<4> request_line{"`{0}` {1} · *{2}* since {3}", "`{0}` {1} · *{2}* seit {3}"};
inline constexpr Text<1> older_ones{"…older ones: `/app-request list {0}`",
                                    "…ältere: `/app-request list {0}`"};
inline constexpr Text<> no_such_page{"There are no older ones.", "Ältere gibt es nicht."};
inline constexpr Text<3> status_line{"{0}: *{1}*, since {2}", "{0}: *{1}*, seit {2}"};
inline constexpr Text<1> status_decided{"\nDecided {0}", "\nEntschieden {0}"};
inline constexpr Text<1> status_issue{"\nVendor issue: {0}", "\nAnbieter-Vorgang: {0}"};
inline constexpr Text<> none_linked{"none linked", "keiner verknüpft"};
inline constexpr Text<1> status_next{"\nNext: {0}", "\nAls Nächstes: {0}"};
inline constexpr Text<1> decided_by{"by {0}", "von {0}"};
inline constexpr Text<> by_somebody{"by somebody in Slack", "von jemandem in Slack"};
inline constexpr Text<> by_policy{"by the policy", "durch die Richtlinie"};
inline constexpr Text<1> on_date{" on {0}", " am {0}"};

// --- parties; the English ones are exact ---
inline constexpr Text<> waiting{"waiting", "wartet"};
inline constexpr Text<> waiting_for_answer{"waiting for an answer, asked",
                                           "wartet auf eine Antwort, gefragt"};
inline constexpr Text<> party_approved{"approved", "zugestimmt"};
inline constexpr Text<> party_rejected{"rejected", "abgelehnt"};
inline constexpr Text<> party_abstained{"abstained", "enthalten"};
inline constexpr Text<> party_conditional{"conditional", "unter Bedingung"};
inline constexpr Text<1> party_until{" until {0}", " bis {0}"};
inline constexpr Text<> party_not_required{"not required", "nicht nötig"};
inline constexpr Text<2> party_count{" ({0} of {1})", " ({0} von {1})"};
inline constexpr Text<1> claimed_by{", claimed by {0}", ", übernommen von {0}"};
inline constexpr Text<> former_member{" (former member)", " (nicht mehr Mitglied)"};
inline constexpr Text<1> signed_in{", signed in {0}", ", in {0} unterschrieben"};
inline constexpr Text<1> not_counted{"; not counted: {0}", "; nicht gezählt: {0}"};

// --- help ---
inline constexpr Text<> app_request_help{
    "*Ask for an app, and follow it*\n"
    "`/app-request` opens the request form\n"
    "`/app-request status REQ-12` where it stands and who is next\n"
    "`/app-request list` your requests\n"
    "`/app-request link REQ-12 URL` links the vendor issue; without a URL it opens the form\n"
    "`/app-request withdraw REQ-12` takes a request back\n"
    "`/app-request find NAME` whether an app is approved already\n"
    "`/app-request help` this text\n"
    "*For parties*\n"
    "`/app-request approve REQ-12 REQ-13 remark` votes on several at once\n"
    "`/app-request away 2027-01-01 2027-01-08 MEMBER-ID` lets somebody vote for you; `back` ends it\n"
    "`/app-request connect` shows me which account in the tracker is yours; `disconnect` ends it\n"
    "`/app-request object REQ-12 reason` asks for a decision to be looked at again\n"
    "*For admins*\n"
    "`/app-request figures` how long reviews take\n"
    "`/app-request clear REQ-12 reason` takes a decision back in Slack\n"
    "`/app-request suspend REQ-12 reason` restricts an approved app at once, in an emergency\n"
    "`/app-request automatic off|on` stops or starts everything that is applied by policy",
    "*Eine App beantragen und den Antrag verfolgen*\n"
    "`/app-request` öffnet das Formular\n"
    "`/app-request status REQ-12` wie es steht und wer dran ist\n"
    "`/app-request list` deine Anträge\n"
    "`/app-request link REQ-12 URL` verknüpft den Anbieter-Vorgang; ohne URL öffnet es das Formular\n"
    "`/app-request withdraw REQ-12` zieht einen Antrag zurück\n"
    "`/app-request find NAME` ob eine App schon genehmigt ist\n"
    "`/app-request help` dieser Text\n"
    "*Für Parteien*\n"
    "`/app-request approve REQ-12 REQ-13 Bemerkung` stimmt über mehrere auf einmal ab\n"
    "`/app-request away 2027-01-01 2027-01-08 MITGLIEDS-ID` lässt jemanden für dich stimmen; `back` beendet "
    "es\n"
    "`/app-request connect` zeigt mir, welches Konto im Tracker deines ist; `disconnect` beendet es\n"
    "`/app-request object REQ-12 Grund` bittet, eine Entscheidung neu anzusehen\n"
    "*Für Admins*\n"
    "`/app-request figures` wie lange Prüfungen dauern\n"
    "`/app-request clear REQ-12 Grund` nimmt eine Entscheidung in Slack zurück\n"
    "`/app-request suspend REQ-12 Grund` sperrt eine genehmigte App sofort, im Notfall\n"
    "`/app-request automatic off|on` hält alles an, was nach Richtlinie angewendet wird, oder lässt es "
    "weiterlaufen"};
inline constexpr Text<> installed_apps_help{
    "*Installed apps and what depends on them*\n"
    "`/installed-apps list` all of them; `list mine`, `reauth`, `integrations`, `authorizations`, "
    "`unapproved`, `orphans`, `unconfirmed`, or part of a name\n"
    "`/installed-apps show NAME` one of them\n"
    "`/installed-apps add`, `edit`, `remove`, `reconnect` change them; `add authorization` connects an "
    "account\n"
    "`/installed-apps test NAME` asks whether it works; `uninstall NAME` takes a Slack app out\n"
    "`/installed-apps mirror CHANNEL` shows them in that channel's canvas (admins); `mirror off`\n"
    "`/installed-apps help` this text",
    "*Installierte Apps und was von ihnen abhängt*\n"
    "`/installed-apps list` alle; `list mine`, `reauth`, `integrations`, `authorizations`, `unapproved`, "
    "`orphans`, `unconfirmed`, oder ein Teil des Namens\n"
    "`/installed-apps show NAME` eine davon\n"
    "`/installed-apps add`, `edit`, `remove`, `reconnect` ändern sie; `add authorization` verbindet ein "
    "Konto\n"
    "`/installed-apps test NAME` fragt, ob es geht; `uninstall NAME` entfernt eine Slack-App\n"
    "`/installed-apps mirror KANAL` zeigt sie im Canvas dieses Kanals (Admins); `mirror off`\n"
    "`/installed-apps help` dieser Text"};

}  // namespace countersign::handlers::views::texts
