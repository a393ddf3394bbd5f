#pragma once

#include "bot/dispatcher.hpp"
#include "bot/net/http_listener.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace countersign::bot {

// POST /webhooks/NAME: what the tracker NAME tells by itself. Verified here, handed to the dispatcher, and
// answered when it is on disk: trackers send again what was not answered, or leave it to the next poll. I/O
// thread only.
class Webhooks {
  public:
    using Offer = std::function<bool(HookIn)>;

    Webhooks(net::asio::any_io_executor executor, const Clock& clock, Offer offer);

    // At the start and at a reload.
    void use(const config::Settings& settings, const config::Secrets& secrets);
    [[nodiscard]] net::HttpListener::Posts posts();
    void kept(const std::vector<std::uint64_t>& tickets);

  private:
    struct Entry {
        config::Tracker tracker;
        Secret secret;
    };
    [[nodiscard]] const Entry* find(std::string_view path) const;
    [[nodiscard]] std::optional<net::HttpAnswer> refuse(const net::HttpPost& head) const;
    [[nodiscard]] net::Awaitable<net::HttpAnswer> answer(net::HttpPost post);

    net::asio::any_io_executor executor_;
    const Clock* clock_;
    Offer offer_;
    std::map<std::string, Entry, std::less<>> trackers_;
    struct Waiting;
    std::map<std::uint64_t, std::shared_ptr<Waiting>> waiting_;
    std::uint64_t next_ticket_ = 1;
};

}  // namespace countersign::bot
