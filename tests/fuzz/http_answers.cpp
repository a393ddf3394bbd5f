#include "bot/net/http_date.hpp"
#include "bot/net/proxy.hpp"
#include "bot/net/url.hpp"
#include "bot/slack/web_api.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

// N4, N5: headers and addresses from outside. (Beast reads HTTP itself, and is fuzzed by its makers.)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace countersign;
    const std::string text(data, data + size);
    (void)net::parse_http_date(text);
    if (const auto url = net::parse_url(text)) {
        if (url->host.empty() || url->target.contains('\n') || url->target.contains(' ')) std::abort();
    }
    (void)net::bypasses_proxy(text, "gitlab.example.com", 443);
    for (const char sign : net::percent_encoded(text))
        if (static_cast<unsigned char>(sign) <= ' ' || sign == '/' || sign == '?' || sign == '#')
            std::abort();
    (void)slack::meaning_of("chat.postMessage", text);
    (void)slack::api_advice(text);
    return 0;
}
