#include "handlers/admin_agreement.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/judging.hpp"
#include "handlers/membership.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::Mark;

// Given for what is asked now, and not before the request came to stand where it does.
bool holds(const Mark& mark, std::string_view kind, const Case& item) {
    return mark.kind == kind && mark.scope_hash == item.request.scope_hash &&
           mark.at >= item.request.state_since;
}

}  // namespace

bool may_be_one_of_them(const UserId& user, const Case& item) {
    return !needs_several_admins(item) || !review::conflict_of_interest(item.request, user, asked_for(item));
}

std::vector<UserId> admins_agreed(const Case& item, const Context& context) {
    std::vector<UserId> agreed;
    for (const auto& mark : item.marks) {
        const bool counts = holds(mark, marks::admin_approval, item) &&
                            may_be_one_of_them(mark.person, item) && is_admin_still(mark.person, context);
        if (counts) agreed.push_back(mark.person);
    }
    return agreed;
}

std::string reasons_of(const std::vector<UserId>& admins, const Case& item) {
    std::vector<std::string> reasons;
    for (const auto& admin : admins) {
        const auto mark = std::ranges::find_if(item.marks, [&](const Mark& each) {
            return each.kind == marks::admin_approval && each.person == admin && !each.value.empty();
        });
        if (mark != item.marks.end()) reasons.push_back(fmt::format("{} ({})", mark->value, admin.value));
    }
    return text::joined(reasons, " / ");
}

std::string more_admins(const Case& item, int missing, views::Language language) {
    const auto wanted = std::to_string(item.judgement.admins);
    const auto id = to_text(item.request.id);
    return missing == 1 ? say_in(language, texts::one_more_admin, wanted, id)
                        : say_in(language, texts::more_admins, wanted, id, std::to_string(missing));
}

bool needs_several_admins(const Case& item) {
    return item.judgement.admins > 1 && item.judgement.decide != config::Automatic::approve;
}

int admins_missing(const Case& item, const Context& context) {
    if (!needs_several_admins(item)) return 0;
    return std::max(0, item.judgement.admins - static_cast<int>(admins_agreed(item, context).size()));
}

std::optional<review::ActiveBlackout> blackout_in_the_way(const Case& item, const Context& context) {
    const auto blackout = review::blackout_at(context.now, *context.settings.policy);
    const auto in_it = [&](const Mark& mark) {
        return holds(mark, marks::overrode_blackout, item) && mark.at >= blackout->begins;
    };
    return blackout && std::ranges::none_of(item.marks, in_it) ? blackout : std::nullopt;
}

std::optional<std::string> why_admins_first(const Case& item, views::Language language,
                                            const Context& context) {
    if (const auto missing = admins_missing(item, context); missing > 0)
        return more_admins(item, missing, language);
    if (const auto blackout = blackout_in_the_way(item, context))
        return press_to_override(*blackout, language, context);
    return std::nullopt;
}

bool waits_for_press(const Case& item, const Context& context) {
    return needs_several_admins(item) || review::blackout_at(context.now, *context.settings.policy);
}

std::string press_to_override(const review::ActiveBlackout& blackout, views::Language language,
                              const Context& context) {
    return say_in(language, texts::press_to_override,
                  time_zone::date_text(blackout.ends, context.settings.policy->calendar.zone));
}

}  // namespace countersign::handlers
