#include "config/base/text.hpp"
#include "handlers/absences.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/emergency.hpp"
#include "handlers/figures.hpp"
#include "handlers/find_app.hpp"
#include "handlers/handlers.hpp"
#include "handlers/joining.hpp"
#include "handlers/own_login.hpp"
#include "handlers/party_work.hpp"
#include "handlers/presses.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/review/members.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/link_problems.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/waiting_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;

constexpr std::size_t listed = 50;
constexpr std::string_view known_words[]{"status",  "list",    "link",    "withdraw",  "find",  "help",
                                         "approve", "away",    "back",    "automatic", "clear", "figures",
                                         "object",  "suspend", "connect", "disconnect"};

Outcome help(const Press& press, std::string_view problem = {}) {
    return say(press, views::app_request_help(problem, press.language));
}

// "REQ-12", "12" or Slack's own "Ar…".
std::optional<AppRequest> named(const std::string& word, const Context& context) {
    if (const auto id = parse_request_id(word)) return context.view.request(*id);
    if (word.starts_with("Ar")) return context.view.request(SlackRequestId(word));
    return std::nullopt;
}

std::vector<AppRequest> own_open(const Press& press, const Context& context) {
    auto own = context.view.requests_of(press.user, listed);
    std::erase_if(own, [](const AppRequest& request) { return storage::is_final(request.state); });
    return own;
}

// To read is less than to decide: the groups as last read will do, so that nobody waits for Slack.
bool may_read(const Press& press, const AppRequest& request, const Context& context) {
    if (press.user == request.requester) return true;
    const review::GroupKnowledge groups{context.view, press.groups, context.now,
                                        std::chrono::minutes(24 * 60)};
    const auto& settings = context.settings.review;
    return review::membership(press.user, settings.admins, groups).member ||
           !may_vote_for(press.user, groups, context).parties.empty();
}

Outcome nothing_known(const Press& press, const std::string& word) {
    return help(press, say_in(press.language, texts::unknown_request, word));
}

Outcome status(const Press& press, const std::vector<std::string>& words, const Context& context) {
    std::optional<AppRequest> request;
    if (words.size() > 1) {
        request = named(words[1], context);
        if (!request) return nothing_known(press, words[1]);
    } else {
        const auto own = context.view.requests_of(press.user, 1);
        if (own.empty()) return say(press, views::request_list({}, press.language));
        request = own.front();
    }
    if (!may_read(press, *request, context)) {
        return refuse(press, to_text(request->id), "no_right", say_in(press.language, texts::readers_only));
    }
    // Of a joined one there is nothing to tell but how the other stands.
    if (auto open = joined_to(*request, context)) request = std::move(open);
    const auto item = load_case(*request, context);
    return say(press, views::request_status(item.request, item.matrix, item.issue, press.language,
                                            waiting_time(item.request, press.language, context)));
}

// `list` or `list 2`: a page is always there to be asked for, however many requests a person has (R23).
Outcome list(const Press& press, const std::vector<std::string>& words, const Context& context) {
    constexpr std::size_t last_page = 1'000;
    std::size_t page = 1;
    if (words.size() > 1) {
        const auto& digits = words[1];
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), page);
        if (error != std::errc() || end != digits.data() + digits.size() || page == 0 || page > last_page)
            return help(press, say_in(press.language, texts::no_page, digits));
    }
    return say(press, views::request_list(context.view.requests_of(press.user, page * views::list_page + 1),
                                          press.language, page));
}

// The one request that a command without an id means.
std::expected<AppRequest, Outcome> only_open(const Press& press, std::string_view command,
                                             const Context& context) {
    const auto own = own_open(press, context);
    if (own.size() == 1) return own.front();
    if (own.empty()) return std::unexpected(say(press, say_in(press.language, texts::none_open)));
    std::vector<std::string> ids;
    for (const auto& request : own)
        ids.push_back(to_text(request.id));
    return std::unexpected(help(
        press, say_in(press.language, texts::which_of_yours, text::joined(ids, ", "), command, ids.front())));
}

