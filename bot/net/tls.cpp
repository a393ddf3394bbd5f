#include "bot/net/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>

namespace countersign::net {
namespace {

// Offered so that no middlebox turns the connection into HTTP/2 (socket-mode.md §1.2).
constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// What OpenSSL takes from `variable` or else from its built-in path.
std::filesystem::path chosen(const char* variable, const char* otherwise) {
    const char* value = std::getenv(variable);
    return value ? value : otherwise;
}

// OpenSSL looks into a directory of hashed names only when it needs an anchor; the one large file costs 1.5
// MiB of memory and 50 ms at start. On Debian both hold the same anchors.
bool directory_suffices() {
    const auto file = chosen(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    const auto directory = chosen(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    std::error_code ec;
    const bool own_file = !std::filesystem::equivalent(file, X509_get_default_cert_file(), ec) || ec;
    const bool own_directory = !std::filesystem::equivalent(directory, X509_get_default_cert_dir(), ec) || ec;
    const std::filesystem::directory_iterator files(directory, ec);
    if (own_file || own_directory || ec) return false;
    return std::any_of(begin(files), end(files),
                       [](const auto& each) { return each.path().extension() == ".0"; });
}

bool trust_system(SSL_CTX* context) {
    return SSL_CTX_set_default_verify_dir(context) == 1 &&
           (directory_suffices() || SSL_CTX_set_default_verify_file(context) == 1);
}

}  // namespace

struct TlsContext::Impl {
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
};

TlsContext::TlsContext() : impl_(std::make_unique<Impl>()) {}
TlsContext::~TlsContext() = default;
boost::asio::ssl::context& TlsContext::native() {
    return impl_->context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::make(const std::filesystem::path& extra_ca_file,
                                                     const std::filesystem::path& another_ca_file) {
    std::shared_ptr<TlsContext> made(new TlsContext);
    boost::asio::ssl::context& context = made->native();
    SSL_CTX* native = context.native_handle();
    context.set_verify_mode(boost::asio::ssl::verify_peer);
    // Whatever the system's configuration allows: no cipher without a certificate.
    SSL_CTX_set_security_level(native, std::max(SSL_CTX_get_security_level(native), 1));
    const bool configured = SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) == 1 &&
                            SSL_CTX_set_alpn_protos(native, http_1_1, sizeof http_1_1) == 0;
    if (!configured)
        return fail(Errc::tls, "OpenSSL refuses TLS 1.2; check the system's OpenSSL configuration");
    // An idle connection should not hold two record buffers.
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    if (!trust_system(native)) {
        return fail(Errc::tls,
                    "the system's trust store cannot be read; install the package ca-certificates");
    }
    for (const auto* file : {&extra_ca_file, &another_ca_file}) {
        if (file->empty()) continue;
        boost::system::error_code ec;
        context.load_verify_file(file->string(), ec);
        if (ec) {
            return fail(Errc::tls,
                        "ca_file " + file->string() + " holds no readable PEM certificate: " + ec.message());
        }
    }
    return made;
}

bool expect_host(SSL* connection, const std::string& host) {
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(host, not_an_address);
    X509_VERIFY_PARAM* expected = SSL_get0_param(connection);
    if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) != 1) return false;
    // What the macro SSL_set_tlsext_host_name does, without its C cast.
    std::string name = host;
    return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

std::string certificate_problem(const SSL* connection) {
    const long result = SSL_get_verify_result(connection);
    if (result == X509_V_OK) return "";
    const std::string words = X509_verify_cert_error_string(result);
    const bool unknown_authority = result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                                   result == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
                                   result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
    return unknown_authority ? words + " (an authority of your own is trusted once ca_file names it)" : words;
}

}  // namespace countersign::net
