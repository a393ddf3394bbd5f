#include "handlers/views/notices.hpp"

#include "config/base/secret.hpp"
#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/views/requester_texts.hpp"

namespace countersign::handlers::views {
namespace {

using storage::AppRequest;
using storage::Outside;

std::string named(const AppRequest& request) {
    return "*" + inert_line(app_title(request), 100) + "* (" + to_text(request.id) + ")";
}

Button button(const AppRequest& request, std::string_view id, std::string text, Style style = Style::normal) {
    return {.action_id = id, .text = std::move(text), .value = button_value(request), .style = style};
}

Button withdraw(const AppRequest& request, Language language) {
    auto out = button(request, ids::withdraw, say_in(language, texts::withdraw), Style::danger);
    out.confirm = Confirm{.title = say_in(language, texts::withdraw_title),
                          .text = say_in(language, texts::withdraw_text,
                                         to_text(request.id) + ": " + plain(app_title(request), 100)),
                          .confirm = say_in(language, texts::withdraw),
                          .deny = say_in(language, texts::keep_it)};
    return out;
}

std::vector<std::string> lines_of(std::string_view words) {
    std::vector<std::string> out;
    while (true) {
        const auto end = words.find('\n');
        out.emplace_back(words.substr(0, end));
        if (end == std::string_view::npos) return out;
        words.remove_prefix(end + 1);
    }
}

// One text for both forms, so that they never say different things.
Message message(const std::string& words, const std::vector<Button>& buttons = {}) {
    const auto text = fitted(words, limits::fallback);
    Blocks blocks;
    blocks.lines(lines_of(text));
    if (!buttons.empty()) blocks.actions("request", buttons);
    return {text, blocks.json()};
}

std::string reason_of(const AppRequest& request, Language language) {
    const auto reason = quoted(
        request.decided_by.empty() ? recorded_in(language, request.decision_reason) : request.decision_reason,
        1500);
    return reason.empty() ? "" : say_in(language, texts::reason, reason);
}

std::string who(const AppRequest& request, Language language) {
    if (!request.decided_by.empty()) return say_in(language, texts::by, mention(request.decided_by));
    return request.outside == Outside::decided ? say_in(language, texts::outside) : "";
}

std::string open_step(const AppRequest& request, Language language) {
    using enum storage::RequestState;
    switch (request.state) {
        case awaiting_issue:
            return say_in(language, texts::step_link, to_text(request.id));
        case need_info:
            return say_in(language, texts::step_answer, inert_line(request.info_question, 300));
        case ready:
            return say_in(language, texts::step_ready);
        case manual:
        case held:
            return say_in(language, texts::step_admin);
        default:
            return {};
    }
}

Message help(const Text<>& text, std::string_view problem, Language language) {
    auto words = inert(problem, 300);
    if (!words.empty()) words += "\n";
    return message(words + say_in(language, text));
}

}  // namespace

Message issue_wanted(const AppRequest& request, std::string_view why, Language language) {
    auto words = say_in(language, texts::wants_issue, named(request));
    if (!why.empty()) words += " " + std::string(why);
    words += "\n" + say_in(language, texts::wants_issue_next);
    return message(
        words, {button(request, ids::link_issue, say_in(language, texts::link_vendor_issue), Style::primary),
                button(request, ids::create_issue, say_in(language, texts::create_vendor_issue)),
                withdraw(request, language)});
}

Message request_received(const AppRequest& request, Language language, std::string_view why_held) {
    const auto& text =
        request.state == storage::RequestState::manual ? texts::received_manual : texts::received;
    return message(why_held.empty() ? say_in(language, text, named(request))
                                    : say_in(language, texts::received_held, named(request), why_held),
                   {withdraw(request, language)});
}

Message question_asked(const AppRequest& request, Language language) {
    const auto party = request.info_party.empty()
                           ? std::string()
                           : say_in(language, texts::for_party, inert_line(request.info_party, 40));
    return message(say_in(language, texts::question, mention(request.info_asker), party, named(request),
                          quoted(request.info_question, 1500)),
                   {button(request, ids::answer, say_in(language, texts::answer), Style::primary),
                    withdraw(request, language)});
}

Message issue_linked(const AppRequest& request, const storage::VendorIssue& issue, Language language) {
    return message(say_in(language, texts::linked, named(request), issue_link(issue)),
                   {withdraw(request, language)});
}

Message decision_notice(const AppRequest& request, Language language, std::string_view approval_limits) {
    using enum storage::RequestState;
    const auto name = named(request);
    const auto by = who(request, language);
    const auto reason = reason_of(request, language);
    switch (request.state) {
        case approved:
            return message(
                say_in(language, texts::is_approved, name, by,
                       approval_limits.empty() ? reason : reason + "\n" + std::string(approval_limits)));
        case restricted:
        case suspended:
            return message(say_in(language, texts::is_restricted, name, by, reason));
        case denied:
            return message(say_in(language, texts::is_denied, name, by, reason));
        case withdrawn:
            return message(say_in(
                language, request.outside == Outside::cancelled ? texts::is_cancelled : texts::is_withdrawn,
                name, reason));
        case expired:
            return message(say_in(language, texts::is_expired, name, reason));
        case superseded:
            return message(say_in(language, texts::is_superseded, name, reason));
        default:
            return message(say_in(language, texts::stands, name, state_line(request, language),
                                  open_step(request, language)));
    }
}

Message request_list(const std::vector<AppRequest>& requests, Language language, std::size_t page) {
    if (requests.empty()) return message(say_in(language, texts::no_requests));
    const auto from = (page - 1) * list_page;
    if (from >= requests.size()) return message(say_in(language, texts::no_such_page));
    auto words = "*" + say_in(language, texts::your_requests) + "*";
    for (auto at = from; at < requests.size() && at < from + list_page; ++at) {
        const auto& request = requests[at];
        words += "\n" + say_in(language, texts::request_line, to_text(request.id),
                               inert_line(app_title(request), 40), state_line(request, language),
                               date(request.state_since));
    }
    if (requests.size() > from + list_page)
        words += "\n" + say_in(language, texts::older_ones, std::to_string(page + 1));
    return message(words);
}

Message request_status(const AppRequest& request, const std::vector<review::PartyStatus>& parties,
                       const std::optional<storage::VendorIssue>& issue, Language language,
                       std::string_view wait) {
    auto words = say_in(language, texts::status_line, named(request), state_line(request, language),
                        date(request.state_since));
    if (const auto decided = decision_line(request, language); !decided.empty())
        words += say_in(language, texts::status_decided, decided);
    for (const auto& status : parties) {
        words += "\n" + inert_line(status.party, 40) + ": " + fitted(party_text(status, language), 180);
    }
    words += say_in(language, texts::status_issue,
                    issue ? issue_link(*issue) : say_in(language, texts::none_linked));
    if (const auto step = open_step(request, language); !step.empty())
        words += say_in(language, texts::status_next, step);
    if (!wait.empty() && !storage::is_final(request.state)) words += "\n" + std::string(wait);
    return message(words);
}

Message app_request_help(std::string_view problem, Language language) {
    return help(texts::app_request_help, problem, language);
}

Message installed_apps_help(std::string_view problem, Language language) {
    return help(texts::installed_apps_help, problem, language);
}

Message line(std::string_view mrkdwn) {
    return message(std::string(mrkdwn));
}

Message alarm_notice(std::string_view what, std::string_view advice, std::string_view received) {
    // A payload carries tokens and response URLs, which a whole channel must not read.
    const auto raw = redacted(received);
    std::string words = ":rotating_light: " + inert(what, 500);
    if (const auto todo = inert(advice, 600); !todo.empty()) words += "\nDo: " + todo;
    const auto text = fitted(words, limits::section);
    Blocks blocks;
    blocks.section(text);
    if (text::trimmed(raw).empty()) return {text, blocks.json()};
    // `<` and `&` take up to five places each, and a code block that is cut would not be closed.
    auto content = code_block(raw, 2500);
    if (text::code_points(content) > limits::section) content = code_block(raw, 550);
    blocks.section(content);
    return {
        text + "\n" + (text::code_points(text + content) < limits::fallback ? content : code_block(raw, 300)),
        blocks.json()};
}

Message manual_steps(const AppRequest& request, storage::DecisionKind kind, Language language) {
    const bool whole = request.team_id.empty();
    const std::string_view where = whole ? "Organization" : "Workspace";
    auto press = say_in(language, texts::cancel_by_hand);
    if (kind == storage::DecisionKind::approve)
        press = say_in(language, texts::press_by_hand, "Approve", where);
    if (kind == storage::DecisionKind::restrict)
        press = say_in(language, texts::press_by_hand, "Restrict", where);
    return message(say_in(language, texts::by_hand, named(request),
                          whole ? say_in(language, texts::your_organisation) : inert_line(place(request), 80),
                          mention(request.requester), press));
}

}  // namespace countersign::handlers::views
