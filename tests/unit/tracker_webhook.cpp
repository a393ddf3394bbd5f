// What trackers post to us: signatures against published vectors, payloads that others recorded.
#include "bot/tracker/webhook.hpp"
#include "tests/support/paths.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fstream>
#include <random>
#include <sstream>
#include <vector>

using namespace countersign;
using namespace std::chrono_literals;
using tracker::Hook;
using tracker::HookHeaders;
using tracker::HookRefusal;
using Json = nlohmann::json;

namespace {

const Timestamp now{std::chrono::seconds(1614265330)};

config::Tracker github(const std::vector<std::string>& projects) {
    config::Tracker tracker;
    tracker.name = "hub";
    tracker.kind = config::TrackerKind::github;
    tracker.url = "https://github.com";
    tracker.projects = projects;
    return tracker;
}

config::Tracker gitlab(const std::vector<std::string>& projects) {
    config::Tracker tracker;
    tracker.name = "lab";
    tracker.url = "https://gitlab.example.com/gitlab";
    tracker.projects = projects;
    return tracker;
}

std::string hmac_hex(const std::string& key, const std::string& data) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest, &size);
    std::ostringstream out;
    for (unsigned i = 0; i < size; ++i)
        out << "0123456789abcdef"[digest[i] >> 4u] << "0123456789abcdef"[digest[i] & 15u];
    return out.str();
}

HookHeaders github_headers(const std::string& body, const std::string& secret = "s3cret") {
    return {{"x-github-event", "issues"},
            {"x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"},
            {"x-hub-signature-256", "sha256=" + hmac_hex(secret, body)}};
}

std::string data(const std::string& name) {
    std::ifstream file(tests::data_directory() / "hooks" / name);
    REQUIRE(file);
    return (std::ostringstream() << file.rdbuf()).str();
}

}  // namespace

TEST_CASE("H6: GitHub's own vector is accepted, and nothing that differs by a bit") {
    const Secret secret(std::string("It's a Secret to Everybody"));
    const std::string body = "Hello, World!";
    const std::string signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const auto tracker = github({"acme/vendors"});
    const auto with = [&](const std::string& value) {
        const auto read = tracker::read_hook(
            tracker, secret, {{"x-hub-signature-256", value}, {"x-hub-signature", "sha1=0"}}, body, now);
        return read.error();
    };
    CHECK(with("sha256=" + signature) == HookRefusal::malformed);  // signed; "Hello, World!" is no payload
    CHECK(with(signature) == HookRefusal::not_signed);
    CHECK(with("sha1=" + signature) == HookRefusal::not_signed);
    CHECK(with("sha256=" + signature.substr(1)) == HookRefusal::not_signed);
    CHECK(with("sha256=857107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17") ==
          HookRefusal::not_signed);
    CHECK(with("") == HookRefusal::not_signed);
    const auto changed = tracker::read_hook(tracker, secret, {{"x-hub-signature-256", "sha256=" + signature}},
                                            "Hello, World?", now);
    CHECK(changed.error() == HookRefusal::not_signed);
    // An empty secret signs nothing.
    CHECK(tracker::read_hook(tracker, Secret(), github_headers(body, ""), body, now).error() ==
          HookRefusal::not_signed);
}

