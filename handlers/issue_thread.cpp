#include "handlers/issue_thread.hpp"

#include "config/base/text.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/tracker_account.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/markdown.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::text_field;
using storage::IssueComment;

constexpr std::size_t shown_letters = 600;
// An issue that is talked over at length is read there.
constexpr std::size_t most_comments = 100;
constexpr std::size_t most_replies = 100;
constexpr std::string_view taken_away = "-";

// What stands in the thread: a comment's id and the digest of what is shown of it.
std::string meta_name(RequestId request) {
    return "issue_thread:" + to_text(request);
}
// What went the other way: a reply's stamp and that of the last word on it.
std::string replies_name(RequestId request) {
    return "issue_replies:" + to_text(request);
}

std::map<std::string, std::string> kept_under(const std::string& name, const Context& context) {
    std::map<std::string, std::string> texts;
    const auto kept = json::parse(context.view.meta(name), nullptr, false);
    if (!kept.is_object()) return texts;
    for (const auto& [key, value] : kept.items())
        if (value.is_string()) texts[key] = value;
    return texts;
}

bool may_be_shown(const IssueComment& comment, const storage::VendorIssue& issue,
                  const storage::IssueFacts& facts, const Context& context) {
    if (facts.confidential || comment.internal || comment.system || !comment.author) return false;
    // What we write there carries our mark, whichever account it is written with (S2).
    if (comment.author->bot || comment.body.contains("<!-- countersign:")) return false;
    return !own_accounts(issue.tracker, context).did(comment.author->id, comment.created_at) &&
           comment.created_at >= std::chrono::floor<std::chrono::seconds>(issue.linked_at);
}

// `![name](/uploads/…)` and the like: a file of the tracker, which Slack could not show and nobody there may
// be allowed to see.
std::string without_uploads(std::string body) {
    constexpr std::string_view upload = "](/uploads/";
    for (auto at = body.find(upload); at != std::string::npos; at = body.find(upload, at)) {
        auto begin = body.rfind('[', at);
        const auto end = body.find(')', at);
        if (begin == std::string::npos || end == std::string::npos) break;
        if (begin > 0 && body[begin - 1] == '!') --begin;
        body.replace(begin, end + 1 - begin, "(a file)");
        at = begin;
    }
    return body;
}

views::Message message_of(const IssueComment& comment, const storage::VendorIssue& issue) {
    const bool edited = comment.updated_at > comment.created_at + std::chrono::seconds(60);
    return {.text = fmt::format("{} on the {}{}:\n{}", views::inert_line("@" + comment.author->login, 80),
                                views::own_link(issue.url, "vendor issue"), edited ? " (edited)" : "",
                                views::quoted(without_uploads(comment.body), shown_letters)),
            .blocks = {}};
}

// The request whose card stands at this place.
std::optional<storage::AppRequest> request_of_card(std::string_view ts, const Context& context) {
    const auto card = context.view.message_at(context.settings.review.channel, ts);
    const auto id = card ? request_of_card_name(card->name) : std::nullopt;
    auto request = id ? context.view.request(*id) : std::nullopt;
    // What is over is not talked about on the issue any more.
    if (request && storage::is_final(request->state)) return std::nullopt;
    return request;
}

std::string author_of(const UserId& user, const Context& context) {
    return views::markdown_line(name_of(user, context), 60);
}

}  // namespace

