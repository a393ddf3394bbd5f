#pragma once

#include "bot/net/resolver.hpp"

namespace countersign::net {

// The first of these addresses that answers. The next one is tried when one fails, and also when one has been
// silent for 250 ms, so that a black hole (R63) costs a quarter of a second and not the whole limit.
[[nodiscard]] Awaitable<Result<asio::ip::tcp::socket>> connect_first(asio::any_io_executor executor,
                                                                     Endpoints endpoints, Deadline& deadline);

}  // namespace countersign::net
