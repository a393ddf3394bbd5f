#include "handlers/views/notices.hpp"

#include "config/base/secret.hpp"
#include "config/base/text.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"

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

Button withdraw(const AppRequest& request) {
    auto out = button(request, ids::withdraw, "Withdraw", Style::danger);
    out.confirm = Confirm{.title = "Withdraw this request?",
                          .text = to_text(request.id) + ": " + plain(app_title(request), 100) +
                                  ". The review ends; you may ask again at any time.",
                          .confirm = "Withdraw",
                          .deny = "Keep it"};
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

std::string reason_of(const AppRequest& request) {
    const auto reason = quoted(request.decision_reason, 1500);
    return reason.empty() ? "" : "\nReason:\n" + reason;
}

std::string who(const AppRequest& request) {
    if (!request.decided_by.empty()) return " by " + mention(request.decided_by);
    return request.outside == Outside::decided ? " in Slack, outside this process" : "";
}

std::string open_step(const AppRequest& request) {
    using enum storage::RequestState;
    switch (request.state) {
        case awaiting_issue:
            return "Link the vendor issue: `/app-request link " + to_text(request.id) + " URL`.";
        case need_info:
            return "Answer the question: " + inert_line(request.info_question, 300);
        case ready:
            return "Every party has agreed; an admin applies it.";
        case manual:
        case held:
            return "An admin is looking at it.";
        default:
            return {};
    }
}

}  // namespace

Message issue_wanted(const AppRequest& request, std::string_view why) {
    std::string words = "Your request for " + named(request) + " needs a vendor issue.";
    if (!why.empty()) words += " " + std::string(why);
    words +=
        "\nNext: link the issue if there is one, or create it. The parties may look at your request "
        "meanwhile.";
    return message(words, {button(request, ids::link_issue, "Link vendor issue", Style::primary),
                           button(request, ids::create_issue, "Create vendor issue"), withdraw(request)});
}

Message request_received(const AppRequest& request) {
    if (request.state == storage::RequestState::manual) {
        return message(
            "Your request for " + named(request) +
                " is here.\nNext: an admin looks at it; you hear of every step. Nothing to do for you now.",
            {withdraw(request)});
    }
    return message("Your request for " + named(request) +
                       " is here and in review.\nNext: the parties look at it; you hear of every step. "
                       "Nothing to do for you now.",
                   {withdraw(request)});
}

Message question_asked(const AppRequest& request) {
    const auto party = request.info_party.empty() ? "" : " for " + inert_line(request.info_party, 40);
    return message(mention(request.info_asker) + party + " has a question about your request for " +
                       named(request) + ":\n" + quoted(request.info_question, 1500) +
                       "\nNext: press `Answer`. The review goes on when you have.",
                   {button(request, ids::answer, "Answer", Style::primary), withdraw(request)});
}

Message issue_linked(const AppRequest& request, const storage::VendorIssue& issue) {
    return message("Your request for " + named(request) + " is linked to " + issue_link(issue) +
                       ".\nNext: the parties sign here or in the issue; you hear of every step.",
                   {withdraw(request)});
}

Message decision_notice(const AppRequest& request) {
    using enum storage::RequestState;
    const auto name = named(request);
    switch (request.state) {
        case approved:
            return message(
                name + " is approved" + who(request) + "." + reason_of(request) +
                "\nNext: install it from its page in the Slack Marketplace or with the link you came from.");
        case restricted:
            return message(name + " is restricted" + who(request) +
                           ": nobody may install or request it for now." + reason_of(request) +
                           "\nNext: talk to the reviewers if something essential has changed.");
        case denied:
            return message(
                "Your request for " + name + " was denied" + who(request) + "." + reason_of(request) +
                "\nNext: change what the reason names, then ask again; the old request is closed.");
        case withdrawn:
            return message("Your request for " + name +
                           (request.outside == Outside::cancelled
                                ? " was cancelled in Slack, outside this process."
                                : " is withdrawn.") +
                           reason_of(request) + "\nNext: nothing. You may ask again at any time.");
        case expired:
            return message("Your request for " + name + " has expired." + reason_of(request) +
                           "\nNext: ask again if you still need the app.");
        case superseded:
            return message("Your request for " + name + " goes on in a newer request for the same app." +
                           reason_of(request) + "\nNext: nothing; you hear of every step there.");
        default:
            return message("Your request for " + name + ": " + state_line(request) +
                           ".\nNext: " + open_step(request));
    }
}

