#pragma once

#include "bot/tracker/webhook.hpp"

#include <optional>
#include <string>
#include <string_view>

// What GitHub tells by its webhook of access that has ended (I16): the App was suspended or uninstalled, or a
// person has taken their consent back.
namespace countersign::bot {

struct AccessHook {
    std::string delivery;
    std::string what;     // "suspended", "uninstalled", "revoked"
    std::string account;  // of "revoked": the person's id
    std::string name;     // the person's login; else the login of the App's owner there
};

// By its headers, before the body is read.
[[nodiscard]] bool is_access_event(const config::Tracker& tracker, const tracker::HookHeaders& headers);
// The body is known to be signed. Nothing: of no end of access.
[[nodiscard]] std::optional<AccessHook> read_access_hook(const tracker::HookHeaders& headers,
                                                         std::string_view body);

}  // namespace countersign::bot
