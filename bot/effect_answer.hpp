#pragma once

#include "bot/slack/web_api.hpp"
#include "storage/records.hpp"

#include <string>
#include <string_view>

namespace countersign::bot {

// What the outside said to an effect, on its way from the I/O thread back to the dispatcher.
struct EffectAnswer {
    storage::Effect effect;
    slack::ApiAnswer answer;
};

// The effect's row does not hold what it must: an answer that nobody outside has given. It is final, and its
// `detail` says what is wrong.
inline constexpr std::string_view unreadable_row = "unreadable_row";
[[nodiscard]] slack::ApiAnswer not_to_be_read(std::string_view why);
// The database could not be asked for what the call needs: nothing has left, it is tried again.
[[nodiscard]] slack::ApiAnswer not_sent_for_storage(std::string_view why);

}  // namespace countersign::bot
