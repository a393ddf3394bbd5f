#include "bot/performer.hpp"

#include "bot/failpoint.hpp"
#include "bot/message_search.hpp"
#include "bot/picture_upload.hpp"
#include "config/base/log.hpp"
#include "storage/storage_error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

net::Awaitable<slack::ApiAnswer> answer_to(std::shared_ptr<slack::WebApi> api,
                                           std::shared_ptr<tracker::TrackerApi> trackers,
                                           std::shared_ptr<AccountApi> accounts,
                                           const storage::Effect& effect) {
    if (AccountApi::performs(effect.method)) co_return co_await accounts->perform(effect);
    if (effect.token == storage::TokenKind::tracker) co_return co_await trackers->perform(effect);
    if (uploads_picture(effect)) co_return co_await upload_picture(*api, effect);
    co_return co_await deliver_message(*api, effect);
}

net::Awaitable<EffectAnswer> carried_out(std::shared_ptr<slack::WebApi> api,
                                         std::shared_ptr<tracker::TrackerApi> trackers,
                                         std::shared_ptr<AccountApi> accounts, storage::Effect effect) {
    failpoint("before_send");
    EffectAnswer answered;
    try {
        answered.answer =
            co_await answer_to(std::move(api), std::move(trackers), std::move(accounts), effect);
    } catch (const nlohmann::json::exception& error) {
        // Arguments that are not as they were written: with the same row it would end like this for ever.
        answered.answer = not_to_be_read(error.what());
    } catch (const std::exception& error) {
        if (!storage::storage_trouble(error)) throw;
        // A stored authorization that cannot be read is the end of this effect alone; what troubles the whole
        // database may pass.
        answered.answer =
            storage::concerns_all(error) ? not_sent_for_storage(error.what()) : not_to_be_read(error.what());
        log::error("effect_unreadable", {{"effect", effect.key}, {"error", answered.answer.detail}});
    }
    failpoint("after_send");
    answered.effect = std::move(effect);
    co_return answered;
}

}  // namespace

Performer::Performer(net::asio::any_io_executor executor, Report report)
    : executor_(std::move(executor)), report_(std::move(report)) {}

void Performer::perform(storage::Effect effect) {
    ++in_flight_;
    net::asio::co_spawn(executor_, carried_out(api_, trackers_, accounts_, std::move(effect)),
                        [this](const std::exception_ptr& bug, EffectAnswer answered) {
                            --in_flight_;
                            // A bug here must not leave an effect claimed for ever: the process ends, systemd
                            // restarts it, and the claim is released as "maybe sent".
                            if (bug) std::rethrow_exception(bug);
                            report_(std::move(answered));
                        });
}

}  // namespace countersign::bot
