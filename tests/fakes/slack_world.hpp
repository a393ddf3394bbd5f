#pragma once

#include "tests/fakes/fake_slack.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace countersign::fakes {

using Steady = std::chrono::steady_clock::time_point;

// Slack's answer to a call it does not perform.
struct Refused {
    Json answer;
};
[[noreturn]] void refuse(const std::string& error, Json more = Json::object());

struct User {
    std::string id, name;
    std::string locale = "en-US";
};
struct Channel {
    std::string id, name;
    std::string user;  // set: the bot's direct messages with this person
    bool bot_is_member = true;
    std::vector<Message> messages;
    std::string slackbot_of = {};  // set: this person's own conversation with Slackbot
};
struct Trigger {
    std::string user;
    std::string view;  // the modal it was made in, for views.push
    Steady expires;
    bool used = false;
};
struct ResponseUrl {
    std::string user, channel, message_ts;
    bool ephemeral = false;
    Steady expires;
    int uses = 0;
};
struct Resolution {
    std::string status;
    Json scopes;
    std::int64_t at = 0;
};
struct App {
    AppEntry entry;
    std::map<std::string, Resolution> resolutions;  // by team or enterprise id
    std::string last;
};
struct Ticket {
    Steady expires;
    bool used = false;
};

// All that this Slack knows. Deques, because references into them are kept while they grow. Not locked:
// whoever holds the FakeSlack's mutex owns it.
struct World {
    explicit World(FakeSlackOptions options_);

    FakeSlackOptions options;
    std::string app_token = tokens::app;  // the one that counts
    std::string web_socket_url;           // "wss://localhost:PORT/link/"
    std::string response_base;            // "https://localhost:PORT/response/"
    std::map<std::string, User> users;
    std::map<std::string, std::vector<std::string>> user_groups;
    std::deque<Channel> channels;
    std::deque<View> views;
    std::deque<App> apps;
    std::deque<PendingRequest> requests;
    std::map<std::string, Trigger> triggers;
    std::map<std::string, ResponseUrl> response_urls;
    std::map<std::string, Ticket> tickets;
    std::vector<Json> integration_log;  // newest last

    // A unique id: "V" -> "V0000001".
    std::string next_id(const std::string& prefix);
    std::string next_ts();
    std::string new_trigger(const std::string& user, const std::string& view = "");
    std::string new_response_url(ResponseUrl target);

    // nullptr when there is none.
    Channel* find_channel(const std::string& id);
    Message* find_message(const std::string& channel, const std::string& ts);
    View* find_view(const std::string& id);
    App* find_app(const std::string& id);
    PendingRequest* find_request(const std::string& id);
    Channel& direct_messages(const std::string& user);    // made when missing
    Channel& slackbot_messages(const std::string& user);  // made when missing

    void resolve(App& app, const std::string& where, const std::string& status, Json scopes);
    // The team or enterprise a request belongs to.
    [[nodiscard]] static std::string place_of(const PendingRequest& request);

  private:
    std::map<std::string, long> last_number_;  // by prefix
    std::int64_t last_ts_ = 0;                 // microseconds
};

[[nodiscard]] std::int64_t unix_now();

}  // namespace countersign::fakes
