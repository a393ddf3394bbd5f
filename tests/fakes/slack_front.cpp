// The HTTP side: which path is what, general checks, scripted faults, rate limits, the log of calls.
#include "tests/fakes/fake_slack_impl.hpp"
#include "tests/fakes/slack_files.hpp"
#include "tests/fakes/slack_method_rules.hpp"
#include "tests/fakes/slack_wire.hpp"
#include "tests/support/block_kit.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace countersign::fakes {
namespace {

HttpReply plain(int status, std::string body) {
    return {.status = status, .body = std::move(body), .content_type = "text/plain", .headers = {}};
}

std::string token_of(const HttpQuery& query) {
    const auto header = query.headers.find("authorization");
    if (header == query.headers.end() || header->second.rfind("Bearer ", 0) != 0) return "";
    return header->second.substr(7);
}

std::string kind_of(const World& world, const std::string& token) {
    if (token == world.app_token) return "app";
    if (token == tokens::bot) return "bot";
    if (token == tokens::admin) return "admin";
    if (token == tokens::reviewer) return "reviewer";
    return token.empty() ? "none" : "unknown";
}

bool has_json_body(const HttpQuery& query) {
    const auto type = query.headers.find("content-type");
    return type != query.headers.end() && type->second.rfind("application/json", 0) == 0;
}

// Arguments from the URL and the body. Fields that Slack takes as JSON are parsed, so that the log of calls
// shows the same whichever way they came.
Json read_args(const HttpQuery& query) {
    Json args = Json::object();
    for (const auto& [key, value] : query.query)
        args[key] = value;
    if (has_json_body(query)) {
        const Json body = Json::parse(query.body.empty() ? "{}" : query.body, nullptr, false);
        if (!body.is_object()) refuse("invalid_json");
        args.update(body);
        return args;
    }
    if (!query.body.empty()) {
        const auto type = query.headers.find("content-type");
        if (type == query.headers.end()) refuse("missing_post_type");
        if (type->second.rfind("application/x-www-form-urlencoded", 0) != 0) refuse("invalid_post_type");
        for (const auto& [key, value] : decode_form(query.body))
            args[key] = value;
    }
    for (const char* key : {"blocks", "view", "metadata", "attachments"}) {
        if (!args.contains(key)) continue;
        const Json parsed = Json::parse(args[key].get<std::string>(), nullptr, false);
        if (!parsed.is_discarded()) args[key] = parsed;
    }
    return args;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words)
        out += (out.empty() ? "" : ",") + word;
    return out;
}

std::string scopes_of(const FakeSlackOptions& options, const std::string& kind) {
    if (kind == "bot") return joined(options.bot_scopes);
    if (kind == "admin") return joined(options.admin_scopes);
    if (kind == "reviewer") return joined(options.reviewer_scopes);
    return kind == "app" ? "connections:write" : "";
}

// How a scripted fault changes the reply (fake_slack.hpp, `script`).
void apply_fault(const Json& fault, HttpReply& reply, ApiCall& call) {
    if (fault.contains("answer")) {
        if (!call.answer.is_object()) call.answer = Json::object();
        call.answer.merge_patch(fault["answer"]);
    }
    if (fault.contains("error")) call.answer = {{"ok", false}, {"error", fault["error"]}};
    reply.status = fault.value("status", 200);
    if (reply.status == 429) call.answer = {{"ok", false}, {"error", "ratelimited"}};
    if (const Json after = fault.value("retry_after", Json()); !after.is_null()) {
        reply.headers["Retry-After"] = after.is_string() ? after.get<std::string>() : after.dump();
    }
    reply.body = slack_text(call.answer);
    if (reply.status >= 500) reply.body = "upstream connect error";
    if (fault.contains("body")) reply.body = fault["body"];
    if (fault.value("html", false)) {
        reply.body = "<!DOCTYPE html><html><body>Slack is having trouble</body></html>";
        reply.content_type = "text/html";
    }
    using Ending = HttpReply::Ending;
    if (fault.value("hang", false)) reply.ending = Ending::hang;
    if (fault.value("drop_before", false) || fault.value("drop_after", false)) reply.ending = Ending::reset;
    if (fault.value("truncate", false)) reply.ending = Ending::truncate;
    if (fault.value("drip", false)) reply.ending = Ending::drip;
    reply.delay = std::chrono::milliseconds(fault.value("delay_ms", 0));
}

