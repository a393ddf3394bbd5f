#include "bot/slack/web_api.hpp"

#include <algorithm>
#include <array>

namespace countersign::slack {
namespace {

using enum ApiMeaning;

struct Code {
    std::string_view code;
    ApiMeaning meaning;
    std::string_view advice;  // "" = the sentence for its meaning
};

constexpr std::string_view fix_token = "Install a valid token of the right kind and reload Countersign.";
constexpr std::string_view fix_scope =
    "Add the missing scope to the app, reinstall it and reload Countersign; `countersign check` names the "
    "scope.";
constexpr std::string_view fix_channel =
    "Invite the app to the channel, or correct the channel id in the configuration; it must not be archived.";
constexpr std::string_view fix_posting =
    "Let the app post in this channel: Slack's posting permissions forbid it.";
constexpr std::string_view fix_admin =
    "Use a token of an organisation owner or admin, from this app installed on the whole organisation.";
constexpr std::string_view fix_ids =
    "Slack does not know this workspace or organisation; check where the app is installed.";
constexpr std::string_view wait_migration =
    "The workspace is being moved to an Enterprise organisation; wait until Slack is done.";
constexpr std::string_view our_fault =
    "Slack refused the form of this call: please report it as a fault of Countersign.";

// Slack's error codes, each with its meaning. A test compares this with Slack's reference for the methods we
// use.
constexpr auto codes = std::to_array<Code>({
    // Credentials and rights: a person has to act.
    {"access_denied", human, fix_admin},
    {"accesslimited", human,
     "Slack does not accept this network; allow the address of this host in Slack's IP rules."},
    {"account_inactive", human,
     "The person or app behind the token was deactivated; install a token that is alive."},
    {"ekm_access_denied", human,
     "Slack's administrators have suspended posting (Enterprise Key Management)."},
    {"enterprise_is_restricted", human,
     "Slack does not offer this method to an organisation; use a workspace's token."},
    {"forbidden_team", human, "Slack does not offer Socket Mode to this workspace; ask Slack's support."},
    {"invalid_auth", human, fix_token},
    {"is_bot", human, fix_token},
    {"missing_scope", human, fix_scope},
    {"no_permission", human, fix_scope},
    {"not_allowed_token_type", human, fix_token},
    {"not_authed", human, fix_token},
    {"org_login_required", human, wait_migration},
    {"team_access_not_granted", human,
     "Grant the app access to this workspace in the organisation's settings."},
    {"team_disabled", human, "The workspace is disabled; ask its owner."},
    {"token_expired", human, fix_token},
    {"token_revoked", human, fix_token},
    {"two_factor_setup_required", human,
     "The person behind the token must set up two-factor authentication in Slack."},
    {"user_removed_from_team", human,
     "The person behind the token has left the workspace; install another token."},
    {"user_is_restricted", human, fix_admin},
    {"not_an_admin", human, fix_admin},
    {"not_allowed", human, fix_admin},
    {"restricted_action", human, "A workspace setting forbids this; an admin must allow it for the app."},
    {"invalid_actor", human, fix_admin},
    {"feature_not_enabled", human, "Slack's Admin APIs are not enabled here; they need the Enterprise plan."},
    {"plan_upgrade_required", human,
     "Slack's plan does not include this; list user ids instead of user groups."},
    {"app_management_app_not_installed_on_org", human,
     "Install the app on the whole organisation, by an organisation owner or admin."},
    {"app_restricted_org_wide", human,
     "The app is restricted for the whole organisation; clear that resolution in Slack first."},
    {"org_resolution_required", human,
     "Slack wants this app resolved for the whole organisation, not for one workspace."},
    {"custom_integration_not_allowed_at_enterprise", human,
     "Custom integrations cannot be resolved for the organisation; decide it in the workspace, in Slack."},
    {"enterprise_not_found", human, fix_ids},
    {"team_not_found", human, fix_ids},
    {"method_deprecated", human, "Slack no longer offers this method; update Countersign."},
    {"deprecated_endpoint", human, "Slack no longer offers this method; update Countersign."},
    {"unknown_method", human, "Slack does not know this method; check slack.api_url, or update Countersign."},

    {"not_an_enterprise", human, "Slack offers this on the Enterprise plan only."},
    {"restricted_plan_level", human, "Slack's plan does not include this."},
    {"file_uploads_disabled", human,
     "A workspace setting forbids uploads; an admin must allow them for the app."},
    {"file_uploads_except_images_disabled", human,
     "A workspace setting forbids uploads; an admin must allow them for the app."},
    {"file_type_not_allowed", human,
     "A workspace setting forbids images; an admin must allow them for the app."},
    {"storage_limit_reached", human, "The workspace has no room for more files on its plan."},

    // Channels and people that cannot be reached.
    {"channel_not_found", human, fix_channel},
    {"channel_is_limited_access", human, fix_channel},
    {"is_archived", human, fix_channel},
    {"not_in_channel", human, fix_channel},
    {"restricted_action_non_threadable_channel", human, fix_posting},
    {"restricted_action_read_only_channel", human, fix_posting},
    {"restricted_action_thread_locked", human, fix_posting},
    {"restricted_action_thread_only_channel", human, fix_posting},
    {"message_limit_exceeded", human, "The workspace has reached Slack's message limit of its plan."},
    {"messages_tab_disabled", human,
     "Turn on the app's Messages tab (App Home) so that it can write to people."},
    {"not_enabled", human, "Turn on the app's Home tab (App Home)."},
    {"app_access_restricted", human,
     "Slack does not let this person use the app; tell the person another way."},
    {"user_disabled", refused, "The person's account is deactivated."},
    {"user_not_found", refused, "Slack does not know this person."},
    {"user_not_visible", refused, "The app may not see this person."},
    {"user_not_in_channel", refused, "The person is not in that channel."},
    {"no_such_subteam", human, "Slack does not know this user group; correct the id in the configuration."},

    // Slack's own trouble: again later.
    {"ratelimited", retry, ""},
    {"rate_limited", retry, ""},
    {"service_unavailable", retry, ""},
    {"team_added_to_org", retry, wait_migration},
    {"external_channel_migrating", retry, ""},
    {"streaming_state_conflict", retry, ""},
    {"update_failed", retry, ""},
    {"list_record_comment_fetch_failed", retry, ""},

    // Part of it may have happened.
    {"fatal_error", unclear, ""},
    {"internal_error", unclear, ""},
    {"request_timeout", unclear, ""},

    // The goal is reached although Slack says no; elsewhere these do not occur.
    {"auto_install_rule_creation_failed", ok_in_disguise,
     "The app is approved; create the automation rule by hand in Slack."},
    {"not_allowed_to_create_automation_rule", ok_in_disguise,
     "The app is approved; an owner must create the automation rule in Slack."},
    {"no_resolution_found", ok_in_disguise, "There was nothing to clear."},

    // Too late, or the world has moved on: the handler decides.
    {"request_already_resolved", refused, "Somebody has already decided this request in Slack."},
    {"expired_trigger_id", refused, "The form came too late; press the button again."},
    {"exchanged_trigger_id", refused, "The form was already opened once; press the button again."},
    {"invalid_trigger_id", refused, "Slack did not accept the trigger; press the button again."},
    {"push_limit_reached", refused, "Too many forms on top of each other; close one."},
    {"hash_conflict", refused, "The view has changed in the meantime."},
    {"not_found", refused, "The form is no longer open."},
    {"duplicate_external_id", refused, ""},
    {"message_not_found", refused, "The message was deleted."},
    {"thread_not_found", refused, "The message was deleted."},
    {"cant_update_message", refused, "The message belongs to somebody else."},
    {"cant_delete_message", refused, "The message belongs to somebody else."},
    {"edit_window_closed", refused, "The workspace's settings no longer allow editing this message."},
    {"is_inactive", refused, "The channel is archived or frozen."},
    {"cannot_reply_to_message", refused, "This message cannot have replies."},
    {"invalid_cursor", refused, "The list changed while it was read; read it from the start."},
    {"invalid_request_id", refused, "Slack does not know this request."},
    {"app_not_found", refused, "Slack does not know this app."},
    {"can_not_uninstall", human, "Slack does not let this app be uninstalled by an API; do it in Slack."},
    {"must_revoke_access", human,
     "The app is installed on the whole organisation: take its access to the workspace away in Slack."},
    {"permission_denied", human, fix_admin},
    {"specify_enterprise_or_teams", refused, our_fault},
    {"teams_not_found", human, fix_ids},
    {"too_many_teams", refused, our_fault},
    {"invalid_app_id", refused, "Slack does not know this app."},
    {"invalid_scopes", refused, "Slack does not know one of the scopes."},
    {"app_not_eligible_for_auto_install", refused, "The app cannot have an automation rule."},
    {"request_id_required_for_custom_integrations", refused,
     "A custom integration can only be decided by its request."},

    {"app_not_found", refused, "Slack does not know this app."},
    {"invalid_app", refused, "Slack does not know this app."},
    {"invalid_domains", refused, "Slack does not take one of the domains."},
    {"no_domains_provided", refused, "Slack wants at least one domain."},
    {"too_many_domains_provided", refused, "Slack takes at most 50 domains of each kind."},
    {"url_restriction_not_supported", refused, "Slack has no limit to domains for this app."},
    {"no_valid_named_entities", refused, "Slack knows none of the people and user groups."},
    {"named_entities_cannot_be_empty", refused, "Slack wants at least one person or user group."},
    {"too_many_named_entities", refused, "Too many people for Slack; name a user group."},
    {"usergroup_not_found", refused, "Slack does not know this user group."},
    {"invalid_channel", refused, fix_channel},
    {"file_update_failed", retry, ""},

    // What we sent is wrong.
    {"alt_txt_too_large", refused, our_fault},
    {"channel_ids_required", refused, our_fault},
    {"channel_restriction_requires_app_access", refused, our_fault},
    {"channel_restrictions_not_available", refused, our_fault},
    {"channels_limit_exceeded", refused, our_fault},
    {"file_upload_size_restricted", refused, our_fault},
    {"invalid_channel_restriction_mode", refused, our_fault},
    {"invalid_permission_type", refused, our_fault},
    {"invalid_workflow_auth_strategy", refused, our_fault},
    {"snippet_too_large", refused, our_fault},
    {"unknown_snippet_type", refused, our_fault},
    {"unknown_subtype", refused, our_fault},
    {"as_user_not_supported", refused, our_fault},
    {"attachment_payload_limit_exceeded", refused, our_fault},
    {"block_mismatch", refused, our_fault},
    {"blocked_file_type", refused, our_fault},
    {"cant_broadcast_message", refused, our_fault},
    {"draft_already_deleted", refused, our_fault},
    {"draft_already_sent", refused, our_fault},
    {"draft_has_conflict", refused, our_fault},
    {"draft_not_found", refused, our_fault},
    {"duplicate_channel_not_found", refused, our_fault},
    {"duplicate_message_not_found", refused, our_fault},
    {"file_deleted", refused, our_fault},
    {"file_is_deleted", refused, our_fault},
    {"file_not_found", refused, our_fault},
    {"file_share_limit_reached", refused, our_fault},
    {"insecure_request", human, our_fault},
    {"invalid_arg_name", refused, our_fault},
    {"invalid_arguments", refused, our_fault},
    {"invalid_array_arg", refused, our_fault},
    {"invalid_attachments", refused, our_fault},
    {"invalid_blocks", refused, our_fault},
    {"invalid_blocks_format", refused, our_fault},
    {"invalid_charset", refused, our_fault},
    {"invalid_form_data", refused, our_fault},
    {"invalid_limit", refused, our_fault},
    {"invalid_metadata_filter_keys", refused, our_fault},
    {"invalid_metadata_format", refused, our_fault},
    {"invalid_metadata_schema", refused, our_fault},
    {"invalid_post_type", refused, our_fault},
    {"invalid_ts_latest", refused, our_fault},
    {"invalid_ts_oldest", refused, our_fault},
    {"invalid_types", refused, our_fault},
    {"invalid_user_combination", refused, our_fault},
    {"markdown_text_conflict", refused, our_fault},
    {"max_file_sharing_exceeded", refused, our_fault},
    {"metadata_must_be_sent_from_app", refused, our_fault},
    {"metadata_too_large", refused, our_fault},
    {"method_not_supported_for_channel_type", refused, our_fault},
    {"missing_args", refused, our_fault},
    {"missing_argument", refused, our_fault},
    {"missing_file_data", refused, our_fault},
    {"missing_post_type", refused, our_fault},
    {"missing_profile_id", refused, our_fault},
    {"msg_blocks_too_long", refused, our_fault},
    {"msg_too_long", refused, our_fault},
    {"no_dual_broadcast_content_update", refused, our_fault},
    {"no_team_or_enterprise_provided", refused, our_fault},
    {"no_text", refused, our_fault},
    {"not_enough_users", refused, our_fault},
    {"not_implemented", refused, our_fault},
    {"posting_to_channel_denied", refused, fix_posting},
    {"request_id_or_app_id_is_required", refused, our_fault},
    {"send_on_behalf_not_allowed", refused, our_fault},
    {"slack_connect_blocked_file_type", refused, our_fault},
    {"slack_connect_canvas_sharing_blocked", refused, our_fault},
    {"slack_connect_clip_sharing_blocked", refused, our_fault},
    {"slack_connect_file_link_sharing_blocked", refused, our_fault},
    {"slack_connect_file_upload_sharing_blocked", refused, our_fault},
    {"slack_connect_lists_sharing_blocked", refused, our_fault},
    {"too_many_attachments", refused, our_fault},
    {"too_many_contact_cards", refused, our_fault},
    {"too_many_ids_provided", refused, our_fault},
    {"too_many_teams_provided", refused, our_fault},
    {"too_many_users", refused, our_fault},
    {"unable_to_share_files", refused, our_fault},
    {"users_list_not_supplied", refused, our_fault},
    {"view_too_large", refused, our_fault},

    // Ours, for what HTTP brings (web_api.cpp).
    {"answer_lost", unclear, "Slack's answer was lost on the way; check the network if it goes on."},
    {"malformed", unclear, "The answer was not Slack's; check whether a proxy or firewall intercepts."},
    {"timeout", retry, "Slack did not answer in time; check the network and the proxy."},
    {"tls", retry, "The certificate was not accepted; check slack.ca_file and the clock of this host."},
    {"unreachable", retry, "Slack cannot be reached; check DNS, proxy and firewall."},
});

struct Exception {
    std::string_view method;
    std::string_view code;
    ApiMeaning meaning;
};

// Where a method gives a code another meaning.
constexpr auto exceptions = std::to_array<Exception>({
    {"chat.delete", "message_not_found", ok_in_disguise},  // gone is what we wanted
    {"apps.connections.open", "missing_args", human},      // "an app-level token wasn't provided"
});

const Code* find_code(std::string_view code) {
    const auto* found = std::ranges::find(codes, code, &Code::code);
    return found == codes.end() ? nullptr : found;
}

}  // namespace

ApiMeaning meaning_of(std::string_view method, std::string_view slack_error) {
    for (const Exception& exception : exceptions) {
        if (exception.method == method && exception.code == slack_error) return exception.meaning;
    }
    const Code* known = find_code(slack_error);
    // A code nobody has seen: connecting goes on, or a hiccup at Slack would silence us for good (R10); any
    // other call is shown to a person rather than guessed at.
    if (known == nullptr) return method == "apps.connections.open" ? retry : human;
    if (known->meaning == unclear) {
        const Method* called = find_method(method);
        if (called != nullptr && called->repeat == Method::Repeat::harmless) return retry;
    }
    return known->meaning;
}

bool is_classified(std::string_view slack_error) {
    return find_code(slack_error) != nullptr;
}

std::string_view api_advice(std::string_view slack_error) {
    const Code* known = find_code(slack_error);
    if (known == nullptr) {
        return "Slack's answer is new to Countersign; look it up in Slack's method reference, and report it.";
    }
    if (!known->advice.empty()) return known->advice;
    switch (known->meaning) {
        case ok:
        case ok_in_disguise:
            return "Nothing to do.";
        case retry:
            return "Slack has trouble of its own; it is tried again.";
        case unclear:
            return "Whether it took effect is looked up before it is repeated.";
        case human:
            return "A person has to act in Slack.";
        case refused:
            return "Slack refused this call.";
    }
    return "";
}

}  // namespace countersign::slack
