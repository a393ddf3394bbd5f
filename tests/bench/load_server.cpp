#include "tests/bench/load_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>
#include <set>
#include <thread>

namespace countersign::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Steady = std::chrono::steady_clock;

constexpr std::string_view id_prefix = "00000000-0000-4000-8000-";

double ms_between(Steady::time_point from, Steady::time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}

std::optional<std::uint32_t> acknowledged_number(std::string_view text) {
    const auto at = text.find(id_prefix);
    if (at == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(at + id_prefix.size(), 12);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return error == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string envelope_id(std::uint32_t n) {
    return fmt::format("{}{:012x}", id_prefix, n);
}

struct LoadServer::Impl {
    struct Session {
        explicit Session(beast::tcp_stream stream) : socket(std::move(stream)), wake(socket.get_executor()) {}
        beast::websocket::stream<beast::tcp_stream> socket;
        asio::steady_timer wake;
        std::deque<std::string> control;  // frames ahead of the load
        std::set<std::uint32_t> unacknowledged;
        bool draining = false;
        bool open = true;
    };
    using SessionPtr = std::shared_ptr<Session>;

    Impl() : acceptor(io, {asio::ip::make_address("127.0.0.1"), 0}) {
        asio::co_spawn(io, accept(), [](const std::exception_ptr&) {});
        thread = std::thread([this] { io.run(); });
    }
    ~Impl() {
        io.stop();
        thread.join();
    }

    asio::awaitable<void> accept() {
        while (true) {
            tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
            socket.set_option(tcp::no_delay(true));
            asio::co_spawn(io, serve(beast::tcp_stream(std::move(socket))), [](const std::exception_ptr&) {});
        }
    }

    asio::awaitable<void> serve(beast::tcp_stream stream) {
        beast::flat_buffer buffer;
        while (true) {
            http::request<http::string_body> request;
            co_await http::async_read(stream, buffer, request, asio::use_awaitable);
            if (beast::websocket::is_upgrade(request)) {
                co_await serve_socket(std::make_shared<Session>(std::move(stream)), std::move(request));
                co_return;
            }
            const std::string target(request.target());
            const auto slash = target.rfind('/');
            http::response<http::string_body> response(http::status::ok, request.version());
            response.set(http::field::content_type, "application/json; charset=utf-8");
            response.keep_alive(request.keep_alive());
            response.body() = answer(target.substr(slash + 1), request.body());
            response.prepare_payload();
            co_await http::async_write(stream, response, asio::use_awaitable);
            if (!response.keep_alive()) co_return;
        }
    }

    std::string answer(const std::string& method, std::string_view body) {
        const std::lock_guard lock(mutex);
        if (method == "chat.postMessage" && body.find(R"("channel":"C0REVIEW")") != body.npos) {
            ++cards;
            card_at = Steady::now();
            changed.notify_all();
        }
        if (method == "views.publish") {
            ++homes;
            home_at = Steady::now();
            changed.notify_all();
        }
        if (method.starts_with("admin.apps.") && method.ends_with(".list")) return listed(method, body);
        if (method == "auth.teams.list") return R"({"ok":true,"teams":[{"id":"T0","name":"Acme"}]})";
        if (method == "apps.connections.open") {
            return fmt::format(R"({{"ok":true,"url":"ws://127.0.0.1:{}/link/?ticket={}&app_id=1"}})", port(),
                               ++tickets);
        }
        if (method == "auth.test") {
            return R"({"ok":true,"user_id":"U0BOT","bot_id":"B0BOT","team_id":"T0","enterprise_id":"E0"})";
        }
        if (method == "usergroups.users.list") return R"({"ok":true,"users":["U0SEC2"]})";
        return fmt::format(
            R"({{"ok":true,"channel":"C0","ts":"1700000000.{:06}","message":{{}},"app_requests":[],)"
            R"("approved_apps":[],"restricted_apps":[],"teams":[],"messages":[]}})",
            ++stamps % 1'000'000);
    }

    // A page of 200 by a cursor that is a number; certified apps there are none.
    std::string listed(const std::string& method, std::string_view body) {
        ++pages;
        const bool pending = method == "admin.apps.requests.list";
        const bool approved = method == "admin.apps.approved.list";
        const std::string_view key = pending    ? "app_requests"
                                     : approved ? "approved_apps"
                                                : "restricted_apps";
        int count = pending ? known_pending : approved ? known_approved : 0;
        if (body.find("certified=true") != body.npos || body.find("team_id=T0") == body.npos) count = 0;
        int from = 0;
        if (const auto cursor = body.find("cursor="); cursor != body.npos)
            from = std::atoi(std::string(body.substr(cursor + 7)).c_str());
        const int to = std::min(from + 200, count);
        std::string entries;
        for (int n = from; n < to; ++n)
            entries += (n == from ? "" : ",") + (pending ? pending_entry(n) : approved_entry(n));
        return fmt::format(R"({{"ok":true,"{}":[{}],"response_metadata":{{"next_cursor":"{}"}}}})", key,
                           entries, to < count ? std::to_string(to) : "");
    }
    static std::string approved_entry(int n) {
        return fmt::format(
            R"({{"app":{{"id":"AOK{:05}","name":"Approved {}","description":"Draws things"}},)"
            R"("scopes":[{{"name":"chat:write","description":"Send messages","is_sensitive":false,"token_type":"bot"}}],)"
            R"("date_updated":1795305600,"last_resolved_by":{{"actor_id":"U0ADMIN","actor_type":"user"}}}})",
            n, n);
    }
    static std::string pending_entry(int n) {
        return fmt::format(
            R"({{"id":"ArWAIT{0:05}","app":{{"id":"AWAIT{0:05}","name":"Waiting {0}","description":"Draws"}},)"
            R"("previous_resolution":null,"user":{{"id":"U{0:08}","name":"person"}},"team":{{"id":"T0","name":"Acme"}},)"
            R"("scopes":[{{"name":"chat:write","description":"Send messages","is_sensitive":false,"token_type":"bot"}}],)"
            R"("message":"https:\/\/gitlab.com\/acme\/procurement\/-\/issues\/{1}","date_created":1795305600}})",
            n, n + 1);
    }

    asio::awaitable<void> serve_socket(SessionPtr session, http::request<http::string_body> request) {
        session->socket.auto_fragment(false);
        co_await session->socket.async_accept(request, asio::use_awaitable);
        session->control.emplace_back(
            R"({"type":"hello","num_connections":1,"connection_info":{"app_id":"A0"},)"
            R"("debug_info":{"host":"bench","approximate_connection_time":18060}})");
        sessions.push_back(session);
        asio::co_spawn(io, write(session), [session](const std::exception_ptr&) { session->open = false; });
        beast::flat_buffer buffer;
        boost::system::error_code error;
        while (true) {
            co_await session->socket.async_read(buffer, asio::redirect_error(asio::use_awaitable, error));
            if (error) break;
            const auto data = buffer.cdata();
            acknowledge(*session, {static_cast<const char*>(data.data()), data.size()});
            buffer.consume(buffer.size());
        }
        session->open = false;
        session->wake.cancel();
        std::erase(sessions, session);
        // What this connection did not acknowledge comes again on another (R46).
        for (const auto number : session->unacknowledged) {
            if (acked[number] == 0) again.push_back(number);
        }
        wake_all();
    }

    asio::awaitable<void> write(SessionPtr session) {
        boost::system::error_code error;
        while (session->open) {
            std::string text;
            if (!session->control.empty()) {
                text = std::move(session->control.front());
                session->control.pop_front();
                const std::lock_guard lock(mutex);
                if (text.find("\"hello\"") != std::string::npos) {
                    ++hellos;
                    hello_at = Steady::now();
                    changed.notify_all();
                }
            } else if (!session->draining && !again.empty()) {
                text = load.make(load.first + again.front());
                session->unacknowledged.insert(again.front());
                again.pop_front();
            } else if (!session->draining && may_send()) {
                const std::uint32_t number = next++;
                text = load.make(load.first + number);
                sent_at[number] = Steady::now();
                session->unacknowledged.insert(number);
                ++outstanding;
            } else {
                session->wake.expires_after(pause());
                co_await session->wake.async_wait(asio::redirect_error(asio::use_awaitable, error));
                continue;
            }
            co_await session->socket.async_write(asio::buffer(text), asio::use_awaitable);
        }
    }

    bool may_send() const {
        if (!running || next >= load.envelopes || outstanding >= load.window) return false;
        if (load.per_second <= 0) return true;
        return ms_between(started, Steady::now()) * load.per_second / 1000 >= next;
    }
    std::chrono::microseconds pause() const {
        return std::chrono::microseconds(running && load.per_second > 0 ? 200 : 50'000);
    }
    void wake_all() {
        for (const auto& session : sessions)
            session->wake.cancel();
    }

    void acknowledge(Session& session, std::string_view text) {
        auto number = acknowledged_number(text);
        if (!number || *number < load.first || *number - load.first >= acked.size()) return;
        *number -= load.first;
        session.unacknowledged.erase(*number);
        const auto now = Steady::now();
        if (std::exchange(acked[*number], 1) != 0) {
            ++result.repeated_acks;
            return;
        }
        result.latencies_ms.push_back(ms_between(sent_at[*number], now));
        result.longest_gap_ms =
            std::max(result.longest_gap_ms, ms_between(std::max(last_ack, sent_at[*number]), now));
        last_ack = now;
        --outstanding;
        if (++result.acknowledged == load.envelopes) {
            result.seconds = ms_between(started, now) / 1000;
            const std::lock_guard lock(mutex);
            running = false;
            changed.notify_all();
            return;
        }
        wake_all();
    }

    asio::awaitable<void> refresh() {
        asio::steady_timer timer(io);
        boost::system::error_code error;
        while (running) {
            timer.expires_after(load.refresh_every);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
            if (sessions.empty()) continue;
            const auto oldest = sessions.front();
            if (oldest->draining) continue;
            oldest->control.emplace_back(
                R"({"type":"disconnect","reason":"refresh_requested","debug_info":{"host":"bench"}})");
            oldest->wake.cancel();
            timer.expires_after(std::chrono::milliseconds(500));
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
            oldest->draining = true;
        }
    }

    asio::awaitable<void> cut() {
        asio::steady_timer timer(io, load.cut_after);
        co_await timer.async_wait(asio::use_awaitable);
        for (const auto& session : sessions)
            beast::get_lowest_layer(session->socket).socket().close();
    }

    std::uint16_t port() const { return acceptor.local_endpoint().port(); }

    asio::io_context io{1};
    tcp::acceptor acceptor;
    std::thread thread;
    std::vector<SessionPtr> sessions;

    // The load; touched on the I/O thread while `running`.
    Load load;
    LoadResult result;
    std::uint32_t next = 0;
    std::uint32_t outstanding = 0;
    std::deque<std::uint32_t> again;  // sent on a connection that is no more, and not acknowledged
    std::vector<Steady::time_point> sent_at;
    std::vector<char> acked;  // bool
    Steady::time_point started, last_ack;

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::atomic<bool> running = false;
    int hellos = 0;
    Steady::time_point hello_at;
    std::uint64_t cards = 0, homes = 0, pages = 0;
    Steady::time_point card_at, home_at;
    int known_approved = 0, known_pending = 0;
    std::uint64_t tickets = 0, stamps = 0;
};

LoadServer::LoadServer() : impl_(std::make_unique<Impl>()) {}
LoadServer::~LoadServer() = default;

std::string LoadServer::api_url() const {
    return fmt::format("http://127.0.0.1:{}/api/", impl_->port());
}
std::string LoadServer::link_url() const {
    return fmt::format("ws://127.0.0.1:{}/link/", impl_->port());
}

bool LoadServer::wait_for_client(std::chrono::seconds limit) {
    std::unique_lock lock(impl_->mutex);
    const bool came = impl_->changed.wait_for(lock, limit, [&] { return impl_->hellos > 0; });
    impl_->hellos = 0;
    return came;
}

std::chrono::steady_clock::time_point LoadServer::last_hello() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->hello_at;
}

LoadResult LoadServer::run(const Load& load, std::chrono::seconds limit) {
    {
        // Nothing runs now; what is waited for below must not be the end of the run before.
        const std::lock_guard lock(impl_->mutex);
        impl_->result = {};
    }
    asio::post(impl_->io, [this, load] {
        impl_->load = load;
        impl_->result = {};
        impl_->result.latencies_ms.reserve(load.envelopes);
        impl_->next = impl_->outstanding = 0;
        impl_->again.clear();
        for (const auto& session : impl_->sessions)
            session->unacknowledged.clear();
        impl_->sent_at.assign(load.envelopes, {});
        impl_->acked.assign(load.envelopes, 0);
        impl_->started = impl_->last_ack = Steady::now();
        impl_->running = true;
        if (load.refresh_every.count() > 0) {
            asio::co_spawn(impl_->io, impl_->refresh(), [](const std::exception_ptr&) {});
        }
        if (load.cut_after.count() > 0)
            asio::co_spawn(impl_->io, impl_->cut(), [](const std::exception_ptr&) {});
        impl_->wake_all();
    });
    {
        std::unique_lock lock(impl_->mutex);
        impl_->changed.wait_for(lock, limit, [&] { return impl_->result.acknowledged == load.envelopes; });
    }
    // Read on the thread that owns it.
    std::promise<LoadResult> copied;
    asio::post(impl_->io, [&] {
        impl_->running = false;
        copied.set_value(impl_->result);
    });
    return copied.get_future().get();
}

bool LoadServer::wait_for_cards(std::uint64_t count, std::chrono::seconds limit) {
    std::unique_lock lock(impl_->mutex);
    return impl_->changed.wait_for(lock, limit, [&] { return impl_->cards >= count; });
}

bool LoadServer::wait_for_homes(std::uint64_t count, std::chrono::seconds limit) {
    std::unique_lock lock(impl_->mutex);
    return impl_->changed.wait_for(lock, limit, [&] { return impl_->homes >= count; });
}

std::uint64_t LoadServer::homes() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->homes;
}

std::chrono::steady_clock::time_point LoadServer::last_home() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->home_at;
}

void LoadServer::know(int approved, int pending) {
    const std::lock_guard lock(impl_->mutex);
    impl_->known_approved = approved;
    impl_->known_pending = pending;
}

std::uint64_t LoadServer::list_pages() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->pages;
}

std::uint64_t LoadServer::cards() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->cards;
}

std::chrono::steady_clock::time_point LoadServer::last_card() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->card_at;
}

}  // namespace countersign::bench
