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

// What a token is of, for whoever has to take it back.
template <class Record>
json whose(const Record& record) {
    return {{"name", record.name}, {"kind", to_text(record.kind)}, {"url", record.url}};
}

Effect revoke(std::string key, const std::string& record, json of, Timestamp now) {
    const json args{{"authorization", record}, {"kind", of.at("kind")}, {"url", of.at("url")}};
    auto made = account_effect(std::move(key), "account.revoke", purposes::account_revoke, args, record);
    made.context = of.dump(-1, ' ', false, json::error_handler_t::replace);
    made.deadline = now + revoke_limit;
    return made;
}

}  // namespace

Effect refresh_account(const storage::Authorization& a) {
    auto made = account_effect(fmt::format("refresh:{}:{}:{}", a.id, a.fingerprint, a.troubles),
                               "account.refresh", purposes::account_refresh,
                               {{"authorization", a.id}, {"fingerprint", a.fingerprint}}, a.id);
    made.context = whose(a).dump();
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
    return revoke("revoke:" + a.id, a.id, whose(a), now);
}

Effect revoke_unwanted(const EffectAnswer& brought, const std::string& record, Timestamp now) {
    return revoke("revoke:" + brought.key, record, brought.context, now);
}

Effect revoke_replaced(const storage::Authorization& a, const std::string& record, Timestamp now) {
    auto of = whose(a);
    of["replaced"] = true;
    return revoke("revoke:" + record, record, std::move(of), now);
}

Effect begin_grant(const storage::OauthApp& app, bool device, const std::string& context,
                   std::string_view cause) {
    auto made = account_effect(fmt::format("grant_begin:{}", cause), "account.begin", purposes::grant_begin,
                               {{"kind", to_text(app.kind)}, {"url", app.url}, {"device", device}}, app.url);
    made.context = context;
    return made;
}

Effect poll_grant(const storage::PendingGrant& grant, std::string_view round) {
    auto made = account_effect(fmt::format("grant_poll:{}:{}", grant.id, round), "account.poll",
                               purposes::grant_poll, {{"grant", grant.id}}, grant.id);
    made.context = whose(grant).dump();
    return made;
}

Effect exchange_grant(const storage::PendingGrant& grant) {
    auto made = account_effect("grant_exchange:" + grant.id, "account.exchange", purposes::grant_exchange,
                               {{"grant", grant.id}}, grant.id);
    made.context = whose(grant).dump();
    return made;
}

Effect adopt_grant(const storage::PendingGrant& grant) {
    return account_effect("grant_adopt:" + grant.id, "account.adopt", purposes::grant_adopt,
                          {{"grant", grant.id}, {"authorization", grant.reconnect}}, grant.id);
}

std::string replaced_record(const storage::PendingGrant& grant) {
    return grant.reconnect + unwanted_suffix + ":" + grant.id;
}

Effect post_by(const storage::Integration& integration, std::string_view key, const views::Message& message) {
    json content{{"channel", integration.target}, {"text", message.text}};
    if (!message.blocks.empty()) content["blocks"] = json::parse(message.blocks);
    auto made = account_effect(fmt::format("channel:{}:{}", integration.id, key), "account.post",
                               purposes::channel_post,
                               {{"authorization", integration.authorization}, {"message", content}},
                               integration.authorization + " " + integration.target);
    made.context = json{{"integration", integration.id},
                        {"authorization", integration.authorization},
                        {"purpose", integration.purpose}}
                       .dump();
    // Before it has a number it is known by its channel: nobody's first message waits for another's.
    made.lane = "channel:" + (integration.id > 0 ? std::to_string(integration.id) : integration.target);
    return made;
}

}  // namespace countersign::handlers
