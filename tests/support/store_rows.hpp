#pragma once

#include "storage/records.hpp"
#include "storage/view.hpp"

#include <cstdint>
#include <string>
#include <utility>

// Plain rows that the store accepts; a test changes what it is about.
namespace countersign::tests {

inline constexpr Timestamp sample_time{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22T00:00:00Z

inline storage::AppRequest sample_request(std::int64_t id) {
    storage::AppRequest request;
    request.id = RequestId{id};
    request.slack_id = SlackRequestId("Ar" + std::to_string(id));
    request.app_id = AppId("A1");
    request.app_name = "Sketch Pad";
    request.team_id = TeamId("T1");
    request.requester = UserId("U1");
    request.scopes = {{"channels:read", storage::TokenType::bot, "See channels", false, false}};
    request.scope_hash = "hash";
    request.state_since = sample_time;
    request.created_at = sample_time;
    return request;
}

inline storage::Vote sample_vote(std::int64_t request, std::string party) {
    storage::Vote vote;
    vote.request = RequestId{request};
    vote.party = std::move(party);
    vote.voter = UserId("U2");
    vote.scope_hash = "hash";
    vote.at = sample_time;
    return vote;
}

inline storage::Decision sample_decision(std::int64_t request) {
    storage::Decision decision;
    decision.request = RequestId{request};
    decision.kind = storage::DecisionKind::approve;
    decision.actor = UserId("U9");
    decision.evidence = "{}";
    decision.at = sample_time;
    return decision;
}

inline storage::View::Filter only(std::string state, std::string app = "", std::string requester = "",
                                  std::size_t limit = 100, std::int64_t before = 0) {
    return {std::move(state), std::move(app), std::move(requester), limit, before};
}

inline storage::Effect sample_effect(std::string key) {
    storage::Effect effect;
    effect.key = std::move(key);
    effect.method = "chat.postMessage";
    effect.args = R"({"channel":"C1","text":"hello"})";
    return effect;
}

}  // namespace countersign::tests
