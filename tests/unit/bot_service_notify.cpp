#include "bot/service_notify.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using countersign::bot::ServiceNotify;

namespace {

// What systemd does: an abstract datagram socket.
class Listener {
  public:
    Listener() : descriptor_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        name_ = "countersign-test-" + std::to_string(::getpid());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name_.copy(address.sun_path + 1, name_.size());
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
        REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length) == 0);
        ::setenv("NOTIFY_SOCKET", ("@" + name_).c_str(), 1);
    }
    ~Listener() {
        ::close(descriptor_);
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::string next() const {
        std::array<char, 512> buffer{};
        const auto size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        return {buffer.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
    }

  private:
    int descriptor_;
    std::string name_;
};

}  // namespace

TEST_CASE("systemd hears readiness, status, watchdog and stopping") {
    const Listener systemd;
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    const ServiceNotify notify;
    notify.ready();
    CHECK(systemd.next() == "READY=1");
    notify.status("connected");
    CHECK(systemd.next() == "STATUS=connected");
    notify.watchdog();
    CHECK(systemd.next() == "WATCHDOG=1");
    notify.stopping();
    CHECK(systemd.next() == "STOPPING=1");
    notify.reloading();
    CHECK(systemd.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    REQUIRE(notify.watchdog_interval());
    CHECK(*notify.watchdog_interval() == std::chrono::seconds(30));
}

TEST_CASE("a watchdog meant for another process is not ours") {
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(ServiceNotify().watchdog_interval());
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
}
