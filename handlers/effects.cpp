#include "handlers/effects.hpp"

#include "handlers/review/scopes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using storage::AppRequest;
using storage::Effect;
using storage::TokenKind;

// Slack kills a trigger three seconds after the press; half a second is the way there.
constexpr std::chrono::milliseconds form_deadline{2'500};
constexpr int page_size = 200;

Effect effect(std::string key, std::string_view method, std::string_view purpose) {
    Effect made;
    made.key = std::move(key);
    made.method = method;
    made.purpose = purpose;
    return made;
}

// `blocks` is JSON already: it is spliced in, not parsed.
std::string message_args(json args, const views::Message& message) {
    args["text"] = message.text;
    auto text = args.dump(-1, ' ', false, json::error_handler_t::replace);
    if (message.blocks.empty()) return text;
    text.pop_back();
    return text + ",\"blocks\":" + message.blocks + "}";
}

json post_args(std::string_view channel) {
    return {{"channel", channel}, {"unfurl_links", false}, {"unfurl_media", false}};
}

// Exactly one of the two (domain.md §3.1).
json place(const TeamId& team, const EnterpriseId& enterprise) {
    if (!team.empty()) return {{"team_id", team.value}};
    return {{"enterprise_id", enterprise.value}};
}

json which(const AppRequest& request) {
    auto args = place(request.team_id, request.enterprise_id);
    if (request.slack_id.empty()) {
        args["app_id"] = request.app_id.value;
    } else {
        args["request_id"] = request.slack_id.value;
    }
    return args;
}

json page(json args, bool certified, std::string_view cursor) {
    args["certified"] = certified;
    args["limit"] = page_size;
    if (!cursor.empty()) args["cursor"] = cursor;
    return args;
}

// Calls that change what Slack believes about one app in one workspace go one after the other (domain.md
// §8.5).
std::string app_lane(const AppRequest& request) {
    return "app:" + request.app_id.value + ":" + request.team_id.value;
}

Effect decision_call(const AppRequest& request, std::string_view method, std::string_view step) {
    auto made = effect(fmt::format("{}:{}:v{}", step, to_text(request.id), request.version), method,
                       purposes::decide);
    made.token = TokenKind::admin;
    made.args = which(request).dump();
    made.request = request.id;
    made.lane = app_lane(request);
    made.interactive = true;
    return made;
}

}  // namespace

std::string card_name(RequestId request) {
    return "card:" + std::to_string(request.value);
}

std::optional<RequestId> request_of_card_name(std::string_view name) {
    constexpr std::string_view card = "card:";
    if (!name.starts_with(card)) return std::nullopt;
    name.remove_prefix(card.size());
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = end == name.data() + name.size() || *end == ':';
    return error == std::errc() && whole ? std::optional(RequestId{number}) : std::nullopt;
}

Effect post_card(const AppRequest& request, const ChannelId& channel, const views::Message& message) {
    auto made = effect(card_name(request.id), "chat.postMessage", purposes::card);
    made.args = message_args(post_args(channel.value), message);
    made.request = request.id;
    made.lane = made.message = card_name(request.id);
    return made;
}

Effect update_card(const AppRequest& request, const views::Message& message) {
    auto made = effect(fmt::format("{}:v{}", card_name(request.id), request.version), "chat.update",
                       purposes::card_update);
    made.args = message_args(json::object(), message);
    made.request = request.id;
    made.lane = made.message = card_name(request.id);
    made.interactive = true;
    return made;
}

std::string card_copy_name(RequestId request, const ChannelId& channel) {
    return card_name(request) + ":" + channel.value;
}

Effect post_card_copy(const AppRequest& request, const ChannelId& channel, const views::Message& message) {
    auto made = post_card(request, channel, message);
    made.key = made.message = made.lane = card_copy_name(request.id, channel);
    made.purpose = purposes::notice;
    return made;
}

Effect update_card_copy(const AppRequest& request, const ChannelId& channel, const views::Message& message) {
    auto made = update_card(request, message);
    made.message = made.lane = card_copy_name(request.id, channel);
    made.key = fmt::format("{}:v{}", made.message, request.version);
    made.purpose = purposes::notice;
    return made;
}

