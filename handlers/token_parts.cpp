#include "handlers/token_parts.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {

using review::text_field;
using std::chrono::milliseconds;
using storage::Authorization;
using storage::Integration;

namespace {
constexpr milliseconds check_spread = std::chrono::minutes(30);

std::string_view note_of_waiting(const Integration& integration) {
    return (integration.kind == storage::IntegrationKind::tracker ? views::texts::account_not_reached
                                                                  : views::texts::account_not_posted)
        .in(views::Language::english);
}
}  // namespace

storage::Change save(Authorization authorization) {
    return storage::ChangeInstalled{storage::SaveAuthorization{std::move(authorization)}};
}

storage::Change save(Integration integration) {
    return storage::ChangeInstalled{storage::SaveIntegration{std::move(integration)}};
}

storage::Change account_timer(const char* kind, const Authorization& authorization, Timestamp due) {
    const nlohmann::json event{{"kind", kind}, {"id", authorization.id}};
    return storage::SetTimer{{fmt::format("{}:{}", kind, authorization.id), due, event.dump()}};
}

milliseconds account_jitter(const Authorization& authorization) {
    const auto digest = text::sha256_hex(authorization.id);
    return milliseconds(std::stoll(digest.substr(0, 8), nullptr, 16) % check_spread.count());
}

AuditNote account_note(const Authorization& authorization, const char* action, std::string_view what) {
    return {"countersign", action, authorization.id,
            details({{"name", authorization.name}, {"result", what}})};
}

std::string account_name(const Authorization& authorization) {
    return fmt::format("*{}* ({})", views::inert_line(authorization.name, 80),
                       views::inert_line(authorization.url, 80));
}

void await_access(Integration& integration, Timestamp now) {
    integration.state = storage::IntegrationState::degraded;
    integration.state_note = note_of_waiting(integration);
    integration.state_since = now;
}

bool awaits_access(const Integration& integration) {
    return integration.state == storage::IntegrationState::degraded &&
           integration.state_note == note_of_waiting(integration);
}

std::string pause_mark(const Integration& integration) {
    return "paused:" + std::to_string(integration.id);
}

std::string why_left_valid(const Authorization& old, const Authorization& fresh,
                           const std::vector<Authorization>& all) {
    if (old.fingerprint == fresh.fingerprint) return "it is the same token";
    const bool elsewhere = std::ranges::any_of(all, [&](const Authorization& other) {
        return other.id != old.id && other.fingerprint == old.fingerprint;
    });
    if (elsewhere) return "another authorization holds it too";
    // An app is installed in a workspace once: to take its older token back could end the newer one too.
    if (old.kind == storage::AuthorizationKind::slack && !old.account_id.empty() &&
        old.account_id == fresh.account_id)
        return "Slack says that both are of one installation";
    return "";
}

Timestamp end_of_life(std::int64_t seconds, Timestamp now) {
    constexpr std::chrono::seconds longest = std::chrono::days(3'650);
    return now + std::min(std::chrono::seconds(seconds), longest);
}

std::optional<Authorization> subject_of(const EffectAnswer& answer, const Context& context) {
    auto found = context.view.installed().authorization(text_field(answer.args, "authorization"));
    if (!found || found->fingerprint != text_field(answer.args, "fingerprint")) return std::nullopt;
    return found;
}

}  // namespace countersign::handlers
