#include "handlers/views/request_card.hpp"

#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/views/scope_list.hpp"
#include "handlers/views/scope_words.hpp"

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using storage::RequestState;

// Room of each part, so that together they stay below limits::message_text and none starves a later one.
constexpr std::size_t quote_room = 1000, scope_room = 2200, combination_room = 450, difference_room = 700;
constexpr std::size_t matrix_room = 3600, next_room = 500, decision_room = 500;

std::size_t row_limit(const CardInput& input, std::size_t room) {
    return std::min<std::size_t>(room / std::max<std::size_t>(input.parties.size(), 1), 400);
}

void draw_request(Blocks& blocks, const CardInput& input) {
    const auto& request = input.request;
    blocks.fields(facts(input));
    if (const auto words = inert_line(request.app_description, 200); !words.empty()) {
        blocks.context({fitted(words, 300)});
    }
    const auto words = requester_words(request);
    blocks.section(words.empty() ? "_The requester gave no reason._"
                                 : fitted("*In the requester's words*\n" + words, quote_room));
}

void draw_scopes(Blocks& blocks, const CardInput& input) {
    const auto& scopes = input.request.scopes;
    blocks.section("*Asks for* " + scope_counts(scopes));
    for (const auto& group : scope_groups(scopes, scope_room))
        blocks.section(group);
    std::string together;
    for (const auto& hint : combinations(scopes))
        together += "\n:warning: " + hint;
    if (!together.empty()) blocks.section(fitted("*Together*" + together, combination_room));
    blocks.section(fitted(scope_difference(input.request, difference_room), difference_room));
}

bool votes_open(RequestState state) {
    using enum RequestState;
    return state == awaiting_issue || state == in_review || state == need_info || state == ready ||
           state == held;
}

std::vector<Button> vote_row(const CardInput& input, const std::string& value) {
    std::vector<Button> out;
    if (votes_open(input.request.state)) {
        out.push_back({.action_id = ids::vote_approve, .text = "Approve", .value = value});
        out.push_back({.action_id = ids::vote_reject, .text = "Reject", .value = value});
        out.push_back({.action_id = ids::vote_need_info, .text = "Need info", .value = value});
    }
    out.push_back({.action_id = ids::details, .text = "Details", .value = value});
    return out;
}

std::vector<Button> admin_row(const CardInput& input, const std::string& value) {
    const auto& request = input.request;
    if (request.state == RequestState::denied) {
        return {{.action_id = ids::reopen, .text = "Reopen", .value = value}};
    }
    if (request.state == RequestState::reconsider || request.state == RequestState::suspended) {
        return {
            {.action_id = ids::keep_decision, .text = "Keep", .value = value},
            {.action_id = ids::clear_decision, .text = "Clear", .value = value},
            {.action_id = ids::restrict_app, .text = "Restrict app", .value = value, .style = Style::danger}};
    }
    if (!votes_open(request.state) && request.state != RequestState::manual) return {};
    const Confirm sure{.title = "Approve this app?",
                       .text = to_text(request.id) + ": " + plain(app_title(request), 80) + ", " +
                               scope_counts(request.scopes) + ". People in " + plain(place(request), 60) +
                               " may then install it.",
                       .confirm = "Approve app",
                       .deny = "Not yet"};
    std::vector<Button> out;
    if (input.at_gate)
        out.push_back(
            {.action_id = ids::let_through, .text = "Let through", .value = value, .style = Style::primary});
    out.push_back({.action_id = ids::approve_app,
                   .text = "Approve app",
                   .value = value,
                   .style = request.state == RequestState::ready ? Style::primary : Style::normal,
                   .confirm = sure});
    out.push_back(
        {.action_id = ids::restrict_app, .text = "Restrict app", .value = value, .style = Style::danger});
    if (!input.org_driver) out.push_back({.action_id = ids::done, .text = "Done", .value = value});
    return out;
}

// R24: everything that the blocks say, for a screen reader or a client without blocks. What matters most
// comes first, so that nothing of it is cut.
std::string fallback(const CardInput& input) {
    const auto& request = input.request;
    std::vector<std::string> lines;
    lines.push_back(to_text(request.id) + " " + inert_line(app_title(request), 100) + ": " +
                    state_line(request));
    if (auto decided = decision_line(request); !decided.empty())
        lines.push_back(fitted(decided, decision_room));
    if (!input.limits.empty()) lines.push_back(fitted(input.limits, decision_room));
    lines.push_back("Requested by " + mention(request.requester) + " for " + inert_line(place(request), 80) +
                    ". Publisher: " + publisher_words(request.publisher) + ".");
    if (auto others = behalf_line(input); !others.empty()) lines.push_back(std::move(others));
    for (auto& row : party_rows(input, RowStyle::plain, row_limit(input, 1900)))
        lines.push_back(std::move(row));
    lines.push_back("Vendor issue: " + fitted(issue_words(input), 300));
    lines.push_back("Next: " + fitted(next_step(input), 300));
    lines.push_back("Asks for " + scope_counts(request.scopes) +
                    (request.scopes.empty() ? "" : ". " + scope_names(request.scopes, 500)));
    if (const auto words = requester_words(request); !words.empty()) lines.push_back(fitted(words, 300));
    return fitted(text::joined(lines, "\n"), limits::fallback);
}

}  // namespace

Message request_card(const CardInput& input) {
    const auto& request = input.request;
    const auto value = button_value(request);
    Blocks blocks;
    blocks.header(app_title(request)).section("*" + state_line(request) + "*");
    if (const auto decided = decision_line(request); !decided.empty())
        blocks.context({fitted(decided, decision_room)});
    if (!input.limits.empty()) blocks.section(fitted(input.limits, decision_room));
    draw_request(blocks, input);
    draw_scopes(blocks, input);
    blocks.section("*Vendor issue* " + fitted(issue_words(input), 400)).divider();
    blocks.lines(party_rows(input, RowStyle::mrkdwn, row_limit(input, matrix_room)));
    blocks.section("*Next:* " + fitted(next_step(input), next_room));
    blocks.actions("votes", vote_row(input, value)).actions("decision", admin_row(input, value));
    blocks.context({footer(request)});
    return {fallback(input), blocks.json()};
}

std::string button_value(const storage::AppRequest& request) {
    return to_text(request.id) + ":" + request.scope_hash.substr(0, 8);
}

std::optional<ButtonValue> parse_button_value(std::string_view value) {
    const auto colon = value.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto hash = value.substr(colon + 1);
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (hash.size() > 8 || !std::ranges::all_of(hash, is_hex)) return std::nullopt;
    const auto id = value.starts_with("REQ-") ? parse_request_id(value.substr(0, colon)) : std::nullopt;
    if (!id) return std::nullopt;
    return ButtonValue{*id, std::string(hash)};
}

}  // namespace countersign::handlers::views
