#include "tests/sandbox/page_api.hpp"

#include "tests/sandbox/page_files.hpp"
#include "tests/sandbox/world.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <map>
#include <stdexcept>

namespace countersign::sandbox {

namespace {

using fakes::HttpQuery;
using fakes::HttpReply;
using fakes::Json;

HttpReply reply(int status, const Json& body) {
    HttpReply out;
    out.status = status;
    out.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    out.headers["Cache-Control"] = "no-store";
    return out;
}

std::string header(const HttpQuery& query, const std::string& name) {
    const auto found = query.headers.find(name);
    return found == query.headers.end() ? "" : found->second;
}

// The page can kill a process: neither another site's script nor a name that resolves to loopback may use it.
bool from_our_page(const HttpQuery& query) {
    const auto host = header(query, "host");
    if (!host.starts_with("127.0.0.1:") && !host.starts_with("localhost:")) return false;
    if (query.method == "GET") return true;
    const auto origin = header(query, "origin");
    return header(query, "content-type") == "application/json" &&
           (origin.empty() || origin == "http://" + host);
}

std::uint64_t number(const HttpQuery& query, const std::string& name) {
    std::uint64_t value = 0;
    const auto found = query.query.find(name);
    if (found != query.query.end()) {
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    }
    return value;
}

std::string text(const Json& body, const char* key) {
    return body.value(key, "");
}

Json acknowledgements(const std::vector<fakes::Ack>& all) {
    constexpr std::size_t kept = 100;
    Json out = Json::object();
    for (std::size_t at = all.size() > kept ? all.size() - kept : 0; at < all.size(); ++at) {
        out[all[at].envelope_id] = all[at].payload;
    }
    return out;
}

// A conversation by the name the page knows it by: a channel's id, or the id of the person who talks to the
// bot.
Json messages(const Json& snapshot) {
    Json out = Json::object();
    for (const auto& channel : snapshot["channels"]) {
        const std::string with_slackbot = channel["slackbot_of"];
        std::string place = channel.value("is_im", false) ? channel["user"] : channel["id"];
        if (!with_slackbot.empty()) place = "slackbot/" + with_slackbot;
        for (auto message : channel["messages"]) {
            message["channel"] = channel["id"];
            out[place].push_back(std::move(message));
        }
    }
    return out;
}

std::string login_of(const std::string& user) {
    const auto who = std::ranges::find(people(), user, &Person::id);
    return who == people().end() ? user : who->login;
}

Json apps(const Json& snapshot) {
    Json out = snapshot["apps"];
    for (auto& app : out) {
        app["kind"] = app.value("internal", false)      ? "internal"
                      : app.value("marketplace", false) ? "marketplace"
                                                        : "unlisted";
    }
    return out;
}

}  // namespace

PageApi::PageApi(fakes::FakeSlack& slack, fakes::FakeGitlab& gitlab, SignIn& sign_in, Daemon& daemon,
                 std::int64_t& ahead, const Mode& mode)
    : slack_(slack),
      gitlab_(gitlab),
      sign_in_(sign_in),
      daemon_(daemon),
      desk_(gitlab, daemon),
      ahead_(ahead),
      world_(describe(mode)),
      base_(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                           std::chrono::system_clock::now().time_since_epoch())
                                           .count())) {}

HttpReply PageApi::answer(const HttpQuery& query) {
    if (!from_our_page(query))
        return reply(403, {{"ok", false}, {"error", "This is for the sandbox's own page."}});
    if (query.method == "GET") {
        if (query.path == "/api/state") return reply(200, state(number(query, "since")));
        if (query.path == "/api/calls") return reply(200, calls(number(query, "after")));
        return page_file(query.path);
    }
    const std::string prefix = "/api/";
    if (query.method != "POST" || !query.path.starts_with(prefix)) return reply(404, {{"ok", false}});
    const Json body = Json::parse(query.body, nullptr, false);
    if (!body.is_object()) return reply(400, {{"ok", false}, {"error", "The body is not a JSON object."}});
    try {
        return reply(200, act(query.path.substr(prefix.size()), body));
    } catch (const std::exception& problem) {  // what this person cannot do now: the fake says why
        return reply(200, {{"ok", false}, {"error", problem.what()}});
    }
}

std::uint64_t PageApi::changes() const {
    return base_ + slack_.changes() + gitlab_.changes() + daemon_.changes();
}

Json PageApi::state(std::uint64_t since) {
    const auto now = changes();
    if (since == now) return {{"changes", now}};
    const Json snapshot = slack_.snapshot();
    Json out = world_;
    out["changes"] = now;
    out["api_url"] = snapshot["api_url"];
    out["bot"] = {
        {"id", snapshot["bot"]["user"]}, {"user", snapshot["bot"]["user"]}, {"name", "Countersign"}};
    out["connections"] = snapshot["connections"];
    out["messages"] = messages(snapshot);
    out["homes"] = Json::object();
    out["modals"] = Json::array();
    for (const auto& view : snapshot["views"]) {
        if (view["kind"] == "home") {
            out["homes"][view["user"].get<std::string>()] = view["view"];
        } else {
            out["modals"].push_back({{"id", view["id"]}, {"user", view["user"]}, {"view", view["view"]}});
        }
    }
    out["locales"] = Json::object();
    for (const auto& user : snapshot["users"])
        out["locales"][user["id"].get<std::string>()] = user["locale"];
    out["apps"] = apps(snapshot);
    out["requests"] = snapshot["requests"];
    out["faults"] = snapshot["faults"];
    out["acks"] = acknowledgements(slack_.acks());
    note_calls();
    out["calls"] = calls_.size();
    out["daemon"] = daemon_.describe();
    out["tracker"]["issues"] = desk_.issues();
    out["sign_in"] = sign_in_.describe();
    out["ahead"] = ahead_ / 1'000'000;
    return out;
}

