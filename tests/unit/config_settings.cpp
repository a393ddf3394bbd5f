#include "config/settings.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace countersign;
using namespace countersign::config;

namespace {

constexpr std::string_view minimal = R"([review]
channel = "C0APPREVIEW"
admins = ["U0ADMIN"]
[[review.party]]
name = "Security"
members = ["U0SEC1", "U0SEC2"]
)";

std::string problems_of(std::string_view toml) {
    const auto settings = parse_settings(toml, "test.toml");
    if (settings) return "";
    std::string all;
    for (const auto& problem : settings.error())
        all += to_text(problem) + "\n";
    return all;
}

std::string with(std::string_view more) {
    return std::string(minimal) + std::string(more);
}

std::string tracker_with(std::string_view line, std::string_view name = "lab",
                         std::string_view url = "https://git.acme.example") {
    return fmt::format(
        "[[tracker]]\nname = \"{}\"\nkind = \"gitlab\"\nurl = \"{}\"\nprojects = [\"a/b\"]\n{}\n", name, url,
        line);
}

// `minimal` with one text replaced.
std::string replaced(std::string_view what, std::string_view by) {
    std::string text(minimal);
    text.replace(text.find(what), what.size(), by);
    return text;
}

}  // namespace

TEST_CASE("the example that init writes is a complete configuration with every key") {
    const auto settings = parse_settings(example_settings(), "countersign.toml");
    REQUIRE_MESSAGE(settings.has_value(), problems_of(example_settings()));
    CHECK(settings->review.parties.size() == 2);
    CHECK(settings->trackers.at(0).api_url == "https://gitlab.com/api/v4");
    for (const std::string_view key : {"[slack]",
                                       "api_url",
                                       "connections",
                                       "reconcile_minutes",
                                       "rate_scale",
                                       "ca_file",
                                       "proxy",
                                       "[review]",
                                       "channel",
                                       "alarm_channel",
                                       "admins",
                                       "auto_apply",
                                       "require_vendor_issue",
                                       "[[review.party]]",
                                       "members",
                                       "quorum",
                                       "tracker_label",
                                       "tracker_approvers",
                                       "[[person]]",
                                       "account",
                                       "[slackbot]",
                                       "[[tracker]]",
                                       "kind",
                                       "projects",
                                       "template",
                                       "purpose",
                                       "poll_seconds",
                                       "check_boxes",
                                       "[storage]",
                                       "path",
                                       "[http]",
                                       "listen",
                                       "[policy]",
                                       "file"})
        CHECK_MESSAGE(example_settings().contains(key), key);
}

TEST_CASE("a minimal configuration gets the defaults of the example") {
    const auto settings = parse_settings(minimal, "test.toml");
    REQUIRE_MESSAGE(settings.has_value(), problems_of(minimal));
    CHECK(settings->slack.api_url == "https://slack.com/api/");
    CHECK(settings->slack.connections == 2);
    CHECK(settings->slack.reconcile == std::chrono::minutes(10));
    CHECK(settings->review.alarm_channel == ChannelId("C0APPREVIEW"));
    CHECK_FALSE(settings->review.auto_apply);
    CHECK(settings->review.require_vendor_issue);
    CHECK(settings->review.parties.at(0).quorum == 1);
    CHECK(settings->database == "/var/lib/countersign/countersign.db");
    CHECK(settings->http_listen.empty());
    CHECK(settings->policy_file.empty());
}

