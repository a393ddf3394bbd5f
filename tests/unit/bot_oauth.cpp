// PKCE, the addresses that browsers come back with, and what token endpoints say, without a server.
#include "bot/commands/authorization_flows.hpp"
#include "bot/oauth.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::bot;

TEST_CASE("O7: PKCE S256 with the vectors of RFC 7636 and of GitLab's documentation") {
    CHECK(challenge_of(Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")) ==
          "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    CHECK(challenge_of(Secret("ks02i3jdikdo2k0dkfodf3m39rjfjsdk0wk349rj3jrhf")) ==
          "2i0WFA-0AerkjQm4X4oDEhqA17QIAKNjXpagHBXmO_U");
    const auto pkce = make_pkce();
    CHECK(pkce.verifier.reveal().size() == 43);
    CHECK(pkce.verifier.reveal().find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
    CHECK_FALSE(make_pkce().verifier.same_as(pkce.verifier));
    CHECK_FALSE(make_state().same_as(make_state()));
}

TEST_CASE("O6: an address that comes back has the registered beginning, one code and one state") {
    constexpr const char* redirect = "https://c.example.com/oauth/callback";
    const auto read = [&](const std::string& address) { return read_redirected(address, redirect); };
    const auto good = read("  https://c.example.com/oauth/callback?code=ab%2Dc&state=s1&iss=x#fragment\n");
    REQUIRE(good);
    CHECK(good->code.reveal() == "ab-c");
    CHECK(good->state.reveal() == "s1");
    for (const auto* wrong :
         {"", "https://c.example.com/oauth/callback", "https://c.example.com/oauth/callback?code=a",
          "https://c.example.com/oauth/callback?state=s",
          "https://c.example.com/oauth/callback?code=a&code=b&state=s",
          "https://c.example.com/oauth/callback?code=a&state=s&state=t",
          "https://c.example.com/oauth/callback?code=&state=s",
          "https://c.example.com/oauth/callback?code=a%0A&state=s",
          "https://c.example.com/oauth/callback2?code=a&state=s",
          "http://c.example.com/oauth/callback?code=a&state=s",
          "https://c.example.com.evil.org/oauth/callback?code=a&state=s",
          "https://evil.org/?x=https://c.example.com/oauth/callback?code=a&state=s"}) {
        CAPTURE(wrong);
        const auto refused = read(wrong);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::invalid_argument);
    }
    const auto denied =
        read("https://c.example.com/oauth/callback?error=access_denied&error_description=x&state=s");
    REQUIRE_FALSE(denied);
    CHECK(denied.error().code == Errc::forbidden);
    const auto query = state_of_query("error=access_denied&state=s1");
    REQUIRE(query);
    CHECK(query->reveal() == "s1");
}

TEST_CASE("O6: at the command line an address is good for ten minutes, and none is quoted that is refused") {
    const commands::SentAway sent{.state = Secret("s1"),
                                  .redirect_url = "https://c.example.com/landing",
                                  .issuer = "https://gl.example.com",
                                  .at = SteadyTime(std::chrono::hours(5))};
    const auto paste = [&](const std::string& query, std::chrono::milliseconds later) {
        return commands::pasted_code(Secret("https://c.example.com/landing?" + query), sent, sent.at + later);
    };
    const std::string good = "code=canary&state=s1&iss=https%3A%2F%2Fgl.example.com";
    const auto in_time = paste(good, std::chrono::minutes(10));
    REQUIRE(in_time);
    CHECK(in_time->reveal() == "canary");
    const auto late = paste(good, std::chrono::minutes(10) + std::chrono::milliseconds(1));
    REQUIRE_FALSE(late);
    CHECK(late.error().code == Errc::timeout);
    CHECK(late.error().text.contains("start again"));
    for (const auto* wrong :
         {"code=canary&state=s2&iss=https%3A%2F%2Fgl.example.com", "code=canary&state=s1",
          "code=canary&state=s1&iss=https%3A%2F%2Fevil.example.com", "error=access_denied&state=s1"}) {
        CAPTURE(wrong);
        const auto refused = paste(wrong, std::chrono::minutes(1));
        REQUIRE_FALSE(refused);
        CHECK_FALSE(refused.error().text.contains("canary"));
    }
}

TEST_CASE("O15: each kind is sent to its own pages of its own instance, with S256 and a state") {
    const auto url = [](storage::AuthorizationKind kind, const char* base) {
        return authorize_url({kind, base, "api"}, "id&1", "https://c/x", Secret("st"), "ch");
    };
    CHECK(url(storage::AuthorizationKind::gitlab, "https://gl.example.com") ==
          "https://gl.example.com/oauth/"
          "authorize?response_type=code&client_id=id%261&redirect_uri=https%3A%2F%2Fc%2Fx"
          "&scope=api&state=st&code_challenge=ch&code_challenge_method=S256");
    CHECK(url(storage::AuthorizationKind::github, "https://github.com")
              .starts_with("https://github.com/login/oauth/authorize?"));
    CHECK(url(storage::AuthorizationKind::slack, "https://slack.com")
              .starts_with("https://slack.com/oauth/v2/authorize?"));
}

TEST_CASE("O8: Slack's own answer to oauth.v2.access is read, with its rotation") {
    const auto granted = read_granted_token(
        R"({"ok":true,"access_token":"xoxe.xoxb-1-canary","token_type":"bot","scope":"chat:write,channels:read",)"
        R"("expires_in":43200,"refresh_token":"xoxe-1-canary","team":{"id":"T1","name":"Acme"}})",
        storage::AuthorizationKind::slack);
    REQUIRE(granted);
    CHECK(granted->scopes == "chat:write channels:read");
    CHECK(granted->lives == std::chrono::seconds(43200));
    CHECK(granted->refresh_token);
    CHECK_FALSE(read_granted_token(R"({"ok":true,"access_token":"x","token_type":"bot"})"));
    const auto used =
        read_granted_token(R"({"ok":false,"error":"code_already_used"})", storage::AuthorizationKind::slack);
    REQUIRE_FALSE(used);
    CHECK(used.error().code == Errc::unauthorised);
}
