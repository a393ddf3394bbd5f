#include "handlers/views/channel_messages.hpp"

#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

constexpr std::size_t listed = 20;

std::string named(const storage::AppRequest& request) {
    return fmt::format("*{}* ({})", inert_line(request.app_name, 100), to_text(request.id));
}

const char* purpose_of(const storage::Integration& integration) {
    return integration.purpose == "digest" ? "a digest of app requests once a day"
                                           : "the results of app requests";
}

}  // namespace

bool is_result(storage::RequestState state) {
    using enum storage::RequestState;
    return state == approved || state == restricted || state == denied || state == withdrawn ||
           state == expired;
}

Message channel_greeting(const storage::Integration& integration) {
    if (integration.state_since != integration.made_at)
        return line(fmt::format("Countersign posts {} here again.", purpose_of(integration)));
    // A user id of another workspace means nobody here.
    const bool ours = integration.authorization == storage::own_bot;
    return line(fmt::format("Countersign posts {} here from now on{}.", purpose_of(integration),
                            ours ? ", set up by " + mention(integration.owner) : ""));
}

Message channel_test(const storage::Integration& integration) {
    return line(fmt::format("This is a test: *{}* posts {} here.", inert_line(integration.name, 80),
                            purpose_of(integration)));
}

Message channel_result(const storage::AppRequest& request) {
    return line(fmt::format("{}: {}", named(request), state_line(request)));
}

Message channel_digest(const std::vector<storage::AppRequest>& open, const std::string& day) {
    if (open.empty()) return line(fmt::format("App requests on {}: none is open.", day));
    std::string words = fmt::format("App requests on {}: {} open", day, open.size());
    for (std::size_t at = 0; at < std::min(open.size(), listed); ++at)
        words += fmt::format("\n• {}: {}", named(open[at]), state_line(open[at]));
    if (open.size() > listed) words += fmt::format("\n… and {} more", open.size() - listed);
    return line(words);
}

}  // namespace countersign::handlers::views
