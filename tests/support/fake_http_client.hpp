#pragma once

#include "bot/net/http_client.hpp"

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::tests {

// Answers from a script, in order; remembers what was asked. Without a script left it answers 500.
class FakeHttpClient final : public net::HttpClient {
  public:
    using Answer = Result<net::HttpResponse>;

    net::Awaitable<Answer> send(net::HttpRequest request) override {
        requests.push_back(std::move(request));
        Answer answer = json(500, "");
        if (!script.empty()) {
            answer = std::move(script.front());
            script.pop_front();
        } else if (otherwise) {
            answer = otherwise();
        }
        co_return answer;
    }
    void close_idle() override {}

    static net::HttpResponse json(int status, std::string body) {
        net::HttpResponse response;
        response.status = status;
        response.headers["content-type"] = "application/json; charset=utf-8";
        response.body = std::move(body);
        return response;
    }

    std::deque<Answer> script;
    std::function<Answer()> otherwise;
    std::vector<net::HttpRequest> requests;
};

}  // namespace countersign::tests