Effect direct_message(const AppRequest& request, const UserId& person, std::string_view occasion,
                      const views::Message& message) {
    auto made = effect(fmt::format("dm:{}:{}:{}", to_text(request.id), occasion, person.value),
                       "chat.postMessage", purposes::notice);
    made.args = message_args(post_args(person.value), message);
    made.request = request.id;
    made.message = made.key;
    made.lane = fmt::format("dm:{}:{}", to_text(request.id), person.value);
    return made;
}

Effect update_direct_message(const AppRequest& request, const UserId& person, std::string_view occasion,
                             const views::Message& message) {
    const auto name = fmt::format("dm:{}:{}:{}", to_text(request.id), occasion, person.value);
    auto made = effect(fmt::format("{}:v{}", name, request.version), "chat.update", purposes::notice);
    made.args = message_args(json::object(), message);
    made.request = request.id;
    made.message = name;
    made.lane = fmt::format("dm:{}:{}", to_text(request.id), person.value);
    return made;
}

Effect post_in_thread(const AppRequest& request, const storage::MessageRef& card, std::string_view name,
                      const views::Message& message) {
    auto made =
        effect(fmt::format("thread:{}:{}", to_text(request.id), name), "chat.postMessage", purposes::notice);
    auto args = post_args(card.channel.value);
    args["thread_ts"] = card.ts;
    made.args = message_args(std::move(args), message);
    made.request = request.id;
    made.message = made.lane = made.key;
    return made;
}

Effect update_in_thread(const AppRequest& request, std::string_view name, std::string_view round,
                        const views::Message& message) {
    const auto posted = fmt::format("thread:{}:{}", to_text(request.id), name);
    auto made = effect(fmt::format("{}:{}", posted, round), "chat.update", purposes::notice);
    made.args = message_args(json::object(), message);
    made.request = request.id;
    made.message = made.lane = posted;
    return made;
}

Effect ephemeral(const ChannelId& channel, const UserId& person, std::string_view cause,
                 const views::Message& message) {
    auto made = effect(fmt::format("answer:{}", cause), "chat.postEphemeral", purposes::answer);
    made.args = message_args({{"channel", channel.value}, {"user", person.value}}, message);
    // Should the person have left the channel, the same words go to the person directly.
    made.context = json{{"user", person.value}, {"text", message.text}}.dump(-1, ' ', false,
                                                                             json::error_handler_t::replace);
    made.interactive = true;
    return made;
}

Effect private_line(const UserId& person, std::string_view cause, const views::Message& message) {
    auto made = effect(fmt::format("answer:{}:dm", cause), "chat.postMessage", purposes::answer);
    made.args = message_args(post_args(person.value), message);
    made.interactive = true;
    return made;
}

Effect alarm(const config::Settings& settings, std::string_view key, const views::Message& message) {
    auto made = effect(fmt::format("alarm:{}", key), "chat.postMessage", purposes::alarm);
    made.args = message_args(post_args(settings.review.alarm_channel.value), message);
    return made;
}

Effect open_view(std::string_view trigger_id, std::string_view cause, const std::string& view,
                 Timestamp pressed_at, const std::string& context) {
    auto made = effect(fmt::format("form:{}", cause), "views.open", purposes::form);
    made.args = json{{"trigger_id", trigger_id}}.dump(-1, ' ', false, json::error_handler_t::replace);
    made.args.pop_back();
    made.args += ",\"view\":" + view + "}";
    made.context = context;
    made.interactive = true;
    made.deadline = pressed_at + form_deadline;
    return made;
}

Effect list_pending_requests(const AppRequest& request, std::string_view purpose, std::string_view cursor,
                             bool certified) {
    auto made = effect(fmt::format("pending:{}:{}:v{}:{}:{}", to_text(request.id), purpose, request.version,
                                   certified ? "certified" : "plain", cursor),
                       "admin.apps.requests.list", purposes::inquiry);
    made.token = TokenKind::admin;
    made.args = page(place(request.team_id, request.enterprise_id), certified, cursor).dump();
    made.request = request.id;
    made.interactive = true;
    return made;
}

