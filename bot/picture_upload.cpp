#include "bot/picture_upload.hpp"

#include "handlers/views/bar_chart.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

using nlohmann::json;

slack::ApiAnswer trouble(slack::ApiMeaning meaning, std::string error) {
    slack::ApiAnswer answer;
    answer.meaning = meaning;
    answer.error = std::move(error);
    answer.body = "{}";
    return answer;
}

net::Awaitable<std::string> drawn(handlers::views::BarChart chart) {
    co_return handlers::views::bar_chart_png(chart);
}

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

bool uploads_picture(const storage::Effect& effect) {
    return effect.method == "files.getUploadURLExternal";
}

net::Awaitable<slack::ApiAnswer> upload_picture(slack::WebApi& api, const storage::Effect& effect) {
    auto args = json::parse(effect.args, nullptr, false);
    const auto chart = args.is_object() && args.contains("picture")
                           ? handlers::views::parse_bar_chart(args["picture"].dump())
                           : std::nullopt;
    if (!chart) co_return trouble(slack::ApiMeaning::human, "invalid_arguments");
    std::string bytes;
    {
        // Slack's envelopes must not wait for a drawing.
        net::asio::thread_pool painter(1);
        bytes = co_await net::asio::co_spawn(painter, drawn(*chart), net::asio::use_awaitable);
    }
    args.erase("picture");
    args["length"] = bytes.size();
    auto answer = co_await api.call(effect.method, effect.token, args.dump());
    if (answer.meaning != slack::ApiMeaning::ok) co_return answer;
    const auto told = json::parse(answer.body, nullptr, false);
    if (!told.is_object() || text_of(told, "file_id").empty())
        co_return trouble(slack::ApiMeaning::human, "malformed");
    auto uploaded = co_await api.upload(text_of(told, "upload_url"), std::move(bytes));
    if (uploaded.meaning != slack::ApiMeaning::ok) co_return uploaded;
    co_return answer;
}

}  // namespace countersign::bot
