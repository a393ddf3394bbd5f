#include "handlers/tracker_account.hpp"

#include "handlers/review/payload_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;

struct Known {
    review::OwnAccounts accounts;
    std::optional<std::string> mark;  // of the token that it was told of; nullopt: it is to be asked anew
};

std::string meta_name(std::string_view tracker) {
    return fmt::format("tracker_account:{}", tracker);
}

Known known_of(std::string_view tracker, const Context& context) {
    const auto kept = json::parse(context.view.meta(meta_name(tracker)), nullptr, false);
    Known known;
    // Earlier versions kept the number alone.
    known.accounts.now = kept.is_number_integer() ? kept.get<std::int64_t>() : number_field(kept, "account");
    if (const auto& mark = field(kept, "mark"); mark.is_string()) known.mark = mark.get<std::string>();
    for (const auto& each : field(kept, "before"))
        known.accounts.before.push_back(
            {number_field(each, "account"), from_millis(number_field(each, "until"))});
    return known;
}

storage::Change save(std::string_view tracker, const Known& known) {
    json before = json::array();
    for (const auto& each : known.accounts.before)
        before.push_back({{"account", each.account}, {"until", to_millis(each.until)}});
    json kept{{"account", known.accounts.now}, {"before", std::move(before)}};
    if (known.mark) kept["mark"] = *known.mark;
    return storage::SetMeta{meta_name(tracker), kept.dump()};
}

}  // namespace

std::string token_mark(std::string_view tracker, const Context& context) {
    const auto found = context.capabilities.trackers.find(tracker);
    return found == context.capabilities.trackers.end() ? std::string() : found->second;
}

bool account_is_known(std::string_view tracker, const Context& context) {
    const auto known = known_of(tracker, context);
    return known.accounts.now != 0 && known.mark == token_mark(tracker, context);
}

review::OwnAccounts own_accounts(std::string_view tracker, const Context& context) {
    return known_of(tracker, context).accounts;
}

storage::Change remember_account(std::string_view tracker, std::int64_t account, const Context& context) {
    auto known = known_of(tracker, context);
    auto& [now, before] = known.accounts;
    if (now != account) {
        std::erase_if(before,
                      [&](const auto& each) { return each.account == account || each.account == now; });
        if (now != 0) before.push_back({now, context.now});
        now = account;
    }
    known.mark = token_mark(tracker, context);
    return save(tracker, known);
}

storage::Change doubt_account(std::string_view tracker, const Context& context) {
    auto known = known_of(tracker, context);
    known.mark.reset();
    return save(tracker, known);
}

}  // namespace countersign::handlers
