#include "handlers/waiting_press.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/installed_answer_texts.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {

Outcome wait_for_person(const UserId& person, const Press& press) {
    auto effect = read_person(person, "press:" + press.cause);
    effect.purpose = purposes::presser;
    effect.context = to_text(press);
    effect.interactive = true;
    Outcome outcome;
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome presser_told(const EffectAnswer& answer, const Context& context) {
    auto outcome = person_told(answer, context);
    const auto press = parse_press(answer.context, context);
    if (!answer.ok()) {
        outcome.merge(refuse(press, "installed_apps", "person_unreadable",
                             say_in(press.language, views::texts::not_known_yet)));
        return outcome;
    }
    // By a timer, which sees the person that this stores.
    const nlohmann::json event{{"kind", "waiting_press"}, {"press", answer.context}};
    outcome.changes.emplace_back(
        storage::SetTimer{{"waiting_press:" + press.cause, context.now, event.dump()}});
    return outcome;
}

Outcome waiting_press_due(const Event& event, const Context& context) {
    return decide_press(parse_press(review::field(event.payload, "press"), context), context);
}

}  // namespace countersign::handlers
