#pragma once

#include "tests/fakes/server.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace countersign::fakes {

// The part of a GitHub Enterprise Server that knows an OAuth application: where people allow it, what their
// codes are exchanged for, whose a token is, and that it was taken back. Strict like the others.
class GithubTokens {
  public:
    struct Application {
        std::string client_id, secret, redirect_url;
    };
    explicit GithubTokens(Application application);
    ~GithubTokens();

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::string issuer() const { return url() + "/login/oauth"; }
    // RFC 9207: says in its metadata that answers to the browser name it.
    void promise_issuer();
    [[nodiscard]] bool promises_issuer() const;
    // As it answers who does not ask for JSON (O9).
    void answer_in_form();
    // The device grant (RFC 8628), as GitHub does it: HTTP 200 whatever it says; form-encoded for whoever
    // does not ask for JSON; a poll sooner than the interval after the one before is told to slow down, after
    // which the interval is five seconds longer. Without it the application's owner has not switched it on.
    struct DeviceGrant {
        std::chrono::seconds interval{1}, lives{900};
        std::string verification_uri = {};    // "" = its own page
        std::chrono::seconds token_lives{0};  // 0: what it grants does not end, and is not renewed
        std::string scopes = "repo";
        std::chrono::milliseconds answer_after{
            0};  // the token is valid at once, its answer comes so much later
    };
    void allow_device_grant(DeviceGrant how);
    // What a person does at its page. Until then a poll is told that it is pending.
    enum class Decision { none, allowed, denied };
    void decide(Decision decision);
    void end_device_code();     // as if its time was over
    void slow_down(int polls);  // so many polls are told so though they come in time
    // What it heard of the grants so far.
    [[nodiscard]] int polls() const;
    [[nodiscard]] int early_polls() const;
    [[nodiscard]] int stale_polls() const;  // with a code that another one has replaced, or that is used
    [[nodiscard]] int renewals() const;
    // What a person's browser does: signs in, allows, and is led back to the address without `iss`.
    [[nodiscard]] std::string visit(const std::string& authorize_url);
    [[nodiscard]] bool knows(const std::string& token) const;
    [[nodiscard]] std::string newest() const;
    [[nodiscard]] int taken_back() const;
    void forget(const std::string& token);                 // taken away at the server
    [[nodiscard]] std::vector<HttpQuery> queries() const;  // everything that it was asked

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes
