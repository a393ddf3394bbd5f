#pragma once

#include "handlers/views/texts.hpp"

// Everything about one request (`Details`), its permissions in words, and what was decided before.
namespace countersign::handlers::views::texts {

inline constexpr Text<2> request_details_title{"Details of {0} {1}", "Einzelheiten zu {0} {1}"};
inline constexpr Text<> all_permissions{"All permissions", "Alle Rechte"};
inline constexpr Text<> votes{"Votes", "Stimmen"};
inline constexpr Text<> no_votes{"No votes yet.", "Noch keine Stimmen."};
inline constexpr Text<1> votes_before{"…and {0} before that", "…und {0} davor"};
inline constexpr Text<> earlier_decisions{"Earlier decisions", "Frühere Entscheidungen"};
inline constexpr Text<> asked_by_whom{"*Asked by* ", "*Gefragt von* "};
inline constexpr Text<> not_answered{"_not answered yet_", "_noch nicht beantwortet_"};
inline constexpr Text<> answer_confidential{"_confidential, for whoever asked_",
                                            "_vertraulich, nur für die fragende Person_"};
inline constexpr Text<1> answer_given{"*Answer:* {0}", "*Antwort:* {0}"};

// --- a vote; {0} who ---
inline constexpr Text<1> vote_approved{"{0} approved", "{0} hat zugestimmt"};
inline constexpr Text<1> vote_conditional{"{0} approved with a condition",
                                          "{0} hat unter einer Bedingung zugestimmt"};
inline constexpr Text<1> vote_rejected{"{0} rejected", "{0} hat abgelehnt"};
inline constexpr Text<1> vote_abstained{"{0} abstained", "{0} hat sich enthalten"};
inline constexpr Text<1> vote_asked{"{0} asked", "{0} hat gefragt"};
inline constexpr Text<1> vote_taken_back{"{0} took the vote back", "{0} hat die Stimme zurückgenommen"};
inline constexpr Text<> vote_of_earlier_set{" (for an earlier set of permissions)", " (für frühere Rechte)"};

// --- the buttons that have no room on the card; the English labels are stable ---
inline constexpr Text<> with_condition{"Approve with condition", "Mit Bedingung zustimmen"};
inline constexpr Text<> abstain{"Abstain", "Enthalten"};
inline constexpr Text<> claim{"Claim", "Übernehmen"};
inline constexpr Text<> take_back{"Take back my vote", "Meine Stimme zurücknehmen"};
inline constexpr Text<> with_limits{"Approve with limits", "Mit Grenzen genehmigen"};

// --- permissions ---
inline constexpr Text<> for_the_app{"*On behalf of the app*", "*Im Namen der App*"};
inline constexpr Text<> for_people{"*On behalf of people*", "*Im Namen von Personen*"};
inline constexpr Text<> app_as_a_whole{"*For the app as a whole*", "*Für die App als Ganzes*"};
inline constexpr Text<> on_whose_behalf{"*Slack does not say on whose behalf*",
                                        "*Slack sagt nicht, in wessen Namen*"};
inline constexpr Text<> low{"low", "niedrig"};
inline constexpr Text<> medium{"medium", "mittel"};
inline constexpr Text<> high{"high", "hoch"};
inline constexpr Text<> critical{"critical", "kritisch"};
inline constexpr Text<> no_permissions{"no permissions named", "keine Rechte genannt"};
inline constexpr Text<> one_permission{"1 permission:", "1 Recht:"};
inline constexpr Text<1> permissions{"{0} permissions:", "{0} Rechte:"};
inline constexpr Text<> is_optional{"optional", "verzichtbar"};
inline constexpr Text<> is_sensitive{" _(sensitive, says Slack)_", " _(heikel, sagt Slack)_"};
inline constexpr Text<1> in_all{"{0} in all", "{0} insgesamt"};
inline constexpr Text<1> and_more{"and {0} more", "und {0} weitere"};
inline constexpr Text<1> so_many_people{"{0} people", "{0} Personen"};
inline constexpr Text<> scope_unknown{"Not known here", "Hier nicht bekannt"};
inline constexpr Text<1> scope_unknown_says{"Not known here; Slack says: {0}",
                                            "Hier nicht bekannt; Slack sagt: {0}"};

// --- names ---
inline constexpr Text<> nameless_app{"An app without a name", "Eine App ohne Namen"};
inline constexpr Text<> whole_organisation{"the whole organisation", "die ganze Organisation"};
inline constexpr Text<1> workspace{"workspace {0}", "Workspace {0}"};
inline constexpr Text<> asked{"asked", "beantragt"};

// --- what was decided before (P20) ---
inline constexpr Text<4> history_line{"{0} *{1}* in {2}: {3}", "{0} *{1}* in {2}: {3}"};
inline constexpr Text<> lists_unreadable{
    "Slack's own lists of decisions cannot be read with the present tokens.",
    "Slacks eigene Listen der Entscheidungen sind mit den jetzigen Token nicht lesbar."};
inline constexpr Text<1> by_slacks_lists{"By Slack's own lists: {0}.", "Nach Slacks eigenen Listen: {0}."};
inline constexpr Text<> not_decided{"not decided", "nicht entschieden"};
inline constexpr Text<1> approved_in{"approved in {0}", "genehmigt in {0}"};
inline constexpr Text<1> restricted_in{"restricted in {0}", "gesperrt in {0}"};
inline constexpr Text<1> other_apps_of{"Other apps of {0}:", "Andere Apps von {0}:"};

}  // namespace countersign::handlers::views::texts
