// Whose certificates are trusted where: real TLS servers of two authorities, and the client for trackers.
#include "bot/commands/one_call.hpp"
#include "bot/tracker_http.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/server.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <string>

using namespace countersign;

namespace {

struct Site {
    explicit Site(const fakes::TestCa& ca)
        : server(ca.good(), 0, fakes::Server::Callbacks::of_http([](const fakes::HttpQuery&) {
                     fakes::HttpReply reply;
                     reply.body = "{}";
                     return reply;
                 })) {}
    [[nodiscard]] std::string url() const { return fmt::format("https://localhost:{}", server.port()); }
    fakes::Server server;
};

config::Tracker tracker(const std::string& name, const Site& site, const std::filesystem::path& ca_file) {
    config::Tracker made;
    made.name = name;
    made.url = site.url();
    made.api_url = site.url() + "/api/v4";
    made.projects = {"a/b"};
    made.ca_file = ca_file;
    return made;
}

// What came of a GET: the status, or the failure's text.
struct Got {
    int status = 0;
    Errc code{};
    std::string text;
};

Got get(bot::commands::WaitingClient& client, const std::string& url) {
    net::HttpRequest request;
    request.method = "GET";
    request.url = url;
    const auto response = client.wait_for(client.http().send(std::move(request)));
    if (response) return {response->status, {}, ""};
    return {0, response.error().code, response.error().text};
}

}  // namespace

TEST_CASE(
    "N1 H7: a tracker's ca_file is trusted for its own addresses, and for no other tracker's or Slack's") {
    const fakes::TestCa of_slack;
    const fakes::TestCa of_tracker;
    const Site slack(of_slack);
    const Site own(of_tracker);
    const Site other(of_tracker);
    const Site elsewhere(of_tracker);
    config::Settings settings;
    settings.slack.api_url = slack.url() + "/api/";
    settings.slack.ca_file = of_slack.file();
    settings.trackers = {tracker("own", own, of_tracker.file()), tracker("other", other, {})};
    auto client = bot::commands::WaitingClient::make(settings);
    REQUIRE(client);
    CHECK(get(**client, own.url() + "/oauth/token").status == 200);
    CHECK(get(**client, own.url() + "/api/v4/user").status == 200);
    CHECK(get(**client, slack.url() + "/api/auth.test").status == 200);
    for (const auto* site : {&other, &elsewhere}) {
        const auto refused = get(**client, site->url() + "/api/v4/user");
        CHECK(refused.code == Errc::tls);
        CHECK_MESSAGE(refused.text.contains("the certificate was refused"), refused.text);
    }
    // With it at the other one too, both are: and a proxy's authority, which is Slack's ca_file, stays
    // trusted.
    settings.trackers[1].ca_file = of_slack.file();
    settings.trackers[0].ca_file.clear();
    settings.slack.ca_file = of_tracker.file();
    client = bot::commands::WaitingClient::make(settings);
    REQUIRE(client);
    CHECK(get(**client, other.url() + "/api/v4/user").status == 200);
    CHECK(get(**client, own.url() + "/api/v4/user").status == 200);
    CHECK(get(**client, slack.url() + "/api/auth.test").code == Errc::tls);
}

TEST_CASE("N1: a tracker's ca_file that holds no certificate is named with its tracker") {
    const fakes::TestCa ca;
    const Site site(ca);
    config::Settings settings;
    settings.trackers = {tracker("lab", site, ca.good().key)};
    const auto client = bot::commands::WaitingClient::make(settings);
    REQUIRE(!client);
    CHECK(client.error().code == Errc::tls);
    CHECK_MESSAGE(client.error().text.contains("tracker lab: ca_file " + ca.good().key.string() +
                                               " holds no readable PEM certificate"),
                  client.error().text);
}
