#pragma once

#include "bot/slack/web_api.hpp"
#include "storage/records.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/slack_model.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

// A Slack in memory: what it believes of apps (SlackModel), and what people see: messages with their buttons,
// forms, lines. It performs calls; whether they arrive is the simulation's business.
namespace countersign::simulation {

using Json = nlohmann::json;

// A button as somebody could press it now.
struct Button {
    std::string channel;
    std::string ts;
    std::string action_id;
    std::string value;
};

struct Message {
    std::string channel;
    std::string ts;
    std::string thread_ts;  // "": in the channel itself
    std::string effect;     // key of the effect that posted it, as its metadata says
    std::string text;
    std::vector<Button> buttons;
};

struct Form {
    std::string id;
    std::string user;
    Json view;
};

class SimulatedSlack {
  public:
    explicit SimulatedSlack(const tests::ManualClock& clock)
        : clock_(&clock), wall_(clock.now()), steady_(clock.steady()) {}

    tests::SlackModel model;
    // Slack's own clock, which does not step when ours does.
    [[nodiscard]] Timestamp now() const;

    // What Slack calls the next message: unique, and later than every one before.
    [[nodiscard]] std::string next_ts();
    [[nodiscard]] static std::string permalink(const std::string& channel, std::string ts);

    // As if the call had arrived.
    slack::ApiAnswer perform(const storage::Effect& effect);

    // Who pressed what a form will be opened for; a trigger serves once.
    void grant_trigger(const std::string& trigger, const std::string& user) { triggers_[trigger] = user; }

    [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }
    // What this person can press: the review channel's buttons, those of their own messages, and those of the
    // newest line that only they see.
    [[nodiscard]] std::vector<Button> buttons(const std::string& user) const;
    [[nodiscard]] std::vector<const Form*> forms(const std::string& user) const;
    void close(const std::string& form) { forms_.erase(form); }

    // Applied calls by method and Slack's request, or by effect where they name the app alone: two people may
    // restrict it on two cards. What may happen once must have a count of one.
    std::map<std::string, int> applied;

  private:
    slack::ApiAnswer post(const storage::Effect& effect, const Json& args);
    slack::ApiAnswer update(const Json& args);
    slack::ApiAnswer open(const Json& args);

    const tests::ManualClock* clock_;
    Timestamp wall_;
    SteadyTime steady_;
    std::vector<Message> messages_;
    std::map<std::string, Message> lines_;  // by person: the newest that had buttons
    std::map<std::string, std::string> triggers_;
    std::map<std::string, Form> forms_;
    int counter_ = 0;
};

[[nodiscard]] slack::ApiAnswer refused(const std::string& method, const std::string& error);

}  // namespace countersign::simulation
