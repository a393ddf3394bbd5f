#include "bot/net/resolver.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <system_error>
#include <thread>

namespace countersign::net {
namespace {

// A dead name server holds each lookup for half a minute; more of them at once than this would only pile up.
constexpr int most_lookups = 32;
std::atomic<int> lookups_running{0};

// Shared by the waiting coroutine and the looking thread; whichever ends last frees it.
struct Question {
    std::mutex mutex;
    std::optional<Result<Endpoints>> answer;
    asio::steady_timer* waiting = nullptr;  // null: nobody waits any more, and the executor may be gone
};

void ask(const std::shared_ptr<Question>& question, const Lookup& lookup, const std::string& host,
         std::uint16_t port) {
    Result<Endpoints> answer = lookup(host, port);
    --lookups_running;
    const std::lock_guard lock(question->mutex);
    if (!question->waiting) return;
    question->answer = std::move(answer);
    // The timer belongs to the executor's thread: touch it there.
    asio::post(question->waiting->get_executor(), [question] {
        const std::lock_guard again(question->mutex);
        if (question->waiting) question->waiting->cancel();
    });
}

class Interest {
  public:
    Interest(std::shared_ptr<Question> question, asio::steady_timer& timer) : question_(std::move(question)) {
        question_->waiting = &timer;
    }
    Interest(const Interest&) = delete;
    Interest& operator=(const Interest&) = delete;
    ~Interest() {
        const std::lock_guard lock(question_->mutex);
        question_->waiting = nullptr;
    }

  private:
    std::shared_ptr<Question> question_;
};

// First of one family, first of the other, second of the one …: a family that leads nowhere costs one step
// (R63).
void take_turns(Endpoints& endpoints) {
    if (endpoints.empty()) return;
    const bool first_is_v6 = endpoints.front().address().is_v6();
    Endpoints first;
    Endpoints second;
    for (const auto& endpoint : endpoints) {
        (endpoint.address().is_v6() == first_is_v6 ? first : second).push_back(endpoint);
    }
    endpoints.clear();
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) endpoints.push_back(first[i]);
        if (i < second.size()) endpoints.push_back(second[i]);
    }
}

}  // namespace

Result<Endpoints> system_lookup(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (error != 0) {
        const std::string reason =
            error == EAI_SYSTEM ? std::generic_category().message(errno) : gai_strerror(error);
        return fail(Errc::unreachable, "the name " + host + " cannot be resolved: " + reason);
    }
    Endpoints endpoints;
    for (const addrinfo* each = found; each; each = each->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (each->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
        endpoint.resize(each->ai_addrlen);
        endpoint.port(port);
        endpoints.push_back(endpoint);
    }
    freeaddrinfo(found);
    if (endpoints.empty()) return fail(Errc::unreachable, "the name " + host + " has no address");
    return endpoints;
}

Awaitable<Result<Endpoints>> resolve(asio::any_io_executor executor, Lookup lookup, std::string host,
                                     std::uint16_t port, Deadline& deadline) {
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Endpoints(1, asio::ip::tcp::endpoint(address, port));

    if (lookups_running.fetch_add(1) >= most_lookups) {
        --lookups_running;
        co_return fail(Errc::unreachable, "the name server does not answer; " + host + " cannot be resolved");
    }
    asio::steady_timer answered(executor, asio::steady_timer::time_point::max());
    const auto question = std::make_shared<Question>();
    const Interest interest(question, answered);
    const Deadline::Guard guard(deadline, [&answered] { answered.cancel(); });
    try {
        std::thread(ask, question, std::move(lookup), host, port).detach();
    } catch (const std::system_error& no_thread) {
        --lookups_running;
        co_return fail(Errc::unreachable, "resolving " + host + ": " + no_thread.code().message());
    }
    if (!deadline.expired()) co_await answered.async_wait(as_value);

    const std::lock_guard lock(question->mutex);
    if (!question->answer) {
        co_return fail(Errc::timeout,
                       "the name " + host + " was not resolved within " + to_text(deadline.limit()));
    }
    Result<Endpoints> answer = std::move(*question->answer);
    if (answer) take_turns(*answer);
    co_return answer;
}

}  // namespace countersign::net
