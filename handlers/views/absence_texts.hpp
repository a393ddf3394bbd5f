#pragma once

#include "handlers/views/texts.hpp"

// Whoever votes for somebody who is away may go for good (P10).
namespace countersign::handlers::views::texts {

inline constexpr Text<3> delegate_left{
    "{0}, who was to vote for you from {1} to {2}, has left. Nobody votes for you then; name somebody else "
    "with `/app-request away {1} {2} @colleague`.",
    "{0}, der oder die vom {1} bis {2} für dich stimmen sollte, ist nicht mehr da. Dann stimmt niemand für "
    "dich; nenne jemand anderen mit `/app-request away {1} {2} @colleague`."};
inline constexpr Text<1> delegate_is_gone{"{0} has left and cannot vote for you.",
                                          "{0} ist nicht mehr da und kann nicht für dich stimmen."};

}  // namespace countersign::handlers::views::texts
