#include "tests/support/ip_packet.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <utility>

namespace countersign::tests {
namespace {

constexpr std::size_t word = 4;  // header lengths are told in words

// RFC 1071, over any number of parts of even length.
class Checksum {
  public:
    void add(std::string_view bytes) {
        for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
            sum_ += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at]) << 8U |
                                               static_cast<unsigned char>(bytes[at + 1]));
    }
    [[nodiscard]] std::uint16_t value() const {
        std::uint32_t folded = sum_;
        while (folded > 0xffff)
            folded = (folded & 0xffffU) + (folded >> 16U);
        return htons(static_cast<std::uint16_t>(~folded));
    }

  private:
    std::uint32_t sum_ = 0;
};

template <class Header>
std::string_view bytes_of(const Header& header) {
    return {reinterpret_cast<const char*>(&header), sizeof header};
}

template <class Header>
Header header_at(std::string_view packet, std::size_t offset) {
    Header header{};
    std::memcpy(&header, packet.data() + offset, sizeof header);
    return header;
}

std::size_t ip_length(std::string_view packet) {
    return word * header_at<iphdr>(packet, 0).ihl;
}

iphdr new_ip_header(std::uint8_t protocol, std::size_t content, in_addr_t from, in_addr_t to) {
    iphdr ip{};
    ip.version = 4;
    ip.ihl = sizeof ip / word;
    ip.ttl = 64;
    ip.protocol = protocol;
    ip.tot_len = htons(static_cast<std::uint16_t>(sizeof ip + content));
    ip.saddr = from;
    ip.daddr = to;
    Checksum sum;
    sum.add(bytes_of(ip));
    ip.check = sum.value();
    return ip;
}

std::string reset_packet(in_addr_t from, in_addr_t to, tcphdr tcp) {
    tcp.th_flags = TH_RST | TH_ACK;
    tcp.th_off = sizeof tcp / word;
    tcp.th_win = tcp.th_urp = tcp.th_sum = 0;
    struct {
        in_addr_t from, to;
        std::uint16_t protocol, length;
    } const pseudo{from, to, htons(IPPROTO_TCP), htons(sizeof tcp)};
    Checksum sum;
    sum.add(bytes_of(pseudo));
    sum.add(bytes_of(tcp));
    tcp.th_sum = sum.value();
    const iphdr ip = new_ip_header(IPPROTO_TCP, sizeof tcp, from, to);
    return std::string(bytes_of(ip)).append(bytes_of(tcp));
}

}  // namespace

std::optional<TcpSegment> read_segment(std::string_view packet) {
    if (packet.size() < sizeof(iphdr)) return std::nullopt;
    const auto ip = header_at<iphdr>(packet, 0);
    if (ip.version != 4 || ip.protocol != IPPROTO_TCP) return std::nullopt;
    if (packet.size() < ip_length(packet) + sizeof(tcphdr)) return std::nullopt;
    const auto tcp = header_at<tcphdr>(packet, ip_length(packet));
    const std::size_t payload = packet.size() - ip_length(packet) - word * tcp.th_off;
    const bool syn = (tcp.th_flags & TH_SYN) != 0;
    const bool fin = (tcp.th_flags & TH_FIN) != 0;
    return TcpSegment{
        .from_port = ntohs(tcp.th_sport),
        .to_port = ntohs(tcp.th_dport),
        .next_sequence = ntohl(tcp.th_seq) + static_cast<std::uint32_t>(payload) + (syn || fin ? 1U : 0U),
        .syn = syn,
        .acknowledges = (tcp.th_flags & TH_ACK) != 0,
        .reset = (tcp.th_flags & TH_RST) != 0};
}

std::string reset_behind(std::string_view packet) {
    const auto ip = header_at<iphdr>(packet, 0);
    auto tcp = header_at<tcphdr>(packet, ip_length(packet));
    tcp.th_seq = htonl(read_segment(packet)->next_sequence);
    return reset_packet(ip.saddr, ip.daddr, tcp);
}

std::string reset_in_answer_to(std::string_view packet) {
    const auto ip = header_at<iphdr>(packet, 0);
    auto tcp = header_at<tcphdr>(packet, ip_length(packet));
    std::swap(tcp.th_sport, tcp.th_dport);
    tcp.th_seq = tcp.th_ack;
    tcp.th_ack = htonl(read_segment(packet)->next_sequence);
    return reset_packet(ip.daddr, ip.saddr, tcp);
}

std::string too_big(std::string_view packet, std::uint16_t fits) {
    const auto original = header_at<iphdr>(packet, 0);
    const std::string_view quoted = packet.substr(0, ip_length(packet) + 8);
    icmphdr icmp{};
    icmp.type = ICMP_DEST_UNREACH;
    icmp.code = ICMP_FRAG_NEEDED;
    icmp.un.frag.mtu = htons(fits);
    Checksum sum;
    sum.add(bytes_of(icmp));
    sum.add(quoted);
    icmp.checksum = sum.value();
    // In the name of the far end: one router less to make up.
    const iphdr ip = new_ip_header(IPPROTO_ICMP, sizeof icmp + quoted.size(), original.daddr, original.saddr);
    return std::string(bytes_of(ip)).append(bytes_of(icmp)).append(quoted);
}

}  // namespace countersign::tests
