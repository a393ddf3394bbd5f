#pragma once

#include "tests/fakes/server.hpp"
#include "tests/fakes/slack_rates.hpp"
#include "tests/fakes/slack_sockets.hpp"
#include "tests/fakes/slack_world.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace countersign::fakes {

struct FakeSlack::Impl {
    explicit Impl(FakeSlackOptions options);
    ~Impl();

    mutable std::mutex mutex;  // guards everything below but the server
    std::condition_variable changed;
    std::uint64_t changes = 0;
    World world;
    SlackRates rates;
    std::map<std::string, std::deque<Json>> scripts;  // by method
    std::map<std::string, Json> faults;               // the sandbox page's switches
    std::vector<ApiCall> calls;
    std::vector<std::pair<std::string, std::function<HttpReply(const HttpQuery&)>>> served;
    SlackSockets sockets;
    std::string base_url;
    std::unique_ptr<Server> server;  // the last member: its callbacks use the others

    // Runs a change of state and tells those who wait.
    template <class Task>
    auto change(Task task) {
        struct Announce {
            Impl* self;
            ~Announce() {
                ++self->changes;
                self->changed.notify_all();
            }
        };
        const std::lock_guard lock(mutex);
        const Announce announce{this};
        return task();
    }

    // --- slack_front.cpp ---
    HttpReply answer(const HttpQuery& query);
    HttpReply answer_method(const std::string& method, const HttpQuery& query);
    HttpReply answer_response_url(const HttpQuery& query);
    void perform(ApiCall& call, bool json_body);
    void check_rate(const ApiCall& call);
};

}  // namespace countersign::fakes
