#pragma once

#include "tests/fakes/server.hpp"

#include <memory>
#include <string>

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
    // What a person's browser does: signs in, allows, and is led back to the address without `iss`.
    [[nodiscard]] std::string visit(const std::string& authorize_url);
    [[nodiscard]] bool knows(const std::string& token) const;
    [[nodiscard]] std::string newest() const;
    [[nodiscard]] int taken_back() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes
