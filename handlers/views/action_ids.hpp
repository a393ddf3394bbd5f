#pragma once

#include <string_view>

// Names that travel through Slack and come back: buttons, forms, fields, shortcuts.
namespace countersign::handlers::views::ids {

// on the card
inline constexpr std::string_view vote_approve = "vote_approve";      // Approve
inline constexpr std::string_view vote_reject = "vote_reject";        // Reject
inline constexpr std::string_view vote_need_info = "vote_need_info";  // Need info
inline constexpr std::string_view details = "request_details";        // Details
inline constexpr std::string_view approve_app = "approve_app";        // Approve app
inline constexpr std::string_view restrict_app = "restrict_app";      // Restrict app
inline constexpr std::string_view reopen = "reopen_request";          // Reopen
inline constexpr std::string_view done = "mark_done";                 // Done
// in the requester's messages
inline constexpr std::string_view link_issue = "link_vendor_issue";      // Link vendor issue
inline constexpr std::string_view create_issue = "create_vendor_issue";  // Create vendor issue
inline constexpr std::string_view answer = "answer_question";            // Answer
inline constexpr std::string_view withdraw = "withdraw_request";         // Withdraw
// on the Home tab
inline constexpr std::string_view home_request = "home_request_app";  // Request an app
inline constexpr std::string_view home_find = "home_find_app";        // Find an app
inline constexpr std::string_view home_figures = "home_figures";      // Post figures
inline constexpr std::string_view home_next = "home_next_page";       // value "queue:17"
inline constexpr std::string_view home_first = "home_first_page";     // value "queue:0"
// forms (callback_id), each with its private_metadata = ButtonValue text
inline constexpr std::string_view form_request = "form_request_app";
inline constexpr std::string_view form_reject = "form_reject";
inline constexpr std::string_view form_restrict = "form_restrict_app";
inline constexpr std::string_view form_need_info = "form_need_info";
inline constexpr std::string_view form_answer = "form_answer";
inline constexpr std::string_view form_link = "form_link_issue";
inline constexpr std::string_view form_find = "form_find_app";  // no private_metadata
// shortcuts (callback_id)
inline constexpr std::string_view shortcut_request = "shortcut_request_app";
inline constexpr std::string_view shortcut_my_requests = "shortcut_my_requests";
inline constexpr std::string_view shortcut_request_this = "request_this_app";  // on a message
// fields: block_id = action_id
inline constexpr std::string_view field_app = "app";
inline constexpr std::string_view field_purpose = "purpose";
inline constexpr std::string_view field_issue = "vendor_issue_link";
inline constexpr std::string_view field_kind = "kind";  // kind_app, kind_change, kind_system
inline constexpr std::string_view field_data = "data_class";
inline constexpr std::string_view field_users = "users";
inline constexpr std::string_view field_alternatives = "alternatives";
inline constexpr std::string_view field_needed_until = "needed_until";
inline constexpr std::string_view field_behalf = "on_behalf_of";
inline constexpr std::string_view kind_app = "app", kind_change = "change", kind_system = "system";
inline constexpr std::string_view field_reason = "reason";
inline constexpr std::string_view field_question = "question";
inline constexpr std::string_view field_answer = "answer";
inline constexpr std::string_view field_request =
    "request";  // choice of a request; option value = ButtonValue text

// in the details: what parties and admins do less often
inline constexpr std::string_view vote_conditional = "vote_conditional";   // Approve with condition
inline constexpr std::string_view vote_abstain = "vote_abstain";           // Abstain
inline constexpr std::string_view claim = "claim_request";                 // Claim
inline constexpr std::string_view take_back = "take_back_vote";            // Take back my vote
inline constexpr std::string_view approve_limits = "approve_with_limits";  // Approve with limits
// on a card that is reconsidered
inline constexpr std::string_view let_through = "let_through";        // Let through
inline constexpr std::string_view keep_decision = "keep_decision";    // Keep
inline constexpr std::string_view clear_decision = "clear_decision";  // Clear
inline constexpr std::string_view form_conditional = "form_conditional";
inline constexpr std::string_view form_confirm = "form_confirm_name";
inline constexpr std::string_view form_comment = "form_vote_from_comment";
inline constexpr std::string_view form_override = "form_blackout_override";
inline constexpr std::string_view form_limits = "form_approve_limits";
inline constexpr std::string_view form_keep = "form_keep";
inline constexpr std::string_view form_clear = "form_clear";
inline constexpr std::string_view vote_from_comment = "vote_from_comment";  // message shortcut
inline constexpr std::string_view field_condition = "condition";
inline constexpr std::string_view field_last_day = "until";
inline constexpr std::string_view field_request_id = "request_id";
inline constexpr std::string_view field_decision = "decision";
inline constexpr std::string_view field_left_out = "left_out";
inline constexpr std::string_view field_only_for = "only_for";
inline constexpr std::string_view field_domains = "domains";

// installed apps
inline constexpr std::string_view installed_reconnect =
    "installed_reconnect";                                    // value: number of an integration
inline constexpr std::string_view app_needed = "app_needed";  // value: a target
inline constexpr std::string_view app_not_needed = "app_not_needed";
inline constexpr std::string_view stop_uninstall = "stop_uninstall";
inline constexpr std::string_view form_uninstall = "form_uninstall_app";  // private_metadata: a target
inline constexpr std::string_view grant_cancel = "grant_cancel";          // value: id of a pending grant
inline constexpr std::string_view grant_keep = "grant_keep";
inline constexpr std::string_view form_authorization_add =
    "form_authorization_add";  // private_metadata: id of the authorization that is renewed
inline constexpr std::string_view form_installed_add = "form_installed_add";
inline constexpr std::string_view form_installed_edit = "form_installed_edit";  // target_as_shown
inline constexpr std::string_view form_installed_remove = "form_installed_remove";
inline constexpr std::string_view form_installed_reconnect = "form_installed_reconnect";
inline constexpr std::string_view field_name = "name";
inline constexpr std::string_view field_authorization = "authorization";
inline constexpr std::string_view field_use = "use";
inline constexpr std::string_view field_channel = "channel";
inline constexpr std::string_view field_owner = "owner";
inline constexpr std::string_view field_connected_to = "connected_to";
inline constexpr std::string_view field_notes = "notes";
inline constexpr std::string_view field_pause = "pause";
inline constexpr std::string_view field_allowed_users = "allowed_users";
inline constexpr std::string_view field_allowed_channels = "allowed_channels";

}  // namespace countersign::handlers::views::ids
