// A GitHub authorization by the code grant, and the ends of its access, with the real binary against a server
// with GitHub's paths.
#include "tests/fakes/github_tokens.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fstream>

using namespace countersign::tests;
using countersign::fakes::GithubTokens;
using countersign::fakes::RawClient;
using nlohmann::json;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* public_url = "https://countersign.example.com";
constexpr const char* callback = "https://countersign.example.com/oauth/callback";
constexpr const char* hook_secret = "hook-secret";

DaemonOptions options_for(const std::string& url) {
    DaemonOptions options;
    options.more_sections = fmt::format(
        "[[tracker]]\nname = \"hub\"\nkind = \"github\"\nurl = \"{}\"\nprojects = [\"acme/it\"]\n"
        "purpose = \"it-request\"\n[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{}\"\n",
        url, public_url);
    return options;
}

struct Office {
    GithubTokens github{{"Iv1.app", "canary-client-secret", callback}};
    ReviewStory story;

    Office() : story(options_for(github.url())) {
        story.fixture.set_secret("countersign_key", key);
        story.fixture.set_secret("hub_webhook_secret", hook_secret);
        const auto secret_file = story.fixture.directory() / "client_secret";
        std::ofstream(secret_file) << "canary-client-secret\n";
        const auto registered = story.fixture.run_command({"authorizations", "register", "--kind", "github",
                                                           "--url", github.url(), "--client-id", "Iv1.app",
                                                           "--client-secret-file", secret_file.string()});
        REQUIRE_MESSAGE(registered.code == 0, registered.errors);
    }
    [[nodiscard]] json listed() const {
        return json::parse(story.fixture.run_command({"authorizations", "list", "--json"}).output)
            .at("authorizations");
    }
    [[nodiscard]] std::string send(const std::string& request) {
        story.fixture.expect_log("event=http_listening");
        const auto log = story.fixture.log();
        const auto at = log.find("port=", log.find("event=http_listening")) + 5;
        RawClient client(static_cast<std::uint16_t>(std::stoi(log.substr(at))));
        client.write(request);
        return client.read_until("no such end");
    }
    [[nodiscard]] std::string get(const std::string& target) {
        return send("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }
    [[nodiscard]] std::string hook(const std::string& event, const json& body, const std::string& delivery,
                                   const std::string& secret = hook_secret) {
        const auto text = body.dump();
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
        std::string hex;
        for (unsigned at = 0; at < size; ++at)
            hex += fmt::format("{:02x}", digest[at]);
        return send(fmt::format(
            "POST /webhooks/hub HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
            "application/json\r\nX-GitHub-Event: {}\r\nX-GitHub-Delivery: {}\r\nX-Hub-Signature-256: "
            "sha256={}\r\nContent-Length: {}\r\n\r\n{}",
            event, delivery, hex, text.size(), text));
    }
    void command(const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    }
    // The newest link, in a message to the admin.
    std::string begin() {
        command(office::admin, "add authorization");
        story.fill(office::admin, "Add an authorization",
                   {{"Name", "GitHub"}, {"How", "github at " + github.url() + ": follow a link"}});
        std::string link;
        story.wait(
            [&] {
                for (const auto& message : story.slack.messages(office::admin)) {
                    const auto at = message.text.find("<" + github.url() + "/login/oauth/authorize?");
                    if (at == std::string::npos) continue;
                    link = message.text.substr(at + 1, message.text.find_first_of("|>", at) - at - 1);
                }
                return !link.empty();
            },
            "the link");
        for (auto at = link.find("&amp;"); at != std::string::npos; at = link.find("&amp;"))
            link.erase(at + 1, 4);
        return link;
    }
    // The address is pasted back to the command itself.
    void add_at_command_line(const std::string& name) {
        auto process = story.fixture.start_command(
            {"authorizations", "add", "--kind", "github", "--url", github.url(), "--name", name, "--paste"});
        REQUIRE_MESSAGE(process->wait_for("code_challenge_method=S256\n"), process->errors());
        const auto shown = process->errors();
        const auto at = shown.find(github.url() + "/login");
        auto address = github.visit(shown.substr(at, shown.find('\n', at) - at));
        if (github.promises_issuer()) address += "&iss=" + github.issuer();
        process->type(address + "\nocto\n");
        CHECK_MESSAGE(process->wait() == 0, process->errors());
    }
    void connect() {
        const auto address = github.visit(begin());
        CHECK(get(address.substr(std::string(public_url).size())).starts_with("HTTP/1.1 200"));
        story.expect_direct_message(office::admin, "was granted as *octo*");
        story.press_direct(office::admin, "Keep");
        story.expect_direct_message(office::admin, "Connected.");
        command(office::employee, "add");
        story.fill(office::employee, "Add an integration",
                   {{"Name", "IT requests"}, {"Use it for", "Tracker hub (IT requests)"}});
        story.expect_direct_message(office::employee, "Connected.");
    }
    void expect_broken(const std::string& words) {
        story.expect_alarm(words);
        story.expect_direct_message(office::employee, "has stopped");
        CHECK(listed().at(0).at("state") == "needs_reauth");
        CHECK(listed().at(0).at("used_by").at(0).at("state") == "needs_reauth");
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
    "GitHub: a link leads to a token, only an answer that names the promised issuer is taken, and it is "
    "taken back (O6, O7, O9, O14, O15, RFC 9207)") {
    Office office_;
    auto& story = office_.story;
    office_.github.promise_issuer();
    office_.github.answer_in_form();
    story.fixture.start();
    const auto address = office_.github.visit(office_.begin());
    const auto target = address.substr(std::string(public_url).size());
    for (const auto& wrong : {std::string(), std::string("&iss="), "&iss=" + office_.github.url(),
                              std::string("&iss=https%3A%2F%2Fevil.example"),
                              "&iss=" + office_.github.issuer() + "&iss=" + office_.github.issuer()}) {
        CAPTURE(wrong);
        CHECK(office_.get(target + wrong).starts_with("HTTP/1.1 400"));
    }
    CHECK(office_.get("/oauth/callback?error=access_denied&" + target.substr(target.find("state=")))
              .starts_with("HTTP/1.1 400"));  // an error without its sender is nobody's
    CHECK(office_.github.newest().empty());
    CHECK(office_.get(target + "&iss=" + office_.github.issuer()).starts_with("HTTP/1.1 200"));
    story.expect_direct_message(office::admin, "was granted as *octo*");
    story.press_direct(office::admin, "Keep");
    story.expect_direct_message(office::admin, "Connected.");
    const auto row = office_.listed().at(0);
    CHECK(row.at("kind") == "github");
    CHECK(row.at("account") == "octo");
    CHECK(row.at("flow") == "link");
    CHECK(row.at("scopes").dump().contains("repo"));
    office_.command(office::admin, "remove GitHub");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "GitHub"}});
    story.expect_alarm("was taken back by");
    CHECK(office_.github.taken_back() == 1);
    CHECK_FALSE(office_.github.knows(office_.github.newest()));
    // The same at the command line, which knows the application too.
    office_.add_at_command_line("GitHub");
    const auto second = office_.github.newest();
    CHECK(office_.github.knows(second));
    const auto removed =
        story.fixture.run_command({"authorizations", "remove", "GitHub", "--confirm", "GitHub"});
    CHECK_MESSAGE(removed.output.contains("taken back by its server"), removed.output);
    CHECK(office_.github.taken_back() == 2);
    CHECK_FALSE(office_.github.knows(second));
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "GitHub: an App that is suspended needs re-authentication at once, told once, and is mended (I16)") {
    Office office_;
    auto& story = office_.story;
    story.fixture.start();
    office_.connect();
    const auto installation = [](const char* action, const char* owner) {
        return json{{"action", action},
                    {"installation", {{"id", 1}, {"account", {{"login", owner}, {"id", 9}}}}},
                    {"sender", {{"login", "root"}, {"id", 2}}}};
    };
    // Not signed, of somebody else's repositories, or of no end: nothing follows.
    CHECK(office_.hook("installation", installation("suspend", "Acme"), "d1", "wrong")
              .starts_with("HTTP/1.1 401"));
    CHECK(office_.hook("installation", installation("suspend", "other"), "d2").starts_with("HTTP/1.1 200"));
    CHECK(office_.hook("installation", installation("created", "Acme"), "d3").starts_with("HTTP/1.1 200"));
    CHECK(office_.hook("installation", json::array(), "d4").starts_with("HTTP/1.1 4"));
    CHECK(office_.listed().at(0).at("state") == "active");

    CHECK(office_.hook("installation", installation("suspend", "Acme"), "d5").starts_with("HTTP/1.1 200"));
    office_.expect_broken("the App was suspended by Acme");
    // Sent again, and followed by the end of it: told once.
    CHECK(office_.hook("installation", installation("suspend", "Acme"), "d5").starts_with("HTTP/1.1 200"));
    CHECK(office_.hook("installation", installation("deleted", "Acme"), "d6").starts_with("HTTP/1.1 200"));
    office_.command(office::admin, "reconnect GitHub");
    story.fill(office::admin, "Connect again",
               {{"How", "github at " + office_.github.url() + ": follow a link"}});
    std::string link;
    story.wait(
        [&] {
            for (const auto& message : story.slack.messages(office::admin)) {
                const auto at = message.text.find("<" + office_.github.url() + "/login/oauth/authorize?");
                if (at != std::string::npos)
                    link = message.text.substr(at + 1, message.text.find_first_of("|>", at) - at - 1);
            }
            return std::ranges::count_if(story.slack.messages(office::admin), [](const auto& each) {
                       return says(each, "follow this link");
                   }) == 2;
        },
        "the second link");
    for (auto at = link.find("&amp;"); at != std::string::npos; at = link.find("&amp;"))
        link.erase(at + 1, 4);
    const auto address = office_.github.visit(link);
    CHECK(office_.get(address.substr(std::string(public_url).size())).starts_with("HTTP/1.1 200"));
    story.wait(
        [&] {
            return std::ranges::count_if(story.slack.messages(office::admin), [](const auto& each) {
                       return says(each, "was granted as *octo*");
                   }) == 2;
        },
        "the second grant");
    story.press_direct(office::admin, "Keep");
    story.expect_direct_message(office::admin, "Connected again");
    CHECK(office_.listed().at(0).at("used_by").at(0).at("state") == "active");
    const auto told = story.slack.messages(office::employee);
    CHECK(std::ranges::count_if(told, [](const auto& each) { return says(each, "has stopped"); }) == 1);
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE("GitHub: a person who takes their consent back ends what was built on it (I16)") {
    Office office_;
    auto& story = office_.story;
    story.fixture.start();
    office_.connect();
    const auto revoked = [](int id) {
        return json{{"action", "revoked"}, {"sender", {{"login", "octo"}, {"id", id}}}};
    };
    CHECK(office_.hook("github_app_authorization", revoked(1), "d1").starts_with("HTTP/1.1 200"));
    CHECK(office_.listed().at(0).at("state") == "active");
    CHECK(office_.hook("github_app_authorization", revoked(583231), "d2").starts_with("HTTP/1.1 200"));
    office_.expect_broken("octo took the access back");
    story.expect_good_manners();
}
