#pragma once

#include "storage/descriptor.hpp"

#include <string>
#include <type_traits>

namespace countersign::tests {

// A network of its own, empty but for what is made in it. Only the thread that is inside is moved: sockets,
// threads and processes that it makes there stay there, everything else in the program stays where it was.
class NetworkNamespace {
  public:
    // Throws std::system_error where the machine does not allow it.
    NetworkNamespace();

    template <class Task>
    std::invoke_result_t<Task> inside(Task task) const {
        const Visit visit(*this);
        return task();
    }

    // The interface `tun0`, up, with this address; what is sent to it is read from the descriptor, whole IP
    // packets, not blocking. 127.0.0.1 may be on the other end of it.
    [[nodiscard]] storage::Descriptor open_tunnel(const std::string& address) const;
    // 127.0.0.1 is here …
    void bring_up_loopback() const;
    // … or behind the tunnel.
    void route_loopback_through_tunnel() const;

  private:
    class Visit {
      public:
        explicit Visit(const NetworkNamespace& where);
        ~Visit();
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;

      private:
        storage::Descriptor home_;
    };

    storage::Descriptor descriptor_{-1};
};

// Why this machine has no networks to give, or "".
[[nodiscard]] std::string why_no_network_namespaces();

}  // namespace countersign::tests
