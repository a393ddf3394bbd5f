#pragma once

#include "handlers/effect_answer.hpp"
#include "handlers/views/message.hpp"
#include "storage/installed.hpp"
#include "storage/records.hpp"

#include <string>
#include <string_view>
#include <vector>

// What is done with stored secrets, as named constructors: the one place that knows the methods of
// bot/account_api and their arguments.
namespace countersign::handlers {

namespace purposes {
inline constexpr std::string_view account_refresh = "account_refresh";
inline constexpr std::string_view account_check = "account_check";
inline constexpr std::string_view account_revoke = "account_revoke";
inline constexpr std::string_view grant_begin = "grant_begin";
inline constexpr std::string_view grant_poll = "grant_poll";
inline constexpr std::string_view grant_exchange = "grant_exchange";
inline constexpr std::string_view grant_adopt = "grant_adopt";
inline constexpr std::string_view channel_post = "channel_post";
}  // namespace purposes

// Where a token is sealed that nobody wants any more, until it is taken back: after the authorization's id.
inline constexpr const char* unwanted_suffix = ":unwanted";

// O10: one a token, and one more for each time that it could not be told whether it worked.
[[nodiscard]] storage::Effect refresh_account(const storage::Authorization& authorization);
struct Probe {
    std::int64_t integration = 0;
    std::string project = {};
};
// `certain`: a refusal needs no second one (I15).
[[nodiscard]] storage::Effect check_account(const storage::Authorization& authorization,
                                            const std::vector<Probe>& probes, bool certain,
                                            std::string_view round, const UserId& tester = {});
// Not sent after ten minutes: then the secrets go without it.
[[nodiscard]] storage::Effect revoke_account(const storage::Authorization& authorization, Timestamp now);
// The same for what an effect brought that nobody wants by now; it is sealed under `record`.
[[nodiscard]] storage::Effect revoke_unwanted(const EffectAnswer& brought, const std::string& record,
                                              Timestamp now);
// The same for the token that this authorization held before; what it is now is looked at afterwards.
[[nodiscard]] storage::Effect revoke_replaced(const storage::Authorization& authorization,
                                              const std::string& record, Timestamp now);

[[nodiscard]] storage::Effect begin_grant(const storage::OauthApp& app, bool device,
                                          const std::string& context, std::string_view cause);
[[nodiscard]] storage::Effect poll_grant(const storage::PendingGrant& grant, std::string_view round);
[[nodiscard]] storage::Effect exchange_grant(const storage::PendingGrant& grant);
// Seals what was granted anew, for the authorization that it renews, and what that held apart.
[[nodiscard]] storage::Effect adopt_grant(const storage::PendingGrant& grant);
[[nodiscard]] std::string replaced_record(const storage::PendingGrant& grant);

// A message in a channel, by the token of a stored authorization.
[[nodiscard]] storage::Effect post_by(const storage::Integration& integration, std::string_view key,
                                      const views::Message& message);

}  // namespace countersign::handlers