Effect approve_app(const AppRequest& request) {
    return decision_call(request, "admin.apps.approve", "approve");
}

Effect approve_app_without(const AppRequest& request, const std::vector<std::string>& left_out) {
    auto made = approve_app(request);
    auto args = json::parse(made.args);
    // Slack takes the scopes that are approved, by token, not those that are not.
    const auto list_of = [](const storage::Scope& scope) {
        return scope.token_type == storage::TokenType::user ? "user_scopes" : "bot_scopes";
    };
    // Empty where all of a token's are left out: without the list Slack would approve them all.
    for (const auto& scope : request.scopes)
        args[list_of(scope)] = "";
    for (const auto& scope : review::without(request.scopes, left_out)) {
        auto& list = args[list_of(scope)].get_ref<std::string&>();
        list += (list.empty() ? "" : ",") + scope.name;
    }
    made.args = args.dump();
    return made;
}

Effect limit_call(const AppRequest& request, std::string_view step, int tries, std::string_view method,
                  std::string args, std::string context) {
    auto made = effect(fmt::format("limit:{}:{}:v{}:{}", step, to_text(request.id), request.version, tries),
                       method, purposes::limit);
    made.token = method.starts_with("admin.") ? TokenKind::admin : TokenKind::bot;
    made.args = std::move(args);
    made.context = std::move(context);
    made.request = request.id;
    made.lane = app_lane(request);
    made.interactive = true;
    return made;
}

Effect clear_app(const AppRequest& request) {
    auto made = decision_call(request, "admin.apps.clearResolution", "clear");
    made.purpose = purposes::clear;
    auto args = place(request.team_id, request.enterprise_id);
    args["app_id"] = request.app_id.value;
    made.args = args.dump();
    return made;
}

Effect restrict_app(const AppRequest& request) {
    return decision_call(request, "admin.apps.restrict", "restrict");
}

Effect cancel_slack_request(const AppRequest& request) {
    auto made = effect(fmt::format("cancel:{}:{}", to_text(request.id), request.slack_id.value),
                       "admin.apps.requests.cancel", purposes::cancel);
    made.token = TokenKind::admin;
    auto args = place(request.team_id, request.enterprise_id);
    args["request_id"] = request.slack_id.value;
    made.args = args.dump();
    made.request = request.id;
    made.lane = app_lane(request);
    return made;
}

Effect list_resolved(const AppRequest& request, std::string_view purpose, bool approved_list, bool certified,
                     std::string_view cursor) {
    auto made = effect(
        fmt::format("{}:{}:{}:v{}:{}:{}", approved_list ? "approved" : "restricted", to_text(request.id),
                    purpose, request.version, certified ? "certified" : "plain", cursor),
        approved_list ? "admin.apps.approved.list" : "admin.apps.restricted.list", purposes::inquiry);
    made.token = TokenKind::admin;
    made.args = page(place(request.team_id, request.enterprise_id), certified, cursor).dump();
    made.request = request.id;
    made.interactive = true;
    return made;
}

Effect read_user_group(std::string_view group, std::string_view cause, const std::string& context) {
    auto made =
        effect(fmt::format("usergroup:{}:{}", group, cause), "usergroups.users.list", purposes::user_group);
    made.args = json{{"usergroup", group}}.dump();
    made.context = context;
    return made;
}

