#pragma once

#include "handlers/views/texts.hpp"

// Who votes in the place of somebody who is away, and what becomes of it (P10).
namespace countersign::handlers::views::texts {

inline constexpr Text<3> delegation_begins{
    "{0} is away until {1} and has named you: you may vote for {2} meanwhile. Your Home tab shows what "
    "waits.",
    "{0} ist bis {1} weg und hat dich genannt: Du darfst so lange für {2} stimmen. Dein Home-Tab zeigt, was "
    "wartet."};
inline constexpr Text<1> delegation_ends{"You no longer vote in the place of {0}.",
                                         "Du stimmst nicht mehr anstelle von {0}."};
inline constexpr Text<5> delegate_is_away{
    "{0}, who is to vote for you from {1} to {2}, is away from {3} to {4}. Name somebody else with "
    "`/app-request away {1} {2} @colleague`.",
    "{0} soll vom {1} bis {2} für dich stimmen und ist vom {3} bis {4} weg. Nenne jemand anderen mit "
    "`/app-request away {1} {2} @colleague`."};
inline constexpr Text<3> delegate_left{
    "{0}, who was to vote for you from {1} to {2}, has left. Nobody votes for you then; name somebody else "
    "with `/app-request away {1} {2} @colleague`.",
    "{0}, der oder die vom {1} bis {2} für dich stimmen sollte, ist nicht mehr da. Dann stimmt niemand für "
    "dich; nenne jemand anderen mit `/app-request away {1} {2} @colleague`."};
inline constexpr Text<1> delegate_is_gone{"{0} has left and cannot vote for you.",
                                          "{0} ist nicht mehr da und kann nicht für dich stimmen."};

}  // namespace countersign::handlers::views::texts
