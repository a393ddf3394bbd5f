#include "tests/fakes/raw_peer.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace countersign::fakes {
namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address address_of(const char* text, std::uint16_t port) {
    Address address;
    if (std::strchr(text, ':')) {
        auto& v6 = *reinterpret_cast<sockaddr_in6*>(&address.storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        inet_pton(AF_INET6, text, &v6.sin6_addr);
        address.size = sizeof v6;
    } else {
        auto& v4 = *reinterpret_cast<sockaddr_in*>(&address.storage);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        inet_pton(AF_INET, text, &v4.sin_addr);
        address.size = sizeof v4;
    }
    return address;
}

int listen_on(const char* text, int backlog) {
    Address address = address_of(text, 0);
    const int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || ::bind(descriptor, address.get(), address.size) != 0 ||
        ::listen(descriptor, backlog) != 0) {
        throw std::runtime_error("a test server cannot listen on " + std::string(text));
    }
    return descriptor;
}

std::uint16_t port_of(int descriptor) {
    Address address;
    address.size = sizeof address.storage;
    ::getsockname(descriptor, address.get(), &address.size);
    return ntohs(
        reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);  // the same place in both families
}

std::string accept_key(const std::string& request) {
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t start = request.find(name) + name.size();
    const std::string key =
        request.substr(start, request.find("\r\n", start) - start) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    unsigned char encoded[32];
    const int length = EVP_EncodeBlock(encoded, digest, sizeof digest);
    return {reinterpret_cast<char*>(encoded), static_cast<std::size_t>(length)};
}

SSL_CTX* server_context(const TlsFiles& files) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    const bool ready = SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) == 1 &&
                       SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
    if (!ready) throw std::runtime_error("a test server cannot use its certificate");
    return context;
}

SSL_CTX* weak_context(const TlsFiles& files, WeakTls how) {
    SSL_CTX* context = server_context(files);
    weaken(context, how);
    return context;
}

}  // namespace

int RawPeer::Frame::close_code() const {
    if (payload.size() < 2) return 1005;
    return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

std::size_t RawPeer::Connection::read_some() {
    char chunk[16 * 1024];
    const auto received = tls_ ? SSL_read(static_cast<SSL*>(tls_), chunk, sizeof chunk)
                               : static_cast<int>(::recv(descriptor_, chunk, sizeof chunk, 0));
    if (received <= 0) throw Gone();
    buffer_.append(chunk, static_cast<std::size_t>(received));
    return static_cast<std::size_t>(received);
}

void RawPeer::Connection::fill(std::size_t size) {
    while (buffer_.size() < size)
        read_some();
}

std::string RawPeer::Connection::read_exactly(std::size_t size) {
    fill(size);
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
}

std::string RawPeer::Connection::read_until(std::string_view end) {
    std::size_t found = 0;
    while ((found = buffer_.find(end)) == std::string::npos)
        read_some();
    return read_exactly(found + end.size());
}

std::string RawPeer::Connection::read_http_request() {
    std::string request = read_until("\r\n\r\n");
    const std::string name = "Content-Length: ";
    const std::size_t start = request.find(name);
    if (start != std::string::npos) request += read_exactly(std::stoul(request.substr(start + name.size())));
    return request;
}

void RawPeer::Connection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent =
            tls_ ? SSL_write(static_cast<SSL*>(tls_), bytes.data(), static_cast<int>(bytes.size()))
                 : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
        if (sent <= 0) throw Gone();
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void RawPeer::Connection::drip(std::string_view bytes, std::chrono::milliseconds pause) {
    for (const char byte : bytes) {
        write({&byte, 1});
        std::unique_lock lock(peer_->mutex_);
        if (peer_->changed_.wait_for(lock, pause, [this] { return peer_->stopping_; })) throw Gone();
    }
}

void RawPeer::Connection::answer(int status, std::string_view body, std::string_view more_headers) {
    std::string text =
        "HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Length: " + std::to_string(body.size());
    text.append("\r\n").append(more_headers).append("\r\n").append(body);
    write(text);
}

void RawPeer::Connection::stall() {
    std::unique_lock lock(peer_->mutex_);
    peer_->changed_.wait(lock, [this] { return peer_->stopping_; });
    throw Gone();
}

RawPeer::Connection::End RawPeer::Connection::wait_for_end() {
    char chunk[16 * 1024];
    while (true) {
        const auto received = ::recv(descriptor_, chunk, sizeof chunk, 0);
        if (received == 0) return End::closed;
        if (received < 0) return End::reset;
    }
}

void RawPeer::Connection::close() {
    if (tls_) SSL_shutdown(static_cast<SSL*>(tls_));
    truncate();
}

void RawPeer::Connection::truncate() {
    ::shutdown(descriptor_, SHUT_RDWR);
}

void RawPeer::Connection::reset() {
    // Disconnecting a TCP socket sends RST and keeps the descriptor, which others may be waiting on.
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    ::connect(descriptor_, &nobody, sizeof nobody);
}

std::string RawPeer::Connection::accept_websocket() {
    std::string request = read_until("\r\n\r\n");
    write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Accept: " +
        accept_key(request) + "\r\n\r\n");
    return request;
}