TEST_CASE("every key is read") {
    const auto settings = parse_settings(R"(
[slack]
api_url = "http://127.0.0.1:8080/api"
connections = 4
reconcile_minutes = 1
rate_scale = 50
proxy = "http://user:pw@proxy:3128"
[review]
channel = "C1"
alarm_channel = "G2"
admins = ["U1", "S1"]
auto_apply = true
require_vendor_issue = false
[[review.party]]
name = "Legal"
members = ["W1", "S2"]
quorum = 7
tracker_label = "Legal::Approved"
tracker_approvers = [1, 2]
[[person]]
slack = "U1"
tracker = "hub"
account = 12345678901
[slackbot]
channel = "C3"
[[tracker]]
name = "hub"
kind = "github"
url = "https://github.com/"
projects = ["a/b"]
template = "t"
purpose = "it-request"
poll_seconds = 10
[[tracker]]
name = "lab"
kind = "gitlab"
url = "http://127.0.0.1:99/gitlab"
projects = ["a/b/c"]
[storage]
path = "x.db"
erase_after_days = 730
[http]
listen = "[::1]:0"
)",
                                         "test.toml");
    REQUIRE(settings.has_value());
    CHECK(settings->erase_after == std::chrono::days(730));
    CHECK(settings->slack.api_url == "http://127.0.0.1:8080/api/");
    CHECK(settings->slack.rate_scale == 50.0);
    CHECK(settings->slack.proxy == "http://user:pw@proxy:3128");
    CHECK(settings->review.alarm_channel == ChannelId("G2"));
    CHECK(settings->review.auto_apply);
    CHECK_FALSE(settings->review.require_vendor_issue);
    CHECK(settings->review.parties.at(0).quorum == 7);  // a user group is among the members: `check` compares
    CHECK(settings->review.parties.at(0).tracker_approvers == std::vector<std::int64_t>{1, 2});
    CHECK(settings->people.at(0).account == 12345678901);
    CHECK(settings->slackbot_channel == ChannelId("C3"));
    CHECK(settings->trackers.at(0).api_url == "https://api.github.com");
    CHECK(settings->trackers.at(0).purpose == TrackerPurpose::it_request);
    CHECK(settings->trackers.at(0).poll == std::chrono::seconds(10));
    CHECK(settings->trackers.at(1).url == "http://127.0.0.1:99/gitlab");
    CHECK(settings->trackers.at(1).api_url == "http://127.0.0.1:99/gitlab/api/v4");
    CHECK(settings->trackers.at(1).poll ==
          std::chrono::milliseconds(1200));  // loopback: 60 s at rate_scale 50
    CHECK(settings->trackers.at(1).template_name == "app_integrations");
    CHECK(settings->http_listen == "[::1]:0");
}

TEST_CASE("N1: a tracker's ca_file is its own, and trackers at one address have the same") {
    const auto file = std::filesystem::temp_directory_path() / "countersign-config-ca.pem";
    std::ofstream(file) << "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    const auto trusting = fmt::format("ca_file = \"{}\"", file.string());
    const auto settings = parse_settings(
        with(tracker_with(trusting) + tracker_with(trusting, "again", "https://GIT.acme.example:443/root") +
             tracker_with("", "other", "https://git.acme.example:8443")),
        "test.toml");
    REQUIRE(settings);
    CHECK(settings->trackers.at(0).ca_file == file);
    CHECK(settings->trackers.at(2).ca_file.empty());
    CHECK(settings->slack.ca_file.empty());

    const auto apart = problems_of(
        with(tracker_with(trusting) + tracker_with("", "again", "https://GIT.acme.example:443/root")));
    CHECK_MESSAGE(apart.contains("test.toml:13: tracker.ca_file: is \"\", but that of \"lab\" at the same "
                                 "address is"),
                  apart);
    CHECK(problems_of(with(tracker_with(trusting, "lab", "https://slack.com")))
              .contains("but that of [slack] at the same address is \"\"; expected the same in both"));
    std::filesystem::remove(file);
}

