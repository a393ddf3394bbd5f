#include "handlers/request_form.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/intake.hpp"
#include "handlers/review/app_ids.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/action_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;

constexpr std::size_t max_name = 200;
constexpr std::size_t max_purpose = 3'000;

std::string entered(const Press& press, std::string_view field) {
    const auto found = press.fields.find(std::string(field));
    return found == press.fields.end() ? std::string() : std::string(text::trimmed(found->second));
}

}  // namespace

Outcome request_form_submitted(const Press& press, const Context& context) {
    const auto app = entered(press, ids::field_app);
    const auto purpose = entered(press, ids::field_purpose);
    const auto issue = entered(press, ids::field_issue);
    if (app.empty()) return refuse_at(press, ids::field_app, "unknown", "blank", "name the app.");
    if (purpose.empty()) {
        return refuse_at(press, ids::field_purpose, "unknown", "blank", "say what you need the app for.");
    }
    std::optional<review::IssueLink> link;
    if (!issue.empty()) {
        const auto parsed = review::parse_issue_link(issue, context.settings.trackers);
        if (!parsed)
            return refuse_at(press, ids::field_issue, "unknown", "bad_link", explain(parsed.error()));
        link = *parsed;
    }

    storage::AppRequest request;
    request.id = context.view.next_request_id();
    request.source = storage::RequestSource::form;
    request.app_id = review::app_id_in(app).value_or(AppId());
    request.app_name = text::shortened(app, max_name);
    request.team_id = press.team;
    if (press.team.empty()) request.enterprise_id = context.capabilities.enterprise;
    request.requester = press.user;
    request.purpose = text::shortened(purpose, max_purpose);
    request.scope_hash = review::scope_hash({});
    request.created_at = context.now;
    if (!request.app_id.empty()) {
        const auto open = context.view.open_requests(request.app_id, request.team_id);
        if (!open.empty()) {
            return refuse_at(
                press, ids::field_app, to_text(open.front().id), "duplicate",
                fmt::format("{} asks for this app already. Follow it with /app-request status {}.",
                            to_text(open.front().id), to_text(open.front().id)));
        }
    }
    return open_request(std::move(request), link, {}, context);
}

}  // namespace countersign::handlers
