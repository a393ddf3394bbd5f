#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace countersign::net {

namespace asio = boost::asio;

template <class T>
using Awaitable = asio::awaitable<T>;

// The one completion token: network errors are values.
inline constexpr auto as_value = asio::as_tuple(asio::use_awaitable);

}  // namespace countersign::net
