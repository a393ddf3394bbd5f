// Faults, and decisions made elsewhere.
#include "tests/fakes/fake_slack_impl.hpp"
#include "tests/fakes/slack_slackbot.hpp"
#include "tests/fakes/slack_wire.hpp"

#include <stdexcept>

namespace countersign::fakes {

void FakeSlack::send_raw(const std::string& text) {
    send_bytes(encode_frame({.opcode = opcode::text, .payload = text}));
}

void FakeSlack::send_bytes(const std::string& bytes) {
    impl_->change([&] { impl_->sockets.send_bytes(bytes); });
}

void FakeSlack::redeliver(const std::string& envelope_id, int retry_attempt, bool new_envelope_id) {
    impl_->change([&] { impl_->sockets.redeliver(envelope_id, retry_attempt, new_envelope_id); });
}

void FakeSlack::script(const std::string& method, Json fault, int times) {
    impl_->change([&] {
        for (int i = 0; i < times; ++i)
            impl_->scripts[method].push_back(fault);
    });
}

void FakeSlack::disconnect(const std::string& reason) {
    impl_->change([&] { impl_->sockets.disconnect(reason); });
}

void FakeSlack::refresh() {
    impl_->change([&] { impl_->sockets.refresh(); });
}

void FakeSlack::abort_connections() {
    impl_->change([&] { impl_->sockets.abort_all(); });
}

void FakeSlack::close_connections(int code, const std::string& reason) {
    impl_->change([&] { impl_->sockets.close_all(code, reason); });
}

void FakeSlack::stop_answering_pings(bool on) {
    impl_->change([&] { impl_->sockets.mute_pings = on; });
}

void FakeSlack::stop_answering_close(bool on) {
    impl_->change([&] { impl_->sockets.mute_close = on; });
}

void FakeSlack::withhold_hello(bool on) {
    impl_->change([&] { impl_->sockets.withhold_hello(on); });
}

void FakeSlack::half_open(bool on) {
    impl_->server->freeze(on);
}

void FakeSlack::upgrade_status(std::vector<int> statuses) {
    impl_->change([&] { impl_->sockets.script_upgrades(std::move(statuses)); });
}

void FakeSlack::refuse_connections(bool on) {
    impl_->server->refuse(on);
}

void FakeSlack::ghosts(int count) {
    impl_->change([&] { impl_->sockets.ghosts = count; });
}

void FakeSlack::silent_oversize(bool on) {
    impl_->change([&] { impl_->sockets.silent_oversize = on; });
}

void FakeSlack::decide_outside(const std::string& request_id, const std::string& decision) {
    decide_outside(request_id, decision, ids::admin_user);
}

void FakeSlack::decide_outside(const std::string& request_id, const std::string& decision,
                               const std::string& by) {
    impl_->change([&] {
        PendingRequest* request = impl_->world.find_request(request_id);
        if (request == nullptr || request->resolved)
            throw std::invalid_argument("not pending: " + request_id);
        if (decision == "cancel") {
            request->resolved = true;
            request->outcome = "cancelled";
        } else if (decision == "approve" || decision == "restrict") {
            impl_->world.resolve(*impl_->world.find_app(request->app_id), World::place_of(*request),
                                 decision == "approve" ? "approved" : "restricted", request->body["scopes"]);
        } else {
            throw std::invalid_argument("approve, restrict or cancel, not " + decision);
        }
        if (!impl_->world.options.enterprise) tell_decision(*impl_, *request, decision, by);
    });
}

void FakeSlack::rotate_app_token(const std::string& token) {
    impl_->change([&] { impl_->world.app_token = token; });
}

void FakeSlack::grow_scopes(const std::string& request_id, Json scope) {
    impl_->change([&] {
        PendingRequest* request = impl_->world.find_request(request_id);
        if (request == nullptr) throw std::invalid_argument("no such request: " + request_id);
        request->body["scopes"].push_back(scope);
        impl_->world.find_app(request->app_id)->entry.scopes.push_back(std::move(scope));
    });
}

void FakeSlack::set_fault(const std::string& name, Json value) {
    impl_->change([&] {
        const bool off = value.is_null() || value == false || value == 0;
        if (off)
            impl_->faults.erase(name);
        else
            impl_->faults[name] = value;
        if (name == "outage") {
            impl_->server->refuse(!off);
            if (!off) {
                impl_->sockets.abort_all();
                impl_->server->reset_http();
            }
        }
        if (name == "disconnect") {
            impl_->faults.erase(name);  // an act, not a state
            if (value.is_string()) impl_->sockets.disconnect(value);
        }
    });
}

}  // namespace countersign::fakes
