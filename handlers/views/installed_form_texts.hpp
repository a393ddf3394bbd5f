#pragma once

#include "handlers/views/texts.hpp"

// The forms of installed apps.
namespace countersign::handlers::views::texts {

inline constexpr Text<> name_label{"Name", "Name"};
inline constexpr Text<> owner_label{"Owner", "Zuständig"};
inline constexpr Text<> notes_label{"Notes", "Bemerkungen"};
inline constexpr Text<> add_submit{"Add", "Hinzufügen"};
inline constexpr Text<> save_submit{"Save", "Speichern"};

inline constexpr Text<> stored_authorization{"Stored authorization", "Gespeicherter Zugang"};
inline constexpr Text<3> authorization_choice{"{0} ({1} at {2})", "{0} ({1} bei {2})"};
inline constexpr Text<> own_bot_choice{"Countersign's own bot (this workspace)",
                                       "Countersigns eigener Bot (dieser Workspace)"};
inline constexpr Text<> use_it_for{"Use it for", "Verwenden für"};
inline constexpr Text<2> use_tracker{"Tracker {0} ({1})", "Vorgangssystem {0} ({1})"};
inline constexpr Text<> vendor_issues{"vendor issues", "Anbieter-Vorgänge"};
inline constexpr Text<> it_requests{"IT requests", "IT-Anträge"};
inline constexpr Text<> changes{"changes", "Änderungen"};
inline constexpr Text<> use_results{"Channel: review results", "Kanal: Ergebnisse der Prüfung"};
inline constexpr Text<> use_digest{"Channel: daily digest", "Kanal: tägliche Übersicht"};
inline constexpr Text<> channel_id{"Channel id", "Kanal-Id"};
inline constexpr Text<> channel_id_hint{
    "For messages in a channel: C0123456789, from the channel's details.",
    "Für Nachrichten in einem Kanal: C0123456789, aus den Einzelheiten des Kanals."};
inline constexpr Text<1> use_without_seeing{"You use the authorization without seeing its token. {0}",
                                            "Du verwendest den Zugang, ohne sein Token zu sehen. {0}"};
inline constexpr Text<1> choices_left_out{
    "Stored authorizations that are not among the choices, because their lists do not name you: {0}. An "
    "admin "
    "can change that.",
    "Gespeicherte Zugänge, die in der Auswahl fehlen, weil ihre Listen dich nicht nennen: {0}. Ein Admin "
    "kann "
    "das ändern."};

inline constexpr Text<> connected_to_label{"Connected to", "Verbunden mit"};
inline constexpr Text<> connected_to_hint{
    "The system outside Slack that it reaches, such as the GitLab group.",
    "Das System außerhalb von Slack, das sie erreicht, etwa die GitLab-Gruppe."};
inline constexpr Text<> purpose_label{"Purpose", "Zweck"};
inline constexpr Text<> data_class_label{"Data class", "Datenklasse"};
inline constexpr Text<> class_not_decided{"Not decided", "Nicht entschieden"};
inline constexpr Text<> class_public{"public", "öffentlich"};
inline constexpr Text<> class_internal{"internal", "intern"};
inline constexpr Text<> class_confidential{"confidential", "vertraulich"};
inline constexpr Text<> class_restricted{"restricted", "streng vertraulich"};

inline constexpr Text<> work_label{"Work", "Arbeit"};
inline constexpr Text<> work_goes_on{"Goes on", "Geht weiter"};
inline constexpr Text<> work_is_paused{"Is paused", "Ruht"};

inline constexpr Text<> allowed_people{"Who may build on it", "Wer damit bauen darf"};
inline constexpr Text<> allowed_people_hint{"Nobody chosen: every member.",
                                            "Niemand ausgewählt: alle Mitglieder."};
inline constexpr Text<> allowed_channels{"Channels it may post in", "Kanäle, in die er schreiben darf"};
inline constexpr Text<> allowed_channels_hint{"Channel ids with spaces between them. Empty: any channel.",
                                              "Kanal-Ids mit Leerzeichen dazwischen. Leer: jeder Kanal."};

inline constexpr Text<1> nothing_depends{"Nothing that is known here depends on *{0}*.",
                                         "Nichts, was hier bekannt ist, hängt an *{0}*."};
inline constexpr Text<> this_stops{":warning: *This stops working:*",
                                   ":warning: *Das geht dann nicht mehr:*"};
inline constexpr Text<> others_unknown{
    "Whether anything else uses this account, outside of Countersign, is not known here.",
    "Ob außerhalb von Countersign noch etwas dieses Konto benutzt, weiß hier niemand."};
inline constexpr Text<1> installed_more{"… and {0} more", "… und {0} weitere"};
inline constexpr Text<> type_name_to_remove{"Type its name to remove it",
                                            "Schreib den Namen, um es zu entfernen"};
inline constexpr Text<> other_account_name{"If it is another account: its name",
                                           "Falls es ein anderes Konto ist: sein Name"};

inline constexpr Text<2> uninstalls_it{
    ":warning: *Slack uninstalls it {0}.* {1}What else depends on it is not known here: what it is connected "
    "to stops working. Its owner and the admins are told, and can stop it until then.",
    ":warning: *Slack deinstalliert sie {0}.* {1}Was sonst noch daran hängt, weiß hier niemand: Womit sie "
    "verbunden ist, geht dann nicht mehr. Wer zuständig ist und die Admins erfahren es und können es bis "
    "dahin verhindern."};
inline constexpr Text<> at_once{"at once", "sofort"};
inline constexpr Text<1> uninstall_in_days{"in {0} days", "in {0} Tagen"};
inline constexpr Text<1> it_is_connected_to{"It is connected to {0}. ", "Sie ist verbunden mit {0}. "};
inline constexpr Text<> type_name_to_uninstall{"Type its name to uninstall it",
                                               "Schreib den Namen, um sie zu deinstallieren"};
inline constexpr Text<> uninstall_thing{"Uninstall", "Deinstallieren"};

}  // namespace countersign::handlers::views::texts
