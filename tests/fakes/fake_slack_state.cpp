// What happened, and the picture of everything.
#include "tests/fakes/fake_slack_impl.hpp"

namespace countersign::fakes {
namespace {

template <class Read>
auto locked(const FakeSlack::Impl& impl, Read read) {
    const std::lock_guard lock(impl.mutex);
    return read();
}

Json channel_json(const Channel& channel) {
    Json messages = Json::array();
    for (const auto& each : channel.messages) {
        messages.push_back({{"ts", each.ts},
                            {"user", each.user},
                            {"text", each.text},
                            {"blocks", each.blocks},
                            {"thread_ts", each.thread_ts},
                            {"ephemeral_to", each.ephemeral_to},
                            {"edits", each.edits}});
    }
    return {{"id", channel.id},
            {"name", channel.name},
            {"is_im", !channel.user.empty()},
            {"user", channel.user},
            {"slackbot_of", channel.slackbot_of},
            {"bot_is_member", channel.bot_is_member},
            {"messages", messages}};
}

Json app_json(const App& app) {
    return {{"id", app.entry.id},
            {"name", app.entry.name},
            {"description", app.entry.description},
            {"marketplace", app.entry.marketplace},
            {"internal", app.entry.internal},
            {"scopes", app.entry.scopes},
            {"resolution", app.last}};
}

}  // namespace

std::vector<ApiCall> FakeSlack::calls(const std::string& method) const {
    return locked(*impl_, [&] {
        std::vector<ApiCall> out;
        for (const auto& call : impl_->calls) {
            if (method.empty() || call.method == method) out.push_back(call);
        }
        return out;
    });
}

std::vector<Ack> FakeSlack::acks() const {
    return locked(*impl_, [&] { return impl_->sockets.acks; });
}

std::size_t FakeSlack::ack_count() const {
    return locked(*impl_, [&] { return impl_->sockets.acks.size(); });
}

namespace {

const std::vector<Message>& messages_in(const World& world, const std::string& channel) {
    static const std::vector<Message> none;
    for (const auto& each : world.channels) {
        if (each.id == channel || (!each.user.empty() && each.user == channel)) return each.messages;
    }
    return none;
}

}  // namespace

std::vector<Message> FakeSlack::messages(const std::string& channel) const {
    return locked(*impl_, [&] { return messages_in(impl_->world, channel); });
}

std::size_t FakeSlack::message_count(const std::string& channel) const {
    return locked(*impl_, [&] { return messages_in(impl_->world, channel).size(); });
}

std::vector<View> FakeSlack::views(const std::string& user) const {
    return locked(*impl_, [&] {
        std::vector<View> out;
        for (const auto& view : impl_->world.views) {
            if (view.user == user) out.push_back(view);
        }
        return out;
    });
}

std::vector<PendingRequest> FakeSlack::requests() const {
    return locked(*impl_, [&] {
        return std::vector<PendingRequest>(impl_->world.requests.begin(), impl_->world.requests.end());
    });
}

std::string FakeSlack::resolution(const std::string& app_id) const {
    return locked(*impl_, [&] {
        const App* app = impl_->world.find_app(app_id);
        return app == nullptr ? std::string() : app->last;
    });
}

int FakeSlack::connections() const {
    return locked(*impl_, [&] { return impl_->sockets.ready(); });
}

int FakeSlack::undeliverable() const {
    return locked(*impl_, [&] { return impl_->sockets.undeliverable; });
}

int FakeSlack::connections_ever() const {
    return locked(*impl_, [&] { return impl_->sockets.ever; });
}

std::vector<std::string> FakeSlack::unanswered() const {
    return locked(*impl_, [&] { return impl_->sockets.unanswered; });
}

std::vector<std::string> FakeSlack::violations() const {
    return locked(*impl_, [&] { return impl_->sockets.violations; });
}

std::uint64_t FakeSlack::changes() const {
    return locked(*impl_, [&] { return impl_->changes; });
}

bool FakeSlack::wait(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const auto seen = changes();
        if (condition()) return true;
        std::unique_lock lock(impl_->mutex);
        const auto next = std::min(end, std::chrono::steady_clock::now() + std::chrono::milliseconds(100));
        // The condition may also look at things outside (a log, a file), hence the short rounds.
        impl_->changed.wait_until(lock, next, [&] { return impl_->changes != seen; });
        if (std::chrono::steady_clock::now() >= end) break;
    }
    return condition();
}

Json FakeSlack::snapshot() const {
    return locked(*impl_, [&] {
        const World& world = impl_->world;
        Json out{{"changes", impl_->changes},
                 {"api_url", impl_->base_url + "/api/"},
                 {"team", {{"id", ids::team}, {"name", "Acme"}}},
                 {"bot", {{"user", ids::bot_user}, {"name", "countersign"}, {"app", ids::app}}},
                 {"connections", impl_->sockets.ready()},
                 {"enterprise", world.options.enterprise},
                 {"unanswered", impl_->sockets.unanswered},
                 {"faults", impl_->faults},
                 {"calls", impl_->calls.size()}};
        for (const char* list : {"users", "user_groups", "channels", "views", "apps", "requests"})
            out[list] = Json::array();
        for (const auto& [id, user] : world.users)
            out["users"].push_back({{"id", id}, {"name", user.name}, {"locale", user.locale}});
        for (const auto& [id, members] : world.user_groups) {
            out["user_groups"].push_back({{"id", id}, {"members", members}});
        }
        for (const auto& channel : world.channels)
            out["channels"].push_back(channel_json(channel));
        for (const auto& view : world.views) {
            if (!view.open) continue;
            out["views"].push_back({{"id", view.id},
                                    {"user", view.user},
                                    {"kind", view.kind},
                                    {"view", view.view},
                                    {"errors", view.errors}});
        }
        for (const auto& app : world.apps)
            out["apps"].push_back(app_json(app));
        for (const auto& request : world.requests) {
            out["requests"].push_back({{"id", request.id},
                                       {"app_id", request.app_id},
                                       {"user", request.user},
                                       {"message", request.message},
                                       {"resolved", request.resolved},
                                       {"outcome", request.outcome},
                                       {"body", request.body}});
        }
        return out;
    });
}

}  // namespace countersign::fakes
