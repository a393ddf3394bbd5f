#include "tests/fakes/slack_world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::fakes {
namespace {

template <class Items, class Matches>
auto* find_in(Items& items, Matches matches) {
    const auto found = std::find_if(items.begin(), items.end(), matches);
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

void refuse(const std::string& error, Json more) {
    Json answer{{"ok", false}, {"error", error}};
    answer.update(more);
    throw Refused{answer};
}

std::int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

World::World(FakeSlackOptions options_) : options(std::move(options_)) {
    users[ids::bot_user] = {.id = ids::bot_user, .name = "countersign"};
    users[ids::admin_user] = {.id = ids::admin_user, .name = "org.admin"};
    users["USLACKBOT"] = {.id = "USLACKBOT", .name = "slackbot"};
}

std::string World::next_id(const std::string& prefix) {
    return fmt::format("{}{:08}", prefix, ++last_number_[prefix]);
}

std::string World::next_ts() {
    const std::int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
    last_ts_ = std::max(now, last_ts_ + 1);
    return fmt::format("{}.{:06}", last_ts_ / 1'000'000, last_ts_ % 1'000'000);
}

std::string World::new_trigger(const std::string& user, const std::string& view) {
    const std::string id = "132456.7890123." + next_id("abcdef");
    triggers[id] = {user, view, std::chrono::steady_clock::now() + options.trigger_life, false};
    return id;
}

std::string World::new_response_url(ResponseUrl target) {
    target.expires = std::chrono::steady_clock::now() + std::chrono::minutes(30);
    const std::string id = next_id("R");
    response_urls[id] = std::move(target);
    return response_base + ids::team + "/" + id;
}

Channel* World::find_channel(const std::string& id) {
    return find_in(channels, [&](const Channel& channel) { return channel.id == id; });
}

Message* World::find_message(const std::string& channel, const std::string& ts) {
    Channel* where = find_channel(channel);
    if (where == nullptr) return nullptr;
    return find_in(where->messages, [&](const Message& message) { return message.ts == ts; });
}

View* World::find_view(const std::string& id) {
    return find_in(views, [&](const View& view) { return view.id == id; });
}

App* World::find_app(const std::string& id) {
    return find_in(apps, [&](const App& app) { return app.entry.id == id; });
}

PendingRequest* World::find_request(const std::string& id) {
    return find_in(requests, [&](const PendingRequest& request) { return request.id == id; });
}

Channel& World::direct_messages(const std::string& user) {
    const auto matches = [&](const Channel& channel) { return channel.user == user; };
    if (Channel* found = find_in(channels, matches)) return *found;
    channels.push_back({.id = "D" + user.substr(1), .name = "directmessage", .user = user, .messages = {}});
    return channels.back();
}

Channel& World::slackbot_messages(const std::string& user) {
    const std::string id = FakeSlack::slackbot_conversation(user);
    if (Channel* found = find_channel(id)) return *found;
    channels.push_back({.id = id,
                        .name = "slackbot",
                        .user = "",
                        .bot_is_member = false,
                        .messages = {},
                        .slackbot_of = user});
    return channels.back();
}

std::string World::place_of(const PendingRequest& request) {
    const Json team = request.body.value("team", Json());
    return team.is_object() ? team.value("id", "") : std::string(ids::enterprise);
}

void World::resolve(App& app, const std::string& where, const std::string& status, Json scopes) {
    app.resolutions[where] = {status, std::move(scopes), unix_now()};
    app.last = status;
    for (auto& request : requests) {
        if (request.app_id == app.entry.id && !request.resolved && place_of(request) == where) {
            request.resolved = true;
            request.outcome = status;
        }
    }
}

}  // namespace countersign::fakes
