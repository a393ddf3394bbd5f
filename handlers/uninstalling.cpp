#include "handlers/uninstalling.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/inventory.hpp"
#include "handlers/people.hpp"
#include "handlers/presses.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/inventory_care.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::text_field;
using storage::InventoryEntry;

storage::Change save(InventoryEntry entry) {
    return storage::ChangeInstalled{storage::SaveInventoryEntry{std::move(entry)}};
}

std::string timer_name(const InventoryEntry& entry) {
    return "uninstall:" + target_of(entry);
}

std::string named(const InventoryEntry& entry) {
    return fmt::format("*{}* ({})",
                       views::inert_line(entry.app_name.empty() ? entry.app_id.value : entry.app_name, 80),
                       views::inert_line(entry.app_id.value, 40));
}

std::optional<InventoryEntry> entry_at(std::string_view target, const Context& context) {
    const auto thing = thing_at(target, context);
    if (!thing || !std::holds_alternative<InventoryEntry>(*thing)) return std::nullopt;
    return std::get<InventoryEntry>(*thing);
}

// nullptr: it may be uninstalled through Slack's Admin API.
const views::Text<>* obstacle(const InventoryEntry& entry, const Context& context) {
    if (is_ours(entry.app_id, context)) return &texts::not_itself;
    if (is_protected(entry.app_id, context)) return &texts::not_protected_app;
    if (!context.capabilities.admin) return &texts::needs_admin_token;
    if (entry.state != storage::InstalledState::installed) return &texts::not_installed;
    if (entry.app_id.value.starts_with("service:")) return &texts::no_app_there;
    return nullptr;
}

// Of the call that was announced for this time.
std::string call_key(const InventoryEntry& entry, Timestamp at) {
    return fmt::format("uninstall:{}:{}", target_of(entry), to_millis(at));
}

// What the call was made for still holds: nobody has said stop, or begun anew, since.
bool is_wanted(const InventoryEntry& entry, std::string_view call) {
    return entry.uninstall_at && entry.state == storage::InstalledState::installed &&
           call == call_key(entry, *entry.uninstall_at);
}

// Slack may have been asked already.
bool may_have_left(const InventoryEntry& entry, Timestamp at, const Context& context) {
    const auto call = context.view.effect(call_key(entry, at));
    if (!call) return false;
    return call->state == storage::EffectState::claimed ||
           (call->state == storage::EffectState::pending && call->maybe_sent);
}

storage::Effect uninstall(const InventoryEntry& entry, Timestamp at, const Context& context) {
    storage::Effect made;
    made.key = call_key(entry, at);
    made.method = "admin.apps.uninstall";
    made.token = storage::TokenKind::admin;
    made.purpose = "uninstall";
    nlohmann::json args{{"app_id", entry.app_id.value}};
    if (entry.team_id.empty())
        args["enterprise_id"] = context.capabilities.enterprise.value;
    else
        args["team_ids"] = entry.team_id.value;
    made.args = args.dump();
    made.context = nlohmann::json{{"target", target_of(entry)}}.dump();
    return made;
}

// What stands in its way came up since the uninstall was announced, and who read that must not believe it
// happened.
Outcome spare(InventoryEntry entry, const views::Text<>& why, const Context& context) {
    Outcome outcome;
    const auto words = say_in(views::Language::english, why);
    outcome.effects.push_back(
        alarm(context.settings,
              fmt::format("uninstall_stopped:{}:{}", target_of(entry), to_millis(*entry.uninstall_at)),
              views::line(fmt::format(":warning: {} was not uninstalled. {}", named(entry), words))));
    outcome.audit.push_back({"countersign", "inventory.uninstall_stopped", target_of(entry),
                             details({{"name", name_of(entry)}, {"why", words}})});
    entry.uninstall_at.reset();
    outcome.changes.push_back(save(std::move(entry)));
    return outcome;
}

}  // namespace

Outcome uninstall_asked(const Press& press, const InventoryEntry& entry, const Context& context) {
    if (auto may = require_admin(press, target_of(entry), context); !may) return std::move(may.error());
    if (const auto* why = obstacle(entry, context)) return say(press, say_in(press.language, *why));
    if (entry.uninstall_at)
        return say(press, say_in(press.language, texts::uninstalled_already, named(entry),
                                 views::date(*entry.uninstall_at)));
    return open_form(press, views::uninstall_form(entry, context.settings.installed.uninstall_grace_days,
                                                  target_of(entry), press.language));
}

