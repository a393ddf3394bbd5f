#include "handlers/asked_before.hpp"

#include "config/base/text.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>

#include <utility>

namespace countersign::handlers {
namespace {

constexpr std::size_t looked_at = 20;
constexpr std::size_t longest_reason = 500, longest_list = 300;

bool came_to_nothing(storage::RequestState state) {
    using enum storage::RequestState;
    return state == denied || state == restricted || state == withdrawn || state == expired;
}

}  // namespace

std::optional<storage::AppRequest> asked_before(const storage::AppRequest& request, const Context& context) {
    if (request.app_id.empty() || request.requester.empty()) return std::nullopt;
    for (auto& each : context.view.requests({.state = {},
                                             .app = request.app_id.value,
                                             .requester = request.requester.value,
                                             .limit = looked_at})) {
        if (each.id != request.id && each.team_id == request.team_id && came_to_nothing(each.state))
            return std::move(each);
    }
    return std::nullopt;
}

std::string difference_to(const storage::AppRequest& last, const storage::AppRequest& request) {
    const auto reason = text::shortened(last.decision_reason, longest_reason);
    const auto changed = review::difference(last.scopes, request.scopes);
    auto words = fmt::format("Asked before: {}, {}{}.", to_text(last.id), views::state_line(last),
                             reason.empty() ? "" : ": " + reason);
    if (changed.empty()) return words + " The same permissions.";
    const auto list = [&](std::string_view what, const std::vector<storage::Scope>& scopes) {
        if (!scopes.empty())
            words += fmt::format(" {}: {}.", what, text::shortened(review::names(scopes), longest_list));
    };
    list("More permissions", changed.added);
    list("No longer", changed.removed);
    return words;
}

}  // namespace countersign::handlers
