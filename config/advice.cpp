#include "config/advice.hpp"

#include <algorithm>
#include <array>

namespace countersign::config {
namespace {

constexpr auto of_slack = std::to_array<Advice>({
    {"invalid_auth is_bot not_allowed_token_type not_authed token_expired token_revoked",
     "Install a valid token of the right kind and restart Countersign.",
     "Installiere ein gültiges Token der richtigen Art und starte Countersign neu."},
    {"missing_scope no_permission",
     "Add the missing scope to the app, reinstall it and reload Countersign; `countersign check` "
     "names the scope.",
     "Gib der App das fehlende Recht, installiere sie neu und lade Countersign neu; `countersign "
     "check` nennt das Recht."},
    {"channel_not_found channel_is_limited_access is_archived not_in_channel invalid_channel",
     "Invite the app to the channel, or correct the channel id in the configuration; it must not be "
     "archived.",
     "Lade die App in den Kanal ein, oder berichtige die Kanal-Id in der Konfiguration; er darf "
     "nicht archiviert sein."},
    {"restricted_action_non_threadable_channel restricted_action_read_only_channel "
     "restricted_action_thread_locked restricted_action_thread_only_channel posting_to_channel_denied",
     "Let the app post in this channel: Slack's posting permissions forbid it.",
     "Lass die App in diesem Kanal schreiben: Slacks Schreibrechte verbieten es."},
    {"access_denied user_is_restricted not_an_admin not_allowed invalid_actor permission_denied",
     "Use a token of an organisation owner or admin, from this app installed on the whole "
     "organisation.",
     "Nimm das Token eines Inhabers oder Admins der Organisation, von dieser App auf der ganzen "
     "Organisation installiert."},
    {"enterprise_not_found team_not_found teams_not_found",
     "Slack does not know this workspace or organisation; check where the app is installed.",
     "Slack kennt diesen Workspace oder diese Organisation nicht; prüfe, wo die App installiert ist."},
    {"org_login_required team_added_to_org",
     "The workspace is being moved to an Enterprise organisation; wait until Slack is done.",
     "Der Workspace zieht gerade in eine Enterprise-Organisation um; warte, bis Slack fertig ist."},
    {"specify_enterprise_or_teams too_many_teams alt_txt_too_large channel_ids_required "
     "channel_restriction_requires_app_access channel_restrictions_not_available "
     "channels_limit_exceeded file_upload_size_restricted invalid_channel_restriction_mode "
     "invalid_permission_type invalid_workflow_auth_strategy snippet_too_large unknown_snippet_type "
     "unknown_subtype as_user_not_supported attachment_payload_limit_exceeded block_mismatch "
     "blocked_file_type cant_broadcast_message draft_already_deleted draft_already_sent "
     "draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found "
     "file_deleted file_is_deleted file_not_found file_share_limit_reached insecure_request "
     "invalid_arg_name invalid_arguments invalid_array_arg invalid_attachments invalid_blocks "
     "invalid_blocks_format invalid_charset invalid_form_data invalid_limit "
     "invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema invalid_post_type "
     "invalid_ts_latest invalid_ts_oldest invalid_types invalid_user_combination "
     "markdown_text_conflict max_file_sharing_exceeded metadata_must_be_sent_from_app "
     "metadata_too_large method_not_supported_for_channel_type missing_args missing_argument "
     "missing_file_data missing_post_type missing_profile_id msg_blocks_too_long msg_too_long "
     "no_dual_broadcast_content_update no_team_or_enterprise_provided no_text not_enough_users "
     "not_implemented request_id_or_app_id_is_required send_on_behalf_not_allowed "
     "slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked "
     "slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked "
     "slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked "
     "too_many_attachments too_many_contact_cards too_many_ids_provided too_many_teams_provided "
     "too_many_users unable_to_share_files users_list_not_supplied view_too_large",
     "Slack refused the form of this call: please report it as a fault of Countersign.",
     "Slack hat die Form dieses Aufrufs abgelehnt: Bitte melde es als Fehler von Countersign."},
    {"accesslimited",
     "Slack does not accept this network; allow the address of this host in Slack's IP rules.",
     "Slack nimmt dieses Netz nicht an; erlaube die Adresse dieses Rechners in Slacks IP-Regeln."},
    {"account_inactive", "The person or app behind the token was deactivated; install a token that is alive.",
     "Die Person oder App hinter dem Token wurde deaktiviert; installiere ein lebendes Token."},
    {"ekm_access_denied", "Slack's administrators have suspended posting (Enterprise Key Management).",
     "Slacks Verwalter haben das Schreiben ausgesetzt (Enterprise Key Management)."},
    {"enterprise_is_restricted",
     "Slack does not offer this method to an organisation; use a workspace's token.",
     "Slack bietet diese Methode einer Organisation nicht an; nimm das Token eines Workspace."},
    {"forbidden_team", "Slack does not offer Socket Mode to this workspace; ask Slack's support.",
     "Slack bietet diesem Workspace keinen Socket Mode an; frage Slacks Support."},
    {"team_access_not_granted", "Grant the app access to this workspace in the organisation's settings.",
     "Gib der App in den Einstellungen der Organisation Zugang zu diesem Workspace."},
    {"team_disabled", "The workspace is disabled; ask its owner.",
     "Der Workspace ist abgeschaltet; frage seinen Inhaber."},
    {"two_factor_setup_required",
     "The person behind the token must set up two-factor authentication in Slack.",
     "Die Person hinter dem Token muss in Slack die Zwei-Faktor-Anmeldung einrichten."},
    {"user_removed_from_team", "The person behind the token has left the workspace; install another token.",
     "Die Person hinter dem Token hat den Workspace verlassen; installiere ein anderes Token."},
    {"restricted_action", "A workspace setting forbids this; an admin must allow it for the app.",
     "Eine Einstellung des Workspace verbietet es; ein Admin muss es der App erlauben."},
    {"feature_not_enabled", "Slack's Admin APIs are not enabled here; they need the Enterprise plan.",
     "Slacks Admin-APIs sind hier nicht freigeschaltet; sie brauchen den Enterprise-Tarif."},
    {"plan_upgrade_required", "Slack's plan does not include this; list user ids instead of user groups.",
     "Slacks Tarif enthält das nicht; nenne Personen statt Nutzergruppen."},
    {"app_management_app_not_installed_on_org",
     "Install the app on the whole organisation, by an organisation owner or admin.",
     "Lass die App von einem Inhaber oder Admin der Organisation auf der ganzen Organisation "
     "installieren."},
    {"app_restricted_org_wide",
     "The app is restricted for the whole organisation; clear that resolution in Slack first.",
     "Die App ist für die ganze Organisation gesperrt; hebe das zuerst in Slack auf."},
    {"org_resolution_required",
     "Slack wants this app resolved for the whole organisation, not for one workspace.",
     "Slack will, dass über diese App für die ganze Organisation entschieden wird, nicht für einen "
     "Workspace."},
    {"custom_integration_not_allowed_at_enterprise",
     "Custom integrations cannot be resolved for the organisation; decide it in the workspace, in "
     "Slack.",
     "Über eigene Integrationen lässt sich nicht für die Organisation entscheiden; entscheide in "
     "Slack im Workspace."},
    {"method_deprecated deprecated_endpoint", "Slack no longer offers this method; update Countersign.",
     "Slack bietet diese Methode nicht mehr an; aktualisiere Countersign."},
    {"unknown_method", "Slack does not know this method; check slack.api_url, or update Countersign.",
     "Slack kennt diese Methode nicht; prüfe slack.api_url, oder aktualisiere Countersign."},
    {"not_an_enterprise", "Slack offers this on the Enterprise plan only.",
     "Slack bietet das nur im Enterprise-Tarif an."},
    {"restricted_plan_level", "Slack's plan does not include this.", "Slacks Tarif enthält das nicht."},
    {"file_uploads_disabled file_uploads_except_images_disabled",
     "A workspace setting forbids uploads; an admin must allow them for the app.",
     "Eine Einstellung des Workspace verbietet Uploads; ein Admin muss sie der App erlauben."},
    {"file_type_not_allowed", "A workspace setting forbids images; an admin must allow them for the app.",
     "Eine Einstellung des Workspace verbietet Bilder; ein Admin muss sie der App erlauben."},
    {"storage_limit_reached", "The workspace has no room for more files on its plan.",
     "Der Workspace hat in seinem Tarif keinen Platz für weitere Dateien."},
    {"message_limit_exceeded", "The workspace has reached Slack's message limit of its plan.",
     "Der Workspace hat die Nachrichtengrenze seines Tarifs erreicht."},
    {"messages_tab_disabled", "Turn on the app's Messages tab (App Home) so that it can write to people.",
     "Schalte den Nachrichten-Reiter der App (App Home) ein, damit sie Personen schreiben kann."},
    {"not_enabled", "Turn on the app's Home tab (App Home).",
     "Schalte den Home-Reiter der App (App Home) ein."},
    {"app_access_restricted", "Slack does not let this person use the app; tell the person another way.",
     "Slack lässt diese Person die App nicht nutzen; sage es ihr auf anderem Weg."},
    {"user_disabled", "The person's account is deactivated.", "Das Konto der Person ist deaktiviert."},
    {"user_not_found", "Slack does not know this person.", "Slack kennt diese Person nicht."},
    {"user_not_visible", "The app may not see this person.", "Die App darf diese Person nicht sehen."},
    {"user_not_in_channel", "The person is not in that channel.", "Die Person ist nicht in diesem Kanal."},
    {"no_such_subteam", "Slack does not know this user group; correct the id in the configuration.",
     "Slack kennt diese Nutzergruppe nicht; berichtige ihre Id in der Konfiguration."},
    {"auto_install_rule_creation_failed", "The app is approved; create the automation rule by hand in Slack.",
     "Die App ist genehmigt; lege die Automatisierungsregel in Slack von Hand an."},
    {"not_allowed_to_create_automation_rule",
     "The app is approved; an owner must create the automation rule in Slack.",
     "Die App ist genehmigt; ein Inhaber muss die Automatisierungsregel in Slack anlegen."},
    {"no_resolution_found", "There was nothing to clear.", "Es gab nichts aufzuheben."},
    {"request_already_resolved", "Somebody has already decided this request in Slack.",
     "Über diesen Antrag hat in Slack schon jemand entschieden."},
    {"expired_trigger_id", "The form came too late; press the button again.",
     "Das Formular kam zu spät; drücke den Knopf noch einmal."},
    {"exchanged_trigger_id", "The form was already opened once; press the button again.",
     "Das Formular wurde schon einmal geöffnet; drücke den Knopf noch einmal."},
    {"invalid_trigger_id", "Slack did not accept the trigger; press the button again.",
     "Slack hat den Auslöser nicht angenommen; drücke den Knopf noch einmal."},
    {"push_limit_reached", "Too many forms on top of each other; close one.",
     "Zu viele Formulare übereinander; schließe eines."},
    {"hash_conflict", "The view has changed in the meantime.", "Die Ansicht hat sich inzwischen geändert."},
    {"not_found", "The form is no longer open.", "Das Formular ist nicht mehr offen."},
    {"message_not_found thread_not_found", "The message was deleted.", "Die Nachricht wurde gelöscht."},
    {"cant_update_message cant_delete_message", "The message belongs to somebody else.",
     "Die Nachricht gehört jemand anderem."},
    {"edit_window_closed", "The workspace's settings no longer allow editing this message.",
     "Die Einstellungen des Workspace erlauben nicht mehr, diese Nachricht zu ändern."},
    {"is_inactive", "The channel is archived or frozen.", "Der Kanal ist archiviert oder eingefroren."},
    {"cannot_reply_to_message", "This message cannot have replies.",
     "Diese Nachricht kann keine Antworten haben."},
    {"invalid_cursor", "The list changed while it was read; read it from the start.",
     "Die Liste hat sich beim Lesen geändert; lies sie von vorn."},
    {"invalid_request_id", "Slack does not know this request.", "Slack kennt diesen Antrag nicht."},
    {"app_not_found invalid_app_id invalid_app", "Slack does not know this app.",
     "Slack kennt diese App nicht."},
    {"can_not_uninstall", "Slack does not let this app be uninstalled by an API; do it in Slack.",
     "Slack lässt diese App nicht über eine API deinstallieren; tu es in Slack."},
    {"must_revoke_access",
     "The app is installed on the whole organisation: take its access to the workspace away in Slack.",
     "Die App ist auf der ganzen Organisation installiert: Nimm ihr in Slack den Zugang zum "
     "Workspace."},
    {"invalid_scopes", "Slack does not know one of the scopes.", "Slack kennt eines der Rechte nicht."},
    {"app_not_eligible_for_auto_install", "The app cannot have an automation rule.",
     "Die App kann keine Automatisierungsregel haben."},
    {"request_id_required_for_custom_integrations",
     "A custom integration can only be decided by its request.",
     "Über eine eigene Integration lässt sich nur mit ihrem Antrag entscheiden."},
    {"invalid_domains", "Slack does not take one of the domains.", "Slack nimmt eine der Domains nicht."},
    {"no_domains_provided", "Slack wants at least one domain.", "Slack will mindestens eine Domain."},
    {"too_many_domains_provided", "Slack takes at most 50 domains of each kind.",
     "Slack nimmt höchstens 50 Domains jeder Art."},
    {"url_restriction_not_supported", "Slack has no limit to domains for this app.",
     "Für diese App kennt Slack keine Grenze auf Domains."},
    {"no_valid_named_entities", "Slack knows none of the people and user groups.",
     "Slack kennt keine der Personen und Nutzergruppen."},
    {"named_entities_cannot_be_empty", "Slack wants at least one person or user group.",
     "Slack will mindestens eine Person oder Nutzergruppe."},
    {"too_many_named_entities", "Too many people for Slack; name a user group.",
     "Zu viele Personen für Slack; nenne eine Nutzergruppe."},
    {"usergroup_not_found", "Slack does not know this user group.", "Slack kennt diese Nutzergruppe nicht."},
    {"canvas_disabled_user_team canvas_disabled_file_team team_tier_cannot_create_channel_canvases "
     "free_teams_cannot_edit_standalone_canvases not_supported_free_team",
     "Slack's plan or a workspace setting leaves no canvas to apps; an owner of the workspace can change "
     "that.",
     "Slacks Tarif oder eine Einstellung des Workspace lässt Apps kein Canvas; ein Inhaber des Workspace "
     "kann "
     "das ändern."},
    {"channel_canvas_already_exists free_team_canvas_tab_already_exists", "The channel has a canvas already.",
     "Der Kanal hat schon ein Canvas."},
    {"canvas_not_found", "The canvas was deleted, or the app may not see it.",
     "Das Canvas wurde gelöscht, oder die App darf es nicht sehen."},
    {"canvas_creation_failed canvas_tab_creation_failed channel_canvas_creation_failed canvas_editing_failed",
     "Slack could not write the canvas; try it again later.",
     "Slack konnte das Canvas nicht schreiben; versuche es später noch einmal."},
    {"answer_lost", "Slack's answer was lost on the way; check the network if it goes on.",
     "Slacks Antwort ging unterwegs verloren; prüfe das Netz, wenn es so bleibt."},
    {"malformed", "The answer was not Slack's; check whether a proxy or firewall intercepts.",
     "Die Antwort war nicht von Slack; prüfe, ob ein Proxy oder eine Firewall dazwischengeht."},
    {"timeout", "Slack did not answer in time; check the network and the proxy.",
     "Slack hat nicht rechtzeitig geantwortet; prüfe das Netz und den Proxy."},
    {"tls", "The certificate was not accepted; check slack.ca_file and the clock of this host.",
     "Das Zertifikat wurde nicht angenommen; prüfe slack.ca_file und die Uhr dieses Rechners."},
    {"unreachable", "Slack cannot be reached; check DNS, proxy and firewall.",
     "Slack ist nicht erreichbar; prüfe DNS, Proxy und Firewall."},
    {"unreadable_row", "It was not sent: its row in the database is damaged. The operator has been told.",
     "Es wurde nicht gesendet: Seine Zeile in der Datenbank ist beschädigt. Der Betrieb weiß Bescheid."},
    {"(unknown)",
     "Slack's answer is new to Countersign; look it up in Slack's method reference, and report it.",
     "Slacks Antwort ist Countersign neu; schlage sie in Slacks Methodenverzeichnis nach und melde "
     "sie."},
    {"(ok)", "Nothing to do.", "Nichts zu tun."},
    {"(retry)", "Slack has trouble of its own; it is tried again.",
     "Slack hat selbst eine Störung; es wird noch einmal versucht."},
    {"(unclear)", "Whether it took effect is looked up before it is repeated.",
     "Ob es gewirkt hat, wird nachgesehen, bevor es wiederholt wird."},
    {"(human)", "A person has to act in Slack.", "Jemand muss in Slack handeln."},
    {"(refused)", "Slack refused this call.", "Slack hat diesen Aufruf abgelehnt."},
});

constexpr auto of_trackers = std::to_array<Advice>({
    {"issue_not_found",
     "The issue does not exist, or the bot's account has no access to it; check the link and the "
     "account's membership.",
     "Den Vorgang gibt es nicht, oder das Konto des Bots hat keinen Zugriff; prüfe den Link und die "
     "Mitgliedschaft des Kontos."},
    {"issue_gone", "The issue was deleted, or issues are disabled in its project; link another one.",
     "Der Vorgang wurde gelöscht, oder sein Projekt hat Vorgänge abgeschaltet; verknüpfe einen "
     "anderen."},
    {"issue_moved",
     "The issue was moved to a project that is not configured; link the new issue, or add its "
     "project.",
     "Der Vorgang wurde in ein nicht eingerichtetes Projekt verschoben; verknüpfe den neuen, oder "
     "richte das Projekt ein."},
    {"template_not_found",
     "The template does not exist in the project; check `template` of the tracker's section.",
     "Die Vorlage gibt es im Projekt nicht; prüfe `template` im Abschnitt des Trackers."},
    {"template_unreadable",
     "The project's issue form cannot be read; `countersign check` says where: correct it in its repository.",
     "Das Formular des Projekts für neue Vorgänge ist nicht lesbar; `countersign check` sagt, wo: verbessere "
     "es in seinem Repository."},
    {"too_large", "The issue is larger than Countersign reads; link another one.",
     "Der Vorgang ist größer, als Countersign liest; verknüpfe einen anderen."},
    {"rejected", "The tracker refused the content of the call: please report it as a fault of Countersign.",
     "Der Tracker hat den Inhalt des Aufrufs abgelehnt: Bitte melde es als Fehler von Countersign."},
    {"unknown_tracker", "This tracker is no longer configured; link an issue of a configured one.",
     "Dieser Tracker ist nicht mehr eingerichtet; verknüpfe einen Vorgang aus einem anderen."},
    {"project_not_found",
     "The project does not exist, or the bot's account has no access to it; check `projects` and the "
     "account's membership.",
     "Das Projekt gibt es nicht, oder das Konto des Bots hat keinen Zugriff; prüfe `projects` und "
     "die Mitgliedschaft des Kontos."},
    {"unauthorized", "The tracker refused the token; install a valid one and restart Countersign.",
     "Der Tracker hat das Token abgelehnt; installiere ein gültiges und starte Countersign neu."},
    {"forbidden",
     "The token may not do this; give the bot's account the Reporter role and the scope api "
     "(GitLab), or the Issues permission (GitHub).",
     "Das Token darf das nicht; gib dem Konto des Bots die Rolle Reporter und das Recht api "
     "(GitLab), oder das Recht Issues (GitHub)."},
    {"issues_disabled", "Issues are disabled in the project; enable them, or configure another one.",
     "Das Projekt hat Vorgänge abgeschaltet; schalte sie ein, oder richte ein anderes ein."},
    {"unsupported_version",
     "The tracker does not know this version of its API; update the tracker, or Countersign.",
     "Der Tracker kennt diese Version seiner API nicht; aktualisiere ihn oder Countersign."},
    {"no_token", "Set the token of this tracker and restart Countersign.",
     "Setze das Token dieses Trackers und starte Countersign neu."},
    {"quick_action_run",
     "The tracker took a line of a text for a command and ran it with the bot's rights: look at the "
     "issue, and please report it as a fault of Countersign.",
     "Der Tracker hat eine Textzeile als Befehl genommen und mit den Rechten des Bots ausgeführt: "
     "Sieh dir den Vorgang an, und melde es bitte als Fehler von Countersign."},
    {"rate_limited", "The tracker limits the calls of this account; it is tried again.",
     "Der Tracker begrenzt die Aufrufe dieses Kontos; es wird noch einmal versucht."},
    {"conflict", "The issue changed at the same moment; it is tried again.",
     "Der Vorgang hat sich im selben Augenblick geändert; es wird noch einmal versucht."},
    {"unavailable", "The tracker has trouble of its own; it is tried again.",
     "Der Tracker hat selbst eine Störung; es wird noch einmal versucht."},
    {"timeout", "The tracker did not answer in time; check the network and the proxy.",
     "Der Tracker hat nicht rechtzeitig geantwortet; prüfe das Netz und den Proxy."},
    {"unreachable", "The tracker cannot be reached; check DNS, proxy and firewall.",
     "Der Tracker ist nicht erreichbar; prüfe DNS, Proxy und Firewall."},
    {"tls",
     "The tracker's certificate was not accepted; name its authority in ca_file of the tracker's section, "
     "and check this host's clock.",
     "Das Zertifikat des Trackers wurde nicht angenommen; nenne seine Zertifizierungsstelle in ca_file im "
     "Abschnitt des Trackers, und prüfe die Uhr dieses Rechners."},
    {"malformed",
     "The answer was not the tracker's; check api_url, and whether a proxy or a login page is in "
     "between.",
     "Die Antwort war nicht vom Tracker; prüfe api_url, und ob ein Proxy oder eine Anmeldeseite "
     "dazwischen ist."},
    {"answer_lost", "Whether it took effect is looked up before it is repeated.",
     "Ob es gewirkt hat, wird nachgesehen, bevor es wiederholt wird."},
    {"unreadable_row", "It was not sent: its row in the database is damaged. The operator has been told.",
     "Es wurde nicht gesendet: Seine Zeile in der Datenbank ist beschädigt. Der Betrieb weiß Bescheid."},
});

constexpr bool names(std::string_view codes, std::string_view code) {
    for (auto at = codes.find(code); at != std::string_view::npos; at = codes.find(code, at + 1)) {
        const auto end = at + code.size();
        if ((at == 0 || codes[at - 1] == ' ') && (end == codes.size() || codes[end] == ' ')) return true;
    }
    return false;
}

// Nothing is said in one language only, and a sentence stands once.
constexpr bool is_complete(std::span<const Advice> all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].codes.empty() || all[i].english.empty() || all[i].german.empty()) return false;
        for (std::size_t other = 0; other < i; ++other)
            if (all[other].english == all[i].english) return false;
    }
    return true;
}
static_assert(is_complete(of_slack) && is_complete(of_trackers));

}  // namespace

std::span<const Advice> slack_advice() {
    return of_slack;
}

std::span<const Advice> tracker_advice() {
    return of_trackers;
}

std::string_view advice_about(std::string_view code, std::span<const Advice> advice) {
    if (code.empty() || code.find(' ') != std::string_view::npos) return {};
    const auto found =
        std::ranges::find_if(advice, [&](const Advice& each) { return names(each.codes, code); });
    return found == advice.end() ? std::string_view() : found->english;
}

}  // namespace countersign::config
