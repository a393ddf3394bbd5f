#pragma once

#include "bot/net/api_answer.hpp"
#include "bot/net/http_client.hpp"
#include "bot/tracker/client.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"
#include "storage/records.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::tracker {

// The effects "tracker.read_issue", "tracker.put_note" … of all configured trackers: arguments in, answer
// out, both JSON. An effect's `args` name the tracker.
class TrackerApi {
  public:
    // The token that a tracker is called with now; asked before each call, because an integration may bring
    // another one, or take it away, at any time.
    using TokenSource = std::function<std::optional<Secret>(std::string_view tracker)>;

    TrackerApi(net::HttpClient& http, const config::Settings& settings, TokenSource tokens);
    TrackerApi(net::HttpClient& http, const config::Settings& settings, const config::Secrets& secrets);

    [[nodiscard]] net::Awaitable<net::ApiAnswer> perform(storage::Effect effect);

  private:
    struct Entry {
        config::Tracker tracker;
        Secret token;
        std::shared_ptr<Client> client;  // null: there is no token for it
    };
    // Kept by a call under way although its token has changed since.
    [[nodiscard]] std::shared_ptr<Client> client_of(Entry& entry);

    net::HttpClient* http_;
    TokenSource tokens_;
    std::map<std::string, Entry, std::less<>> trackers_;
};

// What making it twice would do; everything else may be repeated.
[[nodiscard]] bool looked_up_before_repeat(std::string_view method);
// How many calls over HTTP the method costs on the whole.
[[nodiscard]] int cost_of(std::string_view method);

}  // namespace countersign::tracker
