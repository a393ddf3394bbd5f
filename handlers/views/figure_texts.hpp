#pragma once

#include "handlers/views/texts.hpp"

// The figures (M26).
namespace countersign::handlers::views::texts {

inline constexpr Text<> no_figures{"No requests yet, so there are no figures.",
                                   "Noch keine Anträge, also auch keine Zahlen."};
inline constexpr Text<1> figures_of{"*Figures* over the newest {0} requests",
                                    "*Zahlen* über die neuesten {0} Anträge"};
inline constexpr Text<> median_title{"Median time to a party's answer", "Mittlere Zeit bis zur Antwort"};
inline constexpr Text<1> median_unknown{"not known ({0} answers)", "nicht bekannt ({0} Antworten)"};
inline constexpr Text<2> median_known{"{0} ({1} answers)", "{0} ({1} Antworten)"};
inline constexpr Text<1> answers_skewed{
    "_{0} answers are left out: by the clocks they came before the request._",
    "_{0} Antworten fehlen: Nach den Uhren kamen sie vor dem Antrag._"};
inline constexpr Text<> age_title{"Open by age", "Offen nach Alter"};
inline constexpr Text<> age_two_days{"up to 2 days", "bis 2 Tage"};
inline constexpr Text<> age_week{"up to a week", "bis eine Woche"};
inline constexpr Text<> age_month{"up to a month", "bis einen Monat"};
inline constexpr Text<> age_longer{"longer", "länger"};
inline constexpr Text<> refusal_title{"Refusals by reason", "Ablehnungen nach Grund"};
inline constexpr Text<> no_reason{"no reason given", "ohne Begründung"};
inline constexpr Text<> nothing{"none", "keine"};
inline constexpr Text<1> in_days{"{0} days", "{0} Tage"};
inline constexpr Text<1> in_hours{"{0} hours", "{0} Stunden"};
inline constexpr Text<1> in_minutes{"{0} minutes", "{0} Minuten"};

inline constexpr Text<1> picture_coming{"\nThe picture of them is being posted in <#{0}>.",
                                        "\nDas Bild dazu kommt in <#{0}>."};
inline constexpr Text<1> picture_failed{"The picture of the figures could not be posted. {0}",
                                        "Das Bild der Zahlen konnte nicht gezeigt werden. {0}"};
inline constexpr Text<> figures_title{"Figures", "Zahlen"};
inline constexpr Text<> post_figures{"Post figures", "Zahlen zeigen"};
inline constexpr Text<> picture_alt{
    "Bars: the median time to each party's answer, open requests by age, refusals by reason",
    "Balken: mittlere Zeit bis zur Antwort je Partei, offene Anträge nach Alter, Ablehnungen nach Grund"};

}  // namespace countersign::handlers::views::texts
