#pragma once

#include "bot/net/deadline.hpp"
#include "config/base/result.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace countersign::net {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

// Blocking; called on a thread of its own.
using Lookup = std::function<Result<Endpoints>(const std::string& host, std::uint16_t port)>;
// getaddrinfo: /etc/hosts, DNS and whatever else the system is told to ask.
[[nodiscard]] Result<Endpoints> system_lookup(const std::string& host, std::uint16_t port);

// The host's addresses in the order to try them: as the system ranks them, families taking turns (R63).
// Addresses need no lookup. getaddrinfo cannot be cancelled: at the deadline its thread is left to itself and
// its late answer is dropped, so that a dead name server delays neither a retry nor the end of the program
// (R2, R74).
[[nodiscard]] Awaitable<Result<Endpoints>> resolve(asio::any_io_executor executor, Lookup lookup,
                                                   std::string host, std::uint16_t port, Deadline& deadline);

}  // namespace countersign::net
