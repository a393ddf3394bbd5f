#pragma once

#include "bot/tracker/tracker_api.hpp"
#include "tests/fakes/fake_tracker.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>

namespace countersign::tests {

// Our client against a fake tracker, through the door the daemon uses: effects in, answers out.
class TrackerClient {
  public:
    struct Place {
        config::TrackerKind kind = config::TrackerKind::gitlab;
        std::string url, api_url, token;
        std::vector<std::string> projects;
    };
    explicit TrackerClient(const Place& place) {
        config::Tracker entry;
        entry.name = "vendor";
        entry.kind = place.kind;
        entry.url = place.url;
        entry.api_url = place.api_url;
        entry.projects = place.projects;
        settings_.trackers.push_back(entry);
        secrets_.trackers.emplace("vendor", Secret(place.token));
        auto tls = net::TlsContext::make({});
        REQUIRE(tls);
        http_ = net::make_http_client(io_.get_executor(), *tls, {});
        api_ = std::make_unique<tracker::TrackerApi>(*http_, settings_, secrets_);
    }
    TrackerClient(const fakes::FakeTracker& tracker, config::TrackerKind kind,
                  std::vector<std::string> projects)
        : TrackerClient(Place{kind, tracker.url(), tracker.api_url(), tracker.token(), std::move(projects)}) {
    }

    struct Answer {
        net::ApiMeaning meaning = net::ApiMeaning::ok;
        std::string error, advice, detail;
        std::optional<std::chrono::milliseconds> retry_after;
        nlohmann::json response;
        std::string all;  // everything that could reach a log or the database

        [[nodiscard]] storage::IssueFacts facts() const {
            const auto facts = storage::parse_issue_facts(response.at("facts").dump());
            REQUIRE(facts);
            return *facts;
        }
    };

    Answer call(const std::string& method, nlohmann::json args, bool maybe_sent = false, int attempts = 0) {
        if (!args.contains("tracker")) args["tracker"] = "vendor";
        storage::Effect effect;
        effect.method = "tracker." + method;
        effect.args = args.dump();
        effect.maybe_sent = maybe_sent;
        effect.attempts = attempts;
        const auto got = run(io_, api_->perform(std::move(effect)));
        return {got.meaning,
                got.error,
                got.advice,
                got.detail,
                got.retry_after,
                nlohmann::json::parse(got.body),
                got.error + got.advice + got.detail + got.body};
    }
    Answer read(const fakes::IssueRef& issue, const std::string& etag = "") {
        nlohmann::json args{{"project", issue.project}, {"iid", issue.iid}};
        if (!etag.empty()) args["since_etag"] = etag;
        return call("read_issue", args);
    }
    Answer note(const fakes::IssueRef& issue, const std::string& body, bool maybe_sent = false) {
        return call("put_note",
                    {{"project", issue.project},
                     {"iid", issue.iid},
                     {"marker", "<!-- countersign:1 -->"},
                     {"body", "<!-- countersign:1 -->\n" + body}},
                    maybe_sent);
    }
    Answer create(const std::string& project, nlohmann::json more = nlohmann::json::object(),
                  bool maybe_sent = false) {
        nlohmann::json args{{"project", project},
                            {"title", "Approve Zapier"},
                            {"description", "Zapier please\n<!-- countersign:REQ-1 -->"},
                            {"labels", nlohmann::json::array()},
                            {"confidential", false},
                            {"marker", "<!-- countersign:REQ-1 -->"}};
        args.update(more);
        return call("create_issue", args, maybe_sent);
    }

  private:
    net::asio::io_context io_{1};
    config::Settings settings_;
    config::Secrets secrets_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<tracker::TrackerApi> api_;
};

}  // namespace countersign::tests
