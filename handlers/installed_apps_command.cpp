#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/handlers.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

namespace countersign::handlers {

// The inventory does not exist yet, and the command says so rather than pretend.
Outcome installed_apps_command(const Event& event, const Context& context) {
    const auto press = read_command(event, context);
    const auto words = text::words(press.fields.at("text"));
    if (words.empty() || text::lower(words.front()) == "list") {
        return say(press,
                   "No installed apps are recorded yet. Apps that are approved here are listed by "
                   "`/app-request list` and on their request cards.");
    }
    if (text::lower(words.front()) == "help")
        return say(press, views::installed_apps_help({}, press.language));
    return say(press, views::installed_apps_help(
                          fmt::format("No installed apps are recorded yet, so \"{}\" has nothing to work on.",
                                      words.front()),
                          press.language));
}

}  // namespace countersign::handlers
