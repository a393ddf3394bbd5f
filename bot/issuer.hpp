#pragma once

#include "bot/instance.hpp"

#include <string>

// RFC 9207: a server that promises it (RFC 8414) says in every answer to the browser who it is, so that an
// answer of one server is never taken for another's (O15).
namespace countersign::bot {

// The issuer that answers must name. "" = the server does not promise to, or does not say so now: then
// nothing can be asked of its answers.
[[nodiscard]] net::Awaitable<Result<std::string>> promised_issuer(net::HttpClient& http, Instance instance);

}  // namespace countersign::bot
