#include "tests/support/canary.hpp"

#include "tests/fakes/fake_slack.hpp"
#include "tests/fakes/raw_client.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace countersign::tests {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

class Search {
  public:
    explicit Search(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {}
    void in(std::string_view text, const std::string& where) const {
        for (const auto& secret : secrets_)
            if (text.contains(secret)) FAIL_CHECK(where << " holds " << secret);
    }

  private:
    std::vector<std::string> secrets_;
};

std::vector<std::string> all_secrets(const fs::path& directory, std::vector<std::string> planted) {
    for (const auto* token :
         {fakes::tokens::app, fakes::tokens::bot, fakes::tokens::admin, fakes::tokens::reviewer})
        planted.emplace_back(token);
    // What the fixture was given as credentials: the keys, the secrets of webhooks.
    std::error_code none;
    for (const auto& each : fs::directory_iterator(directory / "credentials", none)) {
        std::istringstream words(content(each.path()));
        for (std::string word; words >> word;)
            if (word.size() >= 8) planted.push_back(word);
    }
    return planted;
}

void search_files(const Search& search, const fs::path& directory, const std::vector<std::string>& own) {
    const auto credentials = (directory / "credentials").string();
    for (const auto& each : fs::recursive_directory_iterator(directory)) {
        const auto path = each.path().string();
        const bool theirs =
            path.starts_with(credentials) ||
            std::ranges::any_of(own, [&](const std::string& part) { return path.contains(part); });
        if (each.is_regular_file() && !theirs) search.in(content(each.path()), path);
    }
}

void search_query(const Search& search, const fakes::HttpQuery& query) {
    const auto name = "a call to " + query.method + " " + query.path;
    search.in(query.path + "?" + query.raw_query, name);
    for (const auto& [header, value] : query.headers)
        if (header != "authorization") search.in(value, name + ", " + header);
    constexpr std::array<std::string_view, 4> token_endpoints{"/oauth/token", "/oauth/revoke",
                                                              "/login/oauth/access_token", "/token"};
    const bool takes_secrets =
        std::ranges::any_of(token_endpoints, [&](std::string_view end) { return query.path.ends_with(end); });
    if (!takes_secrets) search.in(query.body, name + ", its body");
}

// What anybody on the host may read.
void search_pages(const Search& search, const std::string& log) {
    const auto listening = log.find("event=http_listening");
    if (listening == std::string::npos) return;
    const auto port = std::stoi(log.substr(log.find("port=", listening) + 5));
    for (const auto* page : {"/metrics", "/healthz", "/readyz", "/"}) {
        fakes::RawClient client(static_cast<std::uint16_t>(port));
        client.write(std::string("GET ") + page + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const auto shown = client.read_until("no such end");
        CHECK_MESSAGE(shown.starts_with("HTTP/1.1 "), page);
        search.in(shown, page);
    }
}

}  // namespace

void expect_no_canary(DaemonFixture& fixture, const CanarySearch& search) {
    const Search look(all_secrets(fixture.directory(), search.secrets));
    static int round = 0;
    const auto made = fixture.directory() / fmt::format("searched-{}", ++round);
    fs::create_directory(made);
    if (fs::exists(fixture.database())) {
        const std::string backup = (made / "backup.db").string(), pack = (made / "pack").string();
        for (const auto& command :
             std::vector<std::vector<std::string>>{{"backup", "--to", backup},
                                                   {"audit", "export", "--pack", pack},
                                                   {"requests", "list"},
                                                   {"requests", "export"},
                                                   {"requests", "export", "--format", "csv"},
                                                   {"inventory", "list", "--json"},
                                                   {"inventory", "export"},
                                                   {"inventory", "export", "--format", "csv"},
                                                   {"audit", "export"},
                                                   {"audit", "export", "--format", "csv"},
                                                   {"authorizations", "list"},
                                                   {"authorizations", "list", "--json"},
                                                   {"status", "--json"}}) {
            const auto done = fixture.run_command(command);
            const auto name = command.front() + " " + command[1];
            CHECK_MESSAGE((done.code == 0 || command.front() == "status"), name << ": " << done.errors);
            look.in(done.output + done.errors, name);
        }
    }
    search_files(look, fixture.directory(), search.own_files);
    look.in(fixture.log(), "the log");
    if (fixture.runs()) search_pages(look, fixture.log());
    for (const auto& query : search.queries)
        search_query(look, query);
    auto slacks = search.other_slacks;
    slacks.push_back(&fixture.slack());
    for (const auto* slack : slacks)
        for (const auto& call : slack->calls())
            look.in(call.args.dump(), "a call to Slack: " + call.method);
    fs::remove_all(made);
}

}  // namespace countersign::tests
