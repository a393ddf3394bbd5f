#include "bot/net/http_date.hpp"
#include "bot/net/proxy.hpp"
#include "bot/net/url.hpp"
#include "bot/slack/web_api.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

using namespace countersign;

// The first line says status, type and Retry-After, as "429 application/json 30"; the rest is the body.
net::HttpResponse response_in(const std::string& text) {
    net::HttpResponse response;
    const auto end = std::min(text.find('\n'), text.size());
    std::istringstream line(text.substr(0, end));
    std::string type;
    std::string rest;
    line >> response.status >> type >> rest;
    if (!type.empty()) response.headers["content-type"] = type;
    if (!rest.empty()) response.headers["retry-after"] = rest;
    if (end < text.size()) response.body = text.substr(end + 1);
    return response;
}

// N5: what says neither yes nor no plainly is no answer, and nobody is kept waiting for longer than the
// limit.
void expect_sound_answer(const slack::Method& method, const net::HttpResponse& response) {
    const auto answer = slack::read_answer(method, response);
    const bool ok = answer.meaning == slack::ApiMeaning::ok;
    if (ok && (response.status < 200 || response.status > 299 || !answer.error.empty())) std::abort();
    if (ok && !nlohmann::json::accept(answer.body)) std::abort();
    if (!ok && answer.meaning != slack::ApiMeaning::ok_in_disguise && answer.error.empty()) std::abort();
    if (answer.retry_after &&
        (*answer.retry_after < std::chrono::seconds(1) || *answer.retry_after > std::chrono::minutes(10)))
        std::abort();
}

}  // namespace

// N4, N5: answers, headers and addresses from outside. (Beast reads HTTP itself, and is fuzzed by its
// makers.)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
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
    const auto response = response_in(text);
    for (const char* method : {"chat.postMessage", "admin.apps.approve", "views.open", "users.info"})
        expect_sound_answer(*slack::find_method(method), response);
    return 0;
}
