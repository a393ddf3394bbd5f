#include "tests/fakes/slack_slackbot.hpp"

#include "tests/fakes/slack_payloads.hpp"
#include "tests/fakes/slackbot_messages.hpp"

#include <stdexcept>

namespace countersign::fakes {
namespace {

Json as_sent(const Message& message) {
    Json out{{"type", "message"}, {"ts", message.ts}, {"text", message.text}};
    if (!message.user.empty()) out["user"] = message.user;
    out.update(message.more);
    if (!message.blocks.empty()) out["blocks"] = message.blocks;
    return out;
}

// The event goes to whom may see the message: the bot in its channels, the reviewer's token in that person's
// own.
void send_event(FakeSlack::Impl& impl, const Channel& channel, Json inner) {
    const World& world = impl.world;
    const bool personal = !channel.slackbot_of.empty();
    const bool seen =
        personal ? world.options.reviewer_events && channel.slackbot_of == world.options.reviewer_user
                 : channel.bot_is_member;
    if (!seen) return;
    inner["channel"] = channel.id;
    inner["channel_type"] = personal ? "im" : "channel";
    Json event = event_body(impl.world, std::move(inner));
    if (personal) event["authorizations"][0].update({{"user_id", channel.slackbot_of}, {"is_bot", false}});
    impl.sockets.deliver({.type = "events_api", .payload = event, .accepts_response = false});
}

std::string post(FakeSlack::Impl& impl, Channel& channel, const Json& content) {
    Message message{.channel = channel.id,
                    .ts = impl.world.next_ts(),
                    .user = content.value("user", ""),
                    .text = content.value("text", ""),
                    .thread_ts = "",
                    .blocks = content.value("blocks", Json::array()),
                    .metadata = {},
                    .ephemeral_to = "",
                    .more = Json::object()};
    for (const char* key : {"bot_id", "subtype", "username", "attachments", "bot_profile", "app_id"}) {
        if (content.contains(key)) message.more[key] = content[key];
    }
    channel.messages.push_back(message);
    Json inner = as_sent(message);
    inner["event_ts"] = message.ts;
    send_event(impl, channel, std::move(inner));
    return message.ts;
}

void edit(FakeSlack::Impl& impl, const std::string& channel, const std::string& ts, const Json& content) {
    Message* message = impl.world.find_message(channel, ts);
    if (message == nullptr) throw std::invalid_argument("no message " + ts + " in " + channel);
    const Json before = as_sent(*message);
    message->text = content.value("text", message->text);
    message->blocks = content.value("blocks", Json::array());
    ++message->edits;
    const auto now = impl.world.next_ts();
    Json after = as_sent(*message);
    after["edited"] = {{"user", message->user}, {"ts", now}};
    send_event(impl, *impl.world.find_channel(channel),
               {{"type", "message"},
                {"subtype", "message_changed"},
                {"hidden", true},
                {"ts", now},
                {"event_ts", now},
                {"message", after},
                {"previous_message", before}});
}

Json notice_of(const World& world, const PendingRequest& request, const App& app) {
    auto words = notice_words(world.options.slackbot_words, request.user, app.entry.id, app.entry.name);
    words.reason = request.message;
    std::pair<std::string, std::string> scopes;
    for (const auto& scope : request.body["scopes"]) {
        auto& lines = scope.value("token_type", "") == "user" ? scopes.second : scopes.first;
        lines += (lines.empty() ? "" : "\n") + scope.value("description", "") + " (" +
                 scope.value("name", "") + ")";
    }
    return slackbot_notice(words, scopes);
}

}  // namespace

void tell_managers(FakeSlack::Impl& impl, PendingRequest& request, const App& app) {
    World& world = impl.world;
    Json notice = notice_of(world, request, app);
    if (!world.options.slackbot_channel.empty()) {
        notice["bot_id"] = "B01";  // in a channel Slackbot has one
        Channel* channel = world.find_channel(world.options.slackbot_channel);
        if (channel == nullptr)
            throw std::invalid_argument("no such channel: " + world.options.slackbot_channel);
        request.notices.emplace_back(channel->id, post(impl, *channel, notice));
        return;
    }
    for (const auto& manager : world.options.app_managers) {
        Channel& channel = world.slackbot_messages(manager);
        request.notices.emplace_back(channel.id, post(impl, channel, notice));
    }
}

void tell_decision(FakeSlack::Impl& impl, PendingRequest& request, const std::string& decision,
                   const std::string& by) {
    World& world = impl.world;
    const App& app = *world.find_app(request.app_id);
    Json edited = notice_of(world, request, app);
    edited["blocks"].erase(edited["blocks"].size() - 1);
    edited["blocks"].push_back(mrkdwn_section(decision_line(world.options.slackbot_words, decision, by)));
    for (const auto& [channel, ts] : request.notices)
        edit(impl, channel, ts, edited);
    if (decision == "cancel") return;
    const std::string outcome = decision == "approve" ? "approved" : "restricted";
    const Json told{{"user", "USLACKBOT"},
                    {"text", "Your request to install <https://acme.slack.com/apps/" + app.entry.id + "|" +
                                 app.entry.name + "> was " + outcome + "."}};
    (void)post(impl, world.slackbot_messages(request.user), told);
    world.integration_log.push_back({{"app_id", app.entry.id},
                                     {"app_type", app.entry.name},
                                     {"user_id", by},
                                     {"user_name", by},
                                     {"date", std::to_string(unix_now())},
                                     {"change_type", "updated"},
                                     {"resolution", outcome}});
}

std::string FakeSlack::slackbot_conversation(const std::string& user) {
    return "D" + user.substr(1) + "SB";
}

std::string FakeSlack::post_as(const std::string& channel, Json message) {
    return impl_->change([&] {
        Channel* where = impl_->world.find_channel(channel);
        if (where == nullptr) throw std::invalid_argument("no such channel: " + channel);
        return post(*impl_, *where, message);
    });
}

void FakeSlack::edit_as(const std::string& channel, const std::string& ts, Json message) {
    impl_->change([&] { edit(*impl_, channel, ts, message); });
}

std::vector<std::pair<std::string, std::string>> FakeSlack::notices(const std::string& request_id) const {
    return impl_->change([&] {
        const PendingRequest* request = impl_->world.find_request(request_id);
        if (request == nullptr) throw std::invalid_argument("no such request: " + request_id);
        return request->notices;
    });
}

}  // namespace countersign::fakes
