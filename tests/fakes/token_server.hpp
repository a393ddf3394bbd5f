#pragma once

#include "tests/fakes/server.hpp"

#include <memory>
#include <string>
#include <vector>

namespace countersign::fakes {

// The part of a GitLab that knows tokens: who they belong to, what they may do, granting and taking back.
// Strict: a token it does not know is refused with 401, a path it does not have with 404.
class TokenServer {
  public:
    struct Token {
        std::string value, login;
        int id = 0;
        std::vector<std::string> scopes = {"api"};
        std::string expires_at = {};  // "2027-01-31"
    };

    TokenServer();
    ~TokenServer();

    [[nodiscard]] std::string url() const;  // "http://127.0.0.1:PORT"
    void add(Token token);
    void revoke(const std::string& value);  // at the server, as its owner would
    [[nodiscard]] bool knows(const std::string& value) const;
    // The device grant for this OAuth application: `pending` polls are answered so, the next one grants the
    // token. A poll that comes too early is told to slow down. Without it there is no such page.
    void allow_device_grant(const std::string& client_id, Token granted, int pending);
    // Everything is answered with this status and an HTML page from now on; 0: no more.
    void break_with(int status);
    [[nodiscard]] int calls() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes
