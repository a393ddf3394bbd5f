#pragma once

#include <string>
#include <string_view>

#include "handlers/context.hpp"
#include "handlers/views/message.hpp"
#include "storage/records.hpp"

// The things to do outside, as named constructors: the one place that knows Slack's argument names.
// Keys: a fact that happens once names its effect ("dm:REQ-12:approved:U1"), so replay cannot do it twice.
namespace countersign::handlers {

// The request card: posted once, then edited in place (MessageRef "card:12").
[[nodiscard]] storage::Effect post_card(const storage::AppRequest&, const ChannelId&, const views::Message&);
[[nodiscard]] storage::Effect update_card(const storage::AppRequest&, const views::Message&);
// `occasion` makes the key: one message per (request, occasion, recipient).
[[nodiscard]] storage::Effect direct_message(const storage::AppRequest&, const UserId&, std::string_view occasion,
                                             const views::Message&);
// Edits a direct message posted with the same occasion.
[[nodiscard]] storage::Effect update_direct_message(const storage::AppRequest&, const UserId&, std::string_view occasion,
                                                    const views::Message&);
// A line that only one person sees; `cause` (envelope id) makes the key.
[[nodiscard]] storage::Effect ephemeral(const ChannelId&, const UserId&, std::string_view cause, const views::Message&);
[[nodiscard]] storage::Effect alarm(const config::Settings&, std::string_view key, const views::Message&);
// Opens a form; the trigger dies 3 s after the press, the deadline is 2.5 s after `pressed_at`.
[[nodiscard]] storage::Effect open_view(std::string_view trigger_id, std::string_view cause, const std::string& view,
                                        Timestamp pressed_at, const std::string& context);

// admin.apps.*; `step` and the request's version make the key.
[[nodiscard]] storage::Effect list_pending_requests(const storage::AppRequest&, std::string_view purpose,
                                                    std::string_view cursor, bool certified);
[[nodiscard]] storage::Effect approve_app(const storage::AppRequest&);
[[nodiscard]] storage::Effect restrict_app(const storage::AppRequest&);
[[nodiscard]] storage::Effect cancel_slack_request(const storage::AppRequest&);
[[nodiscard]] storage::Effect list_resolved(const storage::AppRequest&, std::string_view purpose, bool approved_list,
                                            bool certified, std::string_view cursor);
[[nodiscard]] storage::Effect read_user_group(std::string_view group, std::string_view cause, const std::string& context);

}  // namespace countersign::handlers
