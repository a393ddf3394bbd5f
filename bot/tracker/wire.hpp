#pragma once

#include "bot/net/http_client.hpp"
#include "bot/tracker/trouble.hpp"
#include "config/base/clock.hpp"
#include "config/base/secret.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace countersign::tracker {

struct Reply {
    int status = 0;
    std::string body;        // JSON by its content type; not yet parsed
    net::HttpResponse head;  // the same answer's headers
    Timestamp date;          // the tracker's clock
};

// Calls to one tracker: every address is built from its configured API root, and whatever the tracker leads
// to (redirect, next page) is followed only below that root (N2, N9). The token is in a header and nowhere
// else (N12).
class Wire {
  public:
    Wire(net::HttpClient& http, const config::Tracker& tracker, Secret token);

    // `path` is below the API root and percent-encoded. One redirect is followed. 304 comes as a reply when
    // an `etag` was given. Codes besides those of trouble.cpp: not_found (404), gone (410), moved (led
    // elsewhere for good).
    [[nodiscard]] net::Awaitable<Expected<Reply>> get(const std::string& path, std::string etag = {});
    // All pages of a list. `path` ends with "per_page=100"; where such a page is too large, it is read again
    // in small ones. Code besides: too_many_pages.
    [[nodiscard]] net::Awaitable<Expected<std::vector<Reply>>> list(std::string path, std::string etag = {});
    // `answer_lost`: the tracker may have done it.
    [[nodiscard]] net::Awaitable<Expected<Reply>> write(std::string method, std::string path,
                                                        std::string json);

    // The longest rest that an answer has asked for since the last look, although it was no refusal.
    [[nodiscard]] std::optional<std::chrono::milliseconds> take_rest();

  private:
    [[nodiscard]] net::Awaitable<Expected<Reply>> fetch(std::string url, std::string etag);
    [[nodiscard]] net::Awaitable<Expected<std::vector<Reply>>> pages(std::string path, std::string etag);
    [[nodiscard]] net::HttpRequest request(std::string method, std::string url) const;
    [[nodiscard]] Expected<Reply> reply_of(net::HttpResponse response, bool conditional);

    net::HttpClient* http_;
    config::TrackerKind kind_;
    std::string root_;  // without a trailing '/'
    Secret token_;
    std::optional<std::chrono::milliseconds> rest_;
};

// The address behind rel="next"; "" when there is none.
[[nodiscard]] std::string next_link(std::string_view link_header);
// The address when it lies below `root`: same scheme, host and port, and its path; else "". A path without a
// host is completed.
[[nodiscard]] std::string below_root(std::string_view address, std::string_view root);

}  // namespace countersign::tracker
