#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>

// Every command of the program, a function each. All return the exit code. They know nothing of argv:
// bot/command_line.cpp reads it.
namespace countersign::bot::commands {

enum ExitCode : int {
    exit_ok = 0,
    exit_no = 1,  // the answer is no: a check failed, the audit log is broken, there is no such database
    exit_usage = 2,
    exit_try_again = 75,
    exit_not_permitted = 77,
    exit_configuration = 78,
};

// What every command gets: where its settings are, and where it prints.
struct Call {
    std::filesystem::path config;
    bool json = false;
    std::ostream& out;
    std::ostream& err;
};

int run(const Call&);       // the daemon
int check(const Call&);     // each single fault of the installation, named
int watch(const Call&);     // check --watch, for monitoring: can the running daemon act? 0 yes, 1 no
int init(const Call&);      // writes a commented example to --config
int status(const Call&);    // requests by state, queue, whether the daemon runs
int manifest(const Call&);  // the Slack app manifest
int version(const Call&);

struct RequestFilter {
    std::string state, app, requester;
    std::size_t limit = 100;
};
int list_requests(const Call&, const RequestFilter&);  // newest first
int show_request(const Call&, const std::string& id);  // "REQ-12", "12" or Slack's "Ar…"

int verify_audit(const Call&);  // the hash chain, from the first entry

int explain_policy(const Call&, const std::string& id);   // which parties a request needs, and why; "" = any
int replay_policy(const Call&, const std::string& file);  // what another policy would have changed

int backup(const Call&, const std::filesystem::path& to);
int restore(const Call&, const std::filesystem::path& from);

}  // namespace countersign::bot::commands
