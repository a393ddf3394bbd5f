#include "handlers/views/party_forms.hpp"

#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"

namespace countersign::handlers::views {
namespace {

constexpr std::size_t reason_length = 2000;

Blocks about(const storage::AppRequest& request, std::string_view party = {}) {
    Blocks blocks(Blocks::Surface::view);
    auto line = "*" + inert_line(app_title(request), 120) + "* · " + to_text(request.id) + " · " +
                state_line(request);
    if (!party.empty()) line += " · for " + inert_line(party, 40);
    blocks.section(line);
    return blocks;
}

std::string finished(std::string_view callback, std::string_view title, std::string_view submit,
                     const storage::AppRequest& request, const Blocks& blocks) {
    return modal({.callback_id = callback,
                  .title = std::string(title),
                  .submit = std::string(submit),
                  .private_metadata = button_value(request)},
                 blocks);
}

}  // namespace

std::string conditional_form(const storage::AppRequest& request, std::string_view party) {
    auto blocks = about(request, party);
    blocks.text_input({.id = ids::field_condition,
                       .label = "Condition",
                       .hint = "What has to happen. Your approval after it lifts the condition.",
                       .multiline = true,
                       .max_length = reason_length});
    blocks.text_input({.id = ids::field_last_day,
                       .label = "Until",
                       .hint = "The last day, as 2027-01-31. After it your approval no longer counts.",
                       .placeholder = "2027-01-31",
                       .max_length = 10});
    return finished(ids::form_conditional, "Approve with condition", "Approve", request, blocks);
}

std::string confirm_form(const storage::AppRequest& request, std::string_view party) {
    auto blocks = about(request, party);
    blocks.section(
        ":warning: The policy asks for care here. To approve, type the app's name as it is written "
        "above.");
    blocks.text_input({.id = ids::field_app, .label = "App name", .max_length = 200});
    return finished(ids::form_confirm, "Approve", "Approve", request, blocks);
}

std::string comment_form(std::string_view request, std::string_view comment) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section("Your comment becomes your vote, with its words as the remark.");
    blocks.text_input({.id = ids::field_request_id,
                       .label = "Request",
                       .placeholder = "REQ-12",
                       .initial = std::string(request),
                       .max_length = 20});
    blocks.select_input(ids::field_decision, "Decision",
                        {{.text = "Approve", .value = "approve"}, {.text = "Reject", .value = "reject"}});
    blocks.text_input({.id = ids::field_reason,
                       .label = "Remark",
                       .initial = text::shortened(comment, reason_length),
                       .multiline = true,
                       .max_length = reason_length});
    return modal({.callback_id = ids::form_comment, .title = "Use as my decision", .submit = "Vote"}, blocks);
}

std::string reason_form(const storage::AppRequest& request, std::string_view callback, std::string_view title,
                        std::string_view explanation) {
    auto blocks = about(request);
    blocks.section(explanation);
    blocks.text_input(
        {.id = ids::field_reason, .label = "Reason", .multiline = true, .max_length = reason_length});
    return finished(callback, title, "Confirm", request, blocks);
}

std::string limits_form(const storage::AppRequest& request) {
    auto blocks = about(request);
    std::string optional;
    for (const auto& scope : request.scopes) {
        if (scope.optional) optional += "\n• " + inert_line(scope.name, 80);
    }
    blocks.section(fitted("*Optional permissions*" + optional, 2000));
    blocks.text_input({.id = ids::field_left_out,
                       .label = "Leave out",
                       .hint = "Optional permissions that are not approved, with blanks between them.",
                       .max_length = 1000});
    return finished(ids::form_limits, "Approve with limits", "Approve app", request, blocks);
}

}  // namespace countersign::handlers::views
