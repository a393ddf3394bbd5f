#include "bot/access_hook.hpp"
#include "bot/tracker/github_json.hpp"
#include "bot/tracker/gitlab_json.hpp"
#include "bot/tracker/issue_form.hpp"
#include "bot/tracker/json.hpp"
#include "bot/tracker/webhook.hpp"
#include "bot/tracker/wire.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

// N5, G9: no answer and no hook of a tracker crashes its readers; what they take is theirs to give.
namespace {

using namespace countersign::tracker;
using countersign::config::Tracker;

template <class Reader>
void tried(Reader read) {
    try {
        read();
    } catch (const Malformed&) {
        return;
    }
}

const Tracker& lab() {
    static const Tracker tracker = [] {
        Tracker made;
        made.name = "lab";
        made.url = "https://gitlab.example.com/root";
        made.api_url = "https://gitlab.example.com/root/api/v4";
        made.projects = {"a/b"};
        return made;
    }();
    return tracker;
}

const Tracker& hub() {
    static const Tracker tracker = [] {
        Tracker made;
        made.kind = countersign::config::TrackerKind::github;
        made.name = "hub";
        made.url = "https://github.com";
        made.api_url = "https://api.github.com";
        made.projects = {"a/b"};
        return made;
    }();
    return tracker;
}

// As whoever knows the secret signs: what is behind the signature is read, too.
std::string signature_of(const std::string& secret, const std::string& body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
    std::string text = "sha256=";
    for (unsigned at = 0; at < size; ++at)
        text += fmt::format("{:02x}", digest.at(at));
    return text;
}

void expect_hook(const Tracker& tracker, const HookHeaders& headers, const std::string& body) {
    const countersign::Secret secret(std::string("t"));
    if (!promising(tracker, headers)) std::abort();
    const auto hook = read_hook(tracker, secret, headers, body, {});
    if (hook && (hook->project != "a/b" || hook->iid <= 0 || hook->delivery.empty())) std::abort();
}

void expect_access(const std::string& event, const std::string& body) {
    const HookHeaders headers{
        {"x-hub-signature-256", "sha256="}, {"x-github-event", event}, {"x-github-delivery", "d1"}};
    if (!countersign::bot::is_access_event(hub(), headers)) std::abort();
    const auto access = countersign::bot::read_access_hook(headers, body);
    if (!access) return;
    if (access->what.empty() || (access->what == "revoked" ? access->account : access->name).empty())
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    countersign::storage::IssueFacts facts;
    std::vector<std::string> names;
    tried([&] { (void)gitlab_project(text); });
    tried([&] { facts = gitlab_issue(text); });
    tried([&] { (void)listed_gitlab_issue(text); });
    tried([&] { add_gitlab_label_events(text, facts.label_events); });
    tried([&] { add_gitlab_state_events(text, facts.state_events); });
    tried([&] { add_gitlab_notes(text, facts.comments); });
    tried([&] { (void)gitlab_note(text); });
    tried([&] { (void)gitlab_token(text); });
    tried([&] { (void)github_repository(text); });
    tried([&] { facts = github_issue(text); });
    tried([&] { add_github_events(text, facts); });
    tried([&] { add_github_comments(text, facts.comments); });
    tried([&] { (void)github_template(text); });
    tried([&] { (void)rendered_form(text); });
    tried([&] { add_label_names(text, names); });
    const auto next = below_root(next_link(text), lab().api_url);
    if (!next.empty() && !next.starts_with("https://gitlab.example.com/root/api/v4/")) std::abort();
    expect_hook(lab(), {{"x-gitlab-token", "t"}, {"x-gitlab-event", "Issue Hook"}}, text);
    expect_hook(hub(),
                {{"x-hub-signature-256", signature_of("t", text)},
                 {"x-github-event", "issues"},
                 {"x-github-delivery", "d1"}},
                text);
    expect_access("installation", text);
    expect_access("github_app_authorization", text);
    return 0;
}
