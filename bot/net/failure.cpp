#include "bot/net/failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace countersign::net {
namespace {

Errc code_of(const boost::system::error_code& error) {
    if (error == boost::asio::error::operation_aborted) return Errc::cancelled;
    if (error == boost::asio::error::timed_out) return Errc::timeout;
    if (error.category() == boost::asio::error::get_ssl_category()) return Errc::tls;
    return Errc::unreachable;  // also a TLS stream cut short: an abnormal loss like any other (R62)
}

}  // namespace

Failure failure_of(const boost::system::error_code& error, std::string_view doing) {
    return Failure(code_of(error), error.message()).during(doing);
}

}  // namespace countersign::net
