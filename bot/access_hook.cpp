#include "bot/access_hook.hpp"

#include "config/base/text.hpp"
#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

using handlers::review::field;
using handlers::review::number_field;
using handlers::review::text_field;
using nlohmann::json;

std::string header(const tracker::HookHeaders& headers, const char* name) {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

std::string what_of(const std::string& event, const std::string& action) {
    if (event == "github_app_authorization" && action == "revoked") return "revoked";
    if (event == "installation" && action == "suspend") return "suspended";
    if (event == "installation" && action == "deleted") return "uninstalled";
    return "";
}

}  // namespace

bool is_access_event(const config::Tracker& tracker, const tracker::HookHeaders& headers) {
    if (tracker.kind != config::TrackerKind::github || !headers.contains("x-hub-signature-256")) return false;
    const auto event = header(headers, "x-github-event");
    return event == "installation" || event == "github_app_authorization";
}

std::optional<AccessHook> read_access_hook(const tracker::HookHeaders& headers, std::string_view body) {
    const auto payload = json::parse(body, nullptr, false);
    AccessHook hook;
    hook.delivery = header(headers, "x-github-delivery");
    hook.what = what_of(header(headers, "x-github-event"), text_field(payload, "action"));
    if (hook.what.empty() || hook.delivery.empty() || hook.delivery.size() > 200) return std::nullopt;
    const auto& who =
        hook.what == "revoked" ? field(payload, "sender") : field(field(payload, "installation"), "account");
    const auto id = number_field(who, "id");
    hook.name = text::shortened(text::cleaned(text_field(who, "login")), 100);
    if (hook.what == "revoked" ? id <= 0 : hook.name.empty()) return std::nullopt;
    if (id > 0) hook.account = std::to_string(id);
    return hook;
}

}  // namespace countersign::bot
