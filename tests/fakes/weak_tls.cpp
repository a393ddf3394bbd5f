#include "tests/fakes/weak_tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace countersign::fakes {

void weaken(SSL_CTX* context, WeakTls how) {
    const bool old = how == WeakTls::version_1_1;
    // Level 0: OpenSSL itself has long refused both.
    const bool done = SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1 &&
                      SSL_CTX_set_max_proto_version(context, old ? TLS1_1_VERSION : TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(context, old ? "ALL:@SECLEVEL=0" : "aNULL:@SECLEVEL=0") == 1;
    if (!done) throw std::runtime_error("OpenSSL cannot be made to speak weak TLS");
}

bool careless_client_gets_in(std::uint16_t port, WeakTls how) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                    SSL_CTX_free);
    weaken(context.get(), how);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> peer(BIO_new_ssl_connect(context.get()),
                                                             BIO_free_all);
    BIO_set_conn_hostname(peer.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
    const bool in = BIO_do_connect(peer.get()) == 1 && BIO_do_handshake(peer.get()) == 1;
    ERR_clear_error();
    return in;
}

}  // namespace countersign::fakes
