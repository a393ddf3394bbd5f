#pragma once

#include <openssl/types.h>

#include <cstdint>

namespace countersign::fakes {

// TLS that nobody should accept any more, though this machine's OpenSSL still can speak it.
enum class WeakTls { version_1_1, no_certificate };

// Leaves a server or a client only this.
void weaken(SSL_CTX* context, WeakTls how);

// Whether a client that takes it gets into a server on loopback: without one that does, a refusal says
// nothing.
[[nodiscard]] bool careless_client_gets_in(std::uint16_t port, WeakTls how);

}  // namespace countersign::fakes
