#include "bot/tracker/trouble.hpp"

#include <algorithm>
#include <array>

namespace countersign::tracker {
namespace {

using enum net::ApiMeaning;

struct Code {
    std::string_view code;
    net::ApiMeaning meaning;
    std::string_view advice;
};

constexpr auto codes = std::to_array<Code>({
    // The issue, project or template is not what it was: the handler decides.
    {"issue_not_found", refused,
     "The issue does not exist, or the bot's account has no access to it; check the link and the account's "
     "membership."},  // G5: the tracker does not tell which
    {"issue_gone", refused,
     "The issue was deleted, or issues are disabled in its project; link another one."},
    {"issue_moved", refused,
     "The issue was moved to a project that is not configured; link the new issue, or add its project."},
    {"template_not_found", refused,
     "The template does not exist in the project; check `template` of the tracker's section."},
    {"template_unreadable", refused,
     "The project's issue form cannot be read; `countersign check` says where: correct it in its "
     "repository."},
    {"too_large", refused, "The issue is larger than Countersign reads; link another one."},
    {"rejected", refused,
     "The tracker refused the content of the call: please report it as a fault of Countersign."},
    {"unknown_tracker", refused, "This tracker is no longer configured; link an issue of a configured one."},

    // A person has to act.
    {"project_not_found", human,
     "The project does not exist, or the bot's account has no access to it; check `projects` and the "
     "account's membership."},
    {"unauthorized", human, "The tracker refused the token; install a valid one and reload Countersign."},
    {"forbidden", human,
     "The token may not do this; give the bot's account the Reporter role and the scope api (GitLab), or "
     "the Issues permission (GitHub)."},
    {"issues_disabled", human, "Issues are disabled in the project; enable them, or configure another one."},
    {"unsupported_version", human,
     "The tracker does not know this version of its API; update the tracker, or Countersign."},
    {"no_token", human, "Set the token of this tracker and reload Countersign."},
    {"quick_action_run", human,
     "The tracker took a line of a text for a command and ran it with the bot's rights: look at the issue, "
     "and please report it as a fault of Countersign."},

    // Again later.
    {"rate_limited", retry, "The tracker limits the calls of this account; it is tried again."},
    {"conflict", retry, "The issue changed at the same moment; it is tried again."},
    {"unavailable", retry, "The tracker has trouble of its own; it is tried again."},
    {"timeout", retry, "The tracker did not answer in time; check the network and the proxy."},
    {"unreachable", retry, "The tracker cannot be reached; check DNS, proxy and firewall."},
    {"tls", retry,
     "The tracker's certificate was not accepted; name its authority in ca_file of the tracker's section, "
     "and check this host's clock."},
    {"malformed", retry,
     "The answer was not the tracker's; check api_url, and whether a proxy or a login page is in between."},

    // It may have happened.
    {"answer_lost", unclear, "Whether it took effect is looked up before it is repeated."},
});

// A proxy's hiccup passes; an answer that stays unreadable needs somebody to look (N5).
constexpr int malformed_attempts = 3;

const Code* find(std::string_view code) {
    const auto* found = std::ranges::find(codes, code, &Code::code);
    return found == codes.end() ? nullptr : found;
}

}  // namespace

net::ApiMeaning meaning_of(std::string_view code, int attempts) {
    if (code.empty()) return ok;
    if (code == "malformed" && attempts >= malformed_attempts) return human;
    const Code* known = find(code);
    return known == nullptr ? human : known->meaning;
}

std::string_view advice_for(std::string_view code) {
    const Code* known = find(code);
    return known == nullptr ? "" : known->advice;
}

bool is_known(std::string_view code) {
    return find(code) != nullptr;
}

}  // namespace countersign::tracker
