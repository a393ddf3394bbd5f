#include "bot/tracker/github_json.hpp"
#include "bot/tracker/gitlab_json.hpp"
#include "bot/tracker/issue_form.hpp"
#include "bot/tracker/json.hpp"
#include "bot/tracker/webhook.hpp"
#include "bot/tracker/wire.hpp"

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
    const countersign::Secret secret(std::string("t"));
    const auto hook = read_hook(lab(), secret, {{"x-gitlab-token", "t"}}, text, {});
    if (hook && (hook->project != "a/b" || hook->iid <= 0)) std::abort();
    return 0;
}
