#pragma once

#include "handlers/views/texts.hpp"

// Forms of parties and admins; the English titles and labels are stable. Titles and buttons: at most 24
// letters.
namespace countersign::handlers::views::texts {

inline constexpr Text<1> for_the_party{" · for {0}", " · für {0}"};
inline constexpr Text<> condition_title{"Approve with condition", "Unter Bedingung"};
inline constexpr Text<> condition_label{"Condition", "Bedingung"};
inline constexpr Text<> condition_hint{"What has to happen. Your approval after it lifts the condition.",
                                       "Was geschehen muss. Deine Zustimmung danach hebt die Bedingung auf."};
inline constexpr Text<> condition_until_hint{
    "The last day, as 2027-01-31. After it your approval no longer counts.",
    "Der letzte Tag, als 2027-01-31. Danach zählt deine Zustimmung nicht mehr."};
inline constexpr Text<> type_the_name{
    ":warning: The policy asks for care here. To approve, type the app's name as it is written above.",
    ":warning: Die Richtlinie verlangt hier Sorgfalt. Um zuzustimmen, tippe den Namen der App, wie er oben "
    "steht."};
inline constexpr Text<> app_name_label{"App name", "Name der App"};
inline constexpr Text<> comment_intro{"Your comment becomes your vote, with its words as the remark.",
                                      "Dein Kommentar wird deine Stimme, mit seinen Worten als Bemerkung."};
inline constexpr Text<> comment_title{"Use as my decision", "Als meine Entscheidung"};
inline constexpr Text<> comment_send{"Vote", "Abstimmen"};
inline constexpr Text<> comment_request_label{"Request", "Antrag"};
inline constexpr Text<> decision_label{"Decision", "Entscheidung"};
inline constexpr Text<> remark_label{"Remark", "Bemerkung"};
inline constexpr Text<> confirm_button{"Confirm", "Bestätigen"};
inline constexpr Text<> keep_decision{"Keep", "Behalten"};
inline constexpr Text<> clear_decision{"Clear", "Aufheben"};

}  // namespace countersign::handlers::views::texts
