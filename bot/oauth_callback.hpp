#pragma once

#include "bot/dispatcher.hpp"
#include "bot/net/http_listener.hpp"
#include "bot/vault_access.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace countersign::bot {

// GET /oauth/callback, and what is below it: where a server sends the browser back to (O6). Each server that
// is registered has a path of its own; what comes on another one's is not taken (O15, RFC 9700 §4.4). The
// code is sealed here and handed to the dispatcher; the page says the same whatever happened there, and one
// other thing when the link was not one of ours, was used already or is too old. I/O thread only.
class OauthCallback {
  public:
    using Offer = std::function<bool(CallbackIn)>;

    OauthCallback(const Clock& clock, Offer offer) : clock_(&clock), offer_(std::move(offer)) {}

    // At the start and at a reload.
    void use(const config::Settings& settings, const config::Secrets& secrets);
    [[nodiscard]] net::HttpAnswer answer(std::string_view path, std::string_view query);

  private:
    [[nodiscard]] net::HttpAnswer taken_back(std::string_view path, std::string_view query);

    const Clock* clock_;
    Offer offer_;
    std::optional<VaultAccess> vault_;  // none: browsers cannot reach us, or there is no key
};

}  // namespace countersign::bot
