#include "config/base/result.hpp"

namespace countersign {

std::string_view message(Errc code) noexcept {
    switch (code) {
        case Errc::timeout:
            return "no answer in time; it is tried again, check the network if it goes on";
        case Errc::unreachable:
            return "cannot be reached; check DNS, proxy and firewall";
        case Errc::tls:
            return "the TLS certificate was not accepted; check ca_file and the clock";
        case Errc::malformed:
            return "the answer is not what the protocol promises";
        case Errc::too_large:
            return "over a size limit";
        case Errc::unauthorised:
            return "the credentials were refused; install a valid token";
        case Errc::forbidden:
            return "the right is missing; grant the scope or role named";
        case Errc::rate_limited:
            return "asked to slow down; it is tried again later";
        case Errc::not_found:
            return "not found";
        case Errc::conflict:
            return "the state has moved on";
        case Errc::unavailable:
            return "the other side has trouble; it is tried again";
        case Errc::invalid_argument:
            return "the input needs correcting";
        case Errc::unclear:
            return "whether it took effect is unknown; it is looked up before it is repeated";
        case Errc::cancelled:
            return "stopped on request";
        case Errc::storage:
            return "the database could not do it; check disk space and permissions";
    }
    return "unknown failure";
}

Failure Failure::during(std::string_view doing) const {
    Failure wrapped = *this;
    wrapped.text = std::string(doing) + ": " + text;
    return wrapped;
}

Failure Failure::retry_in(std::chrono::milliseconds delay) const {
    Failure delayed = *this;
    delayed.retry_after = delay;
    return delayed;
}

}  // namespace countersign
