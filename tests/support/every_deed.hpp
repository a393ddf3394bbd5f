#pragma once

#include "handlers/views/action_ids.hpp"
#include "handlers/views/home_installed_ids.hpp"

#include <array>
#include <string_view>

// Everything that a person can set off in Slack, by the names that travel. tests/unit/handlers_who_may.cpp
// holds the lists to the product's own names, so that a new button is missing nowhere.
namespace countersign::tests {

namespace deed_ids = handlers::views::ids;

inline constexpr std::array every_button{
    deed_ids::vote_approve,   deed_ids::vote_reject,    deed_ids::vote_need_info,
    deed_ids::details,        deed_ids::approve_app,    deed_ids::restrict_app,
    deed_ids::reopen,         deed_ids::done,           deed_ids::link_issue,
    deed_ids::create_issue,   deed_ids::answer,         deed_ids::withdraw,
    deed_ids::home_request,   deed_ids::home_find,      deed_ids::home_figures,
    deed_ids::home_next,      deed_ids::home_first,     deed_ids::vote_conditional,
    deed_ids::vote_abstain,   deed_ids::claim,          deed_ids::take_back,
    deed_ids::approve_limits, deed_ids::let_through,    deed_ids::keep_decision,
    deed_ids::clear_decision, deed_ids::app_needed,     deed_ids::app_not_needed,
    deed_ids::stop_uninstall, deed_ids::grant_cancel,   deed_ids::grant_keep,
    deed_ids::home_list,      deed_ids::home_page,      deed_ids::installed_reconnect,
    deed_ids::home_add,       deed_ids::home_authorize, deed_ids::home_details,
    deed_ids::home_edit,      deed_ids::home_reconnect, deed_ids::home_remove,
};

inline constexpr std::array every_form{
    deed_ids::form_request,
    deed_ids::form_reject,
    deed_ids::form_restrict,
    deed_ids::form_need_info,
    deed_ids::form_answer,
    deed_ids::form_link,
    deed_ids::form_find,
    deed_ids::form_conditional,
    deed_ids::form_confirm,
    deed_ids::form_comment,
    deed_ids::form_override,
    deed_ids::form_limits,
    deed_ids::form_keep,
    deed_ids::form_clear,
    deed_ids::form_uninstall,
    deed_ids::form_authorization_add,
    deed_ids::form_installed_add,
    deed_ids::form_installed_edit,
    deed_ids::form_installed_remove,
    deed_ids::form_installed_reconnect,
};

inline constexpr std::array every_shortcut{
    deed_ids::shortcut_request,
    deed_ids::shortcut_my_requests,
    deed_ids::shortcut_request_this,
    deed_ids::vote_from_comment,
};

inline constexpr std::array<std::string_view, 17> every_app_request_words{
    "",     "status",    "list",  "link",    "withdraw", "find",    "approve", "away",      "back",
    "help", "automatic", "clear", "suspend", "object",   "connect", "figures", "disconnect"};

inline constexpr std::array<std::string_view, 10> every_installed_apps_words{
    "list", "add", "mirror", "help", "show", "edit", "remove", "reconnect", "test", "uninstall"};

}  // namespace countersign::tests
