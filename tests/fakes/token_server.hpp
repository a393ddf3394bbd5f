#pragma once

#include "tests/fakes/server.hpp"

#include <chrono>
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
    // Every token reads every project but these.
    void hide(const std::string& project, bool hidden = true);
    // The device grant for this OAuth application: `pending` polls are answered so, the next one grants the
    // token. A poll that comes too early is told to slow down. Without it there is no such page.
    void allow_device_grant(const std::string& client_id, Token granted, int pending);
    // The same, but a person at the server's own page decides: polls are answered "pending" until then.
    void ask_before_granting(const std::string& client_id);
    [[nodiscard]] std::string code_to_confirm() const;  // "" = nobody has asked
    // As that page does it; throws when the code is not the one that was asked with.
    void confirm(const std::string& code, bool allow, Token granted);
    // As GitLab's own: what it grants lives `lives` seconds and comes with a refresh token. Each renewal ends
    // both old tokens at once, and a refresh token that is used again ends the newer ones too.
    void make_renewable(int lives);
    // The authorization code grant: an application with this redirect, a secret ("" = public client) and
    // PKCE S256 required. `visit` is what a person's browser does: signs in, allows, and is led back.
    void allow_code_grant(const std::string& client_id, const std::string& redirect_url, Token granted,
                          const std::string& secret = "");
    [[nodiscard]] std::string visit(
        const std::string& authorize_url);  // the address that it is led to; throws
    // The next renewals are answered with this status and a page, or take effect and lose their answer (0).
    void break_renewals(int status, int times);
    // They take effect at once, and the answer comes so much later.
    void delay_renewals(std::chrono::milliseconds by);
    // The newest token of what was granted, and how often it was renewed.
    [[nodiscard]] std::string newest() const;
    [[nodiscard]] int renewals() const;
    [[nodiscard]] std::vector<std::string> verifiers() const;    // that it was shown (O7)
    [[nodiscard]] std::vector<std::string> codes_shown() const;  // also those of other servers
    // Everything is answered with this status and an HTML page from now on; 0: no more.
    void break_with(int status);
    [[nodiscard]] int calls() const;
    [[nodiscard]] std::vector<HttpQuery> queries() const;  // everything that it was asked

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes
