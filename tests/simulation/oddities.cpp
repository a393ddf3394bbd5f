#include "tests/simulation/oddities.hpp"

#include "handlers/review/payload_fields.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/review_office.hpp"

#include <fmt/format.h>

namespace countersign::simulation {
Deed Oddities::next() {
    ++counter_;
    switch ((*random_)() % (requests_ ? 8 : 4)) {
        case 0:
            return unknown_event();
        case 1:
            return unknown_interaction(false);
        case 2:
            return unknown_interaction(true);
        case 3:
            return unknown_command();
        default:
            return damaged_request();
    }
}

Deed Oddities::damaged_request() {
    auto body = tests::slack_request(fmt::format("ArOdd{}", counter_), fmt::format("AOdd{}", counter_),
                                     "U0REQ", {tests::slack_scope("chat:write")}, "");
    tests::Damage damage(*random_);
    for (auto harms = 1 + (*random_)() % 3; harms > 0; --harms)
        damage.harm(body);
    const auto request = handlers::review::text_field(body, "id");
    auto deed = event_of(fmt::format("EvOdd{}", counter_),
                         {{"type", "app_requested"}, {"app_request", std::move(body)}});
    all_[source_of(deed)] = {"", request};
    return deed;
}

Deed Oddities::unknown_event() {
    const auto kind = fmt::format("odd_{}", counter_);
    auto deed = event_of(fmt::format("EvOdd{}", counter_), {{"type", kind}});
    all_[source_of(deed)] = {"event " + kind, ""};
    return deed;
}

Deed Oddities::unknown_interaction(bool button) {
    const auto kind = fmt::format("odd_{}", counter_);
    Deed deed{
        "interactive",
        {{"type", button ? "block_actions" : kind},
         {"user", {{"id", "U0REQ"}}},
         {"team", {{"id", "T1"}}},
         {"api_app_id", "A0COUNTERSIGN"},
         {"container", {{"type", "message"}, {"message_ts", "1.000001"}, {"channel_id", "C0APPREVIEW"}}},
         {"channel", {{"id", "C0APPREVIEW"}}},
         {"trigger_id", fmt::format("odd-{}", counter_)}},
        false,
        ""};
    if (button) deed.payload["actions"] = {{{"type", "button"}, {"action_id", kind}, {"value", "1"}}};
    all_[source_of(deed)] = {(button ? "button " : "interaction ") + kind, ""};
    return deed;
}

Deed Oddities::unknown_command() {
    const auto command = fmt::format("/odd-{}", counter_);
    Deed deed{"slash_commands",
              {{"command", command},
               {"text", ""},
               {"user_id", "U0REQ"},
               {"team_id", "T1"},
               {"channel_id", "C0ANY"},
               {"api_app_id", "A0COUNTERSIGN"},
               {"trigger_id", fmt::format("odd-{}", counter_)}},
              true,
              ""};
    all_[source_of(deed)] = {"command " + command, ""};
    return deed;
}

}  // namespace countersign::simulation
