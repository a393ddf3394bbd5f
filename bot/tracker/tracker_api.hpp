#pragma once

#include "bot/net/api_answer.hpp"
#include "bot/net/http_client.hpp"
#include "bot/tracker/client.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"
#include "storage/records.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::tracker {

// The effects "tracker.read_issue", "tracker.put_note" … of all configured trackers: arguments in, answer
// out, both JSON. An effect's `args` name the tracker.
class TrackerApi {
  public:
    TrackerApi(net::HttpClient& http, const config::Settings& settings, const config::Secrets& secrets);

    [[nodiscard]] net::Awaitable<net::ApiAnswer> perform(storage::Effect effect);

  private:
    struct Entry {
        config::Tracker tracker;
        std::unique_ptr<Client> client;  // null: there is no token for it
    };
    std::map<std::string, Entry, std::less<>> trackers_;
};

// What making it twice would do; everything else may be repeated.
[[nodiscard]] bool looked_up_before_repeat(std::string_view method);
// How many calls over HTTP the method costs on the whole.
[[nodiscard]] int cost_of(std::string_view method);

}  // namespace countersign::tracker
