#pragma once

#include "bot/commands/commands.hpp"

#include <string>

// The commands of stored authorizations. All of them refuse to do anything without the right COUNTERSIGN_KEY.
namespace countersign::bot::commands {

int list_authorizations(const Call&);

struct NewAuthorization {
    std::string kind, url, name;
    std::string owner;  // Slack user id; "": the admins
    bool token_stdin = false, device = false, paste = false;
    std::string client_id;           // of the customer's own OAuth application; "": the registered one
    std::string redirect_url;        // as registered there, for --paste
    std::string client_secret_file;  // for --paste, where the application is not registered here
    bool reconnect = false;          // takes the place of the one with this kind and name (I9)
    std::string confirm;             // the name again, where the account is another one (I8)
};
int add_authorization(const Call&, const NewAuthorization&);

// The customer's own OAuth application at a server, for flows that begin in Slack (I18).
struct OauthRegistration {
    std::string kind, url, client_id, redirect_url;
    std::string client_secret_file;  // "": a public client; nothing is changed where one is known already
    bool remove = false;
};
int register_oauth_app(const Call&, const OauthRegistration&);

struct Removal {
    std::string name;     // or "kind/name", or its id
    std::string confirm;  // the name again; "": asked for on standard input
};
int remove_authorization(const Call&, const Removal&);

// C9: the key is gone for ever. `confirm`: "LOST"; "": asked for on standard input.
int lost_key(const Call&, const std::string& confirm);

// Puts every data key under the first key of the ring; says how many secrets each key has sealed.
int rotate_key(const Call&);

}  // namespace countersign::bot::commands
