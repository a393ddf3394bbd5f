#include "handlers/views/forms.hpp"

#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/json_text.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/views/scope_list.hpp"

namespace countersign::handlers::views {
namespace {

using storage::AppRequest;

// Long enough for a reasoned refusal, short enough for every message that repeats it.
constexpr std::size_t reason_length = 2000;

Blocks form_blocks() {
    return Blocks(Blocks::Surface::view);
}

// One line that says what the form is about.
std::string about(const AppRequest& request) {
    return "*" + inert_line(app_title(request), 120) + "* · " + to_text(request.id) + " · " +
           state_line(request);
}

std::string about(const AppRequest& request, std::string_view party) {
    return party.empty() ? about(request) : about(request) + " · for " + inert_line(party, 40);
}

TextInput issue_input(bool optional) {
    return {
        .id = ids::field_issue,
        .label = "Vendor issue link",
        .hint = "The address of the issue in the tracker, or group/project#12. Not the form for a new one.",
        .placeholder = "https://gitlab.com/group/project/-/issues/12",
        .optional = optional,
        .max_length = 2048};
}

TextInput long_text(std::string_view id, std::string label, std::string hint) {
    return {.id = id,
            .label = std::move(label),
            .hint = std::move(hint),
            .multiline = true,
            .max_length = reason_length};
}

std::string about_request(std::string_view callback, std::string title, std::string submit,
                          const AppRequest& request, const Blocks& blocks) {
    return modal({.callback_id = callback,
                  .title = std::move(title),
                  .submit = std::move(submit),
                  .private_metadata = button_value(request)},
                 blocks);
}

}  // namespace

std::string request_form(std::string_view app_prefill) {
    auto blocks = form_blocks();
    blocks.section("Ask here before you install. The parties review the app, and you hear of every step.");
    blocks.text_input({.id = ids::field_app,
                       .label = "App",
                       .hint = "Its name in the Slack Marketplace, or its id (A…).",
                       .initial = std::string(app_prefill),
                       .max_length = 150});
    blocks.text_input(long_text(ids::field_purpose, "Purpose",
                                "What you need it for, who will use it, which data it will see."));
    blocks.text_input(issue_input(true));
    return modal({.callback_id = ids::form_request, .title = "Request an app", .submit = "Send request"},
                 blocks);
}

std::string reject_form(const AppRequest& request, std::string_view party) {
    auto blocks = form_blocks();
    blocks.section(about(request, party));
    blocks.text_input(
        long_text(ids::field_reason, "Reason", "The requester reads this: say what would have to change."));
    return about_request(ids::form_reject, "Reject", "Reject", request, blocks);
}

std::string restrict_form(const AppRequest& request) {
    auto blocks = form_blocks();
    blocks.section(about(request) + "\n" + scope_counts(request.scopes));
    blocks.section(":warning: Nobody in " + inert_line(place(request), 80) +
                   " may then install or request this app until its permissions change or an admin lifts it. "
                   "Where it is installed already, it goes on running.");
    blocks.text_input(long_text(ids::field_reason, "Reason", "The requester and the parties read this."));
    blocks.text_input({.id = ids::field_until,
                       .label = "Until",
                       .hint = "The last day, as 2027-01-31; empty: until somebody lifts it.",
                       .placeholder = "2027-01-31",
                       .optional = true,
                       .max_length = 10});
    return about_request(ids::form_restrict, "Restrict app", "Restrict app", request, blocks);
}

std::string need_info_form(const AppRequest& request, std::string_view party) {
    auto blocks = form_blocks();
    blocks.section(about(request, party));
    blocks.text_input(long_text(ids::field_question, "Question",
                                "The requester gets it as a message and answers in a form."));
    return about_request(ids::form_need_info, "Need info", "Ask", request, blocks);
}

std::string answer_form(const AppRequest& request) {
    auto blocks = form_blocks();
    blocks.section(about(request, request.info_party));
    if (const auto question = quoted(request.info_question, reason_length); !question.empty()) {
        blocks.section(mention(request.info_asker) + " asks:\n" + question);
    }
    blocks.text_input(long_text(ids::field_answer, "Answer", "The party that asked is told at once."));
    return about_request(ids::form_answer, "Answer", "Send answer", request, blocks);
}

std::string link_form(const AppRequest& request) {
    auto blocks = form_blocks();
    blocks.section(about(request));
    blocks.text_input(issue_input(false));
    return about_request(ids::form_link, "Link vendor issue", "Link", request, blocks);
}

std::string link_form(const std::vector<AppRequest>& choices) {
    std::vector<Option> options;
    for (const auto& request : choices) {
        options.push_back({.text = to_text(request.id) + " " + plain(app_title(request), 50),
                           .value = button_value(request)});
    }
    auto blocks = form_blocks();
    blocks.select_input(ids::field_request, "Request", options).text_input(issue_input(false));
    return modal({.callback_id = ids::form_link, .title = "Link vendor issue", .submit = "Link"}, blocks);
}

std::string form_errors(const std::map<std::string, std::string>& errors) {
    std::string texts;
    for (const auto& [field, text] : errors) {
        if (!texts.empty()) texts += ',';
        texts += json_string(field) + ":" + json_string(plain(text, 500));
    }
    return R"({"response_action":"errors","errors":{)" + texts + "}}";
}

}  // namespace countersign::handlers::views
