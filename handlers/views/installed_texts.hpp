#pragma once

#include "handlers/views/texts.hpp"

// Installed apps: one line a thing, and their section of the Home tab.
namespace countersign::handlers::views::texts {

inline constexpr Text<> connected{":white_check_mark: connected", ":white_check_mark: verbunden"};
inline constexpr Text<> has_trouble{":warning: has trouble", ":warning: hat Schwierigkeiten"};
inline constexpr Text<> needs_reauth{":warning: re-authentication needed", ":warning: neue Anmeldung nötig"};
inline constexpr Text<> paused{"paused", "angehalten"};
inline constexpr Text<> not_checked{"not checked yet", "noch nicht geprüft"};
inline constexpr Text<> expires_soon{":warning: expires soon", ":warning: läuft bald ab"};
inline constexpr Text<> not_renewed{":warning: could not be renewed",
                                    ":warning: konnte nicht erneuert werden"};

inline constexpr Text<1> acts_as{" as {0}", " als {0}"};
inline constexpr Text<1> expires{" · expires {0}", " · läuft ab {0}"};
inline constexpr Text<> one_use{" · 1 use", " · 1 Verwendung"};
inline constexpr Text<1> many_uses{" · {0} uses", " · {0} Verwendungen"};
inline constexpr Text<> called_once{" · called once", " · einmal benutzt"};
inline constexpr Text<1> called_often{" · called {0} times", " · {0}-mal benutzt"};
inline constexpr Text<1> set_up_by{" · set up by {0}", " · eingerichtet von {0}"};
inline constexpr Text<1> set_up_on{" on {0}", " am {0}"};
inline constexpr Text<1> built_on{" · on {0}", " · mit {0}"};
inline constexpr Text<1> owned_by{" · owner {0}", " · zuständig {0}"};
inline constexpr Text<> owned_by_none{" · owner none", " · niemand zuständig"};
inline constexpr Text<> no_owner{" · no owner", " · niemand zuständig"};
inline constexpr Text<1> tracker_target{"tracker {0}", "Vorgangssystem {0}"};
inline constexpr Text<> the_organisation{"the organisation", "die Organisation"};
inline constexpr Text<> taken_out{" · removed", " · entfernt"};
inline constexpr Text<> no_approval{" · no approval known", " · keine Genehmigung bekannt"};

inline constexpr Text<> installed_title{"Installed apps", "Installierte Apps"};
inline constexpr Text<> list_apps{"Slack apps", "Slack-Apps"};
inline constexpr Text<> list_mine{"Mine", "Meine"};
inline constexpr Text<> list_integrations{"Integrations", "Integrationen"};
inline constexpr Text<> list_authorizations{"Authorizations", "Zugänge"};
inline constexpr Text<> list_reauth{"Needs re-authentication", "Neue Anmeldung nötig"};
inline constexpr Text<> list_unapproved{"Unapproved", "Ohne Genehmigung"};
inline constexpr Text<> list_orphans{"Orphans", "Verwaist"};
inline constexpr Text<> list_unconfirmed{"Unconfirmed", "Unbestätigt"};
inline constexpr Text<2> list_button{"{0} ({1})", "{0} ({1})"};
inline constexpr Text<3> list_range{"{0}–{1} of {2}", "{0}–{1} von {2}"};
inline constexpr Text<> list_empty{"Nothing is in this list.", "In dieser Liste steht nichts."};
inline constexpr Text<> page_before{"Previous page", "Vorige Seite"};
inline constexpr Text<> add_integration{"Add an integration", "Integration hinzufügen"};
inline constexpr Text<> add_authorization{"Add an authorization", "Zugang hinzufügen"};
inline constexpr Text<> edit_thing{"Edit", "Bearbeiten"};
inline constexpr Text<> reconnect_thing{"Reconnect", "Neu verbinden"};
inline constexpr Text<> remove_thing{"Remove", "Entfernen"};
inline constexpr Text<> details_title{"Installed app", "Installierte App"};
inline constexpr Text<> thing_gone{"It is not there any more; somebody has removed it.",
                                   "Es ist nicht mehr da; jemand hat es entfernt."};

inline constexpr Text<1> connected_to{"Connected to: {0}", "Verbunden mit: {0}"};
inline constexpr Text<1> purpose_is{"Purpose: {0}", "Zweck: {0}"};
inline constexpr Text<1> data_class_is{"Data class: {0}", "Datenklasse: {0}"};
inline constexpr Text<1> permissions_are{"Permissions: {0}", "Berechtigungen: {0}"};
inline constexpr Text<1> notes_are{"Notes: {0}", "Bemerkungen: {0}"};
inline constexpr Text<1> note_is{"Note: {0}", "Hinweis: {0}"};
inline constexpr Text<1> known_from{"Known from: {0}", "Bekannt aus: {0}"};
inline constexpr Text<1> vendor_issue_is{"Vendor issue: {0}", "Anbieter-Vorgang: {0}"};
inline constexpr Text<1> removed_on{"Removed on {0}", "Entfernt am {0}"};
inline constexpr Text<1> removed_by{" by {0}", " von {0}"};
inline constexpr Text<1> fingerprint_is{"Fingerprint: `{0}`", "Fingerabdruck: `{0}`"};
inline constexpr Text<3> first_called{"First called on {0}, last on {2}; calls in all: {1}",
                                      "Zuerst benutzt am {0}, zuletzt am {2}; Aufrufe insgesamt: {1}"};
inline constexpr Text<> never_called{"Never called yet", "Noch nie benutzt"};
inline constexpr Text<1> may_build{"May build on it: {0}", "Damit bauen dürfen: {0}"};
inline constexpr Text<1> may_post_in{"May post in: {0}", "Darf schreiben in: {0}"};
inline constexpr Text<> what_stops{"*What stops working without it*", "*Was ohne das nicht mehr geht*"};

}  // namespace countersign::handlers::views::texts
