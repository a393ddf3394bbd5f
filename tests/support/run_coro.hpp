#pragma once

#include "bot/net/net.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <optional>

namespace countersign::tests {

// Runs the loop until this coroutine has ended and gives its result. A test that would hang fails instead.
template <class T>
T run(net::asio::io_context& io, net::Awaitable<T> task,
      std::chrono::seconds limit = std::chrono::seconds(20)) {
    std::optional<T> result;
    std::exception_ptr bug;
    bool ended = false;
    net::asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown, T value) {
        bug = thrown;
        ended = true;
        if (!thrown) result.emplace(std::move(value));
    });
    const auto end = std::chrono::steady_clock::now() + limit;
    io.restart();
    while (!ended && io.run_one_until(end) > 0)
        continue;
    if (bug) std::rethrow_exception(bug);
    REQUIRE_MESSAGE(result.has_value(), "the coroutine did not end in time");
    return std::move(*result);
}

inline void run(net::asio::io_context& io, net::Awaitable<void> task,
                std::chrono::seconds limit = std::chrono::seconds(20)) {
    std::exception_ptr bug;
    bool ended = false;
    net::asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown) {
        bug = thrown;
        ended = true;
    });
    const auto end = std::chrono::steady_clock::now() + limit;
    io.restart();
    while (!ended && io.run_one_until(end) > 0)
        continue;
    if (bug) std::rethrow_exception(bug);
    REQUIRE_MESSAGE(ended, "the coroutine did not end in time");
}

}  // namespace countersign::tests
