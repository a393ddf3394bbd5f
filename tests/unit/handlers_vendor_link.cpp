#include "handlers/review/punycode.hpp"
#include "handlers/review/vendor_link.hpp"
#include "handlers/review/wire_text.hpp"
#include "handlers/views/link_problems.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <set>
#include <string>

namespace {

using namespace countersign;
using namespace std::string_literals;
using namespace countersign::handlers::review;
using config::Tracker;
using config::TrackerKind;
using config::TrackerPurpose;
using enum LinkProblem;

Tracker tracker(std::string name, TrackerKind kind, std::string url, std::string api_url,
                std::vector<std::string> projects, TrackerPurpose purpose = TrackerPurpose::vendor) {
    Tracker out;
    out.name = std::move(name);
    out.kind = kind;
    out.url = std::move(url);
    out.api_url = std::move(api_url);
    out.projects = std::move(projects);
    out.purpose = purpose;
    return out;
}

const std::vector<Tracker>& trackers() {
    static const std::vector<Tracker> all{
        tracker("gitlab", TrackerKind::gitlab, "https://gitlab.com", "https://gitlab.com/api/v4",
                {"acme/finance/vendors", "acme/Legal.team/reviews_2"}),
        tracker("selfhosted", TrackerKind::gitlab, "https://git.acme.example:8443/tools/gitlab",
                "https://git.acme.example:8443/tools/gitlab/api/v4", {"it/apps"}),
        tracker("plain", TrackerKind::gitlab, "http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v4",
                {"sandbox/vendors"}),
        tracker("idn", TrackerKind::gitlab, "https://git.xn--mller-kva.example",
                "https://git.xn--mller-kva.example/api/v4", {"it/vendors"}),
        tracker("github", TrackerKind::github, "https://github.com", "https://api.github.com",
                {"acme/vendor-approvals", "acme/.github"}),
        tracker("ghes", TrackerKind::github, "https://github.acme.example",
                "https://github.acme.example/api/v3", {"sec/vendors", "shared/both"}),
        tracker("mirror", TrackerKind::gitlab, "https://mirror.acme.example",
                "https://mirror.acme.example/api/v4", {"shared/both"}),
        tracker("helpdesk", TrackerKind::gitlab, "https://helpdesk.acme.example",
                "https://helpdesk.acme.example/api/v4", {"it/requests"}, TrackerPurpose::it_request),
    };
    return all;
}

std::string text_of(const std::expected<IssueLink, LinkProblem>& read) {
    return read ? read->tracker + " " + read->url
                : "problem " + std::to_string(static_cast<int>(read.error()));
}
std::string parsed(std::string_view text) {
    return text_of(parse_issue_link(text, trackers()));
}
std::string refused(LinkProblem problem) {
    return text_of(std::unexpected(problem));
}

// {"iid":"7","full_path":"acme/finance/vendors","id":4711}
constexpr const char* shown = "eyJpaWQiOiI3IiwiZnVsbF9wYXRoIjoiYWNtZS9maW5hbmNlL3ZlbmRvcnMiLCJpZCI6NDcxMX0";

std::string base64(std::string_view bytes) {
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t bits = 0;
        const auto count = std::min<std::size_t>(3, bytes.size() - at);
        for (std::size_t n = 0; n < 3; ++n)
            bits = (bits << 8U) | (n < count ? static_cast<unsigned char>(bytes[at + n]) : 0U);
        for (std::size_t n = 0; n <= count; ++n)
            out += digits[(bits >> (18U - 6U * n)) & 63U];
        out.append(3 - count, '=');
    }
    return out;
}
std::string list_with(std::string_view json) {
    return "https://gitlab.com/acme/finance/vendors/-/issues?show=" + base64(json);
}

}  // namespace

