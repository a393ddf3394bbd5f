#include "tests/fakes/raw_client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace countersign::fakes {

RawClient::RawClient(std::uint16_t port, Connect when)
    : port_(port), descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (when == Connect::now) connect();
}

RawClient::~RawClient() {
    ::close(descriptor_);
}

void RawClient::connect() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("a test client cannot connect");
    }
}

void RawClient::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool RawClient::read_some() {
    char chunk[16 * 1024];
    const auto received = ::recv(descriptor_, chunk, sizeof chunk, 0);
    timed_out_ = received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (received <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(received));
    return true;
}

std::string RawClient::read_until(std::string_view end) {
    std::size_t found = 0;
    while ((found = buffer_.find(end)) == std::string::npos) {
        if (!read_some()) return std::exchange(buffer_, {});
    }
    return read_exactly(found + end.size());
}

std::string RawClient::read_exactly(std::size_t size) {
    while (buffer_.size() < size && read_some())
        continue;
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
}

bool RawClient::ended() {
    while (read_some())
        continue;
    return !timed_out_;
}

}  // namespace countersign::fakes
