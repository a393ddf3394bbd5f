#include "handlers/identity.hpp"

#include "handlers/effects.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/sweep.hpp"

namespace countersign::handlers {

Outcome ask_identity(const Event& started, const Context& /*context*/) {
    storage::Effect effect;
    effect.key = "identity:" + started.name;
    effect.method = "auth.test";
    effect.args = "{}";
    effect.purpose = purposes::identity;
    Outcome outcome;
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome identity_told(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    auto known = context.capabilities;
    known.bot_user = UserId(review::text_field(answer.response, "user_id"));
    // What is known already is not given up for an answer that says nothing.
    if (!answer.ok() || known.bot_user.empty()) return outcome;
    known.enterprise = EnterpriseId(review::text_field(answer.response, "enterprise_id"));
    outcome.changes.emplace_back(storage::SetMeta{"bot_user", known.bot_user.value});
    outcome.changes.emplace_back(storage::SetMeta{"enterprise", known.enterprise.value});
    outcome.changes.emplace_back(storage::SetMeta{"team", review::text_field(answer.response, "team_id")});
    // The sweep of a first start did not know the organisation yet.
    if (known.admin && known.enterprise != context.capabilities.enterprise) {
        outcome.merge(begin_sweep({context.now, context.view, context.settings, known}));
    }
    return outcome;
}

}  // namespace countersign::handlers
