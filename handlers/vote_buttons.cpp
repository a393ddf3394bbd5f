#include "handlers/answers.hpp"
#include "handlers/app_history.hpp"
#include "handlers/casting.hpp"
#include "handlers/handlers.hpp"
#include "handlers/limits.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/party_forms.hpp"
#include "handlers/views/request_card.hpp"

#include <algorithm>

namespace countersign::handlers {

namespace ids = views::ids;

Outcome vote_pressed(const Press& press, const Context& context) {
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    if (press.what == ids::details) {
        const auto counting = review::counting_votes(item->request, item->votes);
        const bool has_voted =
            std::ranges::find(counting, press.user, &storage::Vote::voter) != counting.end();
        return say(press,
                   views::request_details({.request = item->request,
                                           .parties = item->matrix,
                                           .issue = item->issue,
                                           .settings = context.settings,
                                           .org_driver = context.capabilities.admin,
                                           .limits = limits_text(limits_of(*item), press.language),
                                           .history = app_history(item->request, press.language, context),
                                           .language = press.language,
                                           .has_voted = has_voted},
                                          item->votes));
    }
    if (press.what == ids::vote_need_info) {
        auto party = require_question(press, *item, context);
        if (!party) return std::move(party.error());
        return open_form(press, views::need_info_form(item->request, *party, press.language));
    }
    auto party = require_vote(press, *item, context);
    if (!party) return std::move(party.error());
    if (press.what == ids::vote_reject) {
        return open_form(press,
                         views::reject_form(item->request, item->matrix[*party].party, press.language));
    }
    // P23: where the policy asks for care, a press alone is not enough.
    if (item->judgement.confirm_by_name)
        return open_form(press,
                         views::confirm_form(item->request, item->matrix[*party].party, press.language));
    return cast_vote(press, std::move(*item), *party, storage::VoteAnswer::approve, {}, context);
}

}  // namespace countersign::handlers
