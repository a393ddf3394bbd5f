// The world, and what people do in it.
#include "tests/fakes/fake_slack.hpp"

#include "tests/fakes/fake_slack_impl.hpp"
#include "tests/fakes/slack_payloads.hpp"
#include "tests/fakes/slack_slackbot.hpp"
#include "tests/fakes/slack_views.hpp"
#include "tests/fakes/slack_wire.hpp"

#include <stdexcept>

namespace countersign::fakes {

FakeSlack::Impl::Impl(FakeSlackOptions options)
    : world(std::move(options)),
      rates(world.options.rate_scale),
      sockets(world, [this](std::chrono::milliseconds delay, std::function<void()> task) {
          server->after(delay, [this, task = std::move(task)] { change([&] { task(); }); });
      }) {
    Server::Callbacks callbacks;
    callbacks.http = [this](const HttpQuery& query) { return answer(query); };
    callbacks.upgrade = [this](const HttpQuery& query) {
        return change([&] { return query.path == "/link/" ? sockets.upgrade(query) : 404; });
    };
    callbacks.opened = [this](int id, const HttpQuery&) { change([&] { sockets.opened(id); }); };
    callbacks.received = [this](int id, const Frame& frame) { change([&] { sockets.received(id, frame); }); };
    callbacks.closed = [this](int id) { change([&] { sockets.closed(id); }); };
    const bool tls = world.options.tls.has_value();
    // The server calls back from its own thread as soon as somebody connects, which nobody can before the
    // port is known.
    server = std::make_unique<Server>(world.options.tls, world.options.port, std::move(callbacks));
    const std::string host = "localhost:" + std::to_string(server->port());
    base_url = (tls ? "https://" : "http://") + host;
    world.web_socket_url = (tls ? "wss://" : "ws://") + host + "/link/";
    world.response_base = base_url + "/response/";
    sockets.use(*server);
}

FakeSlack::Impl::~Impl() {
    server->stop();  // its callbacks use the server
}

FakeSlack::FakeSlack(FakeSlackOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
FakeSlack::~FakeSlack() = default;

std::string FakeSlack::api_url() const {
    return impl_->base_url + "/api/";
}
std::uint16_t FakeSlack::port() const {
    return impl_->server->port();
}

void FakeSlack::serve(const std::string& prefix, std::function<HttpReply(const HttpQuery&)> handler) {
    impl_->change([&] { impl_->served.emplace_back(prefix, std::move(handler)); });
}

void FakeSlack::add_user(const std::string& id, const std::string& name) {
    impl_->change([&] { impl_->world.users[id] = {.id = id, .name = name}; });
}

void FakeSlack::set_locale(const std::string& user, const std::string& locale) {
    impl_->change([&] { impl_->world.users.at(user).locale = locale; });
}

void FakeSlack::add_user_group(const std::string& id, std::vector<std::string> members) {
    impl_->change([&] {
        World& world = impl_->world;
        const bool known = world.user_groups.contains(id);
        world.user_groups[id] = members;
        if (!known) return;
        impl_->sockets.deliver({.type = "events_api",
                                .payload = event_body(world, {{"type", "subteam_updated"},
                                                              {"subteam",
                                                               {{"id", id},
                                                                {"team_id", ids::team},
                                                                {"handle", id},
                                                                {"users", members},
                                                                {"user_count", members.size()}}}}),
                                .accepts_response = false});
    });
}

void FakeSlack::add_channel(const std::string& id, const std::string& name, bool bot_is_member) {
    impl_->change([&] {
        impl_->world.channels.push_back(
            {.id = id, .name = name, .user = "", .bot_is_member = bot_is_member, .messages = {}});
    });
}

void FakeSlack::add_app(AppEntry app) {
    impl_->change([&] {
        World& world = impl_->world;
        world.apps.push_back({app, {}, ""});
        if (!app.resolution.empty())
            world.resolve(world.apps.back(), ids::enterprise, app.resolution, app.scopes);
    });
}

std::string FakeSlack::request_app(const std::string& user, const std::string& app_id,
                                   const std::string& message, const Json& patch) {
    return impl_->change([&] {
        World& world = impl_->world;
        const App* app = world.find_app(app_id);
        if (app == nullptr) throw std::invalid_argument("no such app: " + app_id);
        const std::string id = world.next_id("Ar");
        Json body = app_request_body(world, id, user, *app, message);
        for (const auto& [key, value] : patch.items()) {
            // A merge patch would take null as "remove"; here it is Slack's null.
            if (value.is_object() && body[key].is_object())
                body[key].merge_patch(value);
            else
                body[key] = value;
        }
        world.requests.push_back(
            {.id = id, .app_id = app_id, .user = user, .message = message, .body = body, .outcome = ""});
        if (world.options.enterprise) {
            Json event = event_body(world, {{"type", "app_requested"}, {"app_request", body}});
            event["authorizations"][0].update({{"user_id", ids::admin_user}, {"is_bot", false}});
            impl_->sockets.deliver({.type = "events_api", .payload = event, .accepts_response = false});
        } else {
            tell_managers(*impl_, world.requests.back(), *app);
        }
        return id;
    });
}

namespace {

// The one element of a message or view that `matches`.
template <class Matches>
Pressable find_pressable(const Json& blocks, const std::string& wanted, Matches matches) {
    std::string known;
    for (const auto& each : pressables(blocks)) {
        if (matches(each)) return each;
        known += " '" + each.label + "'";
    }
    throw std::invalid_argument("nothing to press called '" + wanted + "'; there is" +
                                (known.empty() ? " nothing" : known));
}

template <class Matches>
Json message_press(World& world, const std::string& user, const std::string& channel, const std::string& ts,
                   const std::string& wanted, Matches matches) {
    const std::string id = world.users.contains(channel) ? world.direct_messages(channel).id : channel;
    const Message* message = world.find_message(id, ts);
    if (message == nullptr) throw std::invalid_argument("no message " + ts + " in " + channel);
    return press_in_message(world, user, *message, find_pressable(message->blocks, wanted, matches));
}

}  // namespace

std::string FakeSlack::press(const std::string& user, const std::string& channel, const std::string& ts,
                             const std::string& action_id) {
    return impl_->change([&] {
        const auto matches = [&](const Pressable& each) { return each.element["action_id"] == action_id; };
        Json body = message_press(impl_->world, user, channel, ts, action_id, matches);
        return impl_->sockets.deliver(
            {.type = "interactive", .payload = std::move(body), .accepts_response = true});
    });
}

Press FakeSlack::make_press(const std::string& user, const std::string& channel, const std::string& ts,
                            const std::string& label) {
    return impl_->change([&] {
        const auto matches = [&](const Pressable& each) { return each.label == label; };
        return Press{message_press(impl_->world, user, channel, ts, label, matches)};
    });
}

std::string FakeSlack::press_by_text(const std::string& user, const std::string& channel,
                                     const std::string& ts, const std::string& label) {
    return send_envelope("interactive", make_press(user, channel, ts, label).payload, true);
}

std::string FakeSlack::press_in_view(const std::string& user, const std::string& view_id,
                                     const std::string& label, const std::string& value) {
    return impl_->change([&] {
        const View* view = impl_->world.find_view(view_id);
        if (view == nullptr || !view->open) throw std::invalid_argument("no open view " + view_id);
        const auto matches = [&](const Pressable& each) {
            const bool right = each.label == label || each.element["action_id"] == label;
            return right && (value.empty() || each.element.value("value", "") == value);
        };
        Json body = press_in_view_body(impl_->world, user, *view,
                                       find_pressable(view->view["blocks"], label, matches));
        return impl_->sockets.deliver(
            {.type = "interactive", .payload = std::move(body), .accepts_response = true});
    });
}

std::string FakeSlack::submit(const std::string& user, const std::string& view_id,
                              const std::map<std::string, std::string>& fields_by_label) {
    return impl_->change([&] {
        World& world = impl_->world;
        const View* view = world.find_view(view_id);
        if (view == nullptr || !view->open || view->kind != "modal")
            throw std::invalid_argument("no open form " + view_id);
        if (view->user != user) throw std::invalid_argument("the form belongs to " + view->user);
        return impl_->sockets.deliver(
            {.type = "interactive",
             .payload = submission_body(world, *view, fields_by_label),
             .accepts_response = true,
             .acknowledged = [&world,
                              view_id](const Json& payload) { answer_submission(world, view_id, payload); },
             .failed =
                 [&world, view_id] {
                     if (View* shown = world.find_view(view_id)) {
                         shown->errors = {{"", "We had some trouble connecting. Try again?"}};
                     }
                 }});
    });
}

void FakeSlack::close_view(const std::string& user, const std::string& view_id) {
    impl_->change([&] {
        View* view = impl_->world.find_view(view_id);
        if (view == nullptr || view->user != user) throw std::invalid_argument("no open form " + view_id);
        close_modal(impl_->world, *view, false);
        if (view->view["notify_on_close"] != true) return;
        impl_->sockets.deliver(
            {.type = "interactive", .payload = closed_body(impl_->world, *view), .accepts_response = false});
    });
}

std::string FakeSlack::command(const std::string& user, const std::string& channel,
                               const std::string& command, const std::string& text) {
    return impl_->change([&] {
        World& world = impl_->world;
        Channel* where =
            world.users.contains(channel) ? &world.direct_messages(channel) : world.find_channel(channel);
        if (where == nullptr) throw std::invalid_argument("no such channel: " + channel);
        const auto show = [&world, user, id = where->id](const std::string& line, const Json& payload) {
            Message message{.channel = id,
                            .ts = world.next_ts(),
                            .user = ids::bot_user,
                            .text = line,
                            .thread_ts = "",
                            .blocks = payload.value("blocks", Json::array()),
                            .metadata = {},
                            .ephemeral_to = user};
            if (payload.value("response_type", "") == "in_channel") message.ephemeral_to.clear();
            world.find_channel(id)->messages.push_back(message);
        };
        return impl_->sockets.deliver(
            {.type = "slash_commands",
             .payload = command_body(world, user, *where, command, text),
             .accepts_response = true,
             .acknowledged =
                 [show](const Json& payload) {
                     if (!payload.is_object() || !(payload.contains("text") || payload.contains("blocks")))
                         return;
                     show(payload.value("text", ""), payload);
                 },
             .failed =
                 [show, command] {
                     show(command + " failed because the app did not respond", Json::object());
                 }});
    });
}

std::string FakeSlack::shortcut(const std::string& user, const std::string& callback_id) {
    return impl_->change([&] {
        return impl_->sockets.deliver({.type = "interactive",
                                       .payload = shortcut_body(impl_->world, user, callback_id),
                                       .accepts_response = false});
    });
}

std::string FakeSlack::message_shortcut(const std::string& user, const std::string& callback_id,
                                        const std::string& channel, const std::string& ts) {
    return impl_->change([&] {
        const Message* message = impl_->world.find_message(channel, ts);
        if (message == nullptr) throw std::invalid_argument("no such message: " + ts);
        return impl_->sockets.deliver(
            {.type = "interactive",
             .payload = message_shortcut_body(impl_->world, user, callback_id, *message),
             .accepts_response = false});
    });
}

std::string FakeSlack::open_home(const std::string& user) {
    return impl_->change([&] {
        World& world = impl_->world;
        Json inner{{"type", "app_home_opened"},
                   {"user", user},
                   {"channel", world.direct_messages(user).id},
                   {"tab", "home"},
                   {"event_ts", world.next_ts()}};
        for (const auto& view : world.views) {
            if (view.kind == "home" && view.user == user) inner["view"] = view.view;
        }
        return impl_->sockets.deliver(
            {.type = "events_api", .payload = event_body(world, inner), .accepts_response = false});
    });
}

std::string FakeSlack::say(const std::string& user, const std::string& channel, const std::string& text) {
    return impl_->change([&] {
        World& world = impl_->world;
        Channel* where =
            world.users.contains(channel) ? &world.direct_messages(channel) : world.find_channel(channel);
        if (where == nullptr) throw std::invalid_argument("no such channel: " + channel);
        const std::string ts = world.next_ts();
        where->messages.push_back({.channel = where->id,
                                   .ts = ts,
                                   .user = user,
                                   .text = text,
                                   .thread_ts = "",
                                   .metadata = {},
                                   .ephemeral_to = ""});
        if (!where->user.empty()) {
            const Json inner{{"type", "message"},    {"user", user},   {"text", text},        {"ts", ts},
                             {"channel", where->id}, {"event_ts", ts}, {"channel_type", "im"}};
            impl_->sockets.deliver(
                {.type = "events_api", .payload = event_body(world, inner), .accepts_response = false});
        }
        return ts;
    });
}

std::string FakeSlack::send_envelope(const std::string& type, Json payload,
                                     std::optional<bool> accepts_response) {
    return impl_->change([&] {
        return impl_->sockets.deliver(
            {.type = type, .payload = std::move(payload), .accepts_response = accepts_response});
    });
}

Json FakeSlack::make_event(Json inner) const {
    return impl_->change([&] { return event_body(impl_->world, std::move(inner)); });
}

}  // namespace countersign::fakes
