#include "tests/fakes/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace countersign::fakes {
namespace {

constexpr long day = 24 * 60 * 60;
constexpr const char* own_names = "DNS:localhost,IP:127.0.0.1,IP:::1";

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using File = std::unique_ptr<FILE, Freed<std::fclose>>;

void must(bool done, const char* what) {
    if (!done) throw std::runtime_error(std::string("making a test certificate: ") + what);
}

Key new_key() {
    Key key(EVP_EC_gen("P-256"));
    must(key != nullptr, "key");
    return key;
}

struct Wanted {
    std::string subject;
    std::string names;                // subjectAltName; "" for an authority
    long from_day = -1, to_day = 30;  // relative to now
};

// `issuer` null: signed by itself.
Certificate new_certificate(const Wanted& wanted, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    static long serial = 1;
    Certificate made(X509_new());
    must(made != nullptr, "memory");
    X509* certificate = made.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.from_day * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.to_day * day);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wanted.subject.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer ? issuer : certificate));
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer ? issuer : certificate, certificate, nullptr, nullptr, 0);
    const auto extend = [&](int id, const char* value) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
        must(extension && X509_add_ext(certificate, extension, -1) == 1, value);
        X509_EXTENSION_free(extension);
    };
    if (wanted.names.empty()) {
        extend(NID_basic_constraints, "critical,CA:TRUE");
        extend(NID_key_usage, "critical,keyCertSign,cRLSign");
    } else {
        extend(NID_basic_constraints, "critical,CA:FALSE");
        extend(NID_ext_key_usage, "serverAuth");
        extend(NID_subject_alt_name, wanted.names.c_str());
    }
    must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "signature");
    return made;
}

void write_certificate(const std::filesystem::path& path, X509* certificate) {
    const File file(std::fopen(path.c_str(), "w"));
    must(file && PEM_write_X509(file.get(), certificate) == 1, path.c_str());
}

// Authorities of one name would be taken for each other by whoever trusts both.
std::string new_authority_name() {
    static int made = 0;
    return "Countersign test authority " + std::to_string(++made);
}

std::filesystem::path new_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "countersign-ca-XXXXXX").string();
    must(mkdtemp(name.data()) != nullptr, name.c_str());
    return name;
}

}  // namespace

struct TestCa::Impl {
    Key key = new_key();
    Certificate certificate = new_certificate({new_authority_name(), ""}, key.get(), nullptr, key.get());

    TlsFiles issue(const std::filesystem::path& stem, const Wanted& wanted, bool by_authority = true) const {
        const Key own = new_key();
        const Certificate made = by_authority
                                     ? new_certificate(wanted, own.get(), certificate.get(), key.get())
                                     : new_certificate(wanted, own.get(), nullptr, own.get());
        const TlsFiles files{stem.string() + ".pem", stem.string() + ".key"};
        write_certificate(files.certificate, made.get());
        const File file(std::fopen(files.key.c_str(), "w"));
        must(file && PEM_write_PrivateKey(file.get(), own.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
             "key file");
        return files;
    }
};

TestCa::TestCa() : directory_(new_directory()), impl_(std::make_unique<Impl>()) {
    write_certificate(file(), impl_->certificate.get());
}

TestCa::~TestCa() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::filesystem::path TestCa::file() const {
    return directory_ / "ca.pem";
}

TlsFiles TestCa::good() const {
    return impl_->issue(directory_ / "good", {"localhost", own_names});
}
TlsFiles TestCa::expired() const {
    return impl_->issue(directory_ / "expired", {"localhost", own_names, -30, -1});
}
TlsFiles TestCa::not_yet_valid() const {
    return impl_->issue(directory_ / "future", {"localhost", own_names, 1, 30});
}
TlsFiles TestCa::wrong_host() const {
    return impl_->issue(directory_ / "wrong_host", {"wrong.example", "DNS:wrong.example"});
}
TlsFiles TestCa::self_signed() const {
    return impl_->issue(directory_ / "self_signed", {"localhost", own_names}, false);
}

}  // namespace countersign::fakes
