#include "handlers/watch.hpp"

#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

// Longer than a call with its retries within one rate-limit window takes.
constexpr std::chrono::minutes patience{2};

}  // namespace

std::string watch_name(RequestId request) {
    return "watch:" + to_text(request);
}

storage::Change watch_for(RequestId request, std::string_view effect_key, Timestamp now) {
    const nlohmann::json event{{"kind", "watch"}, {"request", request.value}, {"effect", effect_key}};
    return storage::SetTimer{{watch_name(request), now + patience, event.dump()}};
}

bool is_awaited(RequestId request, std::string_view effect_key, const Context& context) {
    const auto timer = context.view.timer(watch_name(request));
    if (!timer) return false;
    const auto event = nlohmann::json::parse(timer->event, nullptr, false);
    return review::text_field(event, "effect") == effect_key;
}

bool still_in_outbox(std::string_view effect_key, const Context& context) {
    const auto effect = context.view.effect(effect_key);
    return effect &&
           (effect->state == storage::EffectState::pending || effect->state == storage::EffectState::claimed);
}

}  // namespace countersign::handlers
