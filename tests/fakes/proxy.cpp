#include "tests/fakes/proxy.hpp"

#include <openssl/evp.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace countersign::fakes {
namespace {

std::string basic(const std::string& user, const std::string& password) {
    const std::string plain = user + ":" + password;
    std::string encoded(4 * ((plain.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
    encoded.resize(static_cast<std::size_t>(length));
    return "Proxy-Authorization: Basic " + encoded + "\r\n";
}

// Every target is on this machine, whatever its name: the proxy's name server says so.
int connect_to(const std::string& connect_line) {
    const std::size_t end = connect_line.rfind(" HTTP/");
    const std::size_t colon = connect_line.rfind(':', end);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(connect_line.substr(colon + 1, end - colon - 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

bool pass_on(int from, int to) {
    char chunk[16 * 1024];
    const auto received = ::recv(from, chunk, sizeof chunk, 0);
    if (received <= 0) return false;
    std::size_t sent = 0;
    while (sent < static_cast<std::size_t>(received)) {
        const auto step = ::send(to, chunk + sent, static_cast<std::size_t>(received) - sent, MSG_NOSIGNAL);
        if (step <= 0) return false;
        sent += static_cast<std::size_t>(step);
    }
    return true;
}

// Until either side ends.
void relay(int client, int server) {
    bool open = true;
    while (open) {
        pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(both, 2, -1) < 0) break;
        if (both[0].revents != 0) open = pass_on(client, server);
        if (open && both[1].revents != 0) open = pass_on(server, client);
    }
}

}  // namespace

FakeProxy::FakeProxy() : FakeProxy(Options()) {}

FakeProxy::FakeProxy(Options options)
    : options_(std::move(options)), peer_([this](RawPeer::Connection& client) { serve(client); }) {}

std::string FakeProxy::url() const {
    const std::string login = options_.user.empty() ? "" : options_.user + ":" + options_.password + "@";
    return "http://" + login + endpoint();
}

void FakeProxy::serve(RawPeer::Connection& client) const {
    const std::string request = client.read_until("\r\n\r\n");
    client.note(request);
    if (options_.status == 0) client.stall();
    const bool known = options_.user.empty() || request.contains(basic(options_.user, options_.password));
    if (!known) return client.answer(407, "who are you?", "Proxy-Authenticate: Basic realm=\"test\"\r\n");
    if (options_.status != 200) return client.answer(options_.status, "no");
    const int server = connect_to(request.substr(0, request.find("\r\n")));
    if (server < 0) return client.answer(502, "nobody there");
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    relay(client.descriptor(), server);
    ::close(server);
}

}  // namespace countersign::fakes