// Whether the method is carried out although a fault is told.
bool is_performed(const Json& fault) {
    if (fault.contains("perform")) return fault["perform"];
    if (fault.value("drop_after", false) || fault.value("truncate", false)) return true;
    for (const char* key : {"status", "error", "hang", "drop_before", "html", "body"}) {
        if (fault.contains(key)) return false;
    }
    return true;
}

}  // namespace

void FakeSlack::host(const std::string& token, FakeSlack& workspace) {
    const std::lock_guard lock(impl_->mutex);
    impl_->hosted[token] = workspace.impl_.get();
}

void FakeSlack::forget(const std::string& token) {
    const std::lock_guard lock(impl_->mutex);
    impl_->hosted.erase(token);
}

bool FakeSlack::hosts(const std::string& token) const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->hosted.contains(token);
}

HttpReply FakeSlack::Impl::answer(const HttpQuery& query) {
    Impl* other = nullptr;
    {
        const std::lock_guard lock(mutex);
        const auto found = hosted.find(token_of(query));
        if (found != hosted.end()) other = found->second;
    }
    if (other != nullptr) {
        auto theirs = query;
        theirs.headers["authorization"] = std::string("Bearer ") + tokens::bot;
        auto reply = other->answer(theirs);
        if (query.path == "/api/auth.revoke" && reply.body.contains("\"revoked\":true")) {
            const std::lock_guard lock(mutex);
            hosted.erase(token_of(query));
        }
        return reply;
    }
    std::function<HttpReply(const HttpQuery&)> handler;
    {
        const std::lock_guard lock(mutex);
        for (const auto& [prefix, each] : served) {
            if (query.path.rfind(prefix, 0) == 0) handler = each;
        }
    }
    if (handler) return handler(query);
    return change([&] {
        if (query.path.rfind("/api/", 0) == 0) return answer_method(query.path.substr(5), query);
        if (query.path.rfind("/response/", 0) == 0) return answer_response_url(query);
        if (query.path.rfind("/upload/", 0) == 0) return take_upload(world, query);
        return plain(404, "not found");
    });
}

void FakeSlack::Impl::check_rate(const ApiCall& call) {
    if (!world.options.enforce_rates) return;
    const auto now = std::chrono::steady_clock::now();
    std::optional<int> wait;
    if (call.method == "chat.postMessage") {
        // One a second and channel; short bursts above are tolerated.
        std::string channel = call.args.value("channel", Json("")).dump();
        if (channel.size() > 2 && (channel[1] == 'U' || channel[1] == 'W'))
            channel[1] = 'D';  // the same conversation
        wait = rates.refuse(call.method + ":" + channel, 1, 2, now);
    } else if (const MethodRule* rule = find_rule(call.method)) {
        wait =
            rates.refuse(call.method + ":" + call.token_kind, rule->per_minute / 60.0, rule->per_minute, now);
    }
    if (wait) refuse("ratelimited", {{"retry_after", *wait}});
}

void FakeSlack::Impl::perform(ApiCall& call, bool json_body) {
    try {
        check_rate(call);
        if (call.token_kind == "none") refuse("not_authed");
        if (call.token_kind == "unknown") refuse("invalid_auth");
        if (call.args.contains("token")) refuse("invalid_auth");  // a token belongs into the header (R1)
        const MethodRule* rule = find_rule(call.method);
        const Method method = find_slack_method(call.method);
        if (rule == nullptr || method == nullptr) refuse("unknown_method");
        const MethodCall request{call.method, call.token_kind, call.args};
        check_call(*rule, request, world.options, json_body);
        call.answer = method(world, request);
        call.answer["ok"] = true;
    } catch (const Refused& refused) {
        call.answer = refused.answer;
    } catch (const Json::exception& error) {  // a shape that nobody foresaw
        call.answer = {{"ok", false}, {"error", "invalid_arguments"}, {"detail", error.what()}};
    }
}

