// The device grant's answers and pauses, without a server (O1-O3, O8, O9, O17).
#include "bot/device_grant.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::bot;
using std::chrono::seconds;

namespace {

const Instance gitlab{storage::AuthorizationKind::gitlab, "https://gitlab.example.com",
                      "https://gitlab.example.com/api/v4"};
const SteadyTime start{};

net::HttpResponse answer(int status, std::string body) {
    net::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

const std::string good_code =
    R"({"device_code":"canary-device","user_code":"ABCD-1234","verification_uri":"https://gitlab.example.com/oauth/device")";

}  // namespace

TEST_CASE("O1: pending answers go on whatever their status, slow_down adds up, everything else stops") {
    DevicePoll poll(seconds(5), seconds(300), start);
    CHECK_FALSE(poll.answered(answer(400, R"({"error":"authorization_pending"})"), start));
    CHECK_FALSE(poll.answered(answer(200, R"({"error":"authorization_pending"})"), start));
    CHECK_FALSE(poll.answered(answer(200, "error=authorization_pending&interval=5"), start));
    CHECK(poll.interval() == seconds(5));
    CHECK_FALSE(poll.answered(answer(400, R"({"error":"slow_down"})"), start));
    CHECK(poll.interval() == seconds(10));
    CHECK_FALSE(poll.answered(answer(200, R"({"error":"slow_down","interval":30})"), start));
    CHECK(poll.interval() == seconds(30));
    CHECK_FALSE(poll.answered(fail(Errc::timeout, "no answer"), start));
    CHECK(poll.interval() == seconds(60));
    CHECK_FALSE(poll.answered(answer(502, "<html>bad gateway</html>"), start));
    for (const auto* error :
         {"access_denied", "expired_token", "token_expired", "incorrect_device_code", "whatever"}) {
        const auto done = DevicePoll(seconds(5), seconds(300), start)
                              .answered(answer(400, R"({"error":")" + std::string(error) + "\"}"), start);
        REQUIRE(done);
        CHECK_FALSE(*done);
    }
    for (const auto* error : {"authorization_pending", "slow_down"}) {
        const auto over =
            poll.answered(answer(200, R"({"error":")" + std::string(error) + "\"}"), start + seconds(300));
        REQUIRE(over);
        CHECK(over->error().code == Errc::timeout);
    }
    CHECK(poll.answered(fail(Errc::timeout, "no answer"), start + seconds(300)).has_value());
    // What was granted at the last moment is a valid token: it is taken, not left lying.
    const auto late = poll.answered(answer(200, R"({"access_token":"canary","token_type":"bearer"})"),
                                    start + seconds(301));
    REQUIRE(late);
    CHECK(*late);
}

TEST_CASE("O8, O9, O17: a token answer is bearer, printable and bounded, renewal is optional") {
    const auto json = read_granted_token(
        R"({"access_token":"canary-token","token_type":"Bearer","expires_in":7200,"refresh_token":"r","scope":"api"})");
    REQUIRE(json);
    CHECK(json->token.reveal() == "canary-token");
    CHECK(json->refresh_token->reveal() == "r");
    CHECK(json->lives == seconds(7200));
    const auto form = read_granted_token("access_token=canary%2Dtoken&token_type=bearer&scope=repo%20user");
    REQUIRE(form);
    CHECK(form->token.reveal() == "canary-token");
    CHECK(form->scopes == "repo user");
    CHECK_FALSE(form->refresh_token);
    for (const std::string body :
         {R"({"access_token":"canary","token_type":"mac"})", R"({"access_token":"","token_type":"bearer"})",
          R"({"access_token":"two canaries","token_type":"bearer"})",
          R"({"access_token":null,"token_type":"bearer"})", "<html>canary</html>", "", "[]", "null"}) {
        const auto refused = read_granted_token(body);
        CHECK_FALSE(refused);
        if (!refused) CHECK_FALSE(refused.error().text.contains("canar"));
    }
    CHECK_FALSE(
        read_granted_token(R"({"token_type":"bearer","access_token":")" + std::string(5000, 'x') + "\"}"));
}

TEST_CASE("O10: what no server means seriously is cut, and nothing that is reckoned with it overflows") {
    const auto endless =
        read_granted_token(R"({"access_token":"t","token_type":"bearer","expires_in":9223372036854775807})");
    REQUIRE(endless);
    CHECK(endless->lives == std::chrono::days(3'650));
    DevicePoll poll(seconds(5), seconds(300), start);
    CHECK_FALSE(poll.answered(answer(200, R"({"error":"slow_down","interval":9223372036854775807})"), start));
    CHECK(poll.interval() == std::chrono::minutes(5));
}

TEST_CASE("O1, O2, O3: a code is shown only when it is entered on the instance itself") {
    const auto code = read_device_code(answer(200, good_code + "}"), gitlab);
    REQUIRE(code);
    CHECK(code->interval == seconds(5));  // the default
    CHECK(code->user_code == "ABCD-1234");
    CHECK(read_device_code(answer(200, good_code + R"(,"interval":7,"expires_in":900})"), gitlab)->lives ==
          seconds(900));
    for (const auto* uri : {"https://gitlab.example.com.evil/oauth", "http://gitlab.example.com/oauth",
                            "https://evil", "https://gitlab.example.com:444/x", "javascript:alert(1)", ""}) {
        const auto body =
            R"({"device_code":"d","user_code":"u","verification_uri":")" + std::string(uri) + "\"}";
        CHECK_FALSE(read_device_code(answer(200, body), gitlab));
    }
    CHECK(read_device_code(answer(404, "<html/>"), gitlab).error().code == Errc::not_found);
    CHECK(read_device_code(answer(400, R"({"error":"unauthorized_client"})"), gitlab).error().code ==
          Errc::not_found);
    CHECK(read_device_code(answer(200, "error=device_flow_disabled"), gitlab).error().code ==
          Errc::not_found);
    CHECK_FALSE(read_device_code(answer(200, "{}"), gitlab));
}
