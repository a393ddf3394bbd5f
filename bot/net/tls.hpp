#pragma once

#include "config/base/result.hpp"

#include <filesystem>
#include <memory>
#include <string>

struct ssl_st;
namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): Boost's name
}

namespace countersign::net {

// Client TLS: system trust store plus optional extra anchors, TLS 1.2 or newer, peer verified. There is no
// way to switch verification off (design.md §10).
class TlsContext {
  public:
    [[nodiscard]] static Result<std::shared_ptr<TlsContext>> make(
        const std::filesystem::path& extra_ca_file, const std::filesystem::path& another_ca_file = {});
    [[nodiscard]] boost::asio::ssl::context& native();
    ~TlsContext();

  private:
    TlsContext();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Both halves that OpenSSL keeps apart: the name sent to the server (SNI) and the name, or address, that the
// certificate must be for (R61). False: out of memory or an impossible name; then there must be no handshake.
[[nodiscard]] bool expect_host(ssl_st* connection, const std::string& host);
// Why the peer's certificate was refused, in OpenSSL's words, and what to do where it is a stranger's; ""
// when it was not the certificate.
[[nodiscard]] std::string certificate_problem(const ssl_st* connection);

}  // namespace countersign::net
