#include "handlers/accounts.hpp"

#include "handlers/review/payload_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using storage::Effect;

constexpr auto revoke_limit = std::chrono::minutes(10);

// `bucket` is what shares a rate limit: an authorization.
Effect account_effect(std::string key, std::string_view method, std::string_view purpose, json args,
                      const std::string& bucket) {
    Effect made;
    args["tracker"] = "account " + bucket;
    made.key = std::move(key);
    made.method = method;
    made.token = storage::TokenKind::tracker;
    made.purpose = purpose;
    made.args = args.dump(-1, ' ', false, json::error_handler_t::replace);
    return made;
}

}  // namespace

Effect refresh_account(const storage::Authorization& a) {
    auto made = account_effect(fmt::format("refresh:{}:{}:{}", a.id, a.fingerprint, a.troubles),
                               "account.refresh", purposes::account_refresh,
                               {{"authorization", a.id}, {"fingerprint", a.fingerprint}}, a.id);
    made.context = json{{"name", a.name}, {"kind", to_text(a.kind)}, {"url", a.url}}.dump();
    return made;
}

Effect check_account(const storage::Authorization& a, const std::vector<Probe>& probes, bool certain,
                     std::string_view round, const UserId& tester) {
    auto listed = json::array();
    for (const auto& probe : probes)
        listed.push_back({{"integration", probe.integration}, {"project", probe.project}});
    auto made = account_effect(fmt::format("check:{}:{}:{}", a.id, a.fingerprint, round), "account.check",
                               purposes::account_check,
                               {{"authorization", a.id},
                                {"fingerprint", a.fingerprint},
                                {"certain", certain},
                                {"probes", std::move(listed)}},
                               a.id);
    made.context = json{{"tester", tester.value}}.dump();
    made.interactive = !tester.empty();
    return made;
}

Effect revoke_account(const storage::Authorization& a, Timestamp now) {
    auto made = account_effect("revoke:" + a.id, "account.revoke", purposes::account_revoke,
                               {{"authorization", a.id}, {"kind", to_text(a.kind)}, {"url", a.url}}, a.id);
    made.context = json{{"name", a.name}, {"url", a.url}}.dump();
    made.deadline = now + revoke_limit;
    return made;
}

Effect revoke_unwanted(const EffectAnswer& renewal, Timestamp now) {
    const auto id = review::text_field(renewal.args, "authorization") + unwanted_suffix;
    const auto url = review::text_field(renewal.context, "url");
    auto made = account_effect(
        "revoke:" + renewal.key, "account.revoke", purposes::account_revoke,
        {{"authorization", id}, {"kind", review::text_field(renewal.context, "kind")}, {"url", url}}, id);
    made.context = json{{"name", review::text_field(renewal.context, "name")}, {"url", url}}.dump();
    made.deadline = now + revoke_limit;
    return made;
}

Effect begin_grant(const storage::OauthApp& app, bool device, const std::string& context,
                   std::string_view cause) {
    auto made = account_effect(fmt::format("grant_begin:{}", cause), "account.begin", purposes::grant_begin,
                               {{"kind", to_text(app.kind)}, {"url", app.url}, {"device", device}}, app.url);
    made.context = context;
    return made;
}

Effect poll_grant(const storage::PendingGrant& grant, std::string_view round) {
    return account_effect(fmt::format("grant_poll:{}:{}", grant.id, round), "account.poll",
                          purposes::grant_poll, {{"grant", grant.id}}, grant.id);
}

Effect exchange_grant(const storage::PendingGrant& grant) {
    return account_effect("grant_exchange:" + grant.id, "account.exchange", purposes::grant_exchange,
                          {{"grant", grant.id}}, grant.id);
}

Effect adopt_grant(const storage::PendingGrant& grant) {
    return account_effect("grant_adopt:" + grant.id, "account.adopt", purposes::grant_adopt,
                          {{"grant", grant.id}, {"authorization", grant.reconnect}}, grant.id);
}

Effect post_by(const storage::Integration& integration, std::string_view key, const views::Message& message) {
    json content{{"channel", integration.target}, {"text", message.text}};
    if (!message.blocks.empty()) content["blocks"] = json::parse(message.blocks);
    auto made = account_effect(fmt::format("channel:{}:{}", integration.id, key), "account.post",
                               purposes::channel_post,
                               {{"authorization", integration.authorization}, {"message", content}},
                               integration.authorization + " " + integration.target);
    made.context = json{{"integration", integration.id}, {"authorization", integration.authorization}}.dump();
    made.lane = fmt::format("channel:{}", integration.id);
    return made;
}

}  // namespace countersign::handlers
