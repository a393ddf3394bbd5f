#include "tests/support/network_namespace.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace countersign::tests {

using storage::Descriptor;

namespace {

constexpr const char* tunnel_name = "tun0";

[[noreturn]] void fail_with(int error, const char* what) {
    throw std::system_error(error, std::generic_category(), what);
}

Descriptor must_open(int descriptor, const char* what) {
    if (descriptor < 0) fail_with(errno, what);
    return Descriptor(descriptor);
}

Descriptor present_namespace() {
    return must_open(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "network namespace");
}

ifreq named(const char* interface) {
    ifreq request{};
    std::strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
    return request;
}

sockaddr address_of(const std::string& text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (::inet_pton(AF_INET, text.c_str(), &address.sin_addr) != 1) fail_with(EINVAL, text.c_str());
    sockaddr plain{};
    std::memcpy(&plain, &address, sizeof address);
    return plain;
}

template <class Request>
void configure(unsigned long what, Request request, const char* name) {
    const Descriptor any = must_open(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    if (::ioctl(any.get(), what, &request) != 0) fail_with(errno, name);
}

void bring_up(const char* interface) {
    ifreq request = named(interface);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    configure(SIOCSIFFLAGS, request, "SIOCSIFFLAGS");
}

}  // namespace

NetworkNamespace::NetworkNamespace() {
    int error = 0;
    std::thread([this, &error] {
        if (::unshare(CLONE_NEWNET) == 0)
            descriptor_ = present_namespace();
        else
            error = errno;
    }).join();
    if (error != 0) fail_with(error, "unshare(CLONE_NEWNET)");
}

NetworkNamespace::Visit::Visit(const NetworkNamespace& where) : home_(present_namespace()) {
    if (::setns(where.descriptor_.get(), CLONE_NEWNET) != 0) fail_with(errno, "setns");
}

NetworkNamespace::Visit::~Visit() {
    // A test that goes on in the wrong network would tell lies.
    if (::setns(home_.get(), CLONE_NEWNET) != 0) std::terminate();
}

Descriptor NetworkNamespace::open_tunnel(const std::string& address) const {
    return inside([&] {
        Descriptor tunnel =
            must_open(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK), "/dev/net/tun");
        ifreq request = named(tunnel_name);
        request.ifr_flags = IFF_TUN | IFF_NO_PI;
        if (::ioctl(tunnel.get(), TUNSETIFF, &request) != 0) fail_with(errno, "TUNSETIFF");
        request = named(tunnel_name);
        request.ifr_addr = address_of(address);
        configure(SIOCSIFADDR, request, "SIOCSIFADDR");
        request.ifr_addr = address_of("255.255.255.0");
        configure(SIOCSIFNETMASK, request, "SIOCSIFNETMASK");
        // Otherwise the kernel takes 127.0.0.1 on an interface for a forgery.
        std::ofstream setting("/proc/sys/net/ipv4/conf/tun0/route_localnet");
        if (!(setting << "1\n" << std::flush)) fail_with(EACCES, "route_localnet");
        bring_up(tunnel_name);
        return tunnel;
    });
}

void NetworkNamespace::bring_up_loopback() const {
    inside([] { bring_up("lo"); });
}

void NetworkNamespace::route_loopback_through_tunnel() const {
    inside([] {
        std::string device = tunnel_name;
        rtentry route{};
        route.rt_dst = address_of("127.0.0.1");
        route.rt_genmask = address_of("255.255.255.255");
        route.rt_flags = RTF_UP | RTF_HOST;
        route.rt_dev = device.data();
        configure(SIOCADDRT, route, "SIOCADDRT");
    });
}

std::string why_no_network_namespaces() {
    try {
        const NetworkNamespace one;
        const Descriptor tunnel = one.open_tunnel("10.77.0.2");
        return "";
    } catch (const std::system_error& error) {
        return error.what();
    }
}

}  // namespace countersign::tests
