#pragma once

#include "handlers/views/texts.hpp"

// The mirror of the inventory in a canvas (M27).
namespace countersign::handlers::views::texts {

inline constexpr Text<> mirror_which{
    "Write the id of the channel whose canvas shows the installed apps, `here`, or `off`: "
    "`/installed-apps mirror C0123456789`. Everybody in that channel reads it.",
    "Schreibe die Id des Kanals, dessen Canvas die installierten Apps zeigt, `here` oder `off`: "
    "`/installed-apps mirror C0123456789`. Alle in diesem Kanal lesen es."};
inline constexpr Text<1> mirror_on{
    "The canvas of <#{0}> shows the installed apps; it follows the inventory within five minutes.",
    "Das Canvas von <#{0}> zeigt die installierten Apps; es folgt der Liste innerhalb von fünf Minuten."};
inline constexpr Text<2> mirror_stopped{
    "The canvas of <#{0}> is not written any more: {1} Mend that, then type it again.",
    "Das Canvas von <#{0}> wird nicht mehr geschrieben: {1} Behebe das, dann tippe es noch einmal."};
inline constexpr Text<1> mirror_begins{
    "The installed apps are being written to the canvas of <#{0}>. If that does not work, the alarm channel "
    "says why.",
    "Die installierten Apps werden in das Canvas von <#{0}> geschrieben. Wenn das nicht geht, sagt der "
    "Alarmkanal, warum."};
inline constexpr Text<> mirror_off{"The canvas stays as it is and is not written any more.",
                                   "Das Canvas bleibt, wie es ist, und wird nicht mehr geschrieben."};
inline constexpr Text<> mirror_is_off{
    "No canvas shows the installed apps. `/installed-apps mirror C0123456789` makes that channel's do it.",
    "Kein Canvas zeigt die installierten Apps. Mit `/installed-apps mirror C0123456789` tut es das dieses "
    "Kanals."};

}  // namespace countersign::handlers::views::texts
