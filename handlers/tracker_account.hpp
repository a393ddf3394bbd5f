#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/issue_verdict.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Which account of a tracker is ours (S2). Its token may be a colleague's: what we write with it would sign
// for the party that this person belongs to. So it is asked anew with every other token, and until the answer
// is there nothing is believed that the tracker tells of signs.
namespace countersign::handlers {

// The problem of an issue that was read while nobody knew (storage::TrackerIssue).
inline constexpr std::string_view account_unknown = "account_unknown";

// What tells whose the tracker's token is; "" while there is none.
[[nodiscard]] std::string token_mark(std::string_view tracker, const Context& context);
// The account of the present token was told.
[[nodiscard]] bool account_is_known(std::string_view tracker, const Context& context);
// As last told; the former ones too, which acted for us for a time.
[[nodiscard]] review::OwnAccounts own_accounts(std::string_view tracker, const Context& context);

// The present token is of this account.
[[nodiscard]] storage::Change remember_account(std::string_view tracker, std::int64_t account,
                                               const Context& context);
// What was told holds no more, not even of the same token.
[[nodiscard]] storage::Change doubt_account(std::string_view tracker, const Context& context);

}  // namespace countersign::handlers
