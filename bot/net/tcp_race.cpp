#include "bot/net/tcp_race.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace countersign::net {
namespace {

using Tcp = asio::ip::tcp;
constexpr std::chrono::milliseconds head_start{250};  // RFC 8305

struct Race {
    Race(const asio::any_io_executor& executor, Endpoints to_try)
        : endpoints(std::move(to_try)), changed(executor) {
        for (std::size_t i = 0; i < endpoints.size(); ++i)
            sockets.emplace_back(executor);
    }
    void stop() {
        changed.cancel();
        boost::system::error_code ignored;
        for (auto& socket : sockets)
            socket.close(ignored);
    }

    Endpoints endpoints;
    std::vector<Tcp::socket> sockets;  // one for each endpoint
    asio::steady_timer changed;
    std::size_t running = 0;
    std::optional<std::size_t> winner;
    boost::system::error_code last_error;
};

// Ends the attempts that are still running when the race is over, however it ended.
struct Finish {
    std::shared_ptr<Race> race;
    ~Finish() { race->stop(); }
};

Awaitable<void> attempt(std::shared_ptr<Race> race, std::size_t lane) {
    Tcp::socket& socket = race->sockets[lane];
    boost::system::error_code error;
    socket.open(race->endpoints[lane].protocol(), error);  // EMFILE shows here (R66)
    if (!error) {
        const auto [connected] = co_await socket.async_connect(race->endpoints[lane], as_value);
        error = connected;
    }
    if (!error) socket.set_option(Tcp::no_delay(true), error);
    --race->running;
    if (error) {
        race->last_error = error;
    } else if (!race->winner) {
        race->winner = lane;
    }
    race->changed.cancel();
}

}  // namespace

Awaitable<Result<Tcp::socket>> connect_first(asio::any_io_executor executor, Endpoints endpoints,
                                             Deadline& deadline) {
    const auto race = std::make_shared<Race>(executor, std::move(endpoints));
    const Finish finish(race);
    const Deadline::Guard guard(deadline, [race] { race->stop(); });
    std::size_t next = 0;
    bool waited_long = true;
    while (!deadline.expired()) {
        if (race->winner) co_return std::move(race->sockets[*race->winner]);
        const bool more = next < race->endpoints.size();
        if (!more && race->running == 0) {
            co_return fail(Errc::unreachable, "no TCP connection: " + race->last_error.message());
        }
        if (more && (waited_long || race->running == 0)) {
            ++race->running;
            asio::co_spawn(executor, attempt(race, next++), [](const std::exception_ptr& bug) {
                if (bug) std::rethrow_exception(bug);
            });
            waited_long = false;
            continue;
        }
        race->changed.expires_after(more ? head_start : std::chrono::hours(1));
        const auto [interrupted] = co_await race->changed.async_wait(as_value);
        waited_long = !interrupted;
    }
    co_return fail(Errc::timeout, "no TCP connection within " + to_text(deadline.limit()));
}

}  // namespace countersign::net
