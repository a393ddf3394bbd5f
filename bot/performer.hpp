#pragma once

#include "bot/account_api.hpp"
#include "bot/effect_answer.hpp"
#include "bot/net/net.hpp"
#include "bot/tracker/tracker_api.hpp"

#include <functional>
#include <memory>

namespace countersign::bot {

// Performs claimed effects on the I/O thread, each in its own coroutine, and hands every answer back exactly
// once. A message that may have been sent by an earlier attempt is looked for before it is posted again
// (design.md §3).
class Performer {
  public:
    using Report = std::function<void(EffectAnswer)>;

    Performer(net::asio::any_io_executor executor, Report report);

    // All may change at a reload; an effect uses what it started with.
    void use(std::shared_ptr<slack::WebApi> api, std::shared_ptr<tracker::TrackerApi> trackers,
             std::shared_ptr<AccountApi> accounts) {
        api_ = std::move(api);
        trackers_ = std::move(trackers);
        accounts_ = std::move(accounts);
    }
    void perform(storage::Effect effect);
    [[nodiscard]] int in_flight() const { return in_flight_; }

  private:
    net::asio::any_io_executor executor_;
    Report report_;
    std::shared_ptr<slack::WebApi> api_;
    std::shared_ptr<tracker::TrackerApi> trackers_;
    std::shared_ptr<AccountApi> accounts_;
    int in_flight_ = 0;
};

}  // namespace countersign::bot
