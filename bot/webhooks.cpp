#include "bot/webhooks.hpp"

#include "config/base/log.hpp"

#include <boost/asio/steady_timer.hpp>

namespace countersign::bot {
namespace {

using tracker::HookRefusal;

constexpr std::string_view prefix = "/webhooks/";
// Under the ten seconds after which both trackers give up (trackers.md §1.6, §2.4).
constexpr auto commit_limit = std::chrono::seconds(8);

net::HttpAnswer plain(int status, std::string text) {
    return {status, "text/plain; charset=utf-8", std::move(text)};
}

net::HttpAnswer refused(HookRefusal why, const std::string& tracker) {
    if (why == HookRefusal::not_wanted) return plain(200, "of no configured issue\n");
    const auto say = [&](std::string_view what) {
        log::warning("webhook_refused", {{"tracker", tracker}, {"why", what}});
    };
    switch (why) {
        case HookRefusal::not_signed:
            say("not signed with the configured secret");
            return plain(401, "not signed\n");
        case HookRefusal::too_old:
            say("signed at another time; check the clocks");
            return plain(401, "too old\n");
        case HookRefusal::elsewhere:
            say("it comes from another instance");
            return plain(403, "of another instance\n");
        case HookRefusal::malformed:
        case HookRefusal::not_wanted:
            break;
    }
    say("it is not what this tracker sends");
    return plain(400, "not understood\n");
}

}  // namespace

struct Webhooks::Waiting {
    explicit Waiting(const net::asio::any_io_executor& executor) : timer(executor, commit_limit) {}
    net::asio::steady_timer timer;
    bool kept = false;
};

Webhooks::Webhooks(net::asio::any_io_executor executor, const Clock& clock, Offer offer)
    : executor_(std::move(executor)), clock_(&clock), offer_(std::move(offer)) {}

void Webhooks::use(const config::Settings& settings, const config::Secrets& secrets) {
    trackers_.clear();
    for (const auto& tracker : settings.trackers) {
        const auto secret = secrets.webhooks.find(tracker.name);
        if (secret != secrets.webhooks.end()) trackers_.emplace(tracker.name, Entry{tracker, secret->second});
    }
}

net::HttpListener::Posts Webhooks::posts() {
    return {.refuse = [this](const net::HttpPost& head) { return refuse(head); },
            .answer = [this](net::HttpPost post) { return answer(std::move(post)); }};
}

const Webhooks::Entry* Webhooks::find(std::string_view path) const {
    if (!path.starts_with(prefix)) return nullptr;
    const auto found = trackers_.find(path.substr(prefix.size()));
    return found == trackers_.end() ? nullptr : &found->second;
}

std::optional<net::HttpAnswer> Webhooks::refuse(const net::HttpPost& head) const {
    const Entry* entry = find(head.path);
    if (entry == nullptr) return plain(404, "nobody here\n");
    const auto worth = tracker::promising(entry->tracker, head.headers);
    if (worth || is_access_event(entry->tracker, head.headers)) return std::nullopt;
    return refused(worth.error(), entry->tracker.name);
}

net::Awaitable<net::HttpAnswer> Webhooks::answer(net::HttpPost post) {
    const Entry* entry = find(post.path);
    if (entry == nullptr) co_return plain(404, "nobody here\n");  // a reload came in between
    const std::string name = entry->tracker.name;
    auto hook = tracker::read_hook(entry->tracker, entry->secret, post.headers, post.body, clock_->now());
    // What is "not wanted" was signed: it may tell of something else than an issue.
    std::optional<AccessHook> access;
    if (!hook && hook.error() == HookRefusal::not_wanted && is_access_event(entry->tracker, post.headers))
        access = read_access_hook(post.headers, post.body);
    if (!hook && !access) co_return refused(hook.error(), name);
    const auto ticket = next_ticket_++;
    const auto waiting = std::make_shared<Waiting>(executor_);
    waiting_.emplace(ticket, waiting);
    if (!offer_(HookIn{ticket, name, hook ? *std::move(hook) : tracker::Hook{}, std::move(access)})) {
        waiting_.erase(ticket);
        co_return plain(503, "busy\n");
    }
    (void)co_await waiting->timer.async_wait(net::as_value);
    waiting_.erase(ticket);
    co_return waiting->kept ? plain(200, "taken\n") : plain(503, "cannot be kept now\n");
}

void Webhooks::kept(const std::vector<std::uint64_t>& tickets) {
    for (const auto ticket : tickets) {
        const auto found = waiting_.find(ticket);
        if (found == waiting_.end()) continue;
        found->second->kept = true;
        found->second->timer.cancel();
    }
}

}  // namespace countersign::bot
