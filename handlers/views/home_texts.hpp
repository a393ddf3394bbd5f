#pragma once

#include "handlers/views/texts.hpp"

// The Home tab, and the form that finds an app.
namespace countersign::handlers::views::texts {

inline constexpr Text<> home_intro{
    "Ask for an app, follow your requests, and sign what waits for you. Every step is told in a message, "
    "too.",
    "Beantrage eine App, verfolge deine Anträge und unterschreibe, was auf dich wartet. Jeden Schritt "
    "erfährst du auch "
    "als Nachricht."};
inline constexpr Text<> request_an_app{"Request an app", "App beantragen"};
inline constexpr Text<> find_an_app{"Find an app", "App suchen"};
inline constexpr Text<1> you_vote_for{"You sign for {0}.", "Du unterschreibst für {0}."};
inline constexpr Text<2> in_the_place_of{"In the place of {0} until {1}.", "Anstelle von {0} bis {1}."};
inline constexpr Text<> you_are_admin{"You are an admin: you may approve and restrict apps.",
                                      "Du bist Admin: Du darfst Apps genehmigen und sperren."};

inline constexpr Text<> queue{"Waits for your vote", "Wartet auf deine Stimme"};
inline constexpr Text<> queue_empty{"Nothing waits for your vote.", "Nichts wartet auf deine Stimme."};
inline constexpr Text<> overdue{":alarm_clock: Overdue", ":alarm_clock: Überfällig"};
inline constexpr Text<> in_time{"In time", "Noch in der Zeit"};
inline constexpr Text<> waits_for_others{"Waits for others", "Wartet auf andere"};
inline constexpr Text<4> waits_line{"{0} {1}: waits for {2} since {3}", "{0} {1}: wartet seit {3} auf {2}"};
inline constexpr Text<> and_others{"… perhaps more; all are in the list of open requests.",
                                   "… vielleicht mehr; alle stehen in der Liste der offenen Anträge."};
inline constexpr Text<> mine{"Your requests", "Deine Anträge"};
inline constexpr Text<> mine_empty{"You have not asked for an app yet.", "Du hast noch keine App beantragt."};
inline constexpr Text<> followed{"You also wait for", "Du wartest auch auf"};
inline constexpr Text<> open{"All open requests", "Alle offenen Anträge"};
inline constexpr Text<> open_empty{"No request is open.", "Kein Antrag ist offen."};
inline constexpr Text<> page_empty{"There are no more.", "Mehr gibt es nicht."};
inline constexpr Text<> more{"Next page", "Nächste Seite"};
inline constexpr Text<> from_start{"First page", "Erste Seite"};

inline constexpr Text<4> entry{"*{0}* · {1}\n*{2}* since {3}", "*{0}* · {1}\n*{2}* seit {3}"};
inline constexpr Text<1> asked_by{" · asked by {0}", " · beantragt von {0}"};
inline constexpr Text<1> missing{"\nStill missing: {0}", "\nEs fehlen noch: {0}"};
inline constexpr Text<> all_agreed{"\nEvery party has agreed.", "\nAlle haben zugestimmt."};

inline constexpr Text<> approve{"Approve", "Zustimmen"};
inline constexpr Text<> reject{"Reject", "Ablehnen"};
inline constexpr Text<> need_info_button{"Need info", "Rückfrage"};
inline constexpr Text<> details{"Details", "Einzelheiten"};
inline constexpr Text<> approve_app{"Approve app", "App genehmigen"};
inline constexpr Text<> restrict_app{"Restrict app", "App sperren"};
inline constexpr Text<> approve_app_title{"Approve this app?", "Diese App genehmigen?"};
inline constexpr Text<1> approve_app_text{"{0}. People may then install it.",
                                          "{0}. Sie darf dann installiert werden."};
inline constexpr Text<> not_yet{"Not yet", "Noch nicht"};

inline constexpr Text<> abilities{"What I can and cannot do now", "Was ich gerade kann und was nicht"};
inline constexpr Text<> can_apply{
    "I approve, restrict and cancel in Slack myself (organisation, with an admin token), and read the result "
    "back.",
    "Ich genehmige, sperre und breche in Slack selbst ab (Organisation, mit Admin-Token) und lese das "
    "Ergebnis "
    "zurück."};
inline constexpr Text<> cannot_apply{
    "I have no admin token: I collect the votes, and an admin presses Slack's own button and then `Done`.",
    "Ich habe kein Admin-Token: Ich sammle die Stimmen, und ein Admin drückt Slacks eigenen Knopf und danach "
    "`Done`."};
inline constexpr Text<> applies_at_once{"I apply a decision as soon as every party agrees.",
                                        "Ich setze eine Entscheidung um, sobald alle zustimmen."};
inline constexpr Text<1> applies_some{
    "I apply a decision as soon as every party agrees where the risk is {0}; an admin applies the others.",
    "Ich setze eine Entscheidung um, sobald alle zustimmen, wenn das Risiko {0} ist; die anderen setzt ein "
    "Admin "
    "um."};
inline constexpr Text<> applying_is_off{
    "An admin applies each decision: that I apply some by myself is switched off for now.",
    "Ein Admin setzt jede Entscheidung um: Dass ich manche selbst umsetze, ist zurzeit abgeschaltet."};
inline constexpr Text<> admin_applies{"An admin applies each decision.",
                                      "Ein Admin setzt jede Entscheidung um."};
inline constexpr Text<> needs_issue{"No approval without a linked vendor issue.",
                                    "Keine Genehmigung ohne verknüpften Anbieter-Vorgang."};
inline constexpr Text<1> need_humans{"Requests that need a human: {0}.",
                                     "Anträge, die einen Menschen brauchen: {0}."};
inline constexpr Text<2> open_count{"Open requests: {0}. Ready to be applied: {1}.",
                                    "Offene Anträge: {0}. Bereit zur Umsetzung: {1}."};
inline constexpr Text<1> drawn_at{"Connected to Slack; drawn {0}.", "Mit Slack verbunden; gezeichnet {0}."};
inline constexpr Text<> unknown_self{
    "I do not know my own identity in Slack yet; `countersign check` says why.",
    "Ich kenne meine eigene Identität in Slack noch nicht; `countersign check` sagt, "
    "warum."};

inline constexpr Text<1> wait_of_all{"Approvals took {0} lately.",
                                     "Genehmigungen haben zuletzt {0} gedauert."};
inline constexpr Text<1> wait_known{"Requests like this one took {0} lately.",
                                    "Solche Anträge haben zuletzt {0} gedauert."};
inline constexpr Text<> wait_unknown{"How long it takes is not known yet.",
                                     "Wie lange es dauert, ist noch nicht bekannt."};
inline constexpr Text<1> minutes{"about {0} minutes", "etwa {0} Minuten"};
inline constexpr Text<1> hours{"about {0} hours", "etwa {0} Stunden"};
inline constexpr Text<1> days{"about {0} days", "etwa {0} Tage"};

// --- find ---
inline constexpr Text<> find_title{"Find an app", "App suchen"};
inline constexpr Text<> find_send{"Find", "Suchen"};
inline constexpr Text<> find_hint{"Its name, its id (A…), or its page in the Slack Marketplace.",
                                  "Ihr Name, ihre Kennung (A…) oder ihre Seite im Slack Marketplace."};
inline constexpr Text<> close{"Close", "Schließen"};
inline constexpr Text<> find_what{"Which app? For example: `/app-request find Miro`",
                                  "Welche App? Zum Beispiel: `/app-request find Miro`"};
inline constexpr Text<> find_wrong_id{
    "That is not an app id: one is an A with 8 to 19 capital letters and digits after "
    "it.",
    "Das ist keine App-Kennung: Eine solche ist ein A mit 8 bis 19 Großbuchstaben und "
    "Ziffern dahinter."};
inline constexpr Text<1> find_none{
    "Nobody has asked for an app named exactly {0} here, and I know of no decision on one. `/app-request` "
    "opens the form.",
    "Niemand hat hier eine App namens {0} beantragt, und ich kenne keine Entscheidung dazu. `/app-request` "
    "öffnet das "
    "Formular."};
inline constexpr Text<1> find_near{"Did you mean {0}?", "Meintest du {0}?"};
inline constexpr Text<> find_several{"Several apps have this name; look at their ids.",
                                     "Mehrere Apps heißen so; achte auf ihre Kennungen."};
inline constexpr Text<1> find_app{"*{0}*", "*{0}*"};
inline constexpr Text<2> find_app_id{"*{0}* (`{1}`)", "*{0}* (`{1}`)"};
inline constexpr Text<> app_approved{"approved: install it from its page in the Slack Marketplace",
                                     "genehmigt: Installiere sie von ihrer Seite im Slack Marketplace"};
inline constexpr Text<> app_restricted{"restricted: nobody may install or request it for now",
                                       "gesperrt: Niemand darf sie derzeit installieren oder beantragen"};
inline constexpr Text<> app_undecided{"not decided", "nicht entschieden"};
inline constexpr Text<> app_in_use{"installed here, and no decision on it is known",
                                   "hier installiert, und keine Entscheidung dazu ist bekannt"};
inline constexpr Text<> nobody_asked{"Nobody has asked for it here.", "Niemand hat sie hier beantragt."};
inline constexpr Text<3> last_request{"{0}: {1} since {2}", "{0}: {1} seit {2}"};

}  // namespace countersign::handlers::views::texts
