#include "handlers/recertifying.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/people.hpp"
#include "handlers/protection.hpp"
#include "handlers/rights.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/inventory_care.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using std::chrono::hours;
using storage::InventoryEntry;

constexpr auto day = hours(24);
constexpr auto patience = day * 14;
constexpr std::size_t wave = 20;  // so many questions a day at most, over all owners

storage::Change save(InventoryEntry entry) {
    return storage::ChangeInstalled{storage::SaveInventoryEntry{std::move(entry)}};
}

std::string key_of(const char* what, const InventoryEntry& entry, Timestamp asked) {
    return fmt::format("{}:{}:{}", what, target_of(entry), to_millis(asked));
}

// Who has no owner, or an owner who does not answer, is the admins' business.
void escalate(const InventoryEntry& entry, Timestamp asked, const Context& context, Outcome& outcome) {
    outcome.effects.push_back(
        alarm(context.settings, key_of("recertify_late", entry, asked),
              views::recertify_question(entry, target_of(entry), true, views::Language::english)));
}

// The owner; where there is none, whoever set it up or asked for it and is still there. Nobody: the admins.
UserId whom_to_ask(const InventoryEntry& entry, const Context& context) {
    if (!entry.owner.empty()) return entry.owner;
    const auto is_here = [&](const UserId& id) {
        const auto person = context.view.person(id);
        return person && person->active && !person->guest;
    };
    if (const UserId installer(entry.set_up_by); is_here(installer)) return installer;
    const auto request = entry.request ? context.view.request(*entry.request) : std::nullopt;
    return request && is_here(request->requester) ? request->requester : UserId();
}

// M28: what was there before Countersign was, and nobody has ever approved.
bool to_catch_up(const InventoryEntry& entry) {
    return entry.source != "event" && !entry.source.empty() && !entry.request && !entry.confirmed_at;
}

void ask(InventoryEntry entry, const Context& context, Outcome& outcome) {
    entry.asked_at = context.now;
    const auto whom = whom_to_ask(entry, context);
    if (whom.empty())
        escalate(entry, context.now, context, outcome);
    else
        outcome.effects.push_back(private_line(
            whom, key_of("recertify", entry, context.now),
            views::recertify_question(entry, target_of(entry), false, language_of(whom, context))));
    outcome.audit.push_back({"countersign", "inventory.recertification_asked", target_of(entry),
                             details({{"name", entry.app_name}, {"owner", whom.value}})});
    outcome.changes.push_back(save(std::move(entry)));
}

}  // namespace

Outcome schedule_recertifying(const Context& context) {
    Outcome outcome;
    // A daemon that is started every day would put it off for ever.
    if (context.view.timer("recertify")) return outcome;
    outcome.changes.emplace_back(
        storage::SetTimer{{"recertify", context.now + day, R"({"kind":"recertify"})"}});
    return outcome;
}

Outcome recertify_due(const Context& context) {
    auto outcome = schedule_recertifying(context);
    const auto months = context.settings.installed.recertify_months;
    if (months == 0) return outcome;
    const auto period = std::chrono::months(months);
    const auto due_before = context.now - std::chrono::duration_cast<std::chrono::milliseconds>(period);
    std::size_t asked = 0;
    for (auto& entry : context.view.installed().inventory({.state = "installed", .limit = 10'000})) {
        if (is_ours(entry.app_id, context)) continue;
        if (entry.asked_at) {
            // Once: the key is the question's.
            if (context.now - *entry.asked_at >= patience) escalate(entry, *entry.asked_at, context, outcome);
            continue;
        }
        const bool due = to_catch_up(entry) ? context.now - entry.first_seen >= patience
                                            : entry.confirmed_at.value_or(entry.first_seen) <= due_before;
        if (!due || asked == wave) continue;
        ++asked;
        ask(std::move(entry), context, outcome);
    }
    return outcome;
}

bool is_care_button(std::string_view action) {
    return action == ids::app_needed || action == ids::app_not_needed || action == ids::stop_uninstall;
}

Outcome care_pressed(const Press& press, const Context& context) {
    if (press.what == ids::stop_uninstall) return uninstall_stopped(press, context);
    const auto thing = thing_at(press.value, context);
    if (!thing || !std::holds_alternative<InventoryEntry>(*thing))
        return say(press, say_in(press.language, texts::not_in_inventory));
    auto entry = std::get<InventoryEntry>(*thing);
    const bool asked = entry.asked_at && press.user == whom_to_ask(entry, context);
    if (!asked)
        if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    Outcome outcome;
    const bool needed = press.what == ids::app_needed;
    const auto name = views::inert_line(entry.app_name.empty() ? entry.app_id.value : entry.app_name, 80);
    outcome.audit.push_back({press.user.value, needed ? "inventory.recertified" : "inventory.not_needed",
                             target_of(entry), details({{"name", entry.app_name}})});
    if (needed) {
        entry.confirmed_at = context.now;
        entry.confirmed_by = press.user.value;
        entry.asked_at.reset();
        outcome.merge(say(press, say_in(press.language, texts::it_stays, name)));
        outcome.changes.push_back(save(std::move(entry)));
        return outcome;
    }
    outcome.effects.push_back(alarm(
        context.settings, key_of("not_needed", entry, entry.asked_at.value_or(context.now)),
        views::line(fmt::format("{} says that *{}* is not needed any more. `/installed-apps uninstall "
                                "{}/{}` begins its removal.",
                                views::mention(press.user), name, entry.app_id.value, entry.team_id.value))));
    outcome.merge(say(press, say_in(press.language, texts::admins_hear, name)));
    return outcome;
}

}  // namespace countersign::handlers
