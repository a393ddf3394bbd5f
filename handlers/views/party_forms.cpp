#include "handlers/views/party_forms.hpp"

#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/limit_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/party_form_texts.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"

namespace countersign::handlers::views {
namespace {

constexpr std::size_t reason_length = 2000;

Blocks about(const storage::AppRequest& request, Language language, std::string_view party = {}) {
    Blocks blocks(Blocks::Surface::view);
    auto line = "*" + inert_line(app_title(request, language), 120) + "* · " + to_text(request.id) + " · " +
                state_line(request, language);
    if (!party.empty()) line += say_in(language, texts::for_the_party, inert_line(party, 40));
    blocks.section(line);
    return blocks;
}

std::string finished(std::string_view callback, const Text<>& title, const Text<>& submit,
                     const storage::AppRequest& request, const Blocks& blocks, Language language) {
    return modal({.callback_id = callback,
                  .title = say_in(language, title),
                  .submit = say_in(language, submit),
                  .close = say_in(language, texts::cancel),
                  .private_metadata = button_value(request)},
                 blocks);
}

}  // namespace

std::string conditional_form(const storage::AppRequest& request, std::string_view party, Language language) {
    const auto said = [&](const Text<>& text) { return say_in(language, text); };
    auto blocks = about(request, language, party);
    blocks.text_input({.id = ids::field_condition,
                       .label = said(texts::condition_label),
                       .hint = said(texts::condition_hint),
                       .multiline = true,
                       .max_length = reason_length});
    blocks.text_input({.id = ids::field_last_day,
                       .label = said(texts::limit_until_label),
                       .hint = said(texts::condition_until_hint),
                       .placeholder = "2027-01-31",
                       .max_length = 10});
    return finished(ids::form_conditional, texts::condition_title, texts::approve, request, blocks, language);
}

std::string confirm_form(const storage::AppRequest& request, std::string_view party, Language language) {
    auto blocks = about(request, language, party);
    blocks.section(say_in(language, texts::type_the_name));
    blocks.text_input(
        {.id = ids::field_app, .label = say_in(language, texts::app_name_label), .max_length = 200});
    return finished(ids::form_confirm, texts::approve, texts::approve, request, blocks, language);
}

std::string comment_form(std::string_view request, std::string_view comment, Language language) {
    const auto said = [&](const Text<>& text) { return say_in(language, text); };
    Blocks blocks(Blocks::Surface::view);
    blocks.section(said(texts::comment_intro));
    blocks.text_input({.id = ids::field_request_id,
                       .label = said(texts::comment_request_label),
                       .placeholder = "REQ-12",
                       .initial = std::string(request),
                       .max_length = 20});
    blocks.select_input(ids::field_decision, said(texts::decision_label),
                        {{.text = said(texts::approve), .value = "approve"},
                         {.text = said(texts::reject), .value = "reject"}});
    blocks.text_input({.id = ids::field_reason,
                       .label = said(texts::remark_label),
                       .initial = text::shortened(comment, reason_length),
                       .multiline = true,
                       .max_length = reason_length});
    return modal({.callback_id = ids::form_comment,
                  .title = said(texts::comment_title),
                  .submit = said(texts::comment_send),
                  .close = said(texts::cancel)},
                 blocks);
}

std::string reason_form(const storage::AppRequest& request, std::string_view callback, const Text<>& title,
                        std::string_view explanation, Language language) {
    auto blocks = about(request, language);
    blocks.section(explanation);
    blocks.text_input({.id = ids::field_reason,
                       .label = say_in(language, texts::reason_label),
                       .multiline = true,
                       .max_length = reason_length});
    return finished(callback, title, texts::confirm_button, request, blocks, language);
}

std::string limits_form(const storage::AppRequest& request, Language language) {
    const auto said = [&](const Text<>& text) { return say_in(language, text); };
    auto blocks = about(request, language);
    std::string optional;
    for (const auto& scope : request.scopes) {
        if (scope.optional) optional += "\n• " + inert_line(scope.name, 80);
    }
    if (!optional.empty()) {
        blocks.section(fitted(said(texts::optional_scopes) + optional, 2000));
        blocks.text_input({.id = ids::field_left_out,
                           .label = said(texts::left_out_label),
                           .hint = said(texts::left_out_hint),
                           .optional = true,
                           .max_length = 1000});
    }
    blocks.text_input({.id = ids::field_only_for,
                       .label = said(texts::only_for_label),
                       .hint = said(texts::only_for_hint),
                       .placeholder = "S0123ABCD U0123ABCD",
                       .optional = true,
                       .max_length = 3000});
    blocks.text_input({.id = ids::field_domains,
                       .label = said(texts::domains_label),
                       .hint = said(texts::domains_hint),
                       .placeholder = "acme.example.com @example.com",
                       .optional = true,
                       .max_length = 3000});
    blocks.text_input({.id = ids::field_last_day,
                       .label = said(texts::limit_until_label),
                       .hint = said(texts::limit_until_hint),
                       .placeholder = "2027-01-31",
                       .optional = true,
                       .max_length = 10});
    return finished(ids::form_limits, texts::limits_title, texts::approve_app, request, blocks, language);
}

}  // namespace countersign::handlers::views
