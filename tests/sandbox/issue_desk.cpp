#include "tests/sandbox/issue_desk.hpp"

#include "tests/sandbox/world.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <system_error>

namespace countersign::sandbox {

namespace {

using fakes::Json;

std::string address(std::int64_t iid) {
    return fmt::format("{}/{}/-/issues/{}", tracker_url, project, iid);
}

}  // namespace

Json IssueDesk::issues() const {
    Json out = Json::array();
    const auto snapshot = gitlab_.snapshot();
    for (const auto& home : snapshot["projects"]) {
        for (auto issue : home["issues"]) {
            issue["url"] = address(issue["iid"]);
            out.insert(out.begin(), std::move(issue));
        }
    }
    return out;
}

std::int64_t IssueDesk::act(const std::string& login, const Json& body) {
    const std::string verb = body.value("act", "");
    fakes::IssueRef issue{project, body.value("iid", std::int64_t{0})};
    if (verb == "open") {
        const std::string title = body.value("title", "");
        if (title.empty()) throw std::invalid_argument("An issue needs a title.");
        issue = gitlab_.open(project, login, title, body.value("value", ""));
    } else {
        do_it(issue, login, verb, body.value("value", ""));
    }
    tell_daemon(issue.iid);
    return issue.iid;
}

void IssueDesk::do_it(const fakes::IssueRef& issue, const std::string& login, const std::string& verb,
                      const std::string& value) {
    if (verb == "sign")
        gitlab_.sign(issue, login, value);
    else if (verb == "unsign")
        gitlab_.unsign(issue, login, value);
    else if (verb == "tick")
        gitlab_.tick(issue, login, value);
    else if (verb == "untick")
        gitlab_.untick(issue, login, value);
    else if (verb == "comment")
        gitlab_.comment(issue, login, value);
    else if (verb == "edit")
        gitlab_.edit(issue, login, value);
    else if (verb == "close")
        gitlab_.close(issue, login);
    else if (verb == "reopen")
        gitlab_.reopen(issue, login);
    else if (verb == "confidential")
        gitlab_.set_confidential(issue, value == "true");
    else if (verb == "remove")
        gitlab_.remove(issue);
    else
        throw std::invalid_argument("There is no \"" + verb + "\" for an issue.");
}

void IssueDesk::tell_daemon(std::int64_t iid) {
    const auto port = daemon_.http_port();
    if (port == 0) return;
    const Json hook{{"object_kind", "issue"},
                    {"event_type", "issue"},
                    {"project", {{"path_with_namespace", project}}},
                    {"object_attributes", {{"iid", iid}}}};
    const auto body = hook.dump();
    try {
        last_hook_ = std::make_unique<fakes::RawClient>(port);
        last_hook_->write(fmt::format(
            "POST /webhooks/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            "X-Gitlab-Event: Issue Hook\r\nX-Gitlab-Token: {}\r\nIdempotency-Key: sandbox-{}-{}\r\n"
            "Content-Length: {}\r\n\r\n{}",
            tracker_name, hook_secret, ::getpid(), ++hooks_, body.size(), body));
    } catch (const std::runtime_error&) {  // it is down just now
        last_hook_.reset();
    }
}

}  // namespace countersign::sandbox