TEST_CASE("each problem is one line with file, line, key, what is wrong and what is expected") {
    struct Case {
        std::string toml, line;
    };
    const std::vector<Case> cases{
        {replaced("channel", "chanel"),
         "test.toml:2: review.chanel: unknown key; expected review.channel, the nearest known one"},
        {with("[slak]\nx = 1\n"), "test.toml:7: slak: unknown key; expected slack, the nearest known one"},
        {with("zebra = 1\n"),
         "test.toml:7: review.party.zebra: unknown key; expected one of members, name, quorum, "
         "tracker_approvers, tracker_label"},
        {with("[slack]\nconnections = \"2\"\n"),
         "test.toml:8: slack.connections: is a string; expected a whole number from 1 to 10"},
        {with("[slack]\nconnections = 11\n"),
         "test.toml:8: slack.connections: is 11; expected a whole number from 1 to 10"},
        {with("[slack]\nconnections = 0\n"), "is 0; expected"},
        {with("[slack]\nrate_scale = 2\n"),
         "test.toml:8: slack.rate_scale: is 2; expected 1.0, because slack.api_url is not on loopback"},
        {with("[slack]\nrate_scale = 0.5\n"), "slack.rate_scale: is 0.5; expected a number from 1 to 1000"},
        {with("[slack]\nrate_scale = nan\n"), "slack.rate_scale: is nan; expected"},
        {with("[slack]\napi_url = \"http://slack.com/api/\"\n"),
         "slack.api_url: is http:// and not loopback; expected https://"},
        {with("[slack]\napi_url = \"ftp://x/\"\n"), "slack.api_url: is not a web address; expected https://"},
        {with("[slack]\napi_url = \"slack\"\n"), "slack.api_url: is not a URL; expected"},
        {with("[slack]\nca_file = \"/nonexistent.pem\"\n"),
         "slack.ca_file: \"/nonexistent.pem\" cannot be read: No such file or directory; expected"},
        {with("[slack]\nca_file = \"/dev/null\"\n"),
         "slack.ca_file: \"/dev/null\" is empty; expected a PEM file of certificates"},
        {with("[slack]\nca_file = \"/etc/passwd\"\n"),
         "slack.ca_file: \"/etc/passwd\" holds no certificate; expected a PEM file of certificates"},
        {with(tracker_with("ca_file = \"/nonexistent.pem\"")),
         "tracker.ca_file: \"/nonexistent.pem\" cannot be read: No such file or directory; expected a PEM"},
        {with(tracker_with("ca_file = \"/dev/null\"")),
         "tracker.ca_file: \"/dev/null\" is empty; expected a PEM file of certificates"},
        {with(tracker_with("ca_file = \"ca.pem\"")),
         "tracker.ca_file: is \"ca.pem\"; expected an absolute path, such as "
         "/etc/countersign/tracker-ca.pem"},
        {with("[slack]\nproxy = \"socks5://u:hunter2@x\"\n"),
         "slack.proxy: is not an http:// address; expected"},
        {with("[slack]\nproxy = \"http://\"\n"), "slack.proxy: is not an http:// address; expected"},
        {"review = 1\n", "test.toml:1: review: is a whole number; expected a section [review]"},
        {"slack = 1\n" + std::string(minimal),
         "test.toml:1: slack: is a whole number; expected a section [slack]"},
        {"", "test.toml:1: review: section is missing; expected [review]"},
        {replaced("channel = \"C0APPREVIEW\"", ""),
         "test.toml:1: review.channel: is missing; expected a channel id"},
        {replaced("C0APPREVIEW", "#app-review"),
         "test.toml:2: review.channel: is \"#app-review\"; expected a channel id"},
        {replaced("admins = [\"U0ADMIN\"]", ""), "test.toml:1: review.admins: is missing; expected user ids"},
        {replaced("[\"U0ADMIN\"]", "[]"), "test.toml:3: review.admins: is empty; expected"},
        {replaced("[\"U0ADMIN\"]", "[\"@alice\"]"),
         "test.toml:3: review.admins: holds \"@alice\"; expected user ids"},
        {replaced("[\"U0ADMIN\"]", "[\"U1\", \"U1\"]"),
         "test.toml:3: review.admins: names U1 twice; expected"},
        {replaced("[\"U0ADMIN\"]", "[1]"),
         "test.toml:3: review.admins: is a whole number; expected a list of strings only"},
        {replaced("[\"U0ADMIN\"]", "\"U0ADMIN\""),
         "test.toml:3: review.admins: is a string; expected a list of strings"},
        {"[review]\nchannel = \"C1\"\nadmins = [\"U1\"]\n",
         "test.toml:1: review.party: is missing; expected at least one [[review.party]]"},
        {"[review]\nchannel = \"C1\"\nadmins = [\"U1\"]\nparty = []\n",
         "test.toml:4: review.party: is empty; expected at least one"},
        {with("[[review.party]]\nname = \"security\"\nmembers = [\"U1\"]\n"),
         "test.toml:7: review.party.name: is \"security\", which another party has; expected"},
        {replaced("name = \"Security\"", "name = \"\""), "review.party.name: is \"\"; expected"},
        {replaced("name = \"Security\"\n", ""), "test.toml:4: review.party.name: is missing; expected"},
        {with("quorum = 3\n"),
         "test.toml:7: review.party.quorum: is 3 for \"Security\" but there are 2 members; expected at most "
         "2"},
        {with("quorum = 0\n"), "test.toml:7: review.party.quorum: is 0; expected"},
        {with("tracker_approvers = [0]\n"), "review.party.tracker_approvers: holds 0; expected"},
        {with("tracker_approvers = [\"x\"]\n"), "review.party.tracker_approvers: is a string; expected"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"svn\"\nurl = \"https://x\"\nprojects = [\"a/b\"]\n"),
         "test.toml:9: tracker.kind: is \"svn\"; expected gitlab, github"},
        {with("[[tracker]]\nkind = \"gitlab\"\nurl = \"https://x\"\nprojects = [\"a/b\"]\n"),
         "test.toml:7: tracker.name: is missing; expected"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"gitlab\"\nurl = \"http://gitlab.com\"\nprojects = "
              "[\"a/b\"]\n"),
         "tracker.url: is http:// and not loopback; expected"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"gitlab\"\nurl = \"https://u:p@gitlab.com\"\nprojects = "
              "[\"a/b\"]\n"),
         "tracker.url: carries a user name or password; expected"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"gitlab\"\nurl = \"https://x\"\nprojects = [\"a\"]\n"),
         "tracker.projects: holds \"a\"; expected a full path such as group/sub-group/project"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"github\"\nurl = \"https://x\"\nprojects = [\"a/b/c\"]\n"),
         "tracker.projects: holds \"a/b/c\"; expected a full path such as owner/name"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"gitlab\"\nurl = \"https://x\"\nprojects = "
              "[\"a/b\"]\npoll_seconds = 5\n"),
         "tracker.poll_seconds: is 5; expected a whole number from 10 to 3600"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"github\"\nurl = \"https://x\"\nprojects = "
              "[\"a/b\"]\ncheck_boxes = true\n"),
         "tracker.check_boxes: is true for GitHub, which does not tell who ticked a box; expected false"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"gitlab\"\nurl = \"https://x\"\nprojects = "
              "[\"a/b\"]\ncheck_boxes = 1\n"),
         "tracker.check_boxes: is"},
        {with("[[tracker]]\nname = \"a\"\nkind = \"gitlab\"\nurl = \"https://x\"\nprojects = "
              "[\"a/b\"]\npurpose = \"fun\"\n"),
         "tracker.purpose: is \"fun\"; expected vendor, it-request, change"},
        {with("[[tracker]]\nname = \"slack-bot\"\nkind = \"gitlab\"\nurl = \"https://x\"\nprojects = "
              "[\"a/b\"]\n"),
         "tracker.name: is \"slack-bot\", whose token would be SLACK_BOT_TOKEN like another's; expected"},
        {with("[[person]]\nslack = \"U1\"\ntracker = \"x\"\naccount = 1\n"),
         "test.toml:9: person.tracker: is \"x\"; expected the name of a [[tracker]]"},
        {with("[slackbot]\nchannel = \"general\"\n"),
         "slackbot.channel: is \"general\"; expected a channel id"},
        {with("[storage]\npath = \"\"\n"), "storage.path: is empty; expected"},
        {with("[storage]\nerase_after_days = -1\n"), "storage.erase_after_days: "},
        {with("[http]\nlisten = \"9464\"\n"), "http.listen: is \"9464\"; expected ADDRESS:PORT"},
        {with("[http]\nlisten = \"127.0.0.1:70000\"\n"), "http.listen: is \"127.0.0.1:70000\"; expected"},
        {with("[policy]\nfile = \"/nonexistent/policy.toml\"\n"),
         "policy.file: \"/nonexistent/policy.toml\" cannot be read: No such file or directory; expected"},
        {with("[policy]\nfile = \"\"\n"), "policy.file: is empty; expected"},
        {"[review\n", "test.toml:1: syntax: "},
        {with("name = \"twice\"\n"), "test.toml:7: syntax: "},
    };
    for (const auto& one : cases) {
        const std::string found = problems_of(one.toml);
        CAPTURE(one.toml);
        CAPTURE(found);
        CHECK(found.contains(one.line));
        // A misspelt required key is also a missing one.
        CHECK(std::ranges::count(found, '\n') == (found.contains("review.chanel") ? 2 : 1));
        CHECK(found.contains("; expected "));
        CHECK_FALSE(found.contains("hunter2"));
    }
}

