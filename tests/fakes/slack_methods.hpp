#pragma once

#include "tests/fakes/slack_world.hpp"

#include <map>
#include <string>

namespace countersign::fakes {

struct MethodCall {
    std::string name;
    std::string token_kind;
    Json args;  // an object; values are strings where the body was a form

    [[nodiscard]] std::string text(const char* key) const;  // "" when absent
    [[nodiscard]] bool flag(const char* key) const;         // true or "true" or "1"
    [[nodiscard]] std::int64_t number(const char* key, std::int64_t otherwise) const;
    [[nodiscard]] bool has(const char* key) const;  // present and not null and not ""
};

// Performs a call that passed the general checks, or throws Refused. Answers without "ok".
using Method = Json (*)(World&, const MethodCall&);
using MethodTable = std::map<std::string, Method>;

[[nodiscard]] const MethodTable& chat_methods();
[[nodiscard]] const MethodTable& conversation_methods();
[[nodiscard]] const MethodTable& people_methods();
[[nodiscard]] const MethodTable& view_methods();
[[nodiscard]] const MethodTable& admin_methods();
[[nodiscard]] const MethodTable& connection_methods();
// nullptr: this Slack has no such method.
[[nodiscard]] Method find_slack_method(const std::string& name);

// One page of a list by `limit` and `cursor`; adds response_metadata.next_cursor to `answer`.
[[nodiscard]] Json page_of(const MethodCall& call, const Json& items, std::int64_t default_limit,
                           std::int64_t max_limit, Json& answer);
// A field that Slack takes as JSON: an object or array, or the same as text.
[[nodiscard]] Json json_field(const MethodCall& call, const char* key, const char* error);

}  // namespace countersign::fakes
