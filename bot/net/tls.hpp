#pragma once

#include <filesystem>
#include <memory>

#include "config/base/result.hpp"

namespace boost::asio::ssl {
class context;
}

namespace countersign::net {

// Client TLS: system trust store plus an optional extra anchor, TLS 1.2 or newer, peer verified. There is no way
// to switch verification off (design.md §10).
class TlsContext {
  public:
    [[nodiscard]] static Result<std::shared_ptr<TlsContext>> make(const std::filesystem::path& extra_ca_file);
    [[nodiscard]] boost::asio::ssl::context& native();
    ~TlsContext();

  private:
    TlsContext();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::net
