#pragma once

#include "tests/fakes/slack_methods.hpp"

#include <map>
#include <string>
#include <vector>

namespace countersign::fakes {

// What Slack's own reference says about a method (tests/data/slack-methods).
struct MethodRule {
    bool json_body = false;
    bool any_token = false;               // no scope needed; then bot and user tokens alike
    bool app_token = false;               // xapp only
    std::vector<std::string> bot_scopes;  // one of them is enough; empty: bot tokens are not taken
    std::vector<std::string> user_scopes;
    std::vector<std::string> required;         // without `token`
    std::map<std::string, std::string> types;  // argument -> JSON schema type
    int per_minute = 50;
};

// nullptr: Slack has no such method, or the reference at hand lacks it.
[[nodiscard]] const MethodRule* find_rule(const std::string& method);
// Throws Refused with Slack's error for a wrong token, a missing or wrong argument, a body that is not read.
void check_call(const MethodRule& rule, const MethodCall& call, const FakeSlackOptions& options,
                bool json_body);

}  // namespace countersign::fakes