Outcome uninstall_confirmed(const Press& press, const Context& context) {
    auto entry = entry_at(press.value, context);
    if (!entry) return gone(press, views::ids::field_name);
    if (auto may = require_admin(press, target_of(*entry), context); !may) return std::move(may.error());
    if (const auto* why = obstacle(*entry, context))
        return wrong(press, views::ids::field_name, say_in(press.language, *why));
    const auto name = name_of(*entry);
    if (entered(press, views::ids::field_name) != std::string(text::trimmed(name)))
        return wrong(press, views::ids::field_name, say_in(press.language, texts::type_exactly, name));
    entry->uninstall_at =
        context.now + std::chrono::hours(24) * context.settings.installed.uninstall_grace_days;
    entry->uninstall_by = press.user.value;
    Outcome outcome;
    const nlohmann::json event{{"kind", "uninstall"}, {"target", target_of(*entry)}};
    outcome.changes.emplace_back(storage::SetTimer{{timer_name(*entry), *entry->uninstall_at, event.dump()}});
    const auto announced = [&](views::Language language) {
        return views::uninstall_announced(*entry, target_of(*entry), language);
    };
    const auto key = fmt::format("uninstall:{}:{}", target_of(*entry), to_millis(context.now));
    outcome.effects.push_back(alarm(context.settings, key, announced(views::Language::english)));
    if (!entry->owner.empty())
        outcome.effects.push_back(
            private_line(entry->owner, key, announced(language_of(entry->owner, context))));
    outcome.audit.push_back({press.user.value, "inventory.uninstall_announced", target_of(*entry),
                             details({{"name", name}, {"at", to_rfc3339(*entry->uninstall_at)}})});
    outcome.merge(say(press, say_in(press.language, texts::uninstalled_on, named(*entry),
                                    views::date(*entry->uninstall_at))));
    outcome.changes.push_back(save(std::move(*entry)));
    return outcome;
}

Outcome uninstall_stopped(const Press& press, const Context& context) {
    auto entry = entry_at(press.value, context);
    if (!entry || !entry->uninstall_at) return say(press, say_in(press.language, texts::nothing_to_stop));
    if (auto may = require_owner(press, *entry, context); !may) return std::move(may.error());
    if (may_have_left(*entry, *entry->uninstall_at, context))
        return say(press, say_in(press.language, texts::too_late_to_stop, named(*entry)));
    Outcome outcome;
    outcome.changes.emplace_back(storage::CancelTimer{timer_name(*entry)});
    entry->uninstall_at.reset();
    outcome.audit.push_back({press.user.value, "inventory.uninstall_stopped", target_of(*entry),
                             details({{"name", name_of(*entry)}})});
    outcome.effects.push_back(alarm(context.settings,
                                    fmt::format("uninstall_stopped:{}:{}", target_of(*entry), press.cause),
                                    views::line(fmt::format("{} stays: {} has stopped the uninstall.",
                                                            named(*entry), views::mention(press.user)))));
    outcome.merge(say(press, say_in(press.language, texts::stays_installed, named(*entry))));
    outcome.changes.push_back(save(std::move(*entry)));
    return outcome;
}

Outcome uninstall_due(const Event& event, const Context& context) {
    Outcome outcome;
    auto entry = entry_at(text_field(event.payload, "target"), context);
    if (!entry || !entry->uninstall_at || entry->state != storage::InstalledState::installed) return outcome;
    if (const auto* why = obstacle(*entry, context)) return spare(std::move(*entry), *why, context);
    outcome.effects.push_back(uninstall(*entry, *entry->uninstall_at, context));
    return outcome;
}

bool uninstall_may_leave(const storage::Effect& effect, const Context& context) {
    const auto about = nlohmann::json::parse(effect.context, nullptr, false);
    const auto entry = entry_at(text_field(about, "target"), context);
    return entry && is_wanted(*entry, effect.key) && obstacle(*entry, context) == nullptr;
}

// What cannot be told whether it happened is not repeated blindly: Slack's own event tells.
Outcome uninstall_answered(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    auto entry = entry_at(text_field(answer.context, "target"), context);
    if (!entry) return outcome;
    if (answer.meaning == "expired") {  // it has not left: uninstall_may_leave
        const auto* why = is_wanted(*entry, answer.key) ? obstacle(*entry, context) : nullptr;
        return why == nullptr ? Outcome() : spare(std::move(*entry), *why, context);
    }
    const auto by = entry->uninstall_by;
    entry->uninstall_at.reset();
    outcome.audit.push_back({by, answer.ok() ? "inventory.uninstalled" : "inventory.uninstall_failed",
                             target_of(*entry),
                             details({{"name", name_of(*entry)}, {"answer", answer.error}})});
    const auto words =
        answer.ok()
            ? fmt::format("{} was uninstalled. To bring it back, approve it and install it again{}.",
                          named(*entry),
                          entry->scopes.empty() ? "" : "; it had: " + views::inert_line(entry->scopes, 300))
            : fmt::format(":warning: {} was not uninstalled: {} Look at it in Slack's admin pages.",
                          named(*entry), views::inert_line(answer.trouble(), 300));
    outcome.effects.push_back(alarm(context.settings, "uninstall_answer:" + answer.key, views::line(words)));
    if (answer.ok()) {
        entry->state = storage::InstalledState::removed;
        entry->removed_at = context.now;
        entry->removed_by = by;
    }
    outcome.changes.push_back(save(std::move(*entry)));
    return outcome;
}

}  // namespace countersign::handlers
