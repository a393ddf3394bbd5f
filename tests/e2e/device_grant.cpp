// The device grant in GitHub's own manner, with the real binary: HTTP 200 whatever it says, slow_down, people
// who say no, do nothing or cancel, and a daemon that dies while it asks.
#include "tests/fakes/github_tokens.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace countersign::tests;
using countersign::fakes::GithubTokens;
using nlohmann::json;
using std::chrono::seconds;
using Decision = GithubTokens::Decision;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* callback = "https://countersign.example.com/oauth/callback";
constexpr const char* code = "WDJB-MJHT";

struct Office {
    GithubTokens github{{"Iv1.app", "canary-client-secret", callback}};
    ReviewStory story;

    explicit Office(const std::string& more = "") : story(DaemonOptions{.more_sections = more}) {
        story.fixture.set_secret("countersign_key", key);
        const auto secret_file = story.fixture.directory() / "client_secret";
        std::ofstream(secret_file) << "canary-client-secret\n";
        const auto registered = run({"authorizations", "register", "--kind", "github", "--url", github.url(),
                                     "--client-id", "Iv1.app", "--client-secret-file", secret_file.string()});
        REQUIRE_MESSAGE(registered.code == 0, registered.errors);
    }
    [[nodiscard]] Finished run(std::vector<std::string> arguments, const std::string& input = "") const {
        return story.fixture.run_command(std::move(arguments), input);
    }
    [[nodiscard]] json listed() const {
        return json::parse(run({"authorizations", "list", "--json"}).output).at("authorizations");
    }
    // At the command line; nothing is decided there yet.
    [[nodiscard]] std::unique_ptr<ChildProcess> add(const std::string& name) const {
        return story.fixture.start_command(
            {"authorizations", "add", "--kind", "github", "--url", github.url(), "--name", name, "--device"});
    }
    // In Slack.
    void begin(const std::string& name) {
        story.slack.command(office::admin, office::general, "/installed-apps", "add authorization");
        story.fill(office::admin, "Add an authorization",
                   {{"Name", name}, {"How", "github at " + github.url() + ": enter a code"}});
    }
    [[nodiscard]] std::ptrdiff_t heard(const std::string& words) const {
        return std::ranges::count_if(story.slack.messages(office::admin),
                                     [&](const auto& each) { return says(each, words); });
    }
    void expect_heard(const std::string& words, std::ptrdiff_t times = 1) {
        story.wait([&] { return heard(words) >= times; }, fmt::format("'{}' {} times", words, times));
    }
    void wait_for_polls(int polls) {
        story.wait([&] { return github.polls() >= polls; }, fmt::format("{} polls", polls));
    }
    void expect_no_canary() {
        CanarySearch search;
        search.own_files = {"client_secret"};
        search.queries = github.queries();
        countersign::tests::expect_no_canary(story.fixture, search);
    }
};

}  // namespace

TEST_CASE(
    "device grant: GitHub answers 200 while it waits, is asked no sooner than it wants, and its forms are "
    "read "
    "(O1, O9)") {
    Office office_;
    auto& github = office_.github;
    github.allow_device_grant({});
    github.slow_down(1);
    auto process = office_.add("GitHub");
    REQUIRE_MESSAGE(process->wait_for(code), process->errors());
    CHECK(process->errors().contains("Open " + github.url() + "/login/device and enter the code"));
    office_.wait_for_polls(1);
    github.decide(Decision::allowed);
    process->type("octo\n");
    CHECK_MESSAGE(process->wait() == 0, process->errors());
    CHECK(process->output().contains("connected as octo"));
    CHECK(github.polls() == 2);  // the second one six seconds later
    CHECK(github.early_polls() == 0);
    CHECK(office_.listed().at(0).at("flow") == "device");
    for (const auto& query : github.queries())
        if (query.path.starts_with("/login/")) CHECK(query.headers.at("accept") == "application/json");
    // A server that does not listen to that.
    github.answer_in_form();
    process = office_.add("Form");
    REQUIRE(process->wait_for(code));
    office_.wait_for_polls(3);
    github.decide(Decision::allowed);
    process->type("octo\n");
    CHECK_MESSAGE(process->wait() == 0, process->errors());
    CHECK(office_.listed().size() == 2);
    office_.expect_no_canary();
}

