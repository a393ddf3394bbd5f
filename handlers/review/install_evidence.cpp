#include "handlers/review/install_evidence.hpp"

#include "config/base/text.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::handlers::review {
namespace {

using storage::InstalledState;
using storage::InventoryEntry;
using What = InstallEvidence::What;

constexpr std::size_t longest_name = 150, longest_scopes = 4'000;

std::string id_in(const nlohmann::json& log, const char* key) {
    const auto text = text_field(log, key);
    return text == "0" ? "" : text;
}

std::optional<What> change_in(const nlohmann::json& log) {
    const auto change = text_field(log, "change_type");
    if (change == "added" || change == "enabled") return What::installed;
    if (change == "updated" || change == "expanded") return What::updated;
    if (change == "removed" || change == "disabled") return What::removed;
    return std::nullopt;
}

void take_names(InventoryEntry& entry, const InstallEvidence& evidence) {
    if (!evidence.app_name.empty()) entry.app_name = evidence.app_name;
    if (!evidence.scopes.empty()) entry.scopes = evidence.scopes;
    entry.source = evidence.source;
}

}  // namespace

std::optional<InstallEvidence> read_integration_log(const nlohmann::json& log, const TeamId& team,
                                                    std::string_view source) {
    if (!log.is_object() || !text_field(log, "resolution").empty()) return std::nullopt;
    const auto change = change_in(log);
    if (!change) return std::nullopt;
    const auto app = id_in(log, "app_id"), service = id_in(log, "service_id"), date = id_in(log, "date");
    if (app.empty() && service.empty()) return std::nullopt;
    std::int64_t seconds = 0;
    std::from_chars(date.data(), date.data() + date.size(), seconds);
    if (seconds <= 0) return std::nullopt;
    auto name = text_field(log, app.empty() ? "service_type" : "app_type");
    auto scopes = text_field(log, "scope");
    std::ranges::replace(scopes, ',', ' ');
    return InstallEvidence{.what = *change,
                           .app = AppId(app.empty() ? "service:" + service : app),
                           .team = team,
                           .app_name = text::shortened(text::cleaned(name), longest_name),
                           .by = text::shortened(text::cleaned(text_field(log, "user_id")), 40),
                           .scopes = text::shortened(text::cleaned(scopes), longest_scopes),
                           .source = std::string(source),
                           .at = from_millis(seconds * 1000)};
}

std::vector<storage::Scope> scopes_named(std::string_view names) {
    std::string list(names);
    std::ranges::replace(list, ',', ' ');
    std::vector<storage::Scope> scopes;
    for (auto& name : text::words(list))
        scopes.emplace_back().name = std::move(name);
    return scopes;
}

bool installs(const InstallEvidence& evidence, const storage::AppRequest& request) {
    if (evidence.what == What::removed) return false;
    const auto told = scopes_named(evidence.scopes);
    const bool comparable = !told.empty() && !request.scopes.empty();
    if (comparable && !covers(told, request.scopes)) return false;
    const auto since = comparable ? request.created_at : request.state_since;
    return evidence.at + std::chrono::seconds(1) > since;  // the log counts whole seconds
}

InventoryEntry with_evidence(std::optional<InventoryEntry> known, const InstallEvidence& told,
                             Timestamp now) {
    InventoryEntry entry;
    auto evidence = told;
    // A date from a clock that nobody should trust would outdate all that is heard afterwards (U10).
    if (evidence.at > now + std::chrono::days(1)) evidence.at = now;
    if (known) {
        entry = *known;
    } else {
        entry.app_id = evidence.app;
        entry.team_id = evidence.team;
        entry.app_name = evidence.app_name;
        entry.first_seen = now;
    }
    entry.last_seen = std::max(entry.last_seen, evidence.at);
    const bool newer = !known || evidence.at >= known->last_seen;
    if (!newer) {
        // Who set it up first is worth knowing even when it comes in late.
        if (evidence.what == What::installed && !entry.set_up_at) {
            entry.set_up_at = evidence.at;
            entry.set_up_by = evidence.by;
        }
        return entry;
    }
    take_names(entry, evidence);
    switch (evidence.what) {
        case What::installed:
            entry.state = InstalledState::installed;
            entry.set_up_at = evidence.at;
            entry.set_up_by = evidence.by;
            entry.removed_at.reset();
            entry.removed_by.clear();
            break;
        case What::updated:
            entry.state = InstalledState::installed;
            entry.removed_at.reset();
            entry.removed_by.clear();
            break;
        case What::removed:
            entry.state = InstalledState::removed;
            entry.removed_at = evidence.at;
            entry.removed_by = evidence.by;
            break;
    }
    return entry;
}

}  // namespace countersign::handlers::review
