#include "tests/bench/envelopes.hpp"

#include "tests/bench/load_server.hpp"

#include <fmt/format.h>

namespace countersign::bench {
namespace {

std::string group_event(std::uint32_t n) {
    return fmt::format(
        R"({{"envelope_id":"{}","type":"events_api","accepts_response_payload":false,"retry_attempt":0,"retry_reason":"",)"
        R"("payload":{{"token":"t","team_id":"T0","api_app_id":"A0","type":"event_callback","event_id":"Ev{:010}",)"
        R"("event_time":1795305600,"authorizations":[{{"enterprise_id":"E0","team_id":"T0","user_id":"U0","is_bot":false}}],)"
        R"("event":{{"type":"app_home_opened","user":"U{:08}","channel":"D0","tab":"messages","event_ts":"1795305600.{:06}"}}}}}})",
        envelope_id(n), n, n % 5000, n % 1'000'000);
}

std::string press(std::uint32_t n) {
    return fmt::format(
        R"({{"envelope_id":"{}","type":"interactive","accepts_response_payload":false,"payload":{{"type":"block_actions",)"
        R"("user":{{"id":"U{:08}","team_id":"T0"}},"api_app_id":"A0","trigger_id":"{}.1.p","team":{{"id":"T0"}},)"
        R"("container":{{"type":"message","message_ts":"1.1","channel_id":"C0"}},"channel":{{"id":"C0","name":"x"}},)"
        R"("actions":[{{"type":"button","action_id":"vote_approve","block_id":"b","value":"REQ-1:00000000","action_ts":"1.2"}}]}}}})",
        envelope_id(n), n % 5000, n);
}

}  // namespace

std::string app_requested_envelope(std::uint32_t n) {
    return fmt::format(
        R"({{"envelope_id":"{0}","type":"events_api","accepts_response_payload":false,"retry_attempt":0,"retry_reason":"",)"
        R"("payload":{{"token":"t","team_id":"T0","enterprise_id":"E0","api_app_id":"A0","type":"event_callback",)"
        R"("event_id":"Er{1:010}","event_time":1795305600,"event":{{"type":"app_requested","app_request":{{"id":"Ar{1:08}",)"
        R"("app":{{"id":"A{1:08}","name":"Bench app {1}","description":"Draws things","help_url":"","privacy_policy_url":"",)"
        R"("app_homepage_url":"https:\/\/example.com","app_directory_url":"https:\/\/x.slack.com\/apps\/A{1:08}",)"
        R"("is_app_directory_approved":true,"is_internal":false,"additional_info":""}},"previous_resolution":null,)"
        R"("user":{{"id":"U{2:08}","name":"person","email":"p@example.com"}},"team":{{"id":"T0","name":"Acme","domain":"acme"}},)"
        R"("enterprise":null,"scopes":[{{"name":"chat:write","description":"Send messages","is_sensitive":false,"token_type":"bot"}},)"
        R"({{"name":"channels:history","description":"Read messages","is_sensitive":true,"token_type":"bot"}}],)"
        R"("message":"https:\/\/gitlab.com\/acme\/procurement\/-\/issues\/{3}","date_created":1795305600}}}}}}}})",
        envelope_id(n), n, n % 5000, n % 100'000 + 1);
}

std::string home_envelope(std::uint32_t n) {
    return fmt::format(
        R"({{"envelope_id":"{}","type":"events_api","accepts_response_payload":false,"retry_attempt":0,"retry_reason":"",)"
        R"("payload":{{"token":"t","team_id":"T0","api_app_id":"A0","type":"event_callback","event_id":"Eh{:010}",)"
        R"("event_time":1795305600,"event":{{"type":"app_home_opened","user":"U0SEC1","channel":"D0","tab":"home",)"
        R"("event_ts":"1795305600.{:06}"}}}}}})",
        envelope_id(n), n, n % 1'000'000);
}

std::string command_envelope(std::uint32_t n, std::uint32_t asked, std::string_view text) {
    return fmt::format(
        R"({{"envelope_id":"{}","type":"slash_commands","accepts_response_payload":true,"payload":{{"command":"\/app-request",)"
        R"("text":"{}","user_id":"U{:08}","user_name":"x","team_id":"T0","channel_id":"C9","api_app_id":"A0",)"
        R"("response_url":"https:\/\/hooks.slack.com\/commands\/1","trigger_id":"{}.1.c"}}}})",
        envelope_id(n), text, asked % 5000, n);
}

std::string list_envelope(std::uint32_t n) {
    return command_envelope(n, n, "list");
}

std::string mixed_envelope(std::uint32_t n) {
    switch (n % 20) {
        case 0:
            return app_requested_envelope(n);
        case 5:
        case 10:
            return command_envelope(n, n, "help");
        case 15:
            return press(n);
        default:
            return group_event(n);
    }
}

}  // namespace countersign::bench
