#pragma once

#include "config/base/clock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace countersign::handlers {

// Everything that can happen to the product comes in through this one door.
enum class EventKind {
    events_api,     // payload: Slack's Events API body
    interactive,    // payload: block_actions, view_submission, view_closed, shortcut, message_action,
                    // block_suggestion
    slash_command,  // payload: the command's fields
    effect_result,  // payload: {"meaning":"ok|ok_in_disguise|human|refused|unclear|expired", "error":str,
                    // "advice":str,
                    //   "response":{…},
                    //   "effect":{"key","method","purpose","context":{…},"args":{…},"message","request":int}}
    timer,          // payload: the timer's event object; `name` is the timer's name
    started,        // once, after the database is open; payload: {}
    reconnected,    // after a time without any connection; payload: {}: what happened meanwhile is asked for
    reloaded,       // another configuration or policy holds from now on; payload: {}
    operator_alarm,  // payload: {"text","advice","raw"}: something below the handlers needs a human; `name`
                     // makes
                     //   it one message for one cause
    oauth_callback,  // payload: {"grant":id, "code":{sealed secrets}} or {"grant":id, "refused":str}; a
                     // browser came back from where a link has sent it
    tracker_hook,  // payload: {"tracker":str, "project":str, "iid":int}; `name` is the delivery's id. A hint
                   // that the issue may have changed, and no more: it is read again (trackers.md §1.6)
};

struct Event {
    EventKind kind;
    const nlohmann::json& payload;
    std::string name;  // envelope id, effect key or timer name: the source of what follows
    Timestamp received_at;
    int retry_attempt = 0;       // handled like a first delivery (R46)
    bool answer_in_ack = false;  // accepts_response_payload was true, and there is still time (R42, R58)
};

}  // namespace countersign::handlers