Outcome comments_into_thread(const storage::AppRequest& request, const storage::VendorIssue& issue,
                             const storage::IssueFacts& facts, const Context& context) {
    Outcome outcome;
    const auto card = context.view.message(card_name(request.id));
    if (!card || card->ts.empty()) return outcome;
    auto shown = kept_under(meta_name(request.id), context);
    const auto before = shown;
    const bool over = storage::is_final(request.state);
    for (const auto& comment : facts.comments) {
        const auto id = std::to_string(comment.id);
        const bool here = shown.contains(id);
        if (!may_be_shown(comment, issue, facts, context)) continue;
        if (!here && (over || shown.size() >= most_comments)) continue;
        const auto message = message_of(comment, issue);
        auto digest = text::sha256_hex(message.text).substr(0, 16);
        if (here && shown[id] == digest) continue;
        // The same words may stand there again after others.
        const auto round = fmt::format("{}:{}", digest, to_millis(context.now));
        outcome.effects.push_back(here ? update_in_thread(request, "comment:" + id, round, message)
                                       : post_in_thread(request, *card, "comment:" + id, message));
        shown[id] = std::move(digest);
    }
    for (auto& [id, digest] : shown) {
        const auto still = std::ranges::any_of(facts.comments, [&](const IssueComment& comment) {
            return std::to_string(comment.id) == id && may_be_shown(comment, issue, facts, context);
        });
        if (still || digest == taken_away) continue;
        digest = taken_away;
        const auto* words = facts.confidential ? "_A comment on the vendor issue, which is confidential now._"
                                               : "_A comment on the vendor issue that was taken away there._";
        outcome.effects.push_back(update_in_thread(request, "comment:" + id,
                                                   fmt::format("away:{}", to_millis(context.now)),
                                                   {.text = words, .blocks = {}}));
    }
    if (shown != before)
        outcome.changes.emplace_back(storage::SetMeta{meta_name(request.id), json(shown).dump()});
    return outcome;
}

Outcome reply_onto_issue(const Event& event, const Context& context) {
    const auto& inner = field(event.payload, "event");
    const auto subtype = text_field(inner, "subtype");
    const bool deleted = subtype == "message_deleted";
    if (ChannelId(text_field(inner, "channel")) != context.settings.review.channel) return {};
    if (!subtype.empty() && subtype != "message_changed" && subtype != "file_share" && !deleted) return {};
    const auto& message = deleted                        ? field(inner, "previous_message")
                          : subtype == "message_changed" ? field(inner, "message")
                                                         : inner;
    const auto thread = text_field(message, "thread_ts");
    const auto ts = text_field(message, "ts");
    const UserId user(text_field(message, "user"));
    // Bots' words stay where they are, ours above all (S2).
    if (thread.empty() || ts.empty() || thread == ts || user.empty() || message.contains("bot_id") ||
        user == context.capabilities.bot_user)
        return {};
    const auto request = request_of_card(thread, context);
    const auto issue = request ? context.view.vendor_issue(request->id) : std::nullopt;
    if (!issue || !has_token(issue->tracker, context)) return {};
    const auto known = context.view.tracker_issue(key_of(*issue));
    if (!known || !known->read_at || !known->problem.empty()) return {};
    const auto quote = views::markdown_quote(views::unescaped(text_field(message, "text")), 3'000);
    const auto files = field(message, "files").size();
    if (quote.empty() && files == 0 && !deleted) return {};
    // Slack keeps no order: an edit may be here before what it edits (R50).
    auto replies = kept_under(replies_name(request->id), context);
    auto& last = replies[ts];
    const auto said = text_field(inner, "ts");
    if (last >= said) return {};
    last = said;
    if (replies.size() > most_replies) replies.erase(replies.begin());
    const auto marker = fmt::format("<!-- countersign:reply:{}:{} -->", to_text(request->id), ts);
    auto body = fmt::format("{}\n**{}** in Slack:\n\n{}", marker, author_of(user, context),
                            deleted ? "_taken away there_" : quote);
    if (files > 0 && !deleted)
        body += fmt::format("\n\n_with {} file{} there_", files, files == 1 ? "" : "s");
    Outcome outcome = meet(user, context);
    outcome.changes.emplace_back(storage::SetMeta{replies_name(request->id), json(replies).dump()});
    // On a confidential issue nothing is more public than the channel it comes from.
    auto note = put_note(*request, key_of(*issue), marker, body, false);
    note.key = fmt::format("issue_reply:{}:{}:{}", to_text(request->id), ts, said);
    outcome.effects.push_back(std::move(note));
    return outcome;
}

}  // namespace countersign::handlers
