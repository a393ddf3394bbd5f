#pragma once

#include "bot/slack/web_api.hpp"
#include "storage/records.hpp"

#include <string>

namespace countersign::bot {

// What the outside said to an effect, on its way from the I/O thread back to the dispatcher.
struct EffectAnswer {
    storage::Effect effect;
    slack::ApiAnswer answer;
};

}  // namespace countersign::bot
