#include "bot/effect_answer.hpp"

#include "config/base/secret.hpp"

namespace countersign::bot {
namespace {

slack::ApiAnswer nobodys(slack::ApiMeaning meaning, std::string_view error, std::string_view why) {
    slack::ApiAnswer answer;
    answer.meaning = meaning;
    answer.error = error;
    answer.detail = redacted(why);
    answer.body = "{}";
    return answer;
}

}  // namespace

slack::ApiAnswer not_to_be_read(std::string_view why) {
    return nobodys(slack::ApiMeaning::refused, unreadable_row, why);
}

slack::ApiAnswer not_sent_for_storage(std::string_view why) {
    return nobodys(slack::ApiMeaning::retry, "storage", why);
}

}  // namespace countersign::bot