void PageApi::note_calls() {
    const auto to_slack = slack_.calls();
    for (; slack_calls_ < to_slack.size(); ++slack_calls_) {
        const auto& call = to_slack[slack_calls_];
        calls_.push_back({{"n", calls_.size() + 1},
                          {"method", call.method},
                          {"token", call.token_kind},
                          {"args", call.args},
                          {"status", call.status},
                          {"answer", call.answer}});
    }
    // What a token could be in is left out: headers and queries.
    const auto to_gitlab = gitlab_.calls();
    for (; gitlab_calls_ < to_gitlab.size(); ++gitlab_calls_) {
        const auto& call = to_gitlab[gitlab_calls_];
        calls_.push_back({{"n", calls_.size() + 1},
                          {"method", call.method + " " + call.path},
                          {"token", "GitLab"},
                          {"status", call.status}});
    }
}

Json PageApi::calls(std::size_t after) {
    note_calls();
    Json out = Json::array();
    for (std::size_t at = after; at < calls_.size(); ++at)
        out.push_back(calls_[at]);
    return {{"calls", out}};
}

Json PageApi::act(const std::string& verb, const Json& body) {
    const std::string user = text(body, "user");
    if (verb == "request") {
        return {{"ok", true},
                {"request", slack_.request_app(user, text(body, "app"), text(body, "message"))}};
    }
    if (verb == "press") return {{"ok", true}, {"envelope", press(body)}};
    if (verb == "submit") {
        const auto fields = body.value("fields", std::map<std::string, std::string>{});
        return {{"ok", true}, {"envelope", slack_.submit(user, text(body, "view"), fields)}};
    }
    if (verb == "command") {
        return {{"ok", true},
                {"envelope",
                 slack_.command(user, text(body, "channel"), text(body, "command"), text(body, "text"))}};
    }
    if (verb == "shortcut")
        return {{"ok", true},
                {"envelope", body.contains("ts")
                                 ? slack_.message_shortcut(user, text(body, "callback"),
                                                           text(body, "channel"), text(body, "ts"))
                                 : slack_.shortcut(user, text(body, "callback"))}};
    if (verb == "language") {
        slack_.set_locale(user, text(body, "locale"));
        return {{"ok", true}};
    }
    if (verb == "issue") return {{"ok", true}, {"iid", desk_.act(login_of(user), body)}};
    if (verb == "home") return {{"ok", true}, {"envelope", slack_.open_home(user)}};
    if (verb == "say")
        return {{"ok", true}, {"ts", slack_.say(user, text(body, "channel"), text(body, "text"))}};
    if (verb == "close") {
        slack_.close_view(user, text(body, "view"));
    } else if (verb == "fault") {
        fault(text(body, "name"), body.value("value", Json(true)));
    } else if (verb == "outside") {
        slack_.decide_outside(text(body, "request"), text(body, "decision"), "U0NOOR");
    } else if (verb == "grow") {
        slack_.grow_scopes(text(body, "request"), {{"name", "admin.users:read"},
                                                   {"description", "View the people of the organisation"},
                                                   {"is_sensitive", true},
                                                   {"token_type", "user"}});
    } else if (verb == "sign_in") {
        sign_in_.act(login_of(user), body);
        tell_page();
    } else if (verb == "kill") {
        daemon_.kill();
    } else if (verb == "clock") {
        move_clock(body.value("minutes", std::int64_t{0}));
    } else {
        return {{"ok", false}, {"error", "There is no \"" + verb + "\" here."}};
    }
    return {{"ok", true}};
}

std::string PageApi::press(const Json& body) {
    const auto view = text(body, "view");
    if (view.empty() && pressed_slackbot(body)) return "";
    if (!view.empty())
        return slack_.press_in_view(text(body, "user"), view, text(body, "label"), text(body, "value"));
    return slack_.press(text(body, "user"), text(body, "channel"), text(body, "ts"), text(body, "action"));
}

// Slackbot's buttons are Slack's own: no app hears of the press, Slack acts and edits its message.
bool PageApi::pressed_slackbot(const Json& body) {
    const std::pair place{text(body, "channel"), text(body, "ts")};
    for (const auto& request : slack_.requests()) {
        if (std::ranges::find(request.notices, place) == request.notices.end()) continue;
        const auto user = text(body, "user");
        const auto who = std::ranges::find(people(), user, &Person::id);
        if (who == people().end() || who->role != "admin")
            throw std::invalid_argument("Only app managers can review requests to install.");
        const bool approve = text(body, "action") == "QX1";
        slack_.decide_outside(request.id, approve ? "approve" : "restrict", user);
        return true;
    }
    return false;
}

// Forwards only, as clocks go: what was done later cannot come before what is done next.
void PageApi::move_clock(std::int64_t minutes) {
    constexpr std::int64_t year = std::int64_t{366} * 24 * 60;
    if (minutes <= 0 || minutes > year)
        throw std::invalid_argument("The clock goes forwards, by a year at most.");
    constexpr std::int64_t nanoseconds = 60'000'000'000;
    __atomic_add_fetch(&ahead_, minutes * nanoseconds, __ATOMIC_RELAXED);
    tell_page();
}

// Something changed that Slack did not see.
void PageApi::tell_page() {
    gitlab_.pass(std::chrono::milliseconds(0));
}

void PageApi::fault(const std::string& name, const Json& value) {
    if (name == "refresh") {
        slack_.refresh();
    } else if (name == "disconnect") {
        slack_.abort_connections();
    } else if (name == "slow") {
        slack_.set_fault("slow", value == true ? 2000 : 0);
    } else {
        slack_.set_fault(name, value);
    }
}

}  // namespace countersign::sandbox
