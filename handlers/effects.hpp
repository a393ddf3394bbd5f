#pragma once

#include "handlers/context.hpp"
#include "handlers/views/message.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The things to do outside, as named constructors: the one place that knows Slack's argument names.
// Keys: a fact that happens once names its effect ("dm:REQ-12:approved:U1"), so replay cannot do it twice.
namespace countersign::handlers {

// `Effect::purpose`: who hears the result (effect_results.cpp).
namespace purposes {
inline constexpr std::string_view identity = "identity";  // auth.test
inline constexpr std::string_view card = "card";
inline constexpr std::string_view card_update = "card_update";
inline constexpr std::string_view notice = "notice";  // a direct message about a request
inline constexpr std::string_view answer = "answer";  // the visible answer to a press
inline constexpr std::string_view alarm = "alarm";
inline constexpr std::string_view form = "form";  // views.open
inline constexpr std::string_view user_group = "user_group";
inline constexpr std::string_view person = "person";        // users.info
inline constexpr std::string_view colleague = "colleague";  // users.info, for a form that waits
inline constexpr std::string_view home = "home";            // views.publish
inline constexpr std::string_view inquiry =
    "inquiry";  // lists read to learn what Slack believes of one request
inline constexpr std::string_view decide = "decide";              // admin.apps.approve, admin.apps.restrict
inline constexpr std::string_view limit = "limit";                // who may use the app, with which accounts
inline constexpr std::string_view picture = "picture";            // uploading one
inline constexpr std::string_view picture_post = "picture_post";  // showing it in a channel
inline constexpr std::string_view cancel = "cancel";              // admin.apps.requests.cancel
inline constexpr std::string_view clear = "clear";                // admin.apps.clearResolution
inline constexpr std::string_view teams = "teams";                // auth.teams.list, for the sweep
inline constexpr std::string_view sweep = "sweep";                // admin.apps.requests.list, for the sweep
inline constexpr std::string_view permalink = "permalink";        // chat.getPermalink of Slackbot's message
inline constexpr std::string_view reviewer = "reviewer";          // auth.test with the reviewer's token
inline constexpr std::string_view slackbot_im = "slackbot_im";    // conversations.list: where Slackbot writes
inline constexpr std::string_view slackbot_history = "slackbot_history";
inline constexpr std::string_view integration_log = "integration_log";
}  // namespace purposes

// The request card: posted once, then edited in place (MessageRef "card:12").
[[nodiscard]] std::string card_name(RequestId request);
// The request whose card, or whose copy of it, has this name.
[[nodiscard]] std::optional<RequestId> request_of_card_name(std::string_view name);
[[nodiscard]] storage::Effect post_card(const storage::AppRequest&, const ChannelId&, const views::Message&);
[[nodiscard]] storage::Effect update_card(const storage::AppRequest&, const views::Message&);
// The same card in another channel, where the policy routes it (MessageRef "card:12:C0SALES").
[[nodiscard]] std::string card_copy_name(RequestId request, const ChannelId& channel);
[[nodiscard]] storage::Effect post_card_copy(const storage::AppRequest&, const ChannelId&,
                                             const views::Message&);
[[nodiscard]] storage::Effect update_card_copy(const storage::AppRequest&, const ChannelId&,
                                               const views::Message&);
// `occasion` makes the key: one message per (request, occasion, recipient).
[[nodiscard]] storage::Effect direct_message(const storage::AppRequest&, const UserId&,
                                             std::string_view occasion, const views::Message&);
// Edits a direct message posted with the same occasion.
[[nodiscard]] storage::Effect update_direct_message(const storage::AppRequest&, const UserId&,
                                                    std::string_view occasion, const views::Message&);
// A reply in the thread under the card, and its edit; `name` tells it from the others.
[[nodiscard]] storage::Effect post_in_thread(const storage::AppRequest&, const storage::MessageRef& card,
                                             std::string_view name, const views::Message&);
[[nodiscard]] storage::Effect update_in_thread(const storage::AppRequest&, std::string_view name,
                                               std::string_view round, const views::Message&);
// A line that only one person sees; `cause` (envelope id) makes the key.
[[nodiscard]] storage::Effect ephemeral(const ChannelId&, const UserId&, std::string_view cause,
                                        const views::Message&);
// The same as a direct message, for presses that come from no channel.
[[nodiscard]] storage::Effect private_line(const UserId&, std::string_view cause, const views::Message&);
[[nodiscard]] storage::Effect alarm(const config::Settings&, std::string_view key, const views::Message&);
// Opens a form; the trigger dies 3 s after the press, the deadline is 2.5 s after `pressed_at`.
[[nodiscard]] storage::Effect open_view(std::string_view trigger_id, std::string_view cause,
                                        const std::string& view, Timestamp pressed_at,
                                        const std::string& context);

// admin.apps.*; `purpose` and the request's version make the key.
[[nodiscard]] storage::Effect list_pending_requests(const storage::AppRequest&, std::string_view purpose,
                                                    std::string_view cursor, bool certified);
// By Slack's request id, or by app id where the request has none.
[[nodiscard]] storage::Effect approve_app(const storage::AppRequest&);
[[nodiscard]] storage::Effect restrict_app(const storage::AppRequest&);
// M4: without these optional scopes.
[[nodiscard]] storage::Effect approve_app_without(const storage::AppRequest&,
                                                  const std::vector<std::string>& left_out);
// M5, M6: sets or reads back one limit; `step` and `tries` are part of the key.
[[nodiscard]] storage::Effect limit_call(const storage::AppRequest&, std::string_view step, int tries,
                                         std::string_view method, std::string args, std::string context);
[[nodiscard]] storage::Effect clear_app(const storage::AppRequest&);
[[nodiscard]] storage::Effect cancel_slack_request(const storage::AppRequest&);
[[nodiscard]] storage::Effect list_resolved(const storage::AppRequest&, std::string_view purpose,
                                            bool approved_list, bool certified, std::string_view cursor);
[[nodiscard]] storage::Effect read_user_group(std::string_view group, std::string_view cause,
                                              const std::string& context);

// A picture is drawn and uploaded where nobody waits for it (bot/picture_upload); `chart` is a BarChart as
// JSON, `words` go with it into the channel. Then it is shown there.
[[nodiscard]] storage::Effect upload_picture(std::string_view cause, const std::string& chart,
                                             std::string_view alt, const std::string& context,
                                             std::string_view words);
[[nodiscard]] storage::Effect post_picture(std::string_view file, const ChannelId& channel,
                                           std::string_view words, const std::string& context);

// The Home tab of one person, in the order of drawing; `round` (a time) makes the key.
[[nodiscard]] storage::Effect publish_home(const UserId& user, std::string_view round,
                                           const std::string& view);
// Who somebody is, their locale included; `round` (a day) makes the key.
[[nodiscard]] storage::Effect read_person(const UserId& user, std::string_view round);
// The same for a form that waits for it; `press` is the form, parked.
[[nodiscard]] storage::Effect read_colleague(const UserId& user, std::string_view cause,
                                             const std::string& press);
// A line in the thread of the request's card. While the card itself is still to be posted, `card` is empty:
// the line waits behind it and leaves addressed to `channel`, naming it as `thread_of`; the outbox runner
// puts the place there.
inline constexpr std::string_view thread_of = "thread_of";
[[nodiscard]] storage::Effect thread_line(const storage::AppRequest&,
                                          const std::optional<storage::MessageRef>& card,
                                          const ChannelId& channel, std::string_view occasion,
                                          const views::Message&);
// Slackbot's messages; `personal`: in the reviewer's own conversation, with that person's token.
[[nodiscard]] storage::Effect ask_permalink(const ChannelId& channel, std::string_view ts, bool personal);
// With the reviewer's token; `round` (a time) and `page` make the key.
[[nodiscard]] storage::Effect reviewer_call(std::string_view method, std::string_view purpose,
                                            std::string_view round, std::string_view page, std::string args);

// For the sweep; `round` (a time) makes the key.
[[nodiscard]] storage::Effect list_teams(std::string_view round, std::string_view cursor,
                                         const std::string& context);
enum class SweepList { pending, approved, restricted };
[[nodiscard]] storage::Effect list_for_sweep(SweepList list, const TeamId& team,
                                             const EnterpriseId& enterprise, std::string_view round,
                                             std::string_view cursor, bool certified,
                                             const std::string& context);

}  // namespace countersign::handlers
