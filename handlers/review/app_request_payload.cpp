#include "handlers/review/app_request_payload.hpp"

#include "config/base/text.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers::review {
namespace {

using nlohmann::json;
using storage::AppRequest;
using storage::Publisher;

constexpr std::size_t max_name = 200;
constexpr std::size_t max_url = 2'000;
constexpr std::size_t max_text = 4'000;

std::string clean(const json& object, std::string_view key, std::size_t limit) {
    return text::shortened(text::cleaned(text_field(object, key)), limit);
}

Publisher read_publisher(const json& app) {
    const auto developer = text_field(app, "developer_type");
    const auto internal = bool_field(app, "is_internal");
    const auto listed = bool_field(app, "is_app_directory_approved");
    if (developer == "slack") return Publisher::slack;
    if (developer == "internal" || internal.value_or(false)) return Publisher::internal;
    if (listed.value_or(false)) return Publisher::marketplace;
    if (developer == "third_party" || (internal && listed)) return Publisher::distributed;
    return Publisher::unknown;
}

void read_app(const json& app, AppRequest& request) {
    request.app_id = AppId(text_field(app, "id"));
    request.app_name = clean(app, "name", max_name);
    request.app_description = clean(app, "description", max_text);
    request.app_directory_url = clean(app, "app_directory_url", max_url);
    request.app_homepage_url = clean(app, "app_homepage_url", max_url);
    request.app_privacy_url = clean(app, "privacy_policy_url", max_url);
    request.publisher = read_publisher(app);
}

// `team` null is the whole organisation, and so is `enterprise` not null. Where both are named the workspace
// wins: to approve for less than was asked can be mended, to approve for more cannot.
void read_place(const json& body, const EnterpriseId& our_enterprise, AppRequest& request) {
    const auto& team = field(body, "team");
    request.team_id = TeamId(team.is_string() ? team.get<std::string>() : text_field(team, "id"));
    request.team_name = clean(team, "name", max_name);
    const auto& enterprise = field(body, "enterprise");
    request.enterprise_id =
        EnterpriseId(enterprise.is_string() ? enterprise.get<std::string>() : text_field(enterprise, "id"));
    if (request.team_id.empty() && request.enterprise_id.empty()) request.enterprise_id = our_enterprise;
}

void read_previous(const json& body, AppRequest& request) {
    const auto& previous = field(body, "previous_resolution");
    const auto status = text_field(previous, "status");
    if (status != "approved" && status != "restricted") return;
    request.previous_status = status;
    request.previous_scopes = read_scopes(field(previous, "scopes"));
}

}  // namespace

std::expected<ReadAppRequest, std::string> read_app_request(const json& event,
                                                            const EnterpriseId& our_enterprise,
                                                            Timestamp now) {
    const auto& nested = field(event, "app_request");
    const auto& body = nested.is_object() ? nested : event;
    // Slack's TypeScript types put user, team, scopes and message beside `app_request`.
    const auto pick = [&](std::string_view key) -> const json& {
        const auto& inside = field(body, key);
        return inside.is_null() && !body.contains(key) ? field(event, key) : inside;
    };

    ReadAppRequest read;
    auto& request = read.request;
    request.slack_id = SlackRequestId(text_field(body, "id"));
    if (request.slack_id.empty()) return std::unexpected("the request has no id");
    read_app(field(body, "app"), request);
    if (request.app_id.empty()) return std::unexpected("the request names no app id");

    const json place{{"team", pick("team")}, {"enterprise", pick("enterprise")}};
    read_place(place, our_enterprise, request);
    const auto& user = pick("user");
    request.requester = UserId(user.is_string() ? user.get<std::string>() : text_field(user, "id"));
    request.requester_name = clean(user, "name", max_name);
    request.requester_is_collaborator = bool_field(body, "is_user_app_collaborator");
    if (!request.requester_is_collaborator) {
        request.requester_is_collaborator = bool_field(event, "is_user_app_collaborator");
    }

    const auto& message = pick("message");
    if (message.is_string()) read.whole_message = text::cleaned(message.get<std::string>());
    if (text::lower(text::trimmed(read.whole_message)) == "none") read.whole_message.clear();
    request.message = text::shortened(read.whole_message, max_text);

    const auto& scopes = pick("scopes");
    read.scopes_told = scopes.is_array() || scopes.is_object();
    request.scopes = read_scopes(scopes);
    request.scope_hash = scope_hash(request.scopes);
    read_previous(body, request);

    const auto created = number_field(body, "date_created");
    // Seconds; anything outside 2013..now+1 day is a clock nobody should trust.
    const auto stamp = from_millis(created > 0 && created < 100'000'000'000 ? created * 1000 : 0);
    const bool credible = to_millis(stamp) > 1'356'998'400'000 && stamp < now + std::chrono::days(1);
    request.created_at = credible ? stamp : now;
    return read;
}

}  // namespace countersign::handlers::review
