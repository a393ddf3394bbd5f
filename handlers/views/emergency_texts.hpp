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
inline constexpr Text<1> suspend_under_way{
    "{0} is being restricted in Slack; its requester is told. Review it, then press `Keep` or `Clear`.",
    "{0} wird in Slack gesperrt; wer sie beantragt hat, erfährt es. Sieh sie dir an, dann drücke `Keep` oder "
    "`Clear`."};

}  // namespace countersign::handlers::views::texts
