#pragma once

#include "handlers/views/texts.hpp"

// Several people who ask for one app, in English and German.
namespace countersign::handlers::views::texts {

// Recorded as the reason of a decision.
inline constexpr Text<1> decided_with{"Decided together with {0}.", "Zusammen mit {0} entschieden."};

inline constexpr Text<3> taken_up{
    "{0}, which yours had joined, has ended without a decision on yours ({1}). Your own request for {2} "
    "takes "
    "its place now.",
    "{0}, dem sich deiner angeschlossen hatte, ist ohne Entscheidung über deinen zu Ende ({1}). Dein eigener "
    "Antrag auf {2} tritt jetzt an seine Stelle."};
inline constexpr Text<3> no_longer_along{
    "{0} for {1} is withdrawn; {2} goes on without you, and you will hear no more of it.",
    "{0} auf {1} ist zurückgezogen; {2} läuft ohne dich weiter, und du hörst nichts mehr davon."};

}  // namespace countersign::handlers::views::texts