HttpReply FakeSlack::Impl::answer_method(const std::string& method, const HttpQuery& query) {
    ApiCall call{
        .method = method,
        .token_kind = kind_of(world, token_of(query)),
        .args = Json::object(),
        .content_type = query.headers.contains("content-type") ? query.headers.at("content-type") : "",
        .answer = Json(),
        .at = std::chrono::steady_clock::now()};
    Json fault = Json::object();
    auto* script = &scripts[method];
    if (script->empty()) script = &scripts["*"];
    const bool scripted = !script->empty();
    if (scripted) {
        fault = script->front();
        script->pop_front();
    }
    if (faults.contains("rate_limit")) fault = {{"status", 429}, {"retry_after", 1}};
    try {
        call.args = read_args(query);
        if (is_performed(fault)) perform(call, has_json_body(query));
    } catch (const Refused& refused) {
        call.answer = refused.answer;
    }
    HttpReply reply{.body = slack_text(call.answer), .headers = {}};
    reply.headers["Date"] = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::time(nullptr)));
    reply.headers["X-Slack-Req-Id"] = world.next_id("req");
    if (const std::string scopes = scopes_of(world.options, call.token_kind); !scopes.empty()) {
        reply.headers["X-OAuth-Scopes"] = scopes;
    }
    if (call.answer.is_object() && call.answer.value("error", "") == "ratelimited") {
        reply.status = 429;
        reply.headers["Retry-After"] = call.answer["retry_after"].dump();
        // What is scripted is for a call that is heard.
        if (scripted) script->push_front(std::exchange(fault, Json::object()));
    }
    if (!fault.empty()) apply_fault(fault, reply, call);
    if (faults.contains("slow")) reply.delay = std::chrono::milliseconds(faults["slow"].get<int>());
    const bool silent = reply.ending == HttpReply::Ending::hang || reply.ending == HttpReply::Ending::reset;
    call.status = silent ? 0 : reply.status;
    calls.push_back(std::move(call));
    return reply;
}

// Five uses within thirty minutes; no token (domain.md §3.3).
HttpReply FakeSlack::Impl::answer_response_url(const HttpQuery& query) {
    const auto found = world.response_urls.find(query.path.substr(query.path.rfind('/') + 1));
    const Json body = Json::parse(query.body, nullptr, false);
    calls.push_back(
        {.method = "response_url",
         .token_kind = kind_of(world, token_of(query)),
         .args = body,
         .content_type = query.headers.contains("content-type") ? query.headers.at("content-type") : "",
         .answer = Json(),
         .at = std::chrono::steady_clock::now()});
    const auto reply = [&](int status, const std::string& text) {
        calls.back().status = status;
        calls.back().answer = text;
        return plain(status, text);
    };
    if (query.method != "POST" || !body.is_object()) return reply(400, "invalid_payload");
    if (found == world.response_urls.end()) return reply(404, "no_service");
    ResponseUrl& target = found->second;
    if (++target.uses > 5) return reply(404, "used_url");
    if (std::chrono::steady_clock::now() > target.expires) return reply(404, "expired_url");
    if (!tests::check_message(body).empty() && !body.value("delete_original", false))
        return reply(400, "invalid_blocks");
    Message* original = world.find_message(target.channel, target.message_ts);
    if (body.value("delete_original", false) && original != nullptr) {
        auto& messages = world.find_channel(target.channel)->messages;
        std::erase_if(messages, [&](const Message& each) { return each.ts == target.message_ts; });
    } else if (body.value("replace_original", false) && original != nullptr) {
        original->text = body.value("text", original->text);
        original->blocks = body.value("blocks", Json::array());
        ++original->edits;
    } else {
        const bool for_all = body.value("response_type", "ephemeral") == std::string("in_channel");
        world.find_channel(target.channel)
            ->messages.push_back({.channel = target.channel,
                                  .ts = world.next_ts(),
                                  .user = ids::bot_user,
                                  .text = body.value("text", ""),
                                  .thread_ts = "",
                                  .blocks = body.value("blocks", Json::array()),
                                  .metadata = {},
                                  .ephemeral_to = for_all ? "" : target.user});
    }
    return reply(200, "ok");
}

}  // namespace countersign::fakes
