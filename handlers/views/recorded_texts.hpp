#pragma once

#include "handlers/views/texts.hpp"

// Sentences that are written down with a request, in English, and shown again later: why it stands as it
// does, what the policy decided, why a sign does not count. recorded.hpp finds them again for a reader of
// another language, so that each of them stands in its table too.
namespace countersign::handlers::views::texts {

// --- what the policy says; {0} a rule, {1} its own reason ---
inline constexpr Text<1> rule_alone{"rule {0}", "Regel {0}"};
inline constexpr Text<2> rule_with_reason{"rule {0}: {1}", "Regel {0}: {1}"};
inline constexpr Text<1> earlier_decision{"earlier decision {0}: the same app with the same scopes",
                                          "frühere Entscheidung {0}: dieselbe App mit denselben Rechten"};
inline constexpr Text<> not_among_parties{"not among the parties that every request needs",
                                          "nicht unter den Parteien, die jeder Antrag braucht"};
inline constexpr Text<> asked_to_be_heard{"asked to be heard", "wollte gehört werden"};
inline constexpr Text<> no_scopes_told{"Slack does not say what it asks for",
                                       "Slack sagt nicht, was sie verlangt"};

// --- how a request ended by itself ---
inline constexpr Text<> no_answer_in_time{"No answer came in time. Ask again whenever you like.",
                                          "Es kam rechtzeitig keine Antwort. Frage jederzeit neu."};
inline constexpr Text<> requester_left{"The requester has left.",
                                       "Wer den Antrag stellte, ist nicht mehr da."};
inline constexpr Text<> never_installed{"It was approved and not installed in time.",
                                        "Sie wurde genehmigt und nicht rechtzeitig installiert."};
inline constexpr Text<2> restricted_before{
    "{0} restricted this app with the same permissions: {1}. Ask for fewer permissions, or ask the admins to "
    "lift "
    "that.",
    "{0} hat diese App mit denselben Rechten gesperrt: {1}. Bitte um weniger Rechte, oder die Admins, das "
    "aufzuheben."};
inline constexpr Text<> restriction_was_until_now{"The restriction was made until now; it is over.",
                                                  "Die Sperre galt bis jetzt; sie ist vorbei."};

// --- why a request stands where it does ---
inline constexpr Text<2> nobody_answered{"Nobody has answered for {0} since {1}. A vote takes it up again.",
                                         "Für {0} hat seit {1} niemand geantwortet. Eine Stimme nimmt ihn "
                                         "wieder auf."};
inline constexpr Text<1> nobody_in_party{
    "Nobody is in {0} any more who could answer. It goes on when somebody is.",
    "In {0} ist niemand mehr, der antworten könnte. Es geht weiter, sobald jemand da ist."};
inline constexpr Text<1> policy_restricts{
    "The policy restricts this app ({0}). Press `Restrict app` and follow the steps in Slack.",
    "Die Richtlinie sperrt diese App ({0}). Drücke `Restrict app` und folge den Schritten in Slack."};
inline constexpr Text<1> in_blackout{"Every party has agreed. Nothing is applied until {0}.",
                                     "Alle haben zugestimmt. Bis {0} wird nichts umgesetzt."};
inline constexpr Text<2> in_blackout_because{"Every party has agreed. Nothing is applied until {0}: {1}.",
                                             "Alle haben zugestimmt. Bis {0} wird nichts umgesetzt: {1}."};
inline constexpr Text<1> see_newer{"See {0}.", "Siehe {0}."};
inline constexpr Text<> own_app{"This is Countersign itself: decide about it in Slack's admin pages.",
                                "Das ist Countersign selbst: Entscheide darüber in Slacks Verwaltung."};
inline constexpr Text<> protected_since{
    "The policy protects this app now: it is not restricted again. Look at it in Slack's admin pages.",
    "Die Richtlinie schützt diese App jetzt: Sie wird nicht noch einmal gesperrt. Sieh sie dir in Slacks "
    "Verwaltung an."};
inline constexpr Text<1> to_reconsider{"{0} Keep the decision, clear it, or restrict the app.",
                                       "{0} Behalte die Entscheidung, hebe sie auf, oder sperre die App."};
inline constexpr Text<2> condition_lapsed{"{0} approved with a condition, and {1}.",
                                          "{0} hat unter einer Bedingung zugestimmt, und: {1}."};
inline constexpr Text<1> approval_is_over{"It was approved until {0}; that day has passed.",
                                          "Die Genehmigung galt bis {0}; dieser Tag ist vorbei."};
inline constexpr Text<2> somebody_objects{"{0} objects: {1}.", "{0} widerspricht: {1}."};
inline constexpr Text<2> somebody_regrets{"{0} has taken back the vote for {1}.",
                                          "{0} hat die Stimme für {1} zurückgenommen."};
inline constexpr Text<1> approved_for_more{"Slack approved it for more than was agreed on: {0}.",
                                           "Slack hat mehr genehmigt, als vereinbart war: {0}."};
inline constexpr Text<1> another_asks_for_more{
    "Another request for this app asks Slack for more than was agreed on here: {0}. Decide on that one "
    "first.",
    "Eine andere Anfrage zu dieser App verlangt von Slack mehr, als hier vereinbart war: {0}. Entscheide "
    "zuerst "
    "über diese."};
inline constexpr Text<1> no_longer_agreed{"{0} no longer agreed when Slack approved it.",
                                          "{0} stimmte nicht mehr zu, als Slack die App genehmigte."};
inline constexpr Text<> issue_opened_again{"The vendor issue was opened again.",
                                           "Der Anbieter-Vorgang wurde wieder geöffnet."};
inline constexpr Text<> issue_text_changed{"The text of the vendor issue was changed.",
                                           "Der Text des Anbieter-Vorgangs wurde geändert."};
inline constexpr Text<1> sign_counts_no_more{
    "A signature on the vendor issue no longer counts: {0}.",
    "Eine Unterschrift auf dem Anbieter-Vorgang zählt nicht mehr: {0}."};
inline constexpr Text<1> issue_has_changed{"the vendor issue has changed. {0}.",
                                           "der Anbieter-Vorgang hat sich geändert. {0}."};
inline constexpr Text<2> said_of{"{0}: {1}", "{0}: {1}"};
inline constexpr Text<2> one_and_next{"{0}; {1}", "{0}; {1}"};
inline constexpr Text<> issue_not_known{"the vendor issue is not known.",
                                        "der Anbieter-Vorgang ist nicht bekannt."};
inline constexpr Text<> issue_not_readable{"the vendor issue cannot be read just now.",
                                           "der Anbieter-Vorgang ist gerade nicht lesbar."};

// --- what Slack answered ---
inline constexpr Text<> answer_lost_unlisted{
    "Slack's answer was lost, and Slack lists the request neither as pending nor as resolved. Look at the "
    "app in Slack's admin pages, then press the button again or decide there.",
    "Slacks Antwort ging verloren, und Slack führt den Antrag weder als offen noch als entschieden. Sieh dir "
    "die App in Slacks Verwaltung an, dann drücke den Knopf noch einmal oder entscheide dort."};
inline constexpr Text<> answer_lost_often{
    "Slack's answer was lost several times and the request is still pending. Check the connection to Slack, "
    "then press the button again.",
    "Slacks Antwort ging mehrmals verloren, und der Antrag ist noch offen. Prüfe die Verbindung zu Slack, "
    "dann drücke den Knopf noch einmal."};
inline constexpr Text<> yes_but_unlisted{
    "Slack said yes, but does not list the app as decided. Look at the app in Slack's admin pages and decide "
    "there, or press the button again.",
    "Slack hat zugesagt, führt die App aber nicht als entschieden. Sieh dir die App in Slacks Verwaltung an "
    "und entscheide dort, oder drücke den Knopf noch einmal."};
inline constexpr Text<1> nothing_decided{
    "Nothing was decided in Slack, because its list of requests cannot be read. {0}",
    "In Slack wurde nichts entschieden, weil sich seine Liste der Anträge nicht lesen lässt. {0}"};
inline constexpr Text<1> decision_unknown{
    "What Slack has decided is unknown, because its lists cannot be read. {0}",
    "Was Slack entschieden hat, ist unbekannt, weil sich seine Listen nicht lesen lassen. {0}"};
inline constexpr Text<2> method_answered{"{0} answered `{1}`.", "{0} antwortete `{1}`."};
inline constexpr Text<3> method_advice{"{0} answered `{1}`: {2}", "{0} antwortete `{1}`: {2}"};

// --- why a vote or a sign on the issue does not count ---
inline constexpr Text<> vote_too_old{"an approval that is too old", "eine zu alte Zustimmung"};
inline constexpr Text<1> condition_was_due{"the condition was due on {0}", "die Bedingung war am {0} fällig"};
inline constexpr Text<> date_cannot_be{"its date cannot be", "ihr Datum kann nicht sein"};
inline constexpr Text<> nobody_knows_who{"nobody knows who did it", "niemand weiß, von wem es ist"};
inline constexpr Text<2> may_not_sign{"@{0} may not sign for {1}", "@{0} darf nicht für {1} unterschreiben"};
inline constexpr Text<1> party_unreadable{"who belongs to {0} cannot be read",
                                          "wer zu {0} gehört, ist nicht lesbar"};
inline constexpr Text<1> account_blocked{"the account @{0} is blocked", "das Konto @{0} ist gesperrt"};
inline constexpr Text<1> is_a_bot{"@{0} is a bot", "@{0} ist ein Bot"};
inline constexpr Text<1> made_the_issue{"@{0} made the issue", "@{0} hat den Vorgang angelegt"};
inline constexpr Text<1> asked_for_the_app{"@{0} asked for the app", "@{0} hat die App beantragt"};
inline constexpr Text<1> changed_after_sign{"the text was changed after @{0} signed",
                                            "der Text wurde geändert, nachdem @{0} unterschrieben hatte"};
inline constexpr Text<1> changed_after_tick{"the text may have been changed after @{0} ticked the box",
                                            "der Text wurde vielleicht geändert, nachdem @{0} das Kästchen "
                                            "angekreuzt hatte"};
inline constexpr Text<1> later_comment_edited{"a later comment of @{0} was edited",
                                              "ein späterer Kommentar von @{0} wurde geändert"};
inline constexpr Text<> no_look_for_boxes{"the text is too long to look for boxes",
                                          "der Text ist zu lang, um Kästchen zu suchen"};
inline constexpr Text<> many_boxes{"the text has more than one box for it",
                                   "der Text hat mehr als ein Kästchen dafür"};
inline constexpr Text<> box_crossed_out{"its box is crossed out", "ihr Kästchen ist durchgestrichen"};
inline constexpr Text<> who_ticked{"nobody knows who ticked the box",
                                   "niemand weiß, wer das Kästchen angekreuzt hat"};
inline constexpr Text<1> took_it_back{"@{0} took it back", "@{0} hat es zurückgenommen"};
inline constexpr Text<> comment_edited{"the comment was edited later", "der Kommentar wurde später geändert"};
inline constexpr Text<> comment_backdated{"the comment is dated back", "der Kommentar ist zurückdatiert"};
inline constexpr Text<> sign_on_issue{"a sign on the issue", "ein Zeichen auf dem Vorgang"};
inline constexpr Text<> sign_again{"the scopes have changed, it has to be signed again",
                                   "die Rechte sind andere als damals, es ist neu zu unterschreiben"};
inline constexpr Text<> account_of_another{"an account that signed is known as somebody else's now",
                                           "ein Konto, das unterschrieben hat, gehört jemand anderem"};
inline constexpr Text<> sign_taken_off{"the sign was taken off the issue",
                                       "das Zeichen wurde vom Vorgang genommen"};
inline constexpr Text<1> sign_of_taken_off{"the sign of {0} was taken off the issue",
                                           "das Zeichen von {0} wurde vom Vorgang genommen"};
inline constexpr Text<> issue_does_not_count{"the issue does not count", "der Vorgang zählt nicht"};
inline constexpr Text<> other_issue_linked{"another issue is linked now",
                                           "jetzt ist ein anderer Vorgang verknüpft"};

}  // namespace countersign::handlers::views::texts