Outcome link(const Press& press, const std::vector<std::string>& words, const Context& context) {
    std::optional<AppRequest> request;
    std::size_t next = 1;
    if (words.size() > 1) {
        request = named(words[1], context);
        if (request) ++next;
    }
    if (next >= words.size()) {  // no URL: the form
        if (request) {
            const auto item = load_case(*request, context);
            if (auto may = require_may_link(press, item, context); !may) return std::move(may.error());
            return open_form(press, views::link_form(*request, press.language));
        }
        const auto own = own_open(press, context);
        if (own.empty()) return say(press, say_in(press.language, texts::none_open));
        return open_form(press, own.size() == 1 ? views::link_form(own.front(), press.language)
                                                : views::link_form(own, press.language));
    }
    const auto url =
        text::joined(std::vector(words.begin() + static_cast<std::ptrdiff_t>(next), words.end()), " ");
    if (!request && parse_request_id(words[1])) return nothing_known(press, words[1]);
    if (!request) {
        auto only = only_open(press, "/app-request link", context);
        if (!only) return std::move(only.error());
        request = std::move(*only);
    }
    auto item = load_case(*request, context);
    if (auto may = require_may_link(press, item, context); !may) return std::move(may.error());
    const auto parsed = review::parse_issue_link(url, context.settings.trackers);
    if (!parsed)
        return refuse(press, to_text(request->id), "bad_link",
                      views::explain(parsed.error(), press.language));
    const bool linked_already = item.issue && item.issue->url == parsed->url;
    auto outcome = link_issue(press, std::move(item), *parsed, context);
    if (linked_already) return outcome;
    outcome.merge(say(press, say_in(press.language, texts::linked_to, to_text(request->id),
                                    views::link(parsed->url, parsed->url))));
    return outcome;
}

Outcome withdraw_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    std::optional<AppRequest> request;
    if (words.size() > 1) {
        request = named(words[1], context);
        if (!request) return nothing_known(press, words[1]);
    } else {
        auto only = only_open(press, "/app-request withdraw", context);
        if (!only) return std::move(only.error());
        request = std::move(*only);
    }
    const auto id = request->id;
    const bool open = !storage::is_final(request->state);
    auto outcome = withdraw(press, load_case(*request, context), context);
    const bool done = open && !outcome.changes.empty();
    if (done) outcome.merge(say(press, say_in(press.language, texts::now_withdrawn, to_text(id))));
    return outcome;
}

}  // namespace

Outcome app_request_typed(const Press& press, const Context& context) {
    const auto found = press.fields.find("text");
    const auto words = text::words(found == press.fields.end() ? std::string() : found->second);
    if (words.empty()) return open_form(press, views::request_form({}, press.language));
    const auto word = text::lower(words.front());
    if (word == "status") return status(press, words, context);
    if (word == "list") return list(press, words, context);
    if (word == "link") return link(press, words, context);
    if (word == "withdraw") return withdraw_typed(press, words, context);
    if (word == "find") {
        const auto name = text::joined(std::vector(words.begin() + 1, words.end()), " ");
        return say(press, find_app(name, press.team, press.language, context));
    }
    if (word == "approve") return approve_many(press, words, context);
    if (word == "away") return go_away(press, words, context);
    if (word == "back") return come_back(press, context);
    if (word == "automatic") return automatic_typed(press, words, context);
    if (word == "clear") return clear_typed(press, words, context);
    if (word == "suspend") return suspend_typed(press, words, context);
    if (word == "object") return object_typed(press, words, context);
    if (word == "connect") return connect_typed(press, words, context);
    if (word == "disconnect") return disconnect_typed(press, context);
    if (word == "figures") return show_figures(press, context);
    if (word == "help") return help(press);
    const auto meant = text::nearest(word, known_words);
    return help(press, meant.empty() ? say_in(press.language, texts::unknown_word, word)
                                     : say_in(press.language, texts::unknown_word_near, word, meant));
}

Outcome app_request_command(const Event& event, const Context& context) {
    return app_request_typed(read_command(event, context), context);
}

}  // namespace countersign::handlers