Message request_list(const std::vector<AppRequest>& requests) {
    if (requests.empty()) return message("You have no app requests. `/app-request` opens the form for one.");
    constexpr std::size_t shown = 20;
    std::string words = "*Your app requests*";
    for (std::size_t at = 0; at < requests.size() && at < shown; ++at) {
        const auto& request = requests[at];
        words += "\n`" + to_text(request.id) + "` " + inert_line(app_title(request), 40) + " · *" +
                 state_line(request) + "* since " + date(request.state_since);
    }
    if (requests.size() > shown) words += "\n…and " + std::to_string(requests.size() - shown) + " older ones";
    return message(words);
}

Message request_status(const AppRequest& request, const std::vector<review::PartyStatus>& parties,
                       const std::optional<storage::VendorIssue>& issue) {
    std::string words =
        named(request) + ": *" + state_line(request) + "*, since " + date(request.state_since);
    if (const auto decided = decision_line(request); !decided.empty()) words += "\nDecided " + decided;
    for (const auto& status : parties) {
        words += "\n" + inert_line(status.party, 40) + ": " + fitted(party_text(status), 180);
    }
    words += "\nVendor issue: " + (issue ? issue_link(*issue) : std::string("none linked"));
    if (const auto step = open_step(request); !step.empty()) words += "\nNext: " + step;
    return message(words);
}

Message app_request_help(std::string_view problem) {
    std::string words = inert(problem, 300);
    if (!words.empty()) words += "\n";
    words +=
        "*Ask for an app, and follow it*\n"
        "`/app-request` opens the request form\n"
        "`/app-request status REQ-12` where it stands and who is next\n"
        "`/app-request list` your requests\n"
        "`/app-request link REQ-12 URL` links the vendor issue; without a URL it opens the form\n"
        "`/app-request withdraw REQ-12` takes a request back\n"
        "`/app-request find NAME` whether an app is approved already\n"
        "`/app-request help` this text";
    return message(words);
}

Message installed_apps_help(std::string_view problem) {
    std::string words = inert(problem, 300);
    if (!words.empty()) words += "\n";
    words +=
        "*Installed apps and what depends on them*\n"
        "`/installed-apps list` all of them\n"
        "`/installed-apps show NAME` one of them\n"
        "`/installed-apps add`, `edit`, `remove`, `reconnect` change them\n"
        "`/installed-apps help` this text";
    return message(words);
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

Message manual_steps(const AppRequest& request, storage::DecisionKind kind) {
    const bool approve = kind == storage::DecisionKind::approve;
    const bool whole = request.team_id.empty();
    const std::string where = whole ? "Organization" : "Workspace";
    std::string press = "cancel the request";
    if (approve)
        press = "press *Approve for " + where + "* (in newer Slack: *Review and Approve for " + where +
                "*, then *Approve*)";
    if (kind == storage::DecisionKind::restrict)
        press = "press *Restrict for " + where + "* (in newer Slack: *Review and Restrict for " + where +
                "*, then *Restrict*)";
    return message(
        "*Slack has to be told by hand* about " + named(request) + ":\n1. Open Slack's administration, " +
        (whole ? "your organisation" : inert_line(place(request), 80)) +
        ", *Apps and workflows*, *Requests to install*.\n2. Find " + named(request) + ", asked for by " +
        mention(request.requester) + ", and " + press + ".\n3. Press `Done` on the request's card.");
}

}  // namespace countersign::handlers::views
