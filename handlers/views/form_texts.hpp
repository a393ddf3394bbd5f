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

inline constexpr Text<> kind{"What is it about", "Worum geht es"};
inline constexpr Text<> kind_app{"An app for Slack", "Eine App für Slack"};
inline constexpr Text<> kind_change{"A change to an approved app", "Änderung an einer genehmigten App"};
inline constexpr Text<> kind_system{"A system other than Slack", "Ein anderes System als Slack"};
inline constexpr Text<> data{"Data it will see", "Daten, die sie sieht"};
inline constexpr Text<> data_unknown{"Not sure", "Nicht sicher"};
inline constexpr Text<> data_public{"Public", "Öffentlich"};
inline constexpr Text<> data_internal{"Internal", "Intern"};
inline constexpr Text<> data_confidential{"Confidential", "Vertraulich"};
inline constexpr Text<> data_personal{"Personal data", "Personenbezogen"};
inline constexpr Text<> users{"Who will use it", "Wer benutzt sie"};
inline constexpr Text<> alternatives{"Alternatives you looked at", "Geprüfte Alternativen"};
inline constexpr Text<> until{"Needed until", "Gebraucht bis"};
inline constexpr Text<> until_hint{"Leave it empty if there is no end.",
                                   "Leer lassen, wenn es kein Ende gibt."};

inline constexpr Text<> on_behalf{"On behalf of", "Im Namen von"};

// --- asking for a colleague (R19) ---
inline constexpr Text<> behalf_gone{"this person's account is deactivated.",
                                    "das Konto dieser Person ist deaktiviert."};
inline constexpr Text<> behalf_guest{"this person is a guest here; guests get no apps.",
                                     "diese Person ist hier Gast; Gäste bekommen keine Apps."};
inline constexpr Text<> behalf_stranger{"this person is not a member of this workspace.",
                                        "diese Person ist kein Mitglied dieses Workspaces."};
inline constexpr Text<> behalf_unreadable{"Slack does not say who this person is; try again later.",
                                          "Slack sagt nicht, wer diese Person ist; versuche es später."};
inline constexpr Text<1> behalf_refused{"Your request on behalf of {0} was not made:",
                                        "Dein Antrag im Namen von {0} wurde nicht gestellt:"};
inline constexpr Text<3> asked_for_you{
    "{0} asks for {1} for you ({2}). You follow the request and hear how it ends.",
    "{0} beantragt {1} für dich ({2}). Du folgst dem Antrag und hörst, wie er ausgeht."};
inline constexpr Text<> asked_for_you_no_vote{
    "you may not, because this app is asked for on your behalf; somebody else must vote.",
    "du darfst nicht, weil diese App in deinem Namen beantragt ist; jemand anders muss abstimmen."};

inline constexpr Text<> name_the_app{"name the app.", "nenne die App."};
inline constexpr Text<> say_purpose{"say what you need the app for.", "sage, wofür du die App brauchst."};
inline constexpr Text<> wrong_date{"that is not a date.", "das ist kein Datum."};
inline constexpr Text<> past_date{"that day is over.", "dieser Tag ist vorbei."};
inline constexpr Text<1> asked_already{
    "{0} asks for this app already. Follow it with /app-request status {0}.",
    "{0} beantragt diese App schon. Verfolge ihn mit /app-request status {0}."};
inline constexpr Text<> approved_already{
    "it is approved already: install it from its page in the Slack Marketplace. For a change of its use "
    "choose \"A "
    "change to an approved app\".",
    "sie ist schon genehmigt: Installiere sie von ihrer Seite im Slack Marketplace. Für eine geänderte "
    "Nutzung wähle "
    "„Änderung an einer genehmigten App“."};
inline constexpr Text<> not_approved{
    "I know of no approval of this app, so there is nothing to change: ask for it as an app for Slack.",
    "Ich kenne keine Genehmigung dieser App, also gibt es nichts zu ändern: Beantrage sie als App für "
    "Slack."};
inline constexpr Text<> restricted_already{
    "it is restricted here: nobody may request it for now. An admin can lift that; when its permissions "
    "change, "
    "ask with Slack's own button.",
    "sie ist hier gesperrt: Niemand darf sie derzeit beantragen. Ein Admin kann das aufheben; wenn sich ihre "
    "Berechtigungen ändern, beantrage sie mit Slacks eigenem Knopf."};
