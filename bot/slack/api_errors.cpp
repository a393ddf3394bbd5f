#include "bot/slack/web_api.hpp"
#include "config/advice.hpp"

#include <algorithm>
#include <array>

namespace countersign::slack {
namespace {

using enum ApiMeaning;

struct Code {
    std::string_view code;
    ApiMeaning meaning;
};

// Slack's error codes, each with its meaning. A test compares this with Slack's reference for the methods we
// use.
constexpr auto codes = std::to_array<Code>({
    // Credentials and rights: a person has to act.
    {"access_denied", human},
    {"accesslimited", human},
    {"account_inactive", human},
    {"ekm_access_denied", human},
    {"enterprise_is_restricted", human},
    {"forbidden_team", human},
    {"invalid_auth", human},
    {"is_bot", human},
    {"missing_scope", human},
    {"no_permission", human},
    {"not_allowed_token_type", human},
    {"not_authed", human},
    {"org_login_required", human},
    {"team_access_not_granted", human},
    {"team_disabled", human},
    {"token_expired", human},
    {"token_revoked", human},
    {"two_factor_setup_required", human},
    {"user_removed_from_team", human},
    {"user_is_restricted", human},
    {"not_an_admin", human},
    {"not_allowed", human},
    {"restricted_action", human},
    {"invalid_actor", human},
    {"feature_not_enabled", human},
    {"plan_upgrade_required", human},
    {"app_management_app_not_installed_on_org", human},
    {"app_restricted_org_wide", human},
    {"org_resolution_required", human},
    {"custom_integration_not_allowed_at_enterprise", human},
    {"enterprise_not_found", human},
    {"team_not_found", human},
    {"method_deprecated", human},
    {"deprecated_endpoint", human},
    {"unknown_method", human},

    {"not_an_enterprise", human},
    {"restricted_plan_level", human},
    {"file_uploads_disabled", human},
    {"file_uploads_except_images_disabled", human},
    {"file_type_not_allowed", human},
    {"storage_limit_reached", human},

    // Channels and people that cannot be reached.
    {"channel_not_found", human},
    {"channel_is_limited_access", human},
    {"is_archived", human},
    {"not_in_channel", human},
    {"restricted_action_non_threadable_channel", human},
    {"restricted_action_read_only_channel", human},
    {"restricted_action_thread_locked", human},
    {"restricted_action_thread_only_channel", human},
    {"message_limit_exceeded", human},
    {"messages_tab_disabled", human},
    {"not_enabled", human},
    {"app_access_restricted", human},
    {"user_disabled", refused},
    {"user_not_found", refused},
    {"user_not_visible", refused},
    {"user_not_in_channel", refused},
    {"no_such_subteam", human},

    // Slack's own trouble: again later.
    {"ratelimited", retry},
    {"rate_limited", retry},
    {"service_unavailable", retry},
    {"team_added_to_org", retry},
    {"external_channel_migrating", retry},
    {"streaming_state_conflict", retry},
    {"update_failed", retry},
    {"list_record_comment_fetch_failed", retry},

    // Part of it may have happened.
    {"fatal_error", unclear},
    {"internal_error", unclear},
    {"request_timeout", unclear},

    // The goal is reached although Slack says no; elsewhere these do not occur.
    {"auto_install_rule_creation_failed", ok_in_disguise},
    {"not_allowed_to_create_automation_rule", ok_in_disguise},
    {"no_resolution_found", ok_in_disguise},

    // Too late, or the world has moved on: the handler decides.
    {"request_already_resolved", refused},
    {"expired_trigger_id", refused},
    {"exchanged_trigger_id", refused},
    {"invalid_trigger_id", refused},
    {"push_limit_reached", refused},
    {"hash_conflict", refused},
    {"not_found", refused},
    {"duplicate_external_id", refused},
    {"message_not_found", refused},
    {"thread_not_found", refused},
    {"cant_update_message", refused},
    {"cant_delete_message", refused},
    {"edit_window_closed", refused},
    {"is_inactive", refused},
    {"cannot_reply_to_message", refused},
    {"invalid_cursor", refused},
    {"invalid_request_id", refused},
    {"app_not_found", refused},
    {"can_not_uninstall", human},
    {"must_revoke_access", human},
    {"permission_denied", human},
    {"specify_enterprise_or_teams", refused},
    {"teams_not_found", human},
    {"too_many_teams", refused},
    {"invalid_app_id", refused},
    {"invalid_scopes", refused},
    {"app_not_eligible_for_auto_install", refused},
    {"request_id_required_for_custom_integrations", refused},

    {"invalid_app", refused},
    {"invalid_domains", refused},
    {"no_domains_provided", refused},
    {"too_many_domains_provided", refused},
    {"url_restriction_not_supported", refused},
    {"no_valid_named_entities", refused},
    {"named_entities_cannot_be_empty", refused},
    {"too_many_named_entities", refused},
    {"usergroup_not_found", refused},
    {"invalid_channel", refused},
    {"file_update_failed", retry},

    {"canvas_disabled_user_team", human},
    {"canvas_disabled_file_team", human},
    {"team_tier_cannot_create_channel_canvases", human},
    {"free_teams_cannot_edit_standalone_canvases", human},
    {"not_supported_free_team", human},
    {"channel_canvas_already_exists", refused},
    {"free_team_canvas_tab_already_exists", refused},
    {"canvas_not_found", refused},
    {"canvas_creation_failed", human},
    {"canvas_tab_creation_failed", human},
    {"channel_canvas_creation_failed", human},
    {"canvas_editing_failed", human},

    // What we sent is wrong.
    {"alt_txt_too_large", refused},
    {"channel_ids_required", refused},
    {"channel_restriction_requires_app_access", refused},
    {"channel_restrictions_not_available", refused},
    {"channels_limit_exceeded", refused},
    {"file_upload_size_restricted", refused},
    {"invalid_channel_restriction_mode", refused},
    {"invalid_permission_type", refused},
    {"invalid_workflow_auth_strategy", refused},
    {"snippet_too_large", refused},
    {"unknown_snippet_type", refused},
    {"unknown_subtype", refused},
    {"as_user_not_supported", refused},
    {"attachment_payload_limit_exceeded", refused},
    {"block_mismatch", refused},
    {"blocked_file_type", refused},
    {"cant_broadcast_message", refused},
    {"draft_already_deleted", refused},
    {"draft_already_sent", refused},
    {"draft_has_conflict", refused},
    {"draft_not_found", refused},
    {"duplicate_channel_not_found", refused},
    {"duplicate_message_not_found", refused},
    {"file_deleted", refused},
    {"file_is_deleted", refused},
    {"file_not_found", refused},
    {"file_share_limit_reached", refused},
    {"insecure_request", human},
    {"invalid_arg_name", refused},
    {"invalid_arguments", refused},
    {"invalid_array_arg", refused},
    {"invalid_attachments", refused},
    {"invalid_blocks", refused},
    {"invalid_blocks_format", refused},
    {"invalid_charset", refused},
    {"invalid_form_data", refused},
    {"invalid_limit", refused},
    {"invalid_metadata_filter_keys", refused},
    {"invalid_metadata_format", refused},
    {"invalid_metadata_schema", refused},
    {"invalid_post_type", refused},
    {"invalid_ts_latest", refused},
    {"invalid_ts_oldest", refused},
    {"invalid_types", refused},
    {"invalid_user_combination", refused},
    {"markdown_text_conflict", refused},
    {"max_file_sharing_exceeded", refused},
    {"metadata_must_be_sent_from_app", refused},
    {"metadata_too_large", refused},
    {"method_not_supported_for_channel_type", refused},
    {"missing_args", refused},
    {"missing_argument", refused},
    {"missing_file_data", refused},
    {"missing_post_type", refused},
    {"missing_profile_id", refused},
    {"msg_blocks_too_long", refused},
    {"msg_too_long", refused},
    {"no_dual_broadcast_content_update", refused},
    {"no_team_or_enterprise_provided", refused},
    {"no_text", refused},
    {"not_enough_users", refused},
    {"not_implemented", refused},
    {"posting_to_channel_denied", refused},
    {"request_id_or_app_id_is_required", refused},
    {"send_on_behalf_not_allowed", refused},
    {"slack_connect_blocked_file_type", refused},
    {"slack_connect_canvas_sharing_blocked", refused},
    {"slack_connect_clip_sharing_blocked", refused},
    {"slack_connect_file_link_sharing_blocked", refused},
    {"slack_connect_file_upload_sharing_blocked", refused},
    {"slack_connect_lists_sharing_blocked", refused},
    {"too_many_attachments", refused},
    {"too_many_contact_cards", refused},
    {"too_many_ids_provided", refused},
    {"too_many_teams_provided", refused},
    {"too_many_users", refused},
    {"unable_to_share_files", refused},
    {"users_list_not_supplied", refused},
    {"view_too_large", refused},

    // Ours, for what HTTP brings (web_api.cpp).
    {"answer_lost", unclear},
    {"malformed", unclear},
    {"timeout", retry},
    {"tls", retry},
    {"unreachable", retry},
    // Ours, for what was never sent (effect_answer.hpp).
    {"unreadable_row", refused},
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
    const auto about = [](std::string_view code) {
        return config::advice_about(code, config::slack_advice());
    };
    const Code* known = find_code(slack_error);
    if (known == nullptr) return about("(unknown)");
    if (const auto own = about(slack_error); !own.empty()) return own;
    switch (known->meaning) {
        case ok:
        case ok_in_disguise:
            return about("(ok)");
        case retry:
            return about("(retry)");
        case unclear:
            return about("(unclear)");
        case human:
            return about("(human)");
        case refused:
            return about("(refused)");
    }
    return "";
}

}  // namespace countersign::slack
