#include "handlers/followers.hpp"

#include "handlers/effects.hpp"
#include "handlers/joining.hpp"
#include "handlers/people.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/requester_texts.hpp"

#include <fmt/format.h>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;

views::Message news(const storage::AppRequest& request, views::Language language) {
    const auto name = "*" + views::inert_line(request.app_name, 100) + "* (" + to_text(request.id) + ")";
    auto words = say_in(language, texts::follow_news, name, views::state_line(request, language));
    if (const auto decided = views::decision_line(request, language); !decided.empty())
        words += say_in(language, texts::status_decided, decided);
    return views::line(words);
}

}  // namespace

Outcome tell_followers(const Outcome& done, const Context& context) {
    Outcome outcome;
    for (const auto& change : done.changes) {
        const auto* saved = std::get_if<storage::SaveRequest>(&change);
        if (saved == nullptr) continue;
        // M24: whoever uses it hears of an emergency too.
        if (!storage::is_final(saved->request.state) &&
            saved->request.state != storage::RequestState::suspended)
            continue;
        const auto followers = context.view.followers(saved->request.id);
        if (followers.empty()) continue;
        const auto before = context.view.request(saved->request.id);
        if (before && before->state == saved->request.state) continue;
        for (const auto& user : followers) {
            if (hears_otherwise(saved->request, user, context)) continue;
            outcome.effects.push_back(direct_message(saved->request, user,
                                                     fmt::format("followed:v{}", saved->request.version),
                                                     news(saved->request, language_of(user, context))));
        }
    }
    return outcome;
}

}  // namespace countersign::handlers
