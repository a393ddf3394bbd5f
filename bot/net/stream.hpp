#pragma once

#include "bot/net/net.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <utility>

namespace countersign::net {

using Tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<Tcp::socket>;

// A connected byte stream, plain or TLS. One type for both, so that Beast's templates are compiled once and
// not twice (dependencies.md §5); the choice is made where an operation starts. Only net/*.cpp include this.
class Stream {
  public:
    using executor_type = Tcp::socket::executor_type;

    explicit Stream(Tcp::socket plain) : plain_(std::move(plain)) {}
    explicit Stream(std::unique_ptr<TlsStream> secured)
        : plain_(secured->get_executor()), tls_(std::move(secured)) {}

    [[nodiscard]] executor_type get_executor() { return plain_.get_executor(); }
    [[nodiscard]] Tcp::socket& socket() { return tls_ ? tls_->next_layer() : plain_; }
    // Closes TCP now; operations in flight fail.
    void shut() {
        boost::system::error_code ignored;
        socket().close(ignored);
    }
    // However it ends, also by the end of the process: what the peer has not received by then it never will.
    void forget_unsent_when_closed() {
        boost::system::error_code ignored;
        socket().set_option(asio::socket_base::linger(true, 0), ignored);
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                    : plain_.async_read_some(buffers, std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                    : plain_.async_write_some(buffers, std::forward<Token>(token));
    }

  private:
    Tcp::socket plain_;
    std::unique_ptr<TlsStream> tls_;
};

// What Beast calls when a WebSocket has said goodbye or has broken the protocol: TCP is closed without
// waiting for the peer, which may keep its side open for ever (R34).
template <class Handler>
void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler) {
    stream.shut();
    asio::post(stream.get_executor(),
               asio::append(std::forward<Handler>(handler), boost::system::error_code()));
}
inline void beast_close_socket(Stream& stream) {
    stream.shut();
}

}  // namespace countersign::net
