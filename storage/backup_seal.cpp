#include "storage/backup_seal.hpp"

#include "storage/descriptor.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace countersign::storage {
namespace {

std::unexpected<Failure> unreadable(const std::filesystem::path& file) {
    return fail(Errc::storage,
                fmt::format("{} cannot be read: {}", file.string(), std::generic_category().message(errno)));
}

// Read in pieces: a database may be larger than memory.
Result<std::string> digest(const Descriptor& input, const std::filesystem::path& file, std::uint64_t bytes) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    std::array<char, std::size_t{64} * 1024> piece{};
    for (std::uint64_t at = 0; at < bytes;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), bytes - at));
        const auto length = ::pread(input.get(), piece.data(), wanted, static_cast<off_t>(at));
        if (length <= 0) return unreadable(file);
        EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(length));
        at += static_cast<std::uint64_t>(length);
    }
    std::array<unsigned char, 32> hash{};
    EVP_DigestFinal_ex(context.get(), hash.data(), nullptr);
    std::string hex;
    for (const unsigned char byte : hash)
        hex += fmt::format("{:02x}", byte);
    return hex;
}

std::string seal(std::string_view hex) {
    return fmt::format("{}{}\n", seal_start, hex);
}

}  // namespace

Result<void> append_seal(const std::filesystem::path& file) {
    const Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    struct stat facts{};
    if (!descriptor || ::fstat(descriptor.get(), &facts) != 0) return unreadable(file);
    const auto hex = digest(descriptor, file, static_cast<std::uint64_t>(facts.st_size));
    if (!hex) return std::unexpected(hex.error());
    const std::string line = seal(*hex);
    if (::pwrite(descriptor.get(), line.data(), line.size(), facts.st_size) !=
            static_cast<ssize_t>(line.size()) ||
        ::fsync(descriptor.get()) != 0) {
        return fail(Errc::storage, fmt::format("{} cannot be written: {}", file.string(),
                                               std::generic_category().message(errno)));
    }
    return {};
}

Result<bool> seal_holds(const std::filesystem::path& file, std::uint64_t covered) {
    const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) return unreadable(file);
    const auto hex = digest(descriptor, file, covered);
    if (!hex) return std::unexpected(hex.error());
    std::string found(seal_bytes, '\0');
    const auto length = ::pread(descriptor.get(), found.data(), found.size(), static_cast<off_t>(covered));
    return length == static_cast<ssize_t>(found.size()) && found == seal(*hex);
}

}  // namespace countersign::storage
