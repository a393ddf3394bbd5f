#include "bot/effect_answer.hpp"

#include "config/base/secret.hpp"

namespace countersign::bot {

slack::ApiAnswer not_to_be_read(std::string_view why) {
    slack::ApiAnswer answer;
    answer.meaning = slack::ApiMeaning::refused;
    answer.error = unreadable_row;
    answer.detail = redacted(why);
    answer.body = "{}";
    return answer;
}

slack::ApiAnswer not_sent_for_storage(std::string_view why) {
    slack::ApiAnswer answer;
    answer.meaning = slack::ApiMeaning::retry;
    answer.error = "storage";
    answer.detail = redacted(why);
    answer.body = "{}";
    return answer;
}

}  // namespace countersign::bot
