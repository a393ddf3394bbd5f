#pragma once

#include <chrono>
#include <map>
#include <string>

namespace countersign::fakes {

// One HTTP request as a fake sees it. Header names are in lower case, query values decoded.
struct HttpQuery {
    std::string method;
    std::string path;       // as it came, still encoded
    std::string raw_query;  // behind '?', still encoded: a name may come more than once
    std::map<std::string, std::string> query;
    std::map<std::string, std::string> headers;
    std::string body;
};

struct HttpReply {
    enum class Ending {
        answer,    // the reply is sent
        hang,      // nothing is ever sent
        reset,     // the TCP connection is reset
        truncate,  // half of the body, then the connection is reset
        drip,      // one byte every 200 ms
    };
    int status = 200;
    std::string body;
    std::string content_type = "application/json; charset=utf-8";
    std::map<std::string, std::string> headers;
    Ending ending = Ending::answer;
    std::chrono::milliseconds delay{0};
};

}  // namespace countersign::fakes
