#include "handlers/requests_of_person.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/issue_votes.hpp"
#include "handlers/joining.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/rights.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "storage/erasure.hpp"

#include <fmt/format.h>

namespace countersign::handlers {

namespace texts = views::texts;

using storage::RequestState;

std::expected<void, Outcome> require_requester(const Press& press, const Case& item) {
    if (press.user == item.request.requester) return {};
    return std::unexpected(refuse(press, to_text(item.request.id), "not_yours",
                                  say_in(press.language, texts::not_your_request, to_text(item.request.id))));
}

std::expected<void, Outcome> require_may_link(const Press& press, const Case& item, const Context& context) {
    const auto& request = item.request;
    if (storage::is_final(request.state) || review::in_flight(request.state)) {
        return std::unexpected(
            refuse(press, to_text(request.id), "decided", already(request, press.language)));
    }
    if (press.user == request.requester) return {};
    auto reviewer = require_reviewer(press, item, context);
    if (!reviewer) return std::unexpected(std::move(reviewer.error()));
    return {};
}

std::expected<void, Outcome> require_may_answer(const Press& press, const Case& item) {
    if (auto own = require_requester(press, item); !own) return own;
    if (item.request.state == RequestState::need_info) return {};
    const auto why = storage::is_final(item.request.state) || review::in_flight(item.request.state)
                         ? already(item.request, press.language)
                         : say_in(press.language, texts::nobody_waits, to_text(item.request.id));
    return std::unexpected(refuse(press, to_text(item.request.id), "no_question", why));
}

Outcome withdraw(const Press& press, Case item, const Context& context) {
    const auto id = to_text(item.request.id);
    if (auto own = require_requester(press, item); !own) return std::move(own.error());
    if (const auto open = joined_to(item.request, context); open && !storage::is_final(open->state))
        return leave(press, item.request, *open, context);
    if (!review::may_be_withdrawn(item.request.state))
        return refuse(press, id, "decided", already(item.request, press.language));
    Outcome outcome;
    outcome.audit.push_back({press.user.value, "request.withdrawn", id, details({{"cause", press.cause}})});
    outcome.merge(end(std::move(item),
                      {.state = RequestState::withdrawn,
                       .kind = storage::DecisionKind::cancel,
                       .by = press.user,
                       .reason = {},
                       .evidence = details({{"withdrawn_by", press.user.value}})},
                      press.user.value, context));
    return outcome;
}

Outcome note_issue(Case& item, const review::IssueLink& link, const UserId& by, std::string_view cause,
                   const Context& context) {
    const auto& request = item.request;
    item.issue = storage::VendorIssue{.request = request.id,
                                      .tracker = link.tracker,
                                      .project = link.project,
                                      .iid = link.iid,
                                      .url = link.url,
                                      .linked_by = by,
                                      .linked_at = context.now};
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveVendorIssue{*item.issue});
    outcome.audit.push_back({by.value, "issue.linked", to_text(request.id),
                             details({{"url", link.url}, {"tracker", link.tracker}, {"cause", cause}})});
    if (!request.requester.empty())
        outcome.effects.push_back(direct_message(
            request, request.requester, fmt::format("linked:v{}", request.version),
            views::issue_linked(request, *item.issue, language_of(request.requester, context))));
    outcome.merge(watch_issue(*item.issue, context));
    recall_issue(item, context);
    return outcome;
}

Outcome link_issue(const Press& press, Case item, const review::IssueLink& link, const Context& context) {
    const auto& request = item.request;
    const auto before = request.state;
    // A form sent again because its acknowledgement was lost must not tell everybody twice (R10).
    if (item.issue && item.issue->url == link.url) {
        return say(press, say_in(press.language, texts::linked_already, to_text(request.id),
                                 views::link(link.url, link.url)));
    }
    auto outcome = note_issue(item, link, press.user, press.cause, context);
    const auto taken_back = void_signatures_elsewhere(item, outcome, context);
    outcome.merge(not_ready_any_more(item, taken_back, context));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome requester_left(const UserId& user, const Context& context) {
    constexpr std::size_t looked_at = 50;
    Outcome outcome;
    for (const auto& request : context.view.requests_of(user, looked_at)) {
        if (!review::in_votes(request.state)) continue;
        auto item = load_case(request, context);
        const auto id = to_text(request.id);
        auto waiting = context.view.followers(request.id);
        std::erase_if(waiting, [&](const UserId& each) {
            return each == user || hears_otherwise(request, each, context);
        });
        if (!waiting.empty()) {
            outcome.changes.emplace_back(storage::SetMark{{.request = request.id,
                                                           .kind = std::string(storage::passed_on_mark),
                                                           .subject = {},
                                                           .person = user,
                                                           .value = {},
                                                           .scope_hash = request.scope_hash,
                                                           .at = context.now}});
            item.request.requester = waiting.front();
            item.request.requester_name.clear();
            outcome.audit.push_back({"countersign", "request.passed_on", id,
                                     details({{"from", user.value}, {"to", waiting.front().value}})});
            outcome.merge(settle(std::move(item), request.state, "countersign", context));
            continue;
        }
        outcome.merge(end(std::move(item),
                          {.state = storage::RequestState::withdrawn,
                           .kind = storage::DecisionKind::cancel,
                           .by = {},
                           .reason = say_in(views::Language::english, texts::requester_left),
                           .evidence = details({{"deactivated", user.value}})},
                          "countersign", context));
    }
    return outcome;
}

}  // namespace countersign::handlers
