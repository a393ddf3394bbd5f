#pragma once

#include "handlers/views/texts.hpp"

// What is wrong with a vendor issue, and what a person does about it.
namespace countersign::handlers::views::texts {

inline constexpr Text<> issue_wrong_project{
    "The issue is in a project whose issues do not count. Link one in an allowed project.",
    "Der Vorgang liegt in einem Projekt, dessen Vorgänge nicht zählen. Verknüpfe einen aus einem erlaubten "
    "Projekt."};
inline constexpr Text<> issue_moved{"The issue was moved. Link the one that took its place.",
                                    "Der Vorgang wurde verschoben. Verknüpfe den, der an seine Stelle trat."};
inline constexpr Text<> issue_pull_request{"That is a pull request, not an issue. Link the vendor issue.",
                                           "Das ist ein Pull-Request, kein Vorgang. Verknüpfe den "
                                           "Anbieter-Vorgang."};
inline constexpr Text<> issue_wrong_type{
    "That is no ordinary issue but an incident, a task or the like. Link the vendor issue.",
    "Das ist kein gewöhnlicher Vorgang, sondern ein Vorfall, eine Aufgabe oder dergleichen. Verknüpfe den "
    "Anbieter-Vorgang."};
inline constexpr Text<> issue_duplicate{
    "The issue was closed as a duplicate. Link the one that it doubles.",
    "Der Vorgang wurde als Duplikat geschlossen. Verknüpfe den, den er doppelt."};
inline constexpr Text<> issue_not_planned{
    "The issue was closed as not planned. Open it again, or link another one.",
    "Der Vorgang wurde als nicht geplant geschlossen. Öffne ihn wieder oder verknüpfe einen anderen."};
inline constexpr Text<> issue_used_elsewhere{
    "The issue belongs to another app's request. Each app needs a vendor issue of its own.",
    "Der Vorgang gehört zum Antrag auf eine andere App. Jede App braucht ihren eigenen Anbieter-Vorgang."};
inline constexpr Text<1> issue_not_named{
    "The issue does not name {0}. Write the app's name or id into the issue's title or text.",
    "Der Vorgang nennt {0} nicht. Schreibe Namen oder Id der App in seinen Titel oder Text."};
inline constexpr Text<1> issue_not_found{
    "{0} has no such issue, or I have no access to it. Check the link, or let me see the project.",
    "{0} hat keinen solchen Vorgang, oder ich habe keinen Zugriff. Prüfe den Link, oder lass mich das "
    "Projekt "
    "sehen."};
inline constexpr Text<> issue_gone{
    "The issue was deleted, or its project has issues switched off. Link another one.",
    "Der Vorgang wurde gelöscht, oder sein Projekt hat Vorgänge abgeschaltet. Verknüpfe einen anderen."};
inline constexpr Text<> issue_too_large{
    "The issue is too large to be read. Link a new one for this app alone.",
    "Der Vorgang ist zu groß, um gelesen zu werden. Verknüpfe einen neuen nur für diese App."};
inline constexpr Text<2> tracker_unreadable{
    "{0} cannot be read ({1}). What was signed there counts as last read; nothing is approved before it can "
    "be read again.",
    "{0} ist nicht lesbar ({1}). Was dort unterschrieben ist, zählt wie zuletzt gelesen; genehmigt wird "
    "erst, "
    "wenn es wieder lesbar ist."};
inline constexpr Text<1> tracker_silent{
    "{0} does not answer. What was signed there counts as last read; nothing is approved before it answers.",
    "{0} antwortet nicht. Was dort unterschrieben ist, zählt wie zuletzt gelesen; genehmigt wird erst, wenn "
    "es antwortet."};

// --- what happened to it; {0} the request, {1} the issue ---
inline constexpr Text<2> issue_closed{"{1}, the vendor issue of {0}, was closed. Nothing to do for you.",
                                      "{1}, der Anbieter-Vorgang von {0}, wurde geschlossen. Nichts zu tun."};
inline constexpr Text<2> issue_reopened{
    "{1}, the vendor issue of {0}, was opened again. Nothing to do for you.",
    "{1}, der Anbieter-Vorgang von {0}, wurde wieder geöffnet. Nichts zu tun."};
inline constexpr Text<2> issue_now_confidential{
    "{1}, the vendor issue of {0}, is confidential now. Nothing to do for you.",
    "{1}, der Anbieter-Vorgang von {0}, ist jetzt vertraulich. Nichts zu tun."};
inline constexpr Text<2> issue_now_open_to_all{
    "{1}, the vendor issue of {0}, is no longer confidential. Nothing to do for you.",
    "{1}, der Anbieter-Vorgang von {0}, ist nicht mehr vertraulich. Nichts zu tun."};

// --- making one; {0} the request ---
inline constexpr Text<1> being_made_already{"The vendor issue of {0} is being made already; you hear of it.",
                                            "Der Anbieter-Vorgang von {0} wird schon angelegt; du hörst "
                                            "davon."};
inline constexpr Text<1> being_made{"The vendor issue of {0} is being made; you hear of it.",
                                    "Der Anbieter-Vorgang von {0} wird angelegt; du hörst davon."};
inline constexpr Text<2> not_made{"The issue could not be made: {0}. {1}",
                                  "Der Vorgang ließ sich nicht anlegen: {0}. {1}"};
inline constexpr Text<> template_too_long{"the project's template is too long",
                                          "die Vorlage des Projekts ist zu lang"};
inline constexpr Text<1> no_template{"the project has no template {0}", "das Projekt hat keine Vorlage {0}"};
inline constexpr Text<> no_project{"the project is not there, or I have no access to it",
                                   "das Projekt gibt es nicht, oder ich habe keinen Zugriff"};
inline constexpr Text<> no_right_there{"the tracker does not let me make issues there",
                                       "der Tracker lässt mich dort keine Vorgänge anlegen"};
inline constexpr Text<> issues_off{"the project has issues switched off",
                                   "das Projekt hat Vorgänge abgeschaltet"};
inline constexpr Text<1> tracker_answered{"the tracker answered `{0}`", "der Tracker antwortete `{0}`"};
inline constexpr Text<1> make_it_here{"Make it here: {0}", "Lege ihn hier an: {0}"};
inline constexpr Text<1> make_vendor_issue_here{
    "Make the vendor issue here, and then press `Link vendor issue`: {0}",
    "Lege den Anbieter-Vorgang hier an, und drücke dann `Vorgang verknüpfen`: {0}"};
inline constexpr Text<> no_vendor_tracker{
    "There is no tracker for vendor issues; ask the admins where to make one.",
    "Es gibt keinen Tracker für Anbieter-Vorgänge; frage die Admins, wo man einen anlegt."};
inline constexpr Text<2> made_in_vain{"The vendor issue {0} was made, but {1} does not need it any more.",
                                      "Der Anbieter-Vorgang {0} wurde angelegt, aber {1} braucht ihn nicht "
                                      "mehr."};
inline constexpr Text<2> vendor_issue_made{"The vendor issue of {0} is {1}.",
                                           "Der Anbieter-Vorgang von {0} ist {1}."};
inline constexpr Text<1> your_issue_made{"Your issue is made: {0}. You hear when it is closed.",
                                         "Dein Vorgang ist angelegt: {0}. Du hörst, wenn er geschlossen "
                                         "wird."};
inline constexpr Text<1> yours_reopened{"{0}, which was made for you, was opened again.",
                                        "{0}, für dich angelegt, wurde wieder geöffnet."};
inline constexpr Text<1> yours_closed{"{0}, which was made for you, is closed.",
                                      "{0}, für dich angelegt, ist geschlossen."};
inline constexpr Text<1> yours_not_planned{"{0}, which was made for you, is closed as not planned.",
                                           "{0}, für dich angelegt, ist als nicht geplant geschlossen."};

}  // namespace countersign::handlers::views::texts
