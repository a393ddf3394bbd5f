#include "bot/performer.hpp"

#include "bot/failpoint.hpp"
#include "bot/message_search.hpp"
#include "bot/picture_upload.hpp"
#include "config/base/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

using nlohmann::json;

constexpr std::string_view metadata_type = "countersign_effect";

// The effect's key travels with the message, so that it can be found again.
std::string with_metadata(const storage::Effect& effect) {
    json args = json::parse(effect.args);
    args["metadata"] = {{"event_type", metadata_type}, {"event_payload", {{"effect", effect.key}}}};
    return args.dump(-1, ' ', false, json::error_handler_t::replace);
}

slack::ApiAnswer answer(slack::ApiMeaning meaning, std::string error, std::string body) {
    slack::ApiAnswer made;
    made.meaning = meaning;
    made.error = std::move(error);
    made.body = std::move(body);
    return made;
}

net::Awaitable<slack::ApiAnswer> send(slack::WebApi& api, const storage::Effect& effect) {
    const bool post = effect.method == "chat.postMessage";
    if (post && effect.maybe_sent) {
        auto found = co_await find_posted_message(api, effect);
        if (!found.has_value()) co_return answer(slack::ApiMeaning::retry, found.error().text, "{}");
        if (found->has_value()) {
            log::info("message_found", {{"effect", effect.key}});
            co_return answer(slack::ApiMeaning::ok, "", std::move(**found));
        }
    }
    co_return co_await api.call(effect.method, effect.token, post ? with_metadata(effect) : effect.args);
}

net::Awaitable<EffectAnswer> carried_out(std::shared_ptr<slack::WebApi> api,
                                         std::shared_ptr<tracker::TrackerApi> trackers,
                                         storage::Effect effect) {
    failpoint("before_send");
    EffectAnswer answered;
    if (effect.token == storage::TokenKind::tracker)
        answered.answer = co_await trackers->perform(effect);
    else if (uploads_picture(effect))
        answered.answer = co_await upload_picture(*api, effect);
    else
        answered.answer = co_await send(*api, effect);
    failpoint("after_send");
    answered.effect = std::move(effect);
    co_return answered;
}

}  // namespace

Performer::Performer(net::asio::any_io_executor executor, Report report)
    : executor_(std::move(executor)), report_(std::move(report)) {}

void Performer::perform(storage::Effect effect) {
    ++in_flight_;
    net::asio::co_spawn(executor_, carried_out(api_, trackers_, std::move(effect)),
                        [this](const std::exception_ptr& bug, EffectAnswer answered) {
                            --in_flight_;
                            // A bug here must not leave an effect claimed for ever: the process ends, systemd
                            // restarts it, and the claim is released as "maybe sent".
                            if (bug) std::rethrow_exception(bug);
                            report_(std::move(answered));
                        });
}

}  // namespace countersign::bot
