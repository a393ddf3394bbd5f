#include "tests/simulation/slack_history.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <ranges>

namespace countersign::simulation {
namespace {

constexpr std::size_t page = 40;

// JSON, or "channel=C1&ts=1.2" of values that need no escapes.
Json read_args(const net::HttpRequest& request) {
    if (request.body.starts_with('{')) return Json::parse(request.body);
    Json args = Json::object();
    for (const auto part : std::views::split(request.body, '&')) {
        const std::string pair(part.begin(), part.end());
        args[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    return args;
}

Json shown(const Message& message) {
    return {{"ts", message.ts}, {"metadata", {{"event_payload", {{"effect", message.effect}}}}}};
}

}  // namespace

Json SlackHistory::answer(const std::string& method, const Json& args) const {
    // A direct conversation has the person's name here.
    if (method == "conversations.open") return {{"ok", true}, {"channel", {{"id", args.at("users")}}}};
    const auto channel = args.value("channel", ""), thread = args.value("ts", "");
    std::vector<const Message*> all;
    for (const Message& message : slack_->messages()) {
        if (message.channel == channel && message.thread_ts == thread) all.push_back(&message);
    }
    if (thread.empty()) std::ranges::reverse(all);
    const std::size_t from = std::stoul(args.value("cursor", "0"));
    Json messages = Json::array();
    for (std::size_t at = from; at < std::min(from + page, all.size()); ++at)
        messages.push_back(shown(*all[at]));
    const bool more = from + page < all.size();
    return {{"ok", true},
            {"messages", messages},
            {"response_metadata", {{"next_cursor", more ? std::to_string(from + page) : ""}}}};
}

net::Awaitable<Result<net::HttpResponse>> SlackHistory::send(net::HttpRequest request) {
    net::HttpResponse response;
    response.status = 200;
    response.headers["content-type"] = "application/json";
    response.headers["date"] =
        fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", std::chrono::floor<std::chrono::seconds>(slack_->now()));
    response.body = answer(request.url.substr(request.url.rfind('/') + 1), read_args(request)).dump();
    co_return response;
}

}  // namespace countersign::simulation
