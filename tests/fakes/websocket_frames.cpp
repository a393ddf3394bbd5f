#include "tests/fakes/websocket_frames.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace countersign::fakes {
namespace {

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>((value >> shift) & 0xFF);
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = (value << 8) | static_cast<unsigned char>(byte);
    return value;
}

void apply_mask(std::string& payload, std::string_view key) {
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
}

}  // namespace

std::string encode_frame(const Frame& frame, std::uint32_t mask) {
    std::string out;
    out += static_cast<char>((frame.fin ? 0x80 : 0) | (frame.reserved << 4) | frame.opcode);
    const int mask_bit = frame.masked ? 0x80 : 0;
    const auto size = frame.payload.size();
    if (size < 126) {
        out += static_cast<char>(mask_bit | static_cast<int>(size));
    } else if (size <= 0xFFFF) {
        out += static_cast<char>(mask_bit | 126);
        append_big_endian(out, size, 2);
    } else {
        out += static_cast<char>(mask_bit | 127);
        append_big_endian(out, size, 8);
    }
    std::string payload = frame.payload;
    if (frame.masked) {
        std::string key;
        append_big_endian(key, mask, 4);
        apply_mask(payload, key);
        out += key;
    }
    return out + payload;
}

std::string close_payload(int code, std::string_view reason) {
    std::string out;
    append_big_endian(out, static_cast<std::uint64_t>(code), 2);
    return out.append(reason);
}

std::string accept_key(const std::string& client_key) {
    const std::string text = client_key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    std::size_t length = 0;
    EVP_Q_digest(nullptr, "SHA1", nullptr, text.data(), text.size(), digest.data(), &length);
    std::array<unsigned char, 32> encoded{};
    const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return {encoded.begin(), encoded.begin() + size};
}

std::optional<Frame> FrameReader::next() {
    if (buffer_.size() < 2) return std::nullopt;
    const auto first = static_cast<unsigned char>(buffer_[0]);
    const auto second = static_cast<unsigned char>(buffer_[1]);
    std::size_t at = 2;
    std::uint64_t size = second & 0x7F;
    if (const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0; extra > 0) {
        if (buffer_.size() < at + extra) return std::nullopt;
        size = read_big_endian(std::string_view(buffer_).substr(at, extra));
        at += extra;
    }
    Frame frame{.fin = (first & 0x80) != 0,
                .reserved = (first >> 4) & 7,
                .opcode = first & 0x0F,
                .masked = (second & 0x80) != 0,
                .payload = {}};
    const std::size_t key_at = at;
    if (frame.masked) at += 4;
    if (buffer_.size() < at + size) return std::nullopt;
    frame.payload = buffer_.substr(at, size);
    if (frame.masked) apply_mask(frame.payload, std::string_view(buffer_).substr(key_at, 4));
    buffer_.erase(0, at + size);
    return frame;
}

}  // namespace countersign::fakes
