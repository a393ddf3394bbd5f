#pragma once

#include "tests/fakes/raw_peer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace countersign::fakes {

// A CONNECT proxy on loopback (R60).
class FakeProxy {
  public:
    struct Options {
        int status = 200;            // what each CONNECT gets; 0 = no answer at all
        std::string user, password;  // set: anything else gets 407
    };
    FakeProxy();
    explicit FakeProxy(Options options);

    // "http://[user:password@]127.0.0.1:PORT": the value of `slack.proxy`.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::string endpoint() const { return "127.0.0.1:" + std::to_string(peer_.port()); }
    // The header of each CONNECT, in order.
    [[nodiscard]] std::vector<std::string> requests() const { return peer_.notes(); }

  private:
    void serve(RawPeer::Connection& client) const;

    Options options_;
    RawPeer peer_;
};

}  // namespace countersign::fakes
