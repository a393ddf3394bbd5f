#include "tests/fakes/slack_visitor.hpp"

#include "bot/net/http_client.hpp"
#include "bot/net/tls.hpp"
#include "bot/net/websocket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <stdexcept>

namespace countersign::tests {

using Json = nlohmann::json;

namespace {

std::shared_ptr<net::TlsContext> trusting(const std::string& ca_file) {
    auto made = net::TlsContext::make(ca_file);
    if (!made) throw std::runtime_error(made.error().text);
    return *made;
}

}  // namespace

struct SlackVisitor::Impl {
    Impl(const std::string& api_url, const std::string& ca_file) : api(api_url), tls(trusting(ca_file)) {}

    net::asio::io_context io{1};
    std::string api;
    std::shared_ptr<net::TlsContext> tls;
    std::unique_ptr<net::HttpClient> http = net::make_http_client(io.get_executor(), tls, {});
    std::unique_ptr<net::WebsocketConnector> connector =
        net::make_websocket_connector(io.get_executor(), tls, {});
    std::unique_ptr<net::Websocket> socket;
    std::deque<std::string> inbox;
    bool reading = false, ended = false;

    template <class Done>
    void run_until(Done done, std::chrono::milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        io.restart();
        while (!done() && io.run_one_until(end) > 0) {
        }
    }

    template <class T>
    T finish(net::Awaitable<T> task) {
        std::optional<T> result;
        net::asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& error, T value) {
            if (error) std::rethrow_exception(error);
            result.emplace(std::move(value));
        });
        run_until([&] { return result.has_value(); }, std::chrono::seconds(30));
        if (!result) throw std::runtime_error("no end within 30 s");
        return std::move(*result);
    }

    // Always reading, so that pings are answered while a test waits for something else.
    net::Awaitable<void> read() {
        while (true) {
            auto message = co_await socket->read();
            if (!message) break;
            inbox.push_back(message->text);
        }
        ended = true;
    }
};

SlackVisitor::SlackVisitor(const std::string& api_url, const std::string& ca_file)
    : impl_(std::make_unique<Impl>(api_url, ca_file)) {}

SlackVisitor::~SlackVisitor() {
    if (impl_->socket) {
        impl_->socket->abort();
        impl_->run_until([&] { return impl_->ended; }, std::chrono::seconds(2));
    }
}

SlackVisitor::Reply SlackVisitor::post(const std::string& url, const std::string& type,
                                       const std::string& body, const std::string& token) {
    net::HttpRequest request{.url = url, .headers = {}, .body = body};
    if (!type.empty()) request.headers.emplace_back("Content-Type", type);
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    const auto response = impl_->finish(impl_->http->send(std::move(request)));
    if (!response) return {};
    return {.status = response->status,
            .body = Json::parse(response->body, nullptr, false),
            .text = response->body,
            .retry_after = std::string(response->header("retry-after")),
            .scopes = std::string(response->header("x-oauth-scopes"))};
}

SlackVisitor::Reply SlackVisitor::call(const std::string& method, const std::string& token,
                                       const Json& args) {
    return post(impl_->api + method, "application/json; charset=utf-8", args.dump(), token);
}

SlackVisitor::Reply SlackVisitor::call_with_form(const std::string& method, const std::string& token,
                                                 const std::string& form) {
    return post(impl_->api + method, "application/x-www-form-urlencoded", form, token);
}

std::string SlackVisitor::connect() {
    return connect_to(call("apps.connections.open", "xapp-1-A0COUNTER-1-test").body.value("url", ""));
}

std::string SlackVisitor::connect_to(const std::string& url) {
    auto connected = impl_->finish(impl_->connector->connect({.url = url}));
    if (!connected) return connected.error().text;
    impl_->socket = std::move(*connected);
    net::asio::co_spawn(impl_->io, impl_->read(), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
    return "101";
}

Json SlackVisitor::next(std::chrono::milliseconds limit) {
    impl_->run_until([&] { return impl_->ended || !impl_->inbox.empty(); }, limit);
    if (impl_->inbox.empty()) return nullptr;
    last_text = impl_->inbox.front();
    impl_->inbox.pop_front();
    return Json::parse(last_text, nullptr, false);
}

void SlackVisitor::send(const std::string& text) {
    impl_->finish(impl_->socket->write(text));
}

void SlackVisitor::ack(const std::string& envelope_id, const Json& payload) {
    Json body{{"envelope_id", envelope_id}};
    if (!payload.is_null()) body["payload"] = payload;
    send(body.dump());
}

}  // namespace countersign::tests
