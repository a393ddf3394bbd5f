#include "tests/support/packet_path.hpp"

#include "tests/support/ip_packet.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <poll.h>
#include <random>
#include <string>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace countersign::tests {

using storage::Descriptor;
using Clock = std::chrono::steady_clock;

namespace {

// How much later the overtaken come: more than a burst of packets takes.
constexpr std::chrono::milliseconds overtaken_by{25};
constexpr std::size_t largest_packet = 65536;

// An index of the tunnel that a packet leaves by.
enum Side : std::size_t { at_server, at_client };
constexpr Side other(Side side) {
    return side == at_server ? at_client : at_server;
}

}  // namespace

struct PacketPath::Impl {
    explicit Impl(unsigned seed) : random(seed) {
        server.bring_up_loopback();
        client.route_loopback_through_tunnel();
        if (stop.get() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
        thread = std::thread([this] { carry(); });
    }
    ~Impl() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(stop.get(), &one, sizeof one);
        thread.join();
    }

    NetworkNamespace server, client;
    std::array<Descriptor, 2> tunnels{server.open_tunnel("10.77.0.1"), client.open_tunnel("10.77.0.2")};
    Descriptor stop{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};

    mutable std::mutex mutex;  // guards everything below
    Weather weather;
    Counts counts;
    std::minstd_rand random;
    struct Connection {
        std::array<std::string, 2> last;  // packets, by the side they go to
        Memory memory = Memory::kept;
    };
    std::map<std::uint16_t, Connection> connections;  // by the client's port
    struct Packet {
        Side to;
        std::string bytes;
    };
    std::multimap<Clock::time_point, Packet> under_way;

    std::thread thread;

    void carry() {
        std::array<pollfd, 3> polled{{{tunnels[at_server].get(), POLLIN, 0},
                                      {tunnels[at_client].get(), POLLIN, 0},
                                      {stop.get(), POLLIN, 0}}};
        std::string buffer(largest_packet, '\0');
        while (polled[2].revents == 0) {
            const auto wait = deliver_due();
            const timespec limit{wait / std::chrono::seconds(1),
                                 wait % std::chrono::seconds(1) / std::chrono::nanoseconds(1)};
            if (::ppoll(polled.data(), polled.size(), &limit, nullptr) < 0 && errno != EINTR) return;
            for (const Side from : {at_server, at_client}) {
                for (;;) {
                    const auto length = ::read(tunnels.at(from).get(), buffer.data(), buffer.size());
                    if (length <= 0) break;
                    const std::scoped_lock lock(mutex);
                    pass(other(from), buffer.substr(0, static_cast<std::size_t>(length)));
                }
            }
        }
    }

    // How long nothing else is due.
    std::chrono::nanoseconds deliver_due() {
        const std::scoped_lock lock(mutex);
        while (!under_way.empty()) {
            const auto next = under_way.begin();
            const auto early = next->first - Clock::now();
            if (early.count() > 0) return early;
            write(next->second.to, next->second.bytes);
            under_way.erase(next);
        }
        return std::chrono::hours(1);
    }

    void write(Side to, const std::string& packet) {
        // A full queue loses packets, as anywhere.
        [[maybe_unused]] const auto written = ::write(tunnels.at(to).get(), packet.data(), packet.size());
    }

    bool happens(double share) { return share > 0 && std::uniform_real_distribution<>()(random) < share; }

    void pass(Side to, std::string packet) {
        const auto segment = read_segment(packet);
        if (!segment) return;  // IPv6 greeting its neighbours
        if (!knows(to, *segment, packet)) return;
        if (weather.fits != 0 && packet.size() > weather.fits) {
            ++counts.too_big;
            if (weather.says_too_big)
                write(other(to), too_big(packet, static_cast<std::uint16_t>(weather.fits)));
            return;
        }
        const bool open = to == at_server ? weather.to_server : weather.to_client;
        if (!open || happens(weather.loss)) {
            ++counts.lost;
            return;
        }
        auto due = Clock::now() + weather.delay;
        if (happens(weather.twice)) {
            ++counts.twice;
            under_way.emplace(due, Packet{to, packet});
        }
        if (happens(weather.late)) {
            ++counts.late;
            due += overtaken_by;
        }
        ++counts.carried;
        under_way.emplace(due, Packet{to, std::move(packet)});
    }

    bool knows(Side to, const TcpSegment& segment, const std::string& packet) {
        const bool begins = segment.syn && to == at_server;
        Connection& connection = connections[to == at_server ? segment.from_port : segment.to_port];
        if (begins) connection = {};
        if (connection.memory == Memory::kept) {
            connection.last.at(to) = packet;
            return true;
        }
        ++counts.unknown;
        if (connection.memory == Memory::lost_and_says_so && segment.acknowledges && !segment.reset)
            write(other(to), reset_in_answer_to(packet));
        return false;
    }
};

PacketPath::PacketPath(unsigned seed) : impl_(std::make_unique<Impl>(seed)) {}
PacketPath::~PacketPath() = default;

const NetworkNamespace& PacketPath::server() const {
    return impl_->server;
}

const NetworkNamespace& PacketPath::client() const {
    return impl_->client;
}

void PacketPath::set(const Weather& weather) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->weather = weather;
}

void PacketPath::forget_connections(Memory memory) {
    const std::scoped_lock lock(impl_->mutex);
    for (auto& [port, connection] : impl_->connections)
        connection.memory = memory;
}

void PacketPath::reset_connections() {
    const std::scoped_lock lock(impl_->mutex);
    for (auto& [port, connection] : impl_->connections) {
        for (const Side to : {at_server, at_client}) {
            if (connection.last.at(to).empty()) continue;
            ++impl_->counts.resets;
            impl_->write(to, reset_behind(connection.last.at(to)));
        }
    }
}

PacketPath::Counts PacketPath::counts() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->counts;
}

}  // namespace countersign::tests