TEST_CASE("all problems are reported together, in the order of the file") {
    const auto found =
        problems_of("[slack]\nconnections = 99\nproxi = \"\"\n[review]\nchannel = 5\nadmins = []\n");
    CHECK(std::ranges::count(found, '\n') == 5);
    CHECK(found.find("slack.connections") < found.find("slack.proxi"));
    CHECK(found.find("review.party") < found.find("review.channel"));  // at its section's line
    CHECK(found.find("review.channel") < found.find("review.admins"));
}

TEST_CASE("a problem stays one harmless line whatever the file holds") {
    const auto found = problems_of(replaced("C0APPREVIEW", "x\\ny\\u001b[31m xoxb-1234-CANARY"));
    CHECK(std::ranges::count(found, '\n') == 1);
    CHECK_FALSE(found.contains("CANARY"));
    CHECK_FALSE(found.contains("\x1b"));
    CHECK(std::ranges::count(problems_of("\"a\\nb\" = 1\n" + std::string(minimal)), '\n') == 1);
}

TEST_CASE("a policy file may hold only what this version follows") {
    const auto file =
        std::filesystem::temp_directory_path() / ("countersign-policy-" + std::to_string(::getpid()));
    const auto problems_with = [&](std::string_view policy) {
        std::ofstream(file) << policy;
        return problems_of(with("[policy]\nfile = \"" + file.string() + "\"\n"));
    };
    CHECK(problems_with("").empty());
    CHECK(problems_with("schema = 1\nparties = \"all\"\n").empty());
    CHECK(problems_with("schema = 2\n").contains(file.string() + ":1: schema: is 2; expected"));
    CHECK(problems_with("\n[rules]\n").contains(file.string() + ":2: rules: unknown key; expected rule"));
    CHECK(problems_with("\n[rule]\n").contains(file.string() + ":2: rule: is a table; expected"));
    CHECK(problems_with("= 1").contains(file.string() + ":1: syntax: "));
    std::filesystem::remove(file);
}

TEST_CASE("an unreadable file is a problem, not a crash") {
    for (const std::filesystem::path& file :
         {std::filesystem::path("/nonexistent/countersign.toml"), std::filesystem::temp_directory_path()}) {
        const auto settings = load_settings(file);
        REQUIRE_FALSE(settings.has_value());
        CHECK(settings.error().size() == 1);
        CHECK(to_text(settings.error().front()).starts_with(file.string() + ":1: file: "));
    }
}

TEST_CASE("loopback is 127.0.0.0/8, ::1 and localhost, and nothing that only looks so") {
    for (const std::string url : {"http://127.0.0.1/", "http://127.8.9.1:80/x", "https://localhost:1/",
                                  "http://[::1]:5/", "http://LOCALHOST/"})
        CHECK_MESSAGE(is_loopback_url(url), url);
    for (const std::string url :
         {"http://localhost.evil.com/", "http://127.0.0.1.evil.com/", "http://127.0.0.1@evil.com/",
          "http://0.0.0.0/", "https://slack.com/", "ws://127.0.0.1/", "localhost", "", "http://[::2]/"})
        CHECK_FALSE_MESSAGE(is_loopback_url(url), url);
}