void RawPeer::Connection::send_frame(int opcode, std::string_view payload, bool fin) {
    std::string frame(1, static_cast<char>((fin ? 0x80 : 0) | opcode));
    const std::size_t size = payload.size();
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    frame += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    for (int i = length_bytes - 1; i >= 0; --i)
        frame += static_cast<char>(size >> (8 * i) & 0xff);
    frame.append(payload);
    write(frame);
}

RawPeer::Frame RawPeer::Connection::read_frame() {
    const std::string start = read_exactly(2);
    const auto first = static_cast<unsigned char>(start[0]);
    const auto second = static_cast<unsigned char>(start[1]);
    Frame frame;
    frame.fin = (first & 0x80) != 0;
    frame.reserved = first >> 4 & 7;
    frame.opcode = first & 15;
    frame.masked = (second & 0x80) != 0;
    std::size_t size = second & 127;
    if (size >= 126) {
        const std::string length = read_exactly(size == 126 ? 2 : 8);
        size = 0;
        for (const char byte : length)
            size = size << 8 | static_cast<unsigned char>(byte);
    }
    const std::string mask = frame.masked ? read_exactly(4) : std::string(4, '\0');
    frame.payload = read_exactly(size);
    for (std::size_t i = 0; i < size; ++i)
        frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
    return frame;
}

std::string RawPeer::Connection::close_payload(int code) {
    return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

void RawPeer::Connection::note(std::string text) {
    const std::lock_guard lock(peer_->mutex_);
    peer_->notes_.push_back(std::move(text));
    peer_->changed_.notify_all();
}

RawPeer::RawPeer(Script script, std::optional<TlsFiles> tls, const char* address)
    : RawPeer(std::move(script), tls ? server_context(*tls) : nullptr, address) {}

RawPeer::RawPeer(Script script, const TlsFiles& tls, WeakTls how)
    : RawPeer(std::move(script), weak_context(tls, how), "127.0.0.1") {}

RawPeer::RawPeer(Script script, SSL_CTX* tls_context, const char* address)
    : script_(std::move(script)),
      tls_context_(tls_context),
      listener_(listen_on(address, 64)),
      port_(port_of(listener_)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    acceptor_ = std::thread([this] { accept_all(); });
}

RawPeer::~RawPeer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const Connection& connection : open_)
            ::shutdown(connection.descriptor_, SHUT_RDWR);
        changed_.notify_all();
    }
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_)
        thread.join();
    ::close(listener_);
    SSL_CTX_free(tls_context_);
}

void RawPeer::accept_all() {
    while (true) {
        const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        const std::lock_guard lock(mutex_);
        if (descriptor < 0 || stopping_) {
            if (descriptor >= 0) ::close(descriptor);
            if (stopping_) return;
            continue;
        }
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        open_.push_back(Connection(*this, descriptor, ++count_));
        threads_.emplace_back([this, connection = std::prev(open_.end())] {
            serve(*connection);
            const std::lock_guard again(mutex_);
            ::close(connection->descriptor_);
            open_.erase(connection);
        });
    }
}

void RawPeer::serve(Connection& connection) {
    try {
        if (tls_context_) {
            SSL* tls = SSL_new(tls_context_);
            connection.tls_ = tls;
            SSL_set_fd(tls, connection.descriptor_);
            if (SSL_accept(tls) != 1) throw Gone();
        }
        script_(connection);
    } catch (const Gone&) {
        // The script's other side went first; what it noted until then is what the test looks at.
    }
    SSL_free(static_cast<SSL*>(connection.tls_));
    ERR_clear_error();
}

std::string RawPeer::url(std::string_view scheme, std::string_view path) const {
    return std::string(scheme) + "://localhost:" + std::to_string(port_) + std::string(path);
}

std::vector<std::string> RawPeer::notes() const {
    const std::lock_guard lock(mutex_);
    return notes_;
}

bool RawPeer::wait_for_notes(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return notes_.size() >= count; });
}

BlackHole::BlackHole(const char* address) {
    // A full accept queue: the kernel drops every further SYN.
    sockets_.push_back(listen_on(address, 0));
    port_ = port_of(sockets_.front());
    for (int i = 0; i < 2; ++i) {
        Address target = address_of(address, port_);
        sockets_.push_back(::socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        ::connect(sockets_.back(), target.get(), target.size);
    }
}

BlackHole::~BlackHole() {
    for (const int socket : sockets_)
        ::close(socket);
}

std::uint16_t closed_port() {
    const int descriptor = listen_on("127.0.0.1", 1);
    const std::uint16_t port = port_of(descriptor);
    ::close(descriptor);
    return port;
}

}  // namespace countersign::fakes
