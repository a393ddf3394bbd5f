// What GitHub's webhook says of access (I16), and RFC 9207's `iss`.
#include "bot/access_hook.hpp"
#include "bot/oauth.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using bot::read_access_hook;

namespace {

tracker::HookHeaders headers(const char* event, const char* delivery = "d1") {
    return {{"x-github-event", event}, {"x-github-delivery", delivery}, {"x-hub-signature-256", "sha256=x"}};
}

constexpr const char* installation =
    R"({"action":"suspend","installation":{"account":{"login":"Acme","id":9}},"sender":{"login":"a","id":2}})";

}  // namespace

TEST_CASE("I16: suspension, removal and consent that was taken back are told apart") {
    const auto suspended = read_access_hook(headers("installation"), installation);
    REQUIRE(suspended);
    CHECK(suspended->what == "suspended");
    CHECK(suspended->name == "Acme");
    const auto revoked = read_access_hook(headers("github_app_authorization"),
                                          R"({"action":"revoked","sender":{"login":"octo","id":5}})");
    REQUIRE(revoked);
    CHECK(revoked->what == "revoked");
    CHECK(revoked->account == "5");
    CHECK(read_access_hook(headers("installation"),
                           R"({"action":"deleted","installation":{"account":{"login":"A"}}})")
              ->what == "uninstalled");
}

TEST_CASE("I16: what is no end of access, or is not whole, is none") {
    for (const auto* body :
         {"", "[]", "{}", "7", R"({"action":"created","installation":{"account":{"login":"A","id":1}}})",
          R"({"action":"unsuspend","installation":{"account":{"login":"A","id":1}}})",
          R"({"action":"suspend"})", R"({"action":"suspend","installation":7})",
          R"({"action":"suspend","installation":{"account":{"login":{}}}})"})
        CHECK_MESSAGE(!read_access_hook(headers("installation"), body), body);
    for (const auto* body : {R"({"action":"revoked"})", R"({"action":"revoked","sender":{"login":"a"}})",
                             R"({"action":"revoked","sender":{"id":"5"}})"})
        CHECK_MESSAGE(!read_access_hook(headers("github_app_authorization"), body), body);
    CHECK_FALSE(read_access_hook(headers("installation", ""), installation));
    CHECK_FALSE(read_access_hook(headers("issues"), installation));
    config::Tracker hub;
    hub.kind = config::TrackerKind::github;
    CHECK(bot::is_access_event(hub, headers("installation")));
    CHECK_FALSE(bot::is_access_event(hub, headers("push")));
    CHECK_FALSE(bot::is_access_event(hub, {{"x-github-event", "installation"}}));
    hub.kind = config::TrackerKind::gitlab;
    CHECK_FALSE(bot::is_access_event(hub, headers("installation")));
}

TEST_CASE("RFC 9207, O15: an issuer that was promised is named exactly once and exactly so") {
    constexpr const char* issuer = "https://github.example.com/login/oauth";
    const auto good = [&](const std::string& query) { return bot::check_issuer(query, issuer).has_value(); };
    CHECK(good("code=a&state=b&iss=https%3A%2F%2Fgithub.example.com%2Flogin%2Foauth"));
    CHECK(good("iss=https://github.example.com/login/oauth&code=a#fragment"));
    for (const auto* wrong :
         {"", "code=a&state=b", "iss=", "iss=https://github.example.com", "iss=https://evil.example.com",
          "iss=https://github.example.com/login/oauth/",
          "iss=https://github.example.com/login/oauth&iss=https://evil.example.com",
          "xiss=https://github.example.com/login/oauth", "#iss=https://github.example.com/login/oauth"})
        CHECK_MESSAGE(!good(wrong), wrong);
    CHECK(bot::check_issuer("iss=anything", ""));  // a server that promised nothing
}
