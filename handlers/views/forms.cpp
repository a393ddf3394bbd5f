#include "handlers/views/forms.hpp"

#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/home_texts.hpp"
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
std::string about(const AppRequest& request, Language language, std::string_view party = {}) {
    auto out = "*" + inert_line(app_title(request, language), 120) + "* · " + to_text(request.id) + " · " +
               state_line(request, language);
    return party.empty() ? out : out + say_in(language, texts::about_party, inert_line(party, 40));
}

TextInput issue_input(bool optional, Language language) {
    return {.id = ids::field_issue,
            .label = say_in(language, texts::issue),
            .hint = say_in(language, texts::issue_hint),
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

std::string about_request(std::string_view callback, const Text<>& title, const Text<>& submit,
                          const AppRequest& request, const Blocks& blocks, Language language) {
    return modal({.callback_id = callback,
                  .title = say_in(language, title),
                  .submit = say_in(language, submit),
                  .close = say_in(language, texts::cancel),
                  .private_metadata = button_value(request)},
                 blocks);
}

}  // namespace

std::string request_form(std::string_view app_prefill, Language language) {
    auto blocks = form_blocks();
    blocks.section(say_in(language, texts::request_intro));
    blocks.text_input({.id = ids::field_app,
                       .label = say_in(language, texts::app),
                       .hint = say_in(language, texts::app_hint),
                       .initial = std::string(app_prefill),
                       .max_length = 150});
    blocks.text_input(long_text(ids::field_purpose, say_in(language, texts::purpose),
                                say_in(language, texts::purpose_hint)));
    blocks.text_input(issue_input(true, language));
    const auto said = [&](const Text<>& text) { return say_in(language, text); };
    // Data classes stand on the card, which is English: the value is what is written there.
    blocks.select_input(ids::field_data, said(texts::data),
                        {{said(texts::data_unknown), "unknown"},
                         {said(texts::data_public), "Public"},
                         {said(texts::data_internal), "Internal"},
                         {said(texts::data_confidential), "Confidential"},
                         {said(texts::data_personal), "Personal data"}});
    blocks.text_input(
        {.id = ids::field_users, .label = said(texts::users), .optional = true, .max_length = 300});
    blocks.text_input({.id = ids::field_alternatives,
                       .label = said(texts::alternatives),
                       .optional = true,
                       .max_length = 500});
    blocks.user_input(ids::field_behalf, said(texts::on_behalf), {});
    blocks.date_input(ids::field_needed_until, said(texts::until), said(texts::until_hint));
    blocks.select_input(ids::field_kind, said(texts::kind),
                        {{said(texts::kind_app), std::string(ids::kind_app)},
                         {said(texts::kind_change), std::string(ids::kind_change)},
                         {said(texts::kind_system), std::string(ids::kind_system)}});
    return modal({.callback_id = ids::form_request,
                  .title = say_in(language, texts::request_title),
                  .submit = say_in(language, texts::request_send),
                  .close = say_in(language, texts::cancel)},
                 blocks);
}

std::string reject_form(const AppRequest& request, std::string_view party, Language language) {
    auto blocks = form_blocks();
    blocks.section(about(request, language, party));
    blocks.text_input(long_text(ids::field_reason, say_in(language, texts::reason_label),
                                say_in(language, texts::reject_hint)));
    return about_request(ids::form_reject, texts::reject_title, texts::reject_title, request, blocks,
                         language);
}

std::string restrict_form(const AppRequest& request, Language language) {
    auto blocks = form_blocks();
    blocks.section(about(request, language) + "\n" + scope_counts(request.scopes, language));
    blocks.section(say_in(language, texts::restrict_warning, inert_line(place(request, language), 80)));
    blocks.text_input(long_text(ids::field_reason, say_in(language, texts::reason_label),
                                say_in(language, texts::restrict_hint)));
    blocks.text_input({.id = ids::field_last_day,
                       .label = say_in(language, texts::until_label),
                       .hint = say_in(language, texts::restrict_until_hint),
                       .placeholder = "2027-01-31",
                       .optional = true,
                       .max_length = 10});
    return about_request(ids::form_restrict, texts::restrict_title, texts::restrict_title, request, blocks,
                         language);
}

std::string need_info_form(const AppRequest& request, std::string_view party, Language language) {
    auto blocks = form_blocks();
    blocks.section(about(request, language, party));
    blocks.text_input(long_text(ids::field_question, say_in(language, texts::question_label),
                                say_in(language, texts::question_hint)));
    return about_request(ids::form_need_info, texts::need_info_title, texts::need_info_send, request, blocks,
                         language);
}

std::string answer_form(const AppRequest& request, Language language) {
    auto blocks = form_blocks();
    blocks.section(about(request, language, request.info_party));
    if (const auto question = quoted(request.info_question, reason_length); !question.empty()) {
        blocks.section(say_in(language, texts::asks, mention(request.info_asker)) + "\n" + question);
    }
    blocks.text_input(long_text(ids::field_answer, say_in(language, texts::answer_label),
                                say_in(language, texts::answer_hint)));
    return about_request(ids::form_answer, texts::answer_title, texts::answer_send, request, blocks,
                         language);
}

std::string link_form(const AppRequest& request, Language language) {
    auto blocks = form_blocks();
    blocks.section(about(request, language));
    blocks.text_input(issue_input(false, language));
    return about_request(ids::form_link, texts::link_title, texts::link_send, request, blocks, language);
}

std::string link_form(const std::vector<AppRequest>& choices, Language language) {
    std::vector<Option> options;
    for (const auto& request : choices) {
        options.push_back({.text = to_text(request.id) + " " + plain(app_title(request), 50),
                           .value = button_value(request)});
    }
    auto blocks = form_blocks();
    blocks.select_input(ids::field_request, say_in(language, texts::request_label), options)
        .text_input(issue_input(false, language));
    return modal({.callback_id = ids::form_link,
                  .title = say_in(language, texts::link_title),
                  .submit = say_in(language, texts::link_send),
                  .close = say_in(language, texts::cancel)},
                 blocks);
}

std::string find_form(std::string_view app_prefill, Language language) {
    auto blocks = form_blocks();
    blocks.text_input({.id = ids::field_app,
                       .label = say_in(language, texts::app),
                       .hint = say_in(language, texts::find_hint),
                       .initial = std::string(app_prefill),
                       .max_length = 150});
    return modal({.callback_id = ids::form_find,
                  .title = say_in(language, texts::find_title),
                  .submit = say_in(language, texts::find_send),
                  .close = say_in(language, texts::cancel)},
                 blocks);
}

std::string notice_view(const Text<>& title, std::string_view mrkdwn, Language language) {
    auto blocks = form_blocks();
    blocks.section(mrkdwn);
    return modal({.callback_id = ids::form_find,
                  .title = say_in(language, title),
                  .close = say_in(language, texts::close)},
                 blocks);
}

std::string found_view(std::string_view mrkdwn, Language language) {
    return notice_view(texts::find_title, mrkdwn, language);
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
