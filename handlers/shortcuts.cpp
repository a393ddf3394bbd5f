#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/handlers.hpp"
#include "handlers/party_work.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/app_ids.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/notices.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using review::field;
using review::text_field;

constexpr std::size_t longest_prefill = 150;
constexpr std::size_t listed = 21;

// The app that a message is about: an app's page or id in its text, else the first line as a name to be
// corrected.
std::string app_named_in(const nlohmann::json& message) {
    const auto words = text::cleaned(text_field(message, "text"));
    for (const auto& word : text::words(words)) {
        if (const auto id = review::app_id_in(word)) return id->value;
    }
    if (const auto bot_app = text_field(message, "app_id"); review::is_app_id(bot_app)) return bot_app;
    const auto line = text::trimmed(std::string_view(words).substr(0, words.find('\n')));
    // A whole sentence is no name.
    return text::words(line).size() <= 4 ? text::shortened(line, longest_prefill) : std::string();
}

}  // namespace

Outcome shortcuts(const Event& event, const Context& context) {
    auto press = read_button(event, context);
    press.what = text_field(event.payload, "callback_id");
    if (press.what == ids::shortcut_request) return open_form(press, views::request_form({}, press.language));
    if (press.what == ids::shortcut_request_this) {
        return open_form(press,
                         views::request_form(app_named_in(field(event.payload, "message")), press.language));
    }
    if (press.what == ids::shortcut_my_requests)
        return say(press, views::request_list(context.view.requests_of(press.user, listed), press.language));
    if (press.what == ids::vote_from_comment) return comment_chosen(event, press);
    return decide_press(press, context);
}

}  // namespace countersign::handlers
