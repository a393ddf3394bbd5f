#pragma once

#include "handlers/views/texts.hpp"

// An emergency: restricted first, reviewed afterwards (M24).
namespace countersign::handlers::views::texts {

inline constexpr Text<> suspend_what{
    "Which one, and why? For example: `/app-request suspend REQ-12 its token was stolen`",
    "Welche, und warum? Zum Beispiel: `/app-request suspend REQ-12 ihr Token wurde gestohlen`"};
inline constexpr Text<1> suspend_not_approved{
    "{0} is not approved, so there is nothing to suspend; press `Restrict app` on its card.",
    "{0} ist nicht genehmigt, also gibt es nichts auszusetzen; drücke `Restrict app` auf der Karte."};
inline constexpr Text<1> suspend_unknown{
    "I know no request {0}, and no request for such an app. An app that was never asked for here is "
    "restricted "
    "in Slack's admin pages.",
    "Ich kenne keinen Antrag {0} und keinen auf so eine App. Eine App, die hier nie beantragt wurde, wird in "
    "Slacks Verwaltung gesperrt."};
inline constexpr Text<1> suspended_already{
    "{0} is suspended already; nothing changed. Review it, then press `Keep` or `Clear` on its card.",
    "{0} ist schon ausgesetzt; nichts hat sich geändert. Sieh sie dir an, dann drücke `Keep` oder `Clear` "
    "auf "
    "der Karte."};
inline constexpr Text<2> suspend_by_hand{
    "{0} suspends it: {1}. Restrict it in Slack's admin pages at once, then press `Done`.",
    "{0} setzt sie aus: {1}. Sperre sie sofort in Slacks Verwaltung, dann drücke `Done`."};
inline constexpr Text<1> suspend_under_way{
    "{0} is being restricted in Slack; its requester is told. Review it, then press `Keep` or `Clear`.",
    "{0} wird in Slack gesperrt; wer sie beantragt hat, erfährt es. Sieh sie dir an, dann drücke `Keep` oder "
    "`Clear`."};
inline constexpr Text<1> suspend_all_under_way{
    "{0}: each is being restricted in Slack; whoever asked is told. Review them, then press `Keep` or "
    "`Clear` "
    "on each card.",
    "{0}: Jede wird in Slack gesperrt; wer sie beantragt hat, erfährt es. Sieh sie dir an, dann drücke "
    "`Keep` "
    "oder `Clear` auf jeder Karte."};
inline constexpr Text<1> suspend_some_by_hand{
    "{0} are suspended. Where a card says `Needs a human`, restrict the app in Slack's admin pages at once, "
    "then press `Done` there.",
    "{0} werden ausgesetzt. Wo eine Karte `Needs a human` sagt, sperre die App sofort in Slacks Verwaltung, "
    "dann drücke dort `Done`."};
inline constexpr Text<1> suspend_which_app{
    "Several apps are called {0}; nothing was changed. Name one by its id, for example "
    "`/app-request suspend A0123456789 its token was stolen`.",
    "Mehrere Apps heißen {0}; nichts hat sich geändert. Nenne eine mit ihrer Id, zum Beispiel "
    "`/app-request suspend A0123456789 ihr Token wurde gestohlen`."};

inline constexpr Text<3> owner_suspended{
    "{0}, which you answer for, is suspended by {1}: {2}. Nobody may install it until that is reviewed.",
    "{0}, wofür du verantwortlich bist, ist von {1} ausgesetzt: {2}. Niemand darf sie installieren, bis das "
    "geprüft ist."};

}  // namespace countersign::handlers::views::texts
