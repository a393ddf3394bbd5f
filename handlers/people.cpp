#include "handlers/people.hpp"

#include "config/base/text.hpp"
#include "handlers/departures.hpp"
#include "handlers/effects.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/recent.hpp"
#include "handlers/review/payload_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::text_field;

constexpr std::size_t longest_name = 80;
constexpr std::chrono::seconds good_for = std::chrono::hours(24);
constexpr std::chrono::seconds once_in{5};

bool is_user_id(std::string_view id) {
    return id.starts_with('U') || id.starts_with('W');
}

}  // namespace

views::Language language_of(const UserId& user, const Context& context) {
    const auto person = context.view.person(user);
    return person ? views::language_of(person->locale) : views::Language::english;
}

std::string name_of(const UserId& user, const Context& context) {
    const auto person = context.view.person(user);
    return person && !person->name.empty() ? person->name : user.value;
}

bool is_gone(const UserId& user, const Context& context) {
    const auto known = context.view.person(user);
    return known && !known->active;
}

std::string zone_of(const UserId& user, const Context& context) {
    const auto person = context.view.person(user);
    return person ? person->zone : std::string();
}

Outcome meet(const UserId& user, const Context& context) {
    Outcome outcome;
    if (!is_user_id(user.value)) return outcome;
    const auto known = context.view.person(user);
    if (known && is_recent(known->read_at, context.now, good_for)) return outcome;
    // The day is part of the key: whoever cannot be read is asked about once a day and not with each press.
    outcome.effects.push_back(read_person(user, std::to_string(context.now.time_since_epoch() / good_for)));
    return outcome;
}

Outcome meet_anew(const UserId& user, const Context& context) {
    Outcome outcome;
    if (!is_user_id(user.value)) return outcome;
    const auto known = context.view.person(user);
    const auto when = known ? std::max(context.now, known->read_at + once_in) : context.now;
    auto effect = read_person(user, fmt::format("anew.{}", when.time_since_epoch() / once_in));
    effect.not_before = when;
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

std::optional<storage::Person> read_described(const EffectAnswer& answer, Timestamp now) {
    const auto& user = review::field(answer.response, "user");
    const UserId id(text_field(user, "id"));
    if (!answer.ok() || id.empty()) return std::nullopt;
    const auto& profile = review::field(user, "profile");
    auto name = text_field(profile, "display_name");
    if (name.empty()) name = text_field(user, "real_name");
    if (name.empty()) name = text_field(user, "name");
    const auto flag = [&](const char* key) { return review::bool_field(user, key).value_or(false); };
    return storage::Person{
        .id = id,
        .name = text::shortened(text::cleaned(name), longest_name),
        .locale = text_field(user, "locale"),
        .zone = text_field(user, "tz"),
        .zone_offset = static_cast<int>(review::number_field(user, "tz_offset")),
        .active = !flag("deleted"),
        // Of another organisation, in a shared channel: no more of a member (I5).
        .guest = flag("is_restricted") || flag("is_ultra_restricted") || flag("is_stranger"),
        .read_at = now};
}

Outcome person_told(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    auto person = read_described(answer, context.now);
    if (!person) return outcome;
    // What they look at changes its language with them.
    if (views::language_of(person->locale) != language_of(person->id, context))
        outcome.merge(refresh_home_now(person->id, context));
    if (!person->active) outcome.merge(has_left(person->id, context));
    outcome.changes.emplace_back(storage::SavePerson{std::move(*person)});
    return outcome;
}

}  // namespace countersign::handlers
