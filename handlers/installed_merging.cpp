#include "handlers/installed_merging.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::Authorization;
using storage::Integration;
using storage::InventoryEntry;

// In the order of the digests.
using FormValues = std::vector<std::pair<std::string_view, std::string>>;

FormValues values_of(const Authorization& authorization) {
    FormValues values{{ids::field_name, authorization.name},
                      {ids::field_owner, authorization.owner.value},
                      {ids::field_notes, authorization.notes},
                      {ids::field_allowed_users, authorization.allowed_users}};
    // Only Slack has channels.
    if (authorization.kind == storage::AuthorizationKind::slack)
        values.emplace_back(ids::field_allowed_channels, authorization.allowed_channels);
    return values;
}

FormValues values_of(const Integration& integration) {
    const bool paused = integration.state == storage::IntegrationState::paused;
    return {{ids::field_name, integration.name},
            {ids::field_owner, integration.owner.value},
            {ids::field_pause, paused ? "paused" : "on"}};
}

FormValues values_of(const InventoryEntry& entry) {
    return {{ids::field_owner, entry.owner.value},
            {ids::field_connected_to, entry.connected_to},
            {ids::field_purpose, entry.purpose},
            {ids::field_data, entry.data_class},
            {ids::field_notes, entry.notes}};
}

FormValues values_of(const InstalledThing& thing) {
    return std::visit([](const auto& each) { return values_of(each); }, thing);
}

bool is_list(std::string_view field) {
    return field == ids::field_allowed_users || field == ids::field_allowed_channels;
}

std::size_t limit_of(std::string_view field) {
    constexpr std::size_t longest_list = 3'000, longest_words = 500;
    if (is_list(field)) return longest_list;
    return field == ids::field_name ? longest_installed_name : longest_words;
}

// As the form shows it, in one line and perhaps cut, and gives it back untouched.
std::string shown(std::string_view field, const std::string& value) {
    const auto limit = limit_of(field);
    return text::shortened(text::trimmed(views::plain(value, limit)), limit);
}

// As it would be stored.
std::string value_in(const Press& press, std::string_view field) {
    auto value = entered(press, field, limit_of(field));
    if (is_list(field)) return text::joined(text::words(value), " ");
    if (field == ids::field_pause) return value == "paused" ? value : "on";
    if (field == ids::field_data && value == "none") return "";
    return value;
}

}  // namespace

std::string target_as_shown(const InstalledThing& thing) {
    auto target = target_of(thing) + "#";
    for (const auto& each : values_of(thing))
        target += short_digest(shown(each.first, each.second)) + " ";
    return target;
}

std::expected<MergedValues, Outcome> merged(const Press& press, const InstalledThing& thing) {
    const auto mark = press.value.rfind('#');
    const auto digests =
        text::words(mark == std::string::npos ? "" : std::string_view(press.value).substr(mark + 1));
    MergedValues values;
    for (auto& [field, current] : values_of(thing)) {
        const auto before = values.size() < digests.size() ? digests[values.size()] : "";
        const auto now = shown(field, current);
        auto value = value_in(press, field);
        const bool changed = value != current && value != now && short_digest(value) != before;
        if (changed && short_digest(now) != before)
            return std::unexpected(
                wrong(press, field,
                      say_in(press.language, texts::changed_meanwhile, text::shortened(current, 200))));
        values.emplace(field, std::move(changed ? value : current));
    }
    return values;
}

}  // namespace countersign::handlers
