#pragma once

#include "handlers/slackbot.hpp"
#include "tests/fakes/slackbot_messages.hpp"
#include "tests/support/review_world.hpp"

#include <algorithm>
#include <string>

// A workspace without the Admin API: Slackbot writes into the channel that requests are routed to, and into
// a manager's own conversation.
namespace countersign::tests {

inline constexpr const char* routed = "C0REQUESTS";
inline constexpr const char* manager_im = "D0MANAGER";

struct SlackbotWorld : ReviewWorld {
    SlackbotWorld() {
        settings.slackbot_channel = ChannelId(routed);
        capabilities.admin = false;
        capabilities.enterprise = {};
        slack.enterprise.clear();
        db.writer().transaction([&] {
            storage::apply(db.writer(), storage::SetMeta{"reviewer_user", "U0ADMIN"}, clock.now());
            storage::apply(db.writer(), storage::SetMeta{"reviewer_team", "T1"}, clock.now());
        });
    }

    handlers::Outcome event(Json inner) {
        return handle(handlers::EventKind::events_api,
                      {{"type", "event_callback"}, {"team_id", "T1"}, {"event", std::move(inner)}},
                      next("env"));
    }
    handlers::Outcome posted(Json message, const std::string& ts, const std::string& channel = routed) {
        message.update(
            {{"channel", channel}, {"ts", ts}, {"channel_type", channel[0] == 'D' ? "im" : "channel"}});
        return event(std::move(message));
    }
    handlers::Outcome edited(Json message, const std::string& ts, const std::string& channel = routed) {
        message["ts"] = ts;
        return event({{"type", "message"},
                      {"subtype", "message_changed"},
                      {"channel", channel},
                      {"channel_type", channel[0] == 'D' ? "im" : "channel"},
                      {"ts", "1795300999.000001"},
                      {"message", message}});
    }
    std::string ts(int n = 0) { return std::to_string(to_millis(clock.now()) / 1000 + n) + ".000100"; }
    [[nodiscard]] bool alarmed(const std::string& text) const {
        const auto all = heard("C0ITALARMS");
        return std::ranges::any_of(all,
                                   [&](const auto& each) { return each.find(text) != std::string::npos; });
    }
    Json notice(const std::string& reason = good_link, const std::string& user = "U0EMP") {
        auto words = fakes::notice_words("2026", user);
        words.reason = reason;
        return fakes::slackbot_notice(words);
    }
    [[nodiscard]] std::int64_t requests() { return view().next_request_id().value - 1; }
};

}  // namespace countersign::tests