inline constexpr Text<1> restricted_because{
    "it is restricted here ({0}): nobody may request it for now. An admin can lift that; when its "
    "permissions "
    "change, ask with Slack's own button.",
    "sie ist hier gesperrt ({0}): Niemand darf sie derzeit beantragen. Ein Admin kann das aufheben; wenn "
    "sich "
    "ihre Berechtigungen ändern, beantrage sie mit Slacks eigenem Knopf."};
inline constexpr Text<2> unchanged{
    "nothing has changed since {0} was denied ({1}). Say what is different now.",
    "seit der Ablehnung von {0} hat sich nichts geändert ({1}). Sage, was jetzt anders ist."};
inline constexpr Text<> change_title{"Change an app", "App ändern"};
inline constexpr Text<1> change_pages{
    "A change that needs no new permissions goes through the change process. Make the issue here: {0}\nIf "
    "the app wants "
    "new permissions, ask for it as an app for Slack.",
    "Eine Änderung ohne neue Berechtigungen geht über den Änderungsprozess. Lege den Vorgang hier an: "
    "{0}\nWenn die App "
    "neue Berechtigungen will, beantrage sie als App für Slack."};
inline constexpr Text<1> wants_more{
    "{0} asks for other permissions of this app and is being reviewed, so this is no mere change. Choose an "
    "app for Slack, and you hear how that review ends.",
    "{0} fragt nach anderen Berechtigungen dieser App und wird geprüft, das ist also keine bloße Änderung. "
    "Wähle eine App für Slack, dann hörst du, wie diese Prüfung ausgeht."};
inline constexpr Text<1> change_owner{"Its owner here is {0}: agree with them first.",
                                      "Hier ist {0} für sie zuständig: Sprich dich zuerst ab."};
inline constexpr Text<> change_owner_unknown{
    "Nobody is recorded as its owner, so the issue has to name one; an admin records it with "
    "`/installed-apps edit`.",
    "Niemand ist als zuständig eingetragen, also muss der Vorgang jemanden nennen; ein Admin trägt es mit "
    "`/installed-apps edit` ein."};
inline constexpr Text<> issue_being_made{
    "An issue is being made for this where such things are handled. You get its link in a moment, and hear "
    "when it is closed.",
    "Dafür wird gerade dort ein Vorgang angelegt, wo so etwas bearbeitet wird. Du bekommst gleich den Link "
    "und "
    "hörst, wenn er geschlossen ist."};
inline constexpr Text<> no_change_pages{
    "A change that needs no new permissions goes through the change process, but no tracker for it is "
    "configured here: "
    "ask the admins.",
    "Eine Änderung ohne neue Berechtigungen geht über den Änderungsprozess, aber hier ist kein Tracker dafür "
    "eingerichtet: Frage die Admins."};
inline constexpr Text<> system_title{"Another system", "Anderes System"};
inline constexpr Text<1> system_pages{
    "Systems other than Slack are requested from IT. Make the issue here: {0}\nIf it comes into Slack as "
    "well, ask for that "
    "app here, too.",
    "Andere Systeme als Slack werden bei der IT beantragt. Lege den Vorgang hier an: {0}\nWenn es auch in "
    "Slack erscheint, "
    "beantrage diese App auch hier."};
inline constexpr Text<> no_system_pages{
    "Systems other than Slack are requested from IT, but no tracker for it is configured here: ask the "
    "admins.",
    "Andere Systeme als Slack werden bei der IT beantragt, aber hier ist kein Tracker dafür eingerichtet: "
    "Frage die "
    "Admins."};

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
inline constexpr Text<> until_label{"Until", "Bis"};
inline constexpr Text<> restrict_until_hint{"The last day, as 2027-01-31; empty: until somebody lifts it.",
                                            "Der letzte Tag, etwa 2027-01-31; leer: bis es jemand aufhebt."};
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
inline constexpr Text<> answer_hint{
    "The party that asked is told at once, and the vendor issue shows it. Begin with \"confidential:\" and "
    "only "
    "whoever asked reads it.",
    "Wer gefragt hat, erfährt es sofort, und der Anbieter-Vorgang zeigt es. Beginne mit „vertraulich:“, dann "
    "liest es nur, wer gefragt hat."};
inline constexpr Text<1> asks{"{0} asks:", "{0} fragt:"};
inline constexpr Text<> link_title{"Link vendor issue", "Vorgang verknüpfen"};
inline constexpr Text<> link_send{"Link", "Verknüpfen"};
inline constexpr Text<> request_label{"Request", "Antrag"};

}  // namespace countersign::handlers::views::texts