TEST_CASE("L1: every accepted form maps to one canonical link") {
    const std::string gitlab = "gitlab https://gitlab.com/acme/finance/vendors/-/issues/7";
    const std::string hosted = "selfhosted https://git.acme.example:8443/tools/gitlab/it/apps/-/issues/7";
    const std::string plain = "plain http://127.0.0.1:8080/sandbox/vendors/-/issues/7";
    const std::string github = "github https://github.com/acme/vendor-approvals/issues/7";
    const std::string ghes = "ghes https://github.acme.example/sec/vendors/issues/7";
    const std::vector<std::pair<std::string, std::string>> rows{
        {"https://gitlab.com/acme/finance/vendors/-/issues/7", gitlab},
        {"  https://gitlab.com/acme/finance/vendors/-/issues/7\n", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7?utm=1&x=2", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7#note_123", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/?a=b#c", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7#", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/designs", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/designs/flow.png", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/designs/my%20flow.png", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/work_items/7", gitlab},
        {"https://gitlab.com/acme/finance/vendors/-/work_items/7?tab=x", gitlab},
        {"https://gitlab.com/acme/finance/vendors/issues/7", gitlab},
        {"https://gitlab.com/acme/finance/vendors/issues/7/", gitlab},
        {"https://gitlab.com/Acme/Finance/VENDORS/-/issues/7", gitlab},
        {"HTTPS://GitLab.COM/acme/finance/vendors/-/issues/7", gitlab},
        {"https://gitlab.com./acme/finance/vendors/-/issues/7", gitlab},
        {"https://gitlab.com:443/acme/finance/vendors/-/issues/7", gitlab},
        {"https://gitlab.com:/acme/finance/vendors/-/issues/7", gitlab},
        {"<https://gitlab.com/acme/finance/vendors/-/issues/7>", gitlab},
        {"<https://gitlab.com/acme/finance/vendors/-/issues/7|our issue>", gitlab},
        {"<https://gitlab.com/acme/finance/vendors/-/issues/7?a=1&amp;b=2|https://evil.example/x>", gitlab},
        {std::string("https://gitlab.com/acme/finance/vendors/-/issues/?sort=x&show=") + shown, gitlab},
        {std::string("https://gitlab.com/acme/finance/vendors/-/issues?sort=x&show=") + shown, gitlab},
        {std::string("https://gitlab.com/acme/finance/vendors/-/issues?show=") + shown +
             "%3D&first_page_size=20",
         gitlab},
        {std::string("https://gitlab.com/acme/finance/vendors/-/issues?show=") + shown + "=", gitlab},
        {std::string("https://gitlab.com/acme/finance/vendors/-/work_items?show=") + shown, gitlab},
        {std::string("https://gitlab.com/groups/acme/-/issues?show=") + shown, gitlab},
        {list_with(R"({"iid":7,"full_path":"acme/finance/vendors"})"), gitlab},
        {"acme/finance/vendors#7", gitlab},
        {"gitlab.com/acme/finance/vendors#7", gitlab},
        {"GitLab.com/acme/finance/vendors#7", gitlab},
        {"https://gitlab.com/api/v4/projects/acme%2Ffinance%2Fvendors/issues/7", gitlab},
        {"https://gitlab.com/api/v4/projects/acme%2ffinance%2fvendors/issues/7", gitlab},
        {"https://gitlab.com/acme/Legal.team/reviews_2/-/issues/2147483647",
         "gitlab https://gitlab.com/acme/Legal.team/reviews_2/-/issues/2147483647"},
        {"https://git.acme.example:8443/tools/gitlab/it/apps/-/issues/7", hosted},
        {"https://git.acme.example:8443/tools/gitlab/it/apps/issues/7", hosted},
        {"https://git.acme.example:8443/tools/gitlab/api/v4/projects/it%2Fapps/issues/7", hosted},
        {"git.acme.example:8443/tools/gitlab/it/apps#7", hosted},
        {"it/apps#7", hosted},
        {"http://127.0.0.1:8080/sandbox/vendors/-/issues/7", plain},
        {"https://git.xn--mller-kva.example/it/vendors/-/issues/7",
         "idn https://git.xn--mller-kva.example/it/vendors/-/issues/7"},
        {"https://git.müller.example/it/vendors/-/issues/7",
         "idn https://git.xn--mller-kva.example/it/vendors/-/issues/7"},
        {"https://github.com/acme/vendor-approvals/issues/7", github},
        {"https://github.com/acme/vendor-approvals/issues/7/", github},
        {"https://github.com/acme/vendor-approvals/issues/7?x=y#issuecomment-1", github},
        {"https://github.com/acme/vendor-approvals/issues/7#event-99", github},
        {"https://github.com/ACME/Vendor-Approvals/issues/7", github},
        {"acme/vendor-approvals#7", github},
        {"github.com/acme/vendor-approvals#7", github},
        {"https://api.github.com/repos/acme/vendor-approvals/issues/7", github},
        {"https://github.com/orgs/acme/projects/1?pane=issue&itemId=5&issue=acme%7Cvendor-approvals%7C7",
         github},
        {"https://github.com/orgs/acme/projects/1/views/"
         "2?pane=issue&itemId=5&issue=acme%7cvendor-approvals%7c7",
         github},
        {"https://github.com/orgs/acme/projects/1?issue=acme|vendor-approvals|7", github},
        {"https://github.com/users/kim/projects/1?issue=acme%7Cvendor-approvals%7C7", github},
        {"https://github.com/acme/.github/issues/7", "github https://github.com/acme/.github/issues/7"},
        {"https://github.acme.example/sec/vendors/issues/7", ghes},
        {"https://github.acme.example/api/v3/repos/sec/vendors/issues/7", ghes},
        {"sec/vendors#7", ghes},
        {"github.acme.example/shared/both#7", "ghes https://github.acme.example/shared/both/issues/7"},
        {"https://mirror.acme.example/shared/both/-/issues/7",
         "mirror https://mirror.acme.example/shared/both/-/issues/7"},
    };
    REQUIRE(rows.size() >= 60);
    for (const auto& [link, expected] : rows) {
        CAPTURE(link);
        CHECK(parsed(link) == expected);
    }
}

TEST_CASE("L2: Slack's wire form is undone once, and the label is never used") {
    CHECK(from_wire("a &lt;b&gt; &amp;amp; c") == "a <b> &amp; c");
    CHECK(from_wire("<https://a.example/?x=1&amp;y=2|label>") == "https://a.example/?x=1&y=2");
    CHECK(from_wire("<@U1|kim> in <#C1|general>") == "@U1 in #C1");
    CHECK(from_wire("1 < 2 and <open") == "1 < 2 and <open");
    CHECK(from_wire("<<https://a.example>") == "<https://a.example");
    CHECK(parsed("<https://evil.example/x|https://gitlab.com/acme/finance/vendors/-/issues/7>") ==
          refused(unknown_tracker));
}

TEST_CASE("L3: the form for a new issue gets its own answer") {
    for (const std::string_view link :
         {"https://gitlab.com/acme/finance/vendors/-/issues/new?issuable_template=app_integrations",
          "https://gitlab.com/acme/finance/vendors/-/issues/new",
          "https://gitlab.com/acme/finance/vendors/-/work_items/new",
          "https://gitlab.com/acme/finance/vendors/issues/new?issue[title]=x",
          "https://gitlab.com/other/project/-/issues/new",
          "https://github.com/acme/vendor-approvals/issues/new",
          "https://github.com/acme/vendor-approvals/issues/new/choose",
          "https://github.com/acme/vendor-approvals/issues/new?template=app.yml"}) {
        CAPTURE(link);
        CHECK(parsed(link) == refused(is_form));
    }
    CHECK(handlers::views::explain(is_form, handlers::views::Language::english).contains("form"));
}

TEST_CASE("L4, L5: what is refused, each with its own reason") {
    const std::vector<std::pair<std::string, LinkProblem>> rows{
        {"", not_a_link},
        {"   ", not_a_link},
        {"please approve", not_a_link},
        {"gitlab.com/acme/finance/vendors/-/issues/7", not_a_link},
        {"//gitlab.com/acme/finance/vendors/-/issues/7", not_a_link},
        {"https:///acme/finance/vendors/-/issues/7", not_a_link},
        {"#7", not_a_link},
        {"vendors#7", not_a_link},
        {"acme/finance/vendors#seven", not_a_link},
        {"://gitlab.com/acme", not_a_link},
        // scheme
        {"http://gitlab.com/acme/finance/vendors/-/issues/7", not_https},
        {"ftp://gitlab.com/acme/finance/vendors/-/issues/7", not_https},
        {"javascript://gitlab.com/acme/finance/vendors/-/issues/7", not_https},
        {"file:///etc/passwd", not_https},
        {"https://127.0.0.1:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        // user info
        {"https://user@gitlab.com/acme/finance/vendors/-/issues/7", has_user_info},
        {"https://user:pw@gitlab.com/acme/finance/vendors/-/issues/7", has_user_info},
        {"https://gitlab.com@evil.example/acme/finance/vendors/-/issues/7", has_user_info},
        {"https://@gitlab.com/acme/finance/vendors/-/issues/7", has_user_info},
        {"https://gitlab.com:443@evil.example/acme/finance/vendors/-/issues/7", has_user_info},
        // host
        {"https://gitlab.com.evil.example/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://evil-gitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://evilgitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://www.gitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://gitlab.com../acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://gіtlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},   // Cyrillic і
        {"https://ｇitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},  // full width
        {"https://gitl%61b.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://evil.example/https://gitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://evil.example?https://gitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://evil.example#@gitlab.com/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://10.0.0.1/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"http://127.1:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        {"http://2130706433:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        {"http://0x7f.0.0.1:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        {"http://0177.0.0.1:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        {"http://[::1]:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        {"http://[::ffff:127.0.0.1]:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        {"http://localhost:8080/sandbox/vendors/-/issues/7", unknown_tracker},
        // port
        {"https://gitlab.com:8443/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://gitlab.com:0443/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://gitlab.com:65979/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://gitlab.com:4x3/acme/finance/vendors/-/issues/7", unknown_tracker},
        {"https://git.acme.example/tools/gitlab/it/apps/-/issues/7", unknown_tracker},
        {"http://127.0.0.1/sandbox/vendors/-/issues/7", unknown_tracker},
        // another root, another purpose
        {"https://git.acme.example:8443/it/apps/-/issues/7", unknown_tracker},
        {"https://git.acme.example:8443/tools/gitlab2/it/apps/-/issues/7", unknown_tracker},
        {"https://helpdesk.acme.example/it/requests/-/issues/7", unknown_tracker},
        // characters
        {"https://gitlab.com\\acme/finance/vendors/-/issues/7", bad_characters},
        {"https://gitlab.com/acme/fin\tance/vendors/-/issues/7", bad_characters},
        {"https://gitlab.com/acme/finance\n/vendors/-/issues/7", bad_characters},
        {std::string("https://gitlab.com/acme/finance/vendors/-/issues/7\0", 51), bad_characters},
        {std::string("https://gitlab.com\0.evil.example/", 33), bad_characters},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7 x", bad_characters},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7\x7f", bad_characters},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7\"onload=x", bad_characters},
        // path
        {"https://gitlab.com/acme/%2e%2e/finance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme%2ffinance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finance/vendors%252f/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finance/vendors%00/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finance/../vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme/./finance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme//finance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com//acme/finance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7//", bad_path},
        {"https://gitlab.com/.acme/finance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/-acme/finance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finance/vendors./-/issues/7", bad_path},
        {"https://gitlab.com/acme/fin@ance/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finänce/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/vendors/-/issues/7", bad_path},
        {"https://gitlab.com/-/issues/7", bad_path},
        {"https://gitlab.com/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/-/issues/7", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/designs/%2e%2e", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/designs/a%2fb", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/designs/a%252fb", bad_path},
        {"https://github.com/-acme/vendor-approvals/issues/7", bad_path},
        {"https://github.com/acme-/vendor-approvals/issues/7", bad_path},
        {"https://github.com/acme/../issues/7", bad_path},
        {"https://github.com/ac_me/vendor-approvals/issues/7", bad_path},
        {"acme/../vendors#7", bad_path},
        // number
        {"https://gitlab.com/acme/finance/vendors/-/issues/0", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/-7", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/+7", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/007", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/1e3", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7.json", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/2147483648", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/99999999999999999999", bad_number},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7%37", bad_number},
        {"https://github.com/acme/vendor-approvals/issues/0", bad_number},
        {"acme/vendor-approvals#0", bad_number},
        {"acme/vendor-approvals#7x", bad_number},
        // other pages
        {"https://gitlab.com/acme/finance/vendors/-/merge_requests/7", is_merge_request},
        {"https://gitlab.com/acme/finance/vendors/merge_requests/7", is_merge_request},
        {"https://gitlab.com/api/v4/projects/acme%2Ffinance%2Fvendors/merge_requests/7", is_merge_request},
        {"https://github.com/acme/vendor-approvals/pull/7", is_merge_request},
        {"https://github.com/acme/vendor-approvals/pull/7/files", is_merge_request},
        {"https://api.github.com/repos/acme/vendor-approvals/pulls/7", is_merge_request},
        {"https://gitlab.com/groups/acme/-/epics/7", is_epic},
        {"https://gitlab.com/groups/acme/-/work_items/7", is_epic},
        {"https://gitlab.com/acme/finance/vendors/-/epics/7", is_epic},
        {"https://gitlab.com", is_other_page},
        {"https://gitlab.com/", is_other_page},
        {"https://gitlab.com/acme/finance/vendors", is_other_page},
        {"https://gitlab.com/acme/finance/vendors/-/issues", is_other_page},
        {"https://gitlab.com/acme/finance/vendors/-/issues?state=opened", is_other_page},
        {"https://gitlab.com/acme/finance/vendors/-/boards/7", is_other_page},
        {"https://gitlab.com/acme/finance/vendors/-/issues/7/edit", is_other_page},
        {"https://gitlab.com/acme/finance/vendors/-/issues/incident/7", is_other_page},
        {"https://gitlab.com/acme/finance/vendors/-/issues/service_desk", is_other_page},
        {"https://gitlab.com/api/v4/projects/4711/issues/7", is_other_page},
        {"https://github.com/acme/vendor-approvals", is_other_page},
        {"https://github.com/acme/vendor-approvals/discussions/7", is_other_page},
        {"https://github.com/acme/vendor-approvals/security/advisories/GHSA-1", is_other_page},
        {"https://github.com/orgs/acme/projects/1", is_other_page},
        {"https://github.com/orgs/acme/projects/1?pane=issue&itemId=5", is_other_page},
        {"https://github.com/acme/vendor-approvals/issues/7/extra", is_other_page},
        // allow-list
        {"https://gitlab.com/acme/finance/other/-/issues/7", project_not_allowed},
        {"https://gitlab.com/acme/finance/-/issues/7", project_not_allowed},
        {"https://gitlab.com/acme/finance/vendors/sub/-/issues/7", project_not_allowed},
        {"https://gitlab.com/acme/finance/vendors2/-/issues/7", project_not_allowed},
        {"https://github.com/evil/vendor-approvals/issues/7", project_not_allowed},
        {"https://gitlab.com/it/apps/-/issues/7", project_not_allowed},
        {"evil/project#7", project_not_allowed},
        {"gitlab.com/it/apps#7", project_not_allowed},
        {"evil.example/acme/finance/vendors#7", project_not_allowed},
        {"it/requests#7", project_not_allowed},
        // L9
        {"shared/both#7", ambiguous},
        // length
        {"https://gitlab.com/acme/finance/vendors/-/issues/7?" + std::string(2000, 'a'), too_long},
        {std::string(100'000, 'a'), too_long},
    };
    for (const auto& [link, expected] : rows) {
        CAPTURE(link);
        CHECK(parsed(link) == refused(expected));
    }
}

TEST_CASE("every reason has a sentence of its own") {
    std::set<std::string> sentences;
    const std::array all{not_a_link, not_https,        has_user_info, unknown_tracker, project_not_allowed,
                         is_form,    is_merge_request, is_epic,       is_other_page,   bad_path,
                         bad_number, too_long,         ambiguous,     bad_characters};
    for (const auto problem : all) {
        sentences.insert(handlers::views::explain(problem, handlers::views::Language::english));
        sentences.insert(handlers::views::explain(problem, handlers::views::Language::german));
    }
    CHECK(sentences.size() == 2 * all.size());
}

TEST_CASE("L6: query and fragment change nothing, except the strictly decoded show and issue forms") {
    const std::string real = "gitlab https://gitlab.com/acme/finance/vendors/-/issues/7";
    CHECK(parsed(std::string("https://gitlab.com/acme/finance/vendors/-/issues/7?show=") +
                 base64(R"({"iid":"9","full_path":"acme/Legal.team/reviews_2"})")) == real);
    CHECK(parsed("https://gitlab.com/acme/finance/vendors/-/issues/7?iid=9#/-/issues/9") == real);
    CHECK(parsed("https://gitlab.com/acme/finance/vendors/-/issues/7#/../9") == real);

    const std::vector<std::pair<std::string, LinkProblem>> rows{
        {list_with(R"({"iid":"7","full_path":"acme/other"})"), project_not_allowed},
        {list_with(R"({"iid":"7","full_path":"acme/../finance/vendors"})"), bad_path},
        {list_with(R"({"iid":"7","full_path":"acme%2Ffinance%2Fvendors"})"), bad_path},
        {list_with(R"({"iid":"7","full_path":"https://evil.example/a/b"})"), bad_path},
        {list_with(R"({"iid":"7","full_path":7})"), bad_path},
        {list_with(R"({"iid":"7"})"), bad_path},
        {list_with(R"({"full_path":"acme/finance/vendors"})"), bad_path},
        {list_with(R"({"iid":"007","full_path":"acme/finance/vendors"})"), bad_number},
        {list_with(R"({"iid":"7a","full_path":"acme/finance/vendors"})"), bad_number},
        {list_with(R"({"iid":"","full_path":"acme/finance/vendors"})"), bad_number},
        {list_with(R"({"iid":-7,"full_path":"acme/finance/vendors"})"), bad_number},
        {list_with(R"({"iid":7.5,"full_path":"acme/finance/vendors"})"), bad_number},
        {list_with(R"({"iid":true,"full_path":"acme/finance/vendors"})"), bad_number},
        {list_with(R"({"iid":"7","iid":"8","full_path":"acme/finance/vendors"})"), bad_path},
        {list_with(R"(["7","acme/finance/vendors"])"), bad_path},
        {list_with("not json"), bad_path},
        {list_with(std::string(1400, '[')), bad_path},
        {list_with("{\"iid\":\"7\",\"full_path\":\"acme/\xff\"}"), bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues?show=", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues?show=%zz", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues?show=a", bad_path},
        {"https://gitlab.com/acme/finance/vendors/-/issues?show=e-30_", bad_path},
        {std::string("https://gitlab.com/acme/finance/vendors/-/issues?show=") + shown + "&show=" + shown,
         ambiguous},
        {std::string("https://evil.example/acme/finance/vendors/-/issues?show=") + shown, unknown_tracker},
        {"https://github.com/orgs/acme/projects/1?issue=evil%7Crepo%7C7", project_not_allowed},
        {"https://github.com/orgs/acme/projects/1?issue=acme%7Cvendor-approvals", bad_path},
        {"https://github.com/orgs/acme/projects/1?issue=acme%7Cvendor-approvals%7C0", bad_number},
        {"https://github.com/orgs/acme/projects/1?issue=acme%7Cvendor-approvals%7C7%7C8", bad_number},
        {"https://github.com/orgs/acme/projects/1?issue=acme%7C..%7C7", bad_path},
        {"https://github.com/orgs/acme/projects/1?issue=acme%257Cvendor-approvals%257C7", bad_path},
    };
    for (const auto& [link, expected] : rows) {
        CAPTURE(link);
        CHECK(parsed(link) == refused(expected));
    }
}

TEST_CASE("L4: hosts are compared in their ASCII form (RFC 3492)") {
    CHECK(idna_ascii("gitlab.com:443") == "gitlab.com:443");
    CHECK(idna_ascii("bücher.example") == "xn--bcher-kva.example");
    CHECK(idna_ascii("git.müller.example:80") == "git.xn--mller-kva.example:80");
    CHECK(idna_ascii("中文.example") == "xn--fiq228c.example");
    CHECK(idna_ascii("gіtlab.com") == "xn--gtlab-n2e.com");
    CHECK(!idna_ascii("a\xff.example"));
    CHECK(!idna_ascii("a\xc0\xaf.example"));
    std::string deep = "ü";
    for (int n = 0; n < 100; ++n)
        deep += "ü";
    CHECK(!idna_ascii(deep + ".example"));
}

TEST_CASE("L10: all links of a message are read, and one approvable issue must remain") {
    const auto search = [](std::string_view text) { return find_issue_links(text, trackers()); };
    const std::string issue = "https://gitlab.com/acme/finance/vendors/-/issues/7";

    CHECK(search("").found.empty());
    CHECK(search("none").found.empty());
    CHECK(search("none").problems.empty());

    for (const std::string& text :
         std::vector<std::string>{"please see " + issue + ".", "(" + issue + ")", "[issue](" + issue + ")",
                                  "Issue:" + issue + ", thanks", "see<" + issue + "|here>now",
                                  "*" + issue + "*", issue + "\n" + issue + "?a=b", "acme/finance/vendors#7!",
                                  "`acme/finance/vendors#7`", "'" + issue + "'"}) {
        CAPTURE(text);
        const auto found = search(text);
        REQUIRE(found.found.size() == 1);
        CHECK(found.found[0].url == issue);
        CHECK(found.problems.empty());
    }

    const auto three =
        search(issue + " https://zoom.us/apps and <https://gitlab.com/acme/finance/vendors/-/issues/8|8> " +
               "https://gitlab.com/acme/finance/vendors/-/issues/new");
    CHECK(three.found.size() == 2);
    CHECK(three.problems == std::vector{unknown_tracker, is_form});

    CHECK(search("and/or, #7, C#, a/b").problems.empty());
    CHECK(search("shared/both#7").problems == std::vector{ambiguous});
    CHECK(search("other/project#7").problems == std::vector{project_not_allowed});
    CHECK(search("<@U1> <#C1|general> <!channel> <mailto:a@b.example|a@b.example>").problems.empty());
    // The tracker's address inside another link is not a link to the tracker.
    CHECK(search("https://evil.example/?u=" + issue).found.empty());
}

TEST_CASE("L11: random mutations never crash, and what is accepted is always an allowed canonical link") {
    const std::vector<std::string> seeds{
        "https://gitlab.com/acme/finance/vendors/-/issues/7?x=y#note_1",
        std::string("<https://gitlab.com/acme/finance/vendors/-/issues?show=") + shown + "|x&amp;y>",
        "https://git.acme.example:8443/tools/gitlab/it/apps/-/work_items/7",
        "https://github.com/orgs/acme/projects/1?issue=acme%7Cvendor-approvals%7C7",
        "https://api.github.com/repos/acme/vendor-approvals/issues/7",
        "git.acme.example:8443/tools/gitlab/it/apps#7",
        "http://127.0.0.1:8080/sandbox/vendors/-/issues/7/designs/a%20b.png",
        "https://git.müller.example/it/vendors/-/issues/7",
    };
    const auto signs =
        "/%2e.:@#?&=<>|\\-_~ \t\n\0[]\"\xd1\x96\xff"
        "0179azAZ+;,"s;
    std::mt19937 random(20261121);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    int accepted = 0;
    for (int round = 0; round < 12'000; ++round) {
        auto text = seeds[below(seeds.size())];
        for (auto changes = 1 + below(4); changes > 0 && !text.empty(); --changes) {
            const auto at = below(text.size());
            switch (below(4)) {
                case 0:
                    text[at] = signs[below(signs.size())];
                    break;
                case 1:
                    text.insert(at, 1, signs[below(signs.size())]);
                    break;
                case 2:
                    text.erase(at, 1 + below(3));
                    break;
                default:
                    text.insert(at, seeds[below(seeds.size())].substr(below(8), below(16)));
            }
        }
        const auto read = parse_issue_link(text, trackers());
        (void)find_issue_links(text, trackers());
        if (!read) continue;
        ++accepted;
        CAPTURE(text);
        // Reading the canonical link again gives the same: nothing of the typed text got into it.
        REQUIRE(parse_issue_link(read->url, trackers()) == read);
        const auto owner = std::ranges::find(trackers(), read->tracker, &Tracker::name);
        REQUIRE(owner != trackers().end());
        REQUIRE(std::ranges::find(owner->projects, read->project) != owner->projects.end());
        REQUIRE(read->url.starts_with(owner->url + "/" + read->project));
    }
    CHECK(accepted > 200);
}

TEST_CASE("L11: the time grows with the length and no faster") {
    // Texts that make careless parsers quadratic; each ends in an issue that must still be found.
    const std::string issue = " https://gitlab.com/acme/finance/vendors/-/issues/7";
    for (const std::string_view unit : {"<", "&amp;", "<a|b>", "a/b#1 ", "://", "https://",
                                        "https://gitlab.com/a/-/issues/1 ", "%2e", "("}) {
        CAPTURE(unit);
        const auto took = [&](std::size_t size) {
            std::string text;
            while (text.size() < size)
                text += unit;
            text += ">" + issue;
            const auto start = std::chrono::steady_clock::now();
            const auto search = find_issue_links(text, trackers());
            const auto end = std::chrono::steady_clock::now();
            CHECK(search.found.size() == 1);
            return std::chrono::duration<double>(end - start).count();
        };
        const auto small = std::max({took(10'000), 0.002});
        // Sixteen times the text: linear is 16 times as long, quadratic 256 times. Half way between, on a
        // busy machine.
        CHECK(took(160'000) < small * 100);
    }
}