TEST_CASE("G9: the vector of Standard Webhooks is accepted inside five minutes, beside other signatures") {
    const Secret key(std::string("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    const std::string body = R"({"test": 2432232314})";
    const std::string signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const auto tracker = gitlab({"acme/vendors"});
    HookHeaders headers{{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                        {"webhook-timestamp", "1614265330"},
                        {"webhook-signature", signature}};
    const auto read = [&](Timestamp when) {
        return tracker::read_hook(tracker, key, headers, body, when).error();
    };
    CHECK(read(now) == HookRefusal::malformed);  // signed; the body is no issue
    CHECK(read(now + 5min) == HookRefusal::malformed);
    CHECK(read(now + 6min) == HookRefusal::too_old);
    CHECK(read(now - 6min) == HookRefusal::too_old);
    headers["webhook-signature"] = "v1,AAAA v2,BBBB " + signature;
    CHECK(read(now) == HookRefusal::malformed);
    headers["webhook-signature"] = "v1a," + signature.substr(3);
    CHECK(read(now) == HookRefusal::not_signed);
    headers["webhook-signature"] = signature;
    for (const char* stamp : {"", "1614265331", "1e9", "-1", "99999999999999999999"}) {
        headers["webhook-timestamp"] = stamp;
        CHECK(read(now) == HookRefusal::not_signed);
    }
    headers.erase("webhook-id");
    CHECK(read(now) == HookRefusal::not_signed);
    // The secret token in clear does not stand in for the signature that was agreed on.
    headers["x-gitlab-token"] = key.reveal();
    CHECK(read(now) == HookRefusal::not_signed);
}

TEST_CASE("G9: GitLab's secret token must be equal, and the instance must be the configured one") {
    const Secret secret(std::string("hook-secret"));
    const auto tracker = gitlab({"gitlabhq/gitlab-test"});
    const auto body = data("gitlab_issue.json");
    HookHeaders headers{
        {"x-gitlab-event", "Issue Hook"}, {"x-gitlab-token", "hook-secret"}, {"x-gitlab-event-uuid", "u-1"}};
    const auto hook = tracker::read_hook(tracker, secret, headers, body, now);
    REQUIRE(hook);
    CHECK(hook->iid == 23);
    CHECK(hook->project == "gitlabhq/gitlab-test");
    CHECK(hook->delivery == "u-1");
    headers["x-gitlab-instance"] = "https://gitlab.example.com";
    CHECK(tracker::read_hook(tracker, secret, headers, body, now));
    headers["x-gitlab-instance"] = "https://gitlab.com";
    CHECK(tracker::read_hook(tracker, secret, headers, body, now).error() == HookRefusal::elsewhere);
    headers.erase("x-gitlab-instance");
    for (const char* token : {"", "hook-secre", "hook-secretx", "Hook-secret"}) {
        headers["x-gitlab-token"] = token;
        CHECK(tracker::read_hook(tracker, secret, headers, body, now).error() == HookRefusal::not_signed);
    }
}

TEST_CASE("L8: a hook of a project that is not configured, or of no issue, is not wanted") {
    const Secret secret(std::string("t"));
    HookHeaders headers{{"x-gitlab-token", "t"}};
    CHECK(tracker::read_hook(gitlab({"other/project"}), secret, headers, data("gitlab_issue.json"), now)
              .error() == HookRefusal::not_wanted);
    for (const char* name : {"gitlab_merge_request.json", "gitlab_note_commit.json"}) {
        CAPTURE(name);
        CHECK(tracker::read_hook(gitlab({"gitlabhq/gitlab-test", "gitlab-org/gitlab-test"}), secret, headers,
                                 data(name), now)
                  .error() == HookRefusal::not_wanted);
    }
    const auto note = tracker::read_hook(gitlab({"gitlab-org/gitlab-test"}), secret, headers,
                                         data("gitlab_note_issue.json"), now);
    REQUIRE(note);
    CHECK(note->iid == 17);
}

TEST_CASE("before its body is read, a request is refused for its event or for want of a signature") {
    const auto lab = gitlab({"a/b"});
    const auto hub = github({"a/b"});
    CHECK(tracker::promising(lab, {{"x-gitlab-event", "Issue Hook"}, {"x-gitlab-token", "x"}}));
    for (const char* event :
         {"Confidential Issue Hook", "Note Hook", "Confidential Note Hook", "Emoji Hook", "Work Item Hook"})
        CHECK(tracker::promising(lab, {{"x-gitlab-event", event}, {"webhook-signature", "x"}}));
    CHECK(tracker::promising(lab, {{"x-gitlab-event", "Push Hook"}, {"x-gitlab-token", "x"}}).error() ==
          HookRefusal::not_wanted);
    CHECK(tracker::promising(lab, {{"x-gitlab-event", "Issue Hook"}}).error() == HookRefusal::not_signed);
    CHECK(tracker::promising(hub, {{"x-github-event", "issues"}, {"x-hub-signature-256", "x"}}));
    CHECK(tracker::promising(hub, {{"x-github-event", "ping"}, {"x-hub-signature-256", "x"}}).error() ==
          HookRefusal::not_wanted);
    CHECK(tracker::promising(hub, {{"x-github-event", "issues"}, {"x-hub-signature", "sha1=x"}}).error() ==
          HookRefusal::not_signed);
}

TEST_CASE("T4: every recorded payload of GitHub about issues names its issue") {
    const Secret secret(std::string("s3cret"));
    std::size_t count = 0;
    for (const char* name : {"github_issues.json", "github_issue_comment.json"}) {
        for (const Json& payload : Json::parse(data(name))) {
            const auto project = payload.at("repository").at("full_name").get<std::string>();
            const auto body = payload.dump();
            const auto hook = tracker::read_hook(github({project}), secret, github_headers(body), body, now);
            REQUIRE(hook);
            CHECK(hook->iid == payload.at("issue").at("number").get<std::int64_t>());
            CHECK(hook->project == project);
            ++count;
        }
    }
    CHECK(count == 38);
}

TEST_CASE("T4: a mutated payload names the same issue, another one of the project, or is refused") {
    std::mt19937 random(7);
    const Secret secret(std::string("s3cret"));
    std::vector<std::string> bodies;
    for (const Json& payload : Json::parse(data("github_issues.json")))
        bodies.push_back(payload.dump());
    for (const char* name : {"gitlab_issue.json", "gitlab_note_issue.json"})
        bodies.push_back(data(name));
    const std::vector<std::string> projects{"Codertocat/Hello-World", "gitlabhq/gitlab-test",
                                            "gitlab-org/gitlab-test"};
    const std::vector<std::string> shards{
        "null", "[]", "{}", "0", "-1", "1e99", "\"\"", "\"id\":1,", "\\ud800", "\xff", std::string(1, '\0'),
        "/../", "}"};
    int read = 0, refused = 0;
    for (int round = 0; round < 3'000; ++round) {
        auto body = bodies[random() % bodies.size()];
        for (unsigned change = random() % 4 + 1; change > 0 && !body.empty(); --change) {
            const auto at = random() % body.size();
            switch (random() % 4) {
                case 0:
                    body[at] = static_cast<char>(random());
                    break;
                case 1:
                    body.insert(at, shards[random() % shards.size()]);
                    break;
                case 2:
                    body.erase(at, random() % 40);
                    break;
                default:
                    body.resize(at);
                    break;
            }
        }
        auto headers = github_headers(body);
        headers["x-gitlab-token"] = "s3cret";
        for (auto tracker : {github(projects), gitlab(projects)}) {
            const auto hook = tracker::read_hook(tracker, secret, headers, body, now);
            (hook ? read : refused) += 1;
            if (hook) CHECK(std::ranges::find(projects, hook->project) != projects.end());
            if (hook) CHECK(hook->iid > 0);
        }
    }
    CHECK(read > 0);
    CHECK(refused > 0);
}
