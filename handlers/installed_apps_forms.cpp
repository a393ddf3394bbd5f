#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;

}  // namespace

std::string entered(const Press& press, std::string_view field, std::size_t limit) {
    const auto found = press.fields.find(std::string(field));
    return found == press.fields.end() ? "" : text::shortened(text::trimmed(found->second), limit);
}

Outcome wrong(const Press& press, std::string_view field, const std::string& sentence) {
    return refuse_at(press, field, "installed_apps", "invalid", sentence);
}

Outcome gone(const Press& press, std::string_view field) {
    return wrong(press, field, say_in(press.language, texts::it_is_gone));  // I20
}

std::string taken_name(const Press& press, const std::string& name, std::int64_t except,
                       const Context& context) {
    const auto all = context.view.installed().integrations();
    const bool taken = std::ranges::any_of(all, [&](const storage::Integration& other) {
        return other.id != except && storage::name_key(other.name) == storage::name_key(name);
    });
    return taken ? say_in(press.language, texts::integration_name_taken) : "";
}

std::string digest_of(const std::vector<storage::Integration>& dependents) {
    auto shown = nlohmann::json::array();
    for (const auto& each : dependents)
        shown.push_back({each.id, each.name});
    return text::sha256_hex(shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string being_tried(const storage::Integration& integration, views::Language language) {
    const auto line = views::integration_line(integration, language);
    return integration.kind == storage::IntegrationKind::tracker
               ? say_in(language, texts::asking_server, views::inert_line(integration.instance, 80), line)
               : say_in(language, texts::posting_first, line);
}

bool usable(const storage::Authorization& authorization) {
    return authorization.state != storage::AuthorizationState::needs_reauth;
}

bool is_installed_form(std::string_view callback) {
    return callback == ids::form_installed_add || callback == ids::form_installed_edit ||
           callback == ids::form_installed_remove || callback == ids::form_installed_reconnect;
}

Outcome installed_form_submitted(const Press& press, const Context& context) {
    if (press.what == ids::form_installed_add) return integration_added(press, context);
    if (press.what == ids::form_installed_edit) return installed_edited(press, context);
    if (press.what == ids::form_installed_remove) return installed_removed(press, context);
    return reconnect_chosen(press, context);
}

}  // namespace countersign::handlers