Effect upload_picture(std::string_view cause, const std::string& chart, std::string_view alt,
                      const std::string& context, std::string_view words) {
    auto made = effect(fmt::format("picture:{}", cause), "files.getUploadURLExternal", purposes::picture);
    made.args = json{{"filename", "figures.png"}, {"alt_txt", alt}, {"picture", json::parse(chart)}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
    auto kept = json::parse(context);
    kept["words"] = words;
    made.context = kept.dump(-1, ' ', false, json::error_handler_t::replace);
    made.interactive = true;
    return made;
}

Effect post_picture(std::string_view file, const ChannelId& channel, std::string_view words,
                    const std::string& context) {
    auto made =
        effect(fmt::format("picture_post:{}", file), "files.completeUploadExternal", purposes::picture_post);
    made.args = json{
        {"files", {{{"id", file}, {"title", "Figures"}}}},
        {"channel_id", channel.value},
        {"initial_comment",
         words}}.dump(-1, ' ', false, json::error_handler_t::replace);
    made.context = context;
    made.interactive = true;
    return made;
}

Effect publish_home(const UserId& user, std::string_view round, const std::string& view) {
    auto made = effect(fmt::format("home:{}:{}", user.value, round), "views.publish", purposes::home);
    made.args = json{{"user_id", user.value}}.dump();
    made.args.pop_back();
    made.args += ",\"view\":" + view + "}";
    made.lane = "home:" + user.value;
    made.interactive = true;
    return made;
}

Effect read_person(const UserId& user, std::string_view round) {
    auto made = effect(fmt::format("person:{}:{}", user.value, round), "users.info", purposes::person);
    made.args = json{{"user", user.value}, {"include_locale", true}}.dump();
    return made;
}

Effect read_colleague(const UserId& user, std::string_view cause, const std::string& press) {
    auto made = read_person(user, cause);
    made.key = fmt::format("colleague:{}", cause);
    made.purpose = purposes::colleague;
    made.context = press;
    made.interactive = true;
    return made;
}

Effect thread_line(const AppRequest& request, const std::optional<storage::MessageRef>& card,
                   const ChannelId& channel, std::string_view occasion, const views::Message& message) {
    auto made = effect(fmt::format("thread:{}:{}", to_text(request.id), occasion), "chat.postMessage",
                       purposes::notice);
    auto args = post_args(card ? card->channel.value : channel.value);
    if (card)
        args["thread_ts"] = card->ts;
    else
        args[thread_of] = card_name(request.id);
    made.args = message_args(std::move(args), message);
    made.request = request.id;
    made.lane = card ? fmt::format("thread:{}", to_text(request.id)) : card_name(request.id);
    return made;
}

Effect ask_permalink(const ChannelId& channel, std::string_view ts, bool personal) {
    auto made =
        effect(fmt::format("permalink:{}:{}", channel.value, ts), "chat.getPermalink", purposes::permalink);
    made.token = personal ? TokenKind::reviewer : TokenKind::bot;
    made.args = json{{"channel", channel.value}, {"message_ts", ts}}.dump();
    return made;
}

Effect reviewer_call(std::string_view method, std::string_view purpose, std::string_view round,
                     std::string_view page, std::string args) {
    auto made = effect(fmt::format("{}:{}:{}", purpose, round, page), method, purpose);
    made.token = TokenKind::reviewer;
    made.args = std::move(args);
    return made;
}

Effect list_teams(std::string_view round, std::string_view cursor, const std::string& context) {
    auto made = effect(fmt::format("teams:{}:{}", round, cursor), "auth.teams.list", purposes::teams);
    made.token = TokenKind::admin;
    json args{{"limit", page_size}};
    if (!cursor.empty()) args["cursor"] = cursor;
    made.args = args.dump();
    made.context = context;
    return made;
}

Effect list_for_sweep(SweepList list, const TeamId& team, const EnterpriseId& enterprise,
                      std::string_view round, std::string_view cursor, bool certified,
                      const std::string& context) {
    const std::string_view method = list == SweepList::pending    ? "admin.apps.requests.list"
                                    : list == SweepList::approved ? "admin.apps.approved.list"
                                                                  : "admin.apps.restricted.list";
    auto made =
        effect(fmt::format("sweep:{}:{}:{}:{}:{}", method, team.empty() ? enterprise.value : team.value,
                           round, certified ? "certified" : "plain", cursor),
               method, purposes::sweep);
    made.token = TokenKind::admin;
    made.args = page(place(team, enterprise), certified, cursor).dump();
    made.context = context;
    return made;
}

}  // namespace countersign::handlers
