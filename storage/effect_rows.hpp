#pragma once

#include "storage/query.hpp"
#include "storage/records.hpp"

// Table outbox: how a row becomes an Effect.
namespace countersign::storage {

inline constexpr char effect_columns[] =
    "id, key, method, token, args, purpose, context, request, lane, message, interactive, deadline, "
    "not_before, state, "
    "attempts, maybe_sent, claimed_at, error";

// The present row of a query that selected `effect_columns`.
[[nodiscard]] inline Effect read_effect(Query& query) {
    Effect e;
    query.read(e.id, e.key, e.method, e.token, e.args, e.purpose, e.context, e.request, e.lane, e.message,
               e.interactive, e.deadline, e.not_before, e.state, e.attempts, e.maybe_sent, e.claimed_at,
               e.error);
    return e;
}

}  // namespace countersign::storage
