#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// The workspace driver's ears: Slackbot's review messages, in the channel that Slack routes requests to and
// in an app manager's own conversation with Slackbot (domain.md §1.3, O9).
namespace countersign::handlers {

// A message as it stands now, wherever it was seen.
struct SeenMessage {
    const nlohmann::json& message;
    ChannelId channel;
    TeamId team;
    bool personal = false;  // in a person's conversation with Slackbot
};
[[nodiscard]] Outcome slackbot_seen(const SeenMessage& seen, const Context& context);

// What became of a request in Slack's own screens, whoever told.
struct SeenDecision {
    storage::DecisionKind kind = storage::DecisionKind::none;
    UserId who;            // empty: not told
    std::string evidence;  // JSON: where it can be seen again
    std::string_view told_by;
};
[[nodiscard]] Outcome decided_in_slack(const storage::AppRequest& request, const SeenDecision& seen,
                                       const Context& context);

// A thread under a notice is people's talk.
[[nodiscard]] bool in_thread(const nlohmann::json& message);

// Reading what Slackbot wrote: in the manager's conversation with SLACK_REVIEWER_TOKEN, at start, by timer
// and after a gap; in the channel that requests are routed to as the bot, at start and after a gap: the rest
// comes as events.
[[nodiscard]] Outcome begin_slackbot_poll(const Context& context);
[[nodiscard]] Outcome begin_slackbot_poll_anew(const Context& context);
[[nodiscard]] Outcome read_routed_channel(const Context& context);
[[nodiscard]] Outcome read_routed_channel_in(std::chrono::milliseconds time, const Context& context);
[[nodiscard]] Outcome reviewer_told(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome conversations_told(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome history_told(const EffectAnswer& answer, const Context& context);
// One message of the history (a timer's event).
[[nodiscard]] Outcome slackbot_entry(const Event& event, const Context& context);

[[nodiscard]] Outcome permalink_told(const EffectAnswer& answer, const Context& context);

// Slackbot's messages about a request that still have their buttons.
[[nodiscard]] std::vector<storage::SlackbotNotice> notices_to_press(RequestId request,
                                                                    const Context& context);

// Without an admin token: when every party agrees, or the request has ended here, the managers are shown
// Slack's own message and what to press. Nothing where Slackbot's message is not known, nor while an admin
// has to press `Approve app` first.
[[nodiscard]] Outcome point_managers(const Case& item, const Context& context);

}  // namespace countersign::handlers
