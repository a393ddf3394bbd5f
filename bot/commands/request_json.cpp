#include "bot/commands/request_json.hpp"

#include "storage/audit.hpp"
#include "storage/view.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::ordered_json;

std::string_view to_text(storage::TokenType type) {
    switch (type) {
        case storage::TokenType::bot:
            return "bot";
        case storage::TokenType::user:
            return "user";
        case storage::TokenType::app:
            return "app";
        case storage::TokenType::unknown:
            return "unknown";
    }
    return "unknown";
}

std::string_view to_text(storage::DecisionKind kind) {
    switch (kind) {
        case storage::DecisionKind::none:
            return "none";
        case storage::DecisionKind::approve:
            return "approve";
        case storage::DecisionKind::restrict:
            return "restrict";
        case storage::DecisionKind::deny:
            return "deny";
        case storage::DecisionKind::cancel:
            return "cancel";
        case storage::DecisionKind::clear:
            return "clear";
    }
    return "none";
}

std::string_view to_text(storage::Outside outside) {
    switch (outside) {
        case storage::Outside::no:
            return "";
        case storage::Outside::decided:
            return "decided outside";
        case storage::Outside::cancelled:
            return "cancelled outside";
    }
    return "";
}

Json when(const std::optional<Timestamp>& time) {
    return time ? Json(to_rfc3339(*time)) : Json();
}

// Handlers store JSON text; it belongs into the answer as JSON.
Json parsed(const std::string& text) {
    if (text.empty()) return Json::object();
    auto json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? Json(text) : json;
}

Json scopes_json(const std::vector<storage::Scope>& scopes) {
    Json list = Json::array();
    for (const auto& scope : scopes)
        list.push_back({{"name", scope.name},
                        {"token_type", to_text(scope.token_type)},
                        {"sensitive", scope.sensitive},
                        {"optional", scope.optional}});
    return list;
}

}  // namespace

Json brief(const storage::AppRequest& request) {
    return {{"id", to_text(request.id)},
            {"slack_id", request.slack_id.value},
            {"state", storage::to_text(request.state)},
            {"outside", to_text(request.outside)},
            {"app_id", request.app_id.value},
            {"app_name", request.app_name},
            {"team_id", request.team_id.value},
            {"requester", request.requester.value},
            {"created_at", to_rfc3339(request.created_at)},
            {"updated_at", to_rfc3339(request.updated_at)}};
}

Json to_json(const storage::AuditEntry& entry) {
    return {{"seq", entry.seq},
            {"at", to_rfc3339(entry.at)},
            {"actor", entry.actor},
            {"action", entry.action},
            {"subject", entry.subject},
            {"details", parsed(entry.details)},
            {"previous_hash", entry.previous_hash},
            {"hash", entry.hash}};
}

Json full(const storage::Database& database, const storage::AppRequest& request) {
    const storage::View view(database);
    Json json = brief(request);
    json["state_note"] = request.state_note;
    json["state_since"] = to_rfc3339(request.state_since);
    json["team_name"] = request.team_name;
    json["enterprise_id"] = request.enterprise_id.value;
    json["requester_name"] = request.requester_name;
    json["message"] = request.message;
    json["purpose"] = request.purpose;
    json["scopes"] = scopes_json(request.scopes);
    json["scope_hash"] = request.scope_hash;
    json["previous_status"] = request.previous_status;
    json["previous_scopes"] = scopes_json(request.previous_scopes);
    json["info"] = {{"party", request.info_party},
                    {"asker", request.info_asker.value},
                    {"question", request.info_question},
                    {"answer", request.info_answer}};
    json["decision"] = to_text(request.decision);
    json["decided_by"] = request.decided_by.value;
    json["decision_reason"] = request.decision_reason;
    json["decided_at"] = when(request.decided_at);

    json["vendor_issue"] = nullptr;
    if (const auto issue = view.vendor_issue(request.id))
        json["vendor_issue"] = {{"tracker", issue->tracker},
                                {"project", issue->project},
                                {"iid", issue->iid},
                                {"url", issue->url},
                                {"linked_by", issue->linked_by.value},
                                {"linked_at", to_rfc3339(issue->linked_at)}};
    json["votes"] = Json::array();
    for (const auto& vote : view.votes(request.id))
        json["votes"].push_back({{"party", vote.party},
                                 {"voter", vote.voter.value},
                                 {"answer", storage::to_text(vote.answer)},
                                 {"remark", vote.remark},
                                 {"condition_until", vote.condition_until},
                                 {"scope_hash", vote.scope_hash},
                                 {"source", vote.source == storage::VoteSource::slack ? "slack" : "tracker"},
                                 {"at", to_rfc3339(vote.at)}});
    json["evidence"] = Json::array();
    for (const auto& evidence : view.evidence(request.id))
        json["evidence"].push_back({{"id", evidence.id},
                                    {"tracker", evidence.issue.tracker},
                                    {"project", evidence.issue.project},
                                    {"iid", evidence.issue.iid},
                                    {"read_at", to_rfc3339(evidence.read_at)},
                                    {"hash", evidence.hash},
                                    {"verdict", parsed(evidence.verdict)},
                                    {"facts", parsed(evidence.facts)}});
    json["decisions"] = Json::array();
    for (const auto& decision : view.decisions(request.id))
        json["decisions"].push_back({{"kind", to_text(decision.kind)},
                                     {"actor", decision.actor.value},
                                     {"outside", decision.outside},
                                     {"reason", decision.reason},
                                     {"scope_hash", decision.scope_hash},
                                     {"evidence", parsed(decision.evidence)},
                                     {"policy", decision.policy},
                                     {"policy_rules", parsed(decision.policy_rules)},
                                     {"at", to_rfc3339(decision.at)}});
    // U3: as the policy was then, also when its file is long gone.
    json["policies"] = Json::object();
    for (const auto& decision : view.decisions(request.id))
        if (const auto policy = view.policy(decision.policy))
            json["policies"][policy->hash] = {{"source", policy->source}, {"text", policy->text}};
    json["audit"] = Json::array();
    for (const auto& entry : storage::audit_of(database, to_text(request.id)))
        json["audit"].push_back(to_json(entry));
    return json;
}

}  // namespace countersign::bot::commands
