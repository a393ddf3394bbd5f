#pragma once

#include "handlers/views/texts.hpp"

// Held against junk (M22): why, and that nothing is refused.
namespace countersign::handlers::views::texts {

inline constexpr Text<> gate_first{"it is the first request of this person",
                                   "es ist der erste Antrag dieser Person"};
inline constexpr Text<1> gate_rate{"this person has asked for more than {0} apps within a day",
                                   "diese Person hat mehr als {0} Apps an einem Tag beantragt"};
inline constexpr Text<1> gate_again{"the same was asked for with the same words as in {0}, which was denied",
                                    "mit denselben Worten wurde dasselbe beantragt wie in {0}, das abgelehnt "
                                    "wurde"};
inline constexpr Text<1> gate_note{
    "Held at the gate: {0}. An admin presses `Let through`, or a party votes; then it goes its way.",
    "Am Tor angehalten: {0}. Ein Admin drückt `Let through`, oder eine Partei stimmt ab; dann geht er seinen "
    "Weg."};
inline constexpr Text<> told_first{
    "It is your first one here, so a person looks at it before the parties are called; nothing is refused.",
    "Es ist dein erster hier, darum sieht ihn jemand an, bevor die Parteien gerufen werden; abgelehnt ist "
    "nichts."};
inline constexpr Text<> told_rate{
    "You have asked for many apps within a day, so a person looks at this one before the parties are called; "
    "nothing is refused.",
    "Du hast an einem Tag viele Apps beantragt, darum sieht diesen jemand an, bevor die Parteien gerufen "
    "werden; abgelehnt ist nichts."};
inline constexpr Text<> told_again{
    "You asked for just this with the same words a few days ago, and it was denied: a person looks at it "
    "before "
    "the parties are called. Withdraw it and say what is different now, and it goes to them at once.",
    "Genau das hast du vor wenigen Tagen mit denselben Worten beantragt, und es wurde abgelehnt: Jemand "
    "sieht es "
    "an, bevor die Parteien gerufen werden. Zieh es zurück und sage, was jetzt anders ist; dann geht es "
    "gleich "
    "an sie."};
inline constexpr Text<1> not_at_gate{"{0} is not held at the gate (any more); nothing was changed.",
                                     "{0} ist nicht (mehr) am Tor angehalten; nichts wurde geändert."};
inline constexpr Text<3> was_let_through{
    "{0} for {1} was let through by {2}: the parties look at it now.",
    "{0} für {1} wurde von {2} durchgelassen: Die Prüfer sehen ihn jetzt an."};
inline constexpr Text<1> let_through_now{"{0} goes its way now.", "{0} geht jetzt seinen Weg."};

}  // namespace countersign::handlers::views::texts
