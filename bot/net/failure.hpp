#pragma once

#include "config/base/result.hpp"

#include <boost/system/error_code.hpp>

#include <string_view>

namespace countersign::net {

// A network error as a value for the rest of the program: "reading from the WebSocket: connection reset by
// peer".
[[nodiscard]] Failure failure_of(const boost::system::error_code& error, std::string_view doing);

}  // namespace countersign::net
