#pragma once

#include <string_view>

// Names that travel through Slack and come back: installed apps on the Home tab.
namespace countersign::handlers::views::ids {

inline constexpr std::string_view home_list = "home_list_";            // and the list's name
inline constexpr std::string_view home_page = "home_installed_page_";  // value "16": so many are before it
inline constexpr std::string_view home_add = "home_add_integration";
inline constexpr std::string_view home_authorize = "home_add_authorization";
// value: a target
inline constexpr std::string_view home_details = "home_installed_details";
inline constexpr std::string_view home_edit = "home_installed_edit";
inline constexpr std::string_view home_reconnect = "home_installed_reconnect";
inline constexpr std::string_view home_remove = "home_installed_remove";
inline constexpr std::string_view form_installed_details = "installed_details";  // only to be read

}  // namespace countersign::handlers::views::ids
