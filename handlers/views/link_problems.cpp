#include "handlers/views/link_problems.hpp"

namespace countersign::handlers::views {
namespace {

constexpr Text<> not_a_link_text{
    "That is not a link. Paste the address of the vendor issue; it begins with https://.",
    "Das ist kein Link. Füge die Adresse des Anbieter-Vorgangs ein; sie beginnt mit https://."};
constexpr Text<> not_https_text{"The link must begin with https://.", "Der Link muss mit https:// beginnen."};
constexpr Text<> has_user_info_text{
    "The link holds a user name or an @ before its host. Paste it as the tracker shows it.",
    "Der Link enthält einen Benutzernamen oder ein @ vor dem Rechnernamen. Füge ihn ein, wie ihn der Tracker "
    "zeigt."};
constexpr Text<> unknown_tracker_text{
    "The link does not lead to a known tracker. Use an issue in one of the configured trackers.",
    "Der Link führt zu keinem bekannten Tracker. Nimm einen Vorgang in einem der eingerichteten Tracker."};
constexpr Text<> project_not_allowed_text{
    "Issues of this project do not count here. Use one in the project for vendor issues.",
    "Vorgänge dieses Projekts zählen hier nicht. Nimm einen im Projekt für Anbieter-Vorgänge."};
constexpr Text<> is_form_text{
    "That is the form for a new issue, not an issue. Submit the form first, then paste the new issue's link.",
    "Das ist das Formular für einen neuen Vorgang, kein Vorgang. Sende erst das Formular ab und füge dann "
    "den Link des neuen Vorgangs ein."};
constexpr Text<> is_merge_request_text{
    "That is a merge request, not an issue. Paste the link of the vendor issue.",
    "Das ist ein Merge-Request, kein Vorgang. Füge den Link des Anbieter-Vorgangs ein."};
constexpr Text<> is_epic_text{"That is an epic, not an issue. Paste the link of the vendor issue.",
                              "Das ist ein Epic, kein Vorgang. Füge den Link des Anbieter-Vorgangs ein."};
constexpr Text<> is_other_page_text{
    "That page of the tracker is not an issue. Open the issue and paste its link.",
    "Diese Seite des Trackers ist kein Vorgang. Öffne den Vorgang und füge seinen Link ein."};
constexpr Text<> bad_path_text{
    "The link's path is damaged or has signs that no issue's address has. Copy it again from the issue.",
    "Der Pfad des Links ist beschädigt oder hat Zeichen, die keine Adresse eines Vorgangs hat. Kopiere ihn "
    "noch einmal aus dem Vorgang."};
constexpr Text<> bad_number_text{
    "The issue number is not valid. It is a whole number from 1 on, without leading zeros.",
    "Die Nummer des Vorgangs ist ungültig. Sie ist eine ganze Zahl ab 1, ohne führende Nullen."};
constexpr Text<> too_long_text{
    "The link is too long for the address of an issue. Copy it again from the issue.",
    "Der Link ist zu lang für die Adresse eines Vorgangs. Kopiere ihn noch einmal aus dem Vorgang."};
constexpr Text<> ambiguous_text{
    "More than one issue fits. Paste the full link of the one that you mean.",
    "Mehr als ein Vorgang passt. Füge den ganzen Link dessen ein, den du meinst."};
constexpr Text<> bad_characters_text{
    "The link holds spaces, line breaks, backslashes or other signs that do not belong there. Copy it again.",
    "Der Link enthält Leerzeichen, Zeilenumbrüche, umgekehrte Schrägstriche oder andere Zeichen, die nicht "
    "dorthin gehören. Kopiere ihn noch einmal."};

const Text<>& text_of(review::LinkProblem problem) {
    using enum review::LinkProblem;
    switch (problem) {
        case not_a_link:
            return not_a_link_text;
        case not_https:
            return not_https_text;
        case has_user_info:
            return has_user_info_text;
        case unknown_tracker:
            return unknown_tracker_text;
        case project_not_allowed:
            return project_not_allowed_text;
        case is_form:
            return is_form_text;
        case is_merge_request:
            return is_merge_request_text;
        case is_epic:
            return is_epic_text;
        case is_other_page:
            return is_other_page_text;
        case bad_path:
            return bad_path_text;
        case bad_number:
            return bad_number_text;
        case too_long:
            return too_long_text;
        case ambiguous:
            return ambiguous_text;
        case bad_characters:
            return bad_characters_text;
    }
    return not_a_link_text;
}

}  // namespace

std::string explain(review::LinkProblem problem, Language language) {
    return say_in(language, text_of(problem));
}

}  // namespace countersign::handlers::views