TEST_CASE("device grant: whatever ends it is told and keeps nothing (O1, O2, O3)") {
    Office office_;
    auto& github = office_.github;
    const auto refused = [&](const std::function<void()>& meanwhile, int exit, const std::string& words) {
        CAPTURE(words);
        auto process = office_.add("GitHub");
        if (meanwhile) {
            REQUIRE_MESSAGE(process->wait_for(code), process->errors());
            meanwhile();
        }
        CHECK(process->wait() == exit);
        CHECK_MESSAGE(process->errors().contains(words), process->errors());
        CHECK_FALSE(process->errors().contains("canary"));
        return process->errors();
    };
    refused({}, 1, "the device grant is switched off there");
    github.allow_device_grant({});
    refused([&] { github.decide(Decision::denied); }, 77, "the authorization was denied there");
    refused([&] { github.end_device_code(); }, 75, "the code was not entered in time");
    github.allow_device_grant({.lives = seconds(2)});
    refused([] {}, 75, "the code was not entered in time");
    for (const auto* page : {"https://evil.example/login/device", "http://127.0.0.1:1/login/device"}) {
        github.allow_device_grant({.verification_uri = page});
        const auto polls = github.polls();
        const auto shown = refused({}, 1, "wants the code to be entered on another server; it is not shown");
        CHECK_FALSE(shown.contains(code));
        CHECK_FALSE(shown.contains(page));
        CHECK(github.polls() == polls);
    }
    CHECK(github.newest().empty());
    CHECK(office_.listed().empty());
    office_.expect_no_canary();
}

TEST_CASE(
    "device grant: begun in Slack, asked for on after kill -9, kept, renewed before it ends, and taken back "
    "(O1, "
    "O4, O10, O14)") {
    Office office_;
    auto& [github, story] = office_;
    github.allow_device_grant({.token_lives = seconds(4)});
    story.fixture.start();
    office_.begin("GitHub");
    office_.expect_heard(code);
    office_.wait_for_polls(2);
    story.fixture.kill();
    const auto before = github.polls();
    story.fixture.start();
    office_.wait_for_polls(before + 2);
    CHECK(github.stale_polls() == 0);
    github.decide(Decision::allowed);
    office_.expect_heard("was granted as *octo*");
    story.press_direct(office::admin, "Keep");
    office_.expect_heard("Connected.");
    story.wait([&] { return github.renewals() >= 2; }, "two renewals");
    CHECK(office_.heard(code) == 1);  // not shown again
    story.slack.command(office::admin, office::general, "/installed-apps", "remove GitHub");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "GitHub"}});
    story.expect_alarm("was taken back by");
    story.wait([&] { return !github.knows(github.newest()); }, "the newest token to be refused");
    CHECK(office_.listed().empty());
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "device grant: Cancel ends the questions at once, and a token that was on its way does not stay valid "
    "(O5, "
    "O14)") {
    Office office_;
    auto& [github, story] = office_;
    github.allow_device_grant({});
    story.fixture.start();
    office_.begin("First");
    office_.wait_for_polls(2);
    story.press_direct(office::admin, "Cancel");
    office_.expect_heard("nothing was kept");
    const auto polls = github.polls();
    // The next one is asked about four times: the first one would have been, too.
    github.allow_device_grant({.answer_after = std::chrono::milliseconds(2'500)});
    office_.begin("Second");
    office_.wait_for_polls(polls + 4);
    CHECK(github.stale_polls() == 0);
    github.decide(Decision::allowed);
    story.wait([&] { return !github.newest().empty(); }, "the token");
    CHECK(github.knows(github.newest()));
    story.press_direct(office::admin, "Cancel");
    office_.expect_heard("nothing was kept", 2);
    story.expect_alarm("was taken back by");
    CHECK_FALSE(github.knows(github.newest()));
    CHECK(office_.heard("was granted as") == 0);
    CHECK(office_.listed().empty());
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "device grant: in Slack a foreign page, a no and a code that is over are told, and a weak token is taken "
    "back (O1, O3, O8, O14)") {
    Office office_("[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://countersign.example.com\"\n");
    auto& [github, story] = office_;
    story.fixture.start();
    github.allow_device_grant({.verification_uri = "https://evil.example/login/device"});
    office_.begin("GitHub");
    office_.expect_heard("wants the code to be entered on another server; it is not shown");
    CHECK(office_.heard("Try it again by the link") == 1);
    CHECK(office_.heard(code) == 0);
    CHECK(office_.heard("evil.example") == 0);
    github.allow_device_grant({});
    office_.begin("GitHub");
    office_.expect_heard(code);
    github.decide(Decision::denied);
    office_.expect_heard("the authorization was denied there");
    office_.begin("GitHub");
    office_.expect_heard(code, 2);
    github.end_device_code();
    office_.expect_heard("the code was not entered in time");
    CHECK(github.newest().empty());
    github.allow_device_grant({.scopes = "read:user"});
    office_.begin("GitHub");
    office_.expect_heard(code, 3);
    github.decide(Decision::allowed);
    office_.expect_heard("the token has no scope repo");
    CHECK(github.taken_back() == 1);
    CHECK_FALSE(github.knows(github.newest()));
    CHECK(office_.listed().empty());
    office_.expect_no_canary();
    story.expect_good_manners();
}
