#pragma once

#include "bot/batch_processor.hpp"
#include "bot/tracker/tracker_api.hpp"
#include "storage/writer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/review_office.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace countersign::tests {

// A thousand followed issues: the daemon above the sockets on a clock of its own, with every request counted
// that its calls would make.
class ThousandLinks {
  public:
    static constexpr int count = 1'000;

    explicit ThousandLinks(config::TrackerKind kind) {
        auto settings = review_settings();
        settings.trackers[0].kind = kind;
        settings.database = folder_.path() / "countersign.db";
        auto database = storage::Database::open_writer(settings.database);
        if (!database) throw std::runtime_error("a new database could not be opened");
        database->handle().exec("PRAGMA synchronous = OFF");
        database->transaction([&] {
            for (int number = 1; number <= count; ++number) {
                storage::TrackerIssue issue;
                issue.key = {"procurement", "acme/vendors", number};
                issue.url = "https://gitlab.com/acme/vendors/-/issues/" + std::to_string(number);
                issue.remote_updated_at = clock_.now() - std::chrono::minutes(1);
                // The higher the number, the longer ago it was looked at.
                issue.read_at = issue.full_at = clock_.now() - std::chrono::seconds(number);
                issue.next_check =
                    clock_.now() + std::chrono::seconds(60) - std::chrono::milliseconds(number);
                issue.follower = UserId("U0REQ");
                storage::apply(*database, storage::SaveTrackerIssue{issue}, clock_.now());
            }
        });
        handlers::Capabilities capabilities;
        capabilities.trackers = {{"procurement", "7"}};
        processor_.emplace(std::move(*database), clock_,
                           std::make_shared<const config::Settings>(std::move(settings)), capabilities);
    }

    void start() { processor_->start_up(); }
    void sleep(std::chrono::milliseconds time) { clock_.advance(time); }
    // Everybody's issue changes, and nobody of us is there to see it.
    void all_change() { changed_ = clock_.now(); }

    // Each call is answered as soon as it leaves: the fastest tracker, which is asked the most.
    void run(std::chrono::milliseconds time) {
        const auto end = clock_.now() + time;
        while (clock_.now() < end) {
            auto done = processor_->process(batch_);
            batch_.clear();
            for (auto& effect : done.effects)
                batch_.emplace_back(bot::EffectAnswer{effect, answer(effect)});
            if (!batch_.empty()) continue;
            const auto wait = done.wake ? std::max<SteadyTime::duration>(*done.wake - clock_.steady(),
                                                                         std::chrono::milliseconds(1))
                                        : SteadyTime::duration(std::chrono::seconds(1));
            clock_.advance(std::min(std::chrono::ceil<std::chrono::milliseconds>(wait),
                                    std::chrono::milliseconds(1'000)));
        }
    }

    // The most requests that any stretch of this length saw.
    [[nodiscard]] int most_within(std::chrono::milliseconds stretch) const {
        int most = 0;
        int sum = 0;
        std::size_t first = 0;
        for (const auto& [at, cost] : requests_) {
            sum += cost;
            while (requests_[first].first + stretch <= at)
                sum -= requests_[first++].second;
            most = std::max(most, sum);
        }
        return most;
    }
    [[nodiscard]] int requests() const {
        int sum = 0;
        for (const auto& each : requests_)
            sum += each.second;
        return sum;
    }
    // Numbers of the issues that were read, in the order of reading.
    std::vector<std::int64_t> read;

  private:
    slack::ApiAnswer answer(const storage::Effect& effect) {
        slack::ApiAnswer told;
        told.http_status = 200;
        told.body = R"({"ok":true})";
        if (effect.token != storage::TokenKind::tracker) return told;
        requests_.emplace_back(clock_.now(), tracker::cost_of(effect.method));
        const nlohmann::json args = nlohmann::json::parse(effect.args);
        if (effect.method == "tracker.whoami") {
            told.body = R"({"account":{"id":7,"login":"countersign"}})";
        } else if (effect.method == "tracker.changed_issues") {
            nlohmann::json issues = nlohmann::json::array();
            for (const std::int64_t iid : args["iids"])
                if (to_millis(changed_) >= args["since"].get<std::int64_t>())
                    issues.push_back({{"iid", iid}, {"updated_at", to_millis(changed_)}});
            told.body = nlohmann::json{{"issues", issues}, {"read_at", to_millis(clock_.now())}}.dump();
        } else if (effect.method == "tracker.read_issue") {
            read.push_back(args["iid"]);
            storage::IssueFacts facts;
            facts.project = "acme/vendors";
            facts.iid = args["iid"];
            facts.title = "Slack app";
            facts.type = "issue";
            facts.updated_at = changed_;
            facts.read_at = clock_.now();
            told.body =
                nlohmann::json{{"facts", nlohmann::json::parse(storage::to_json(facts))}, {"etag", ""}}
                    .dump();
        }
        return told;
    }

    TempDir folder_;
    ManualClock clock_;
    std::optional<bot::BatchProcessor> processor_;
    std::vector<bot::Item> batch_;
    std::deque<std::pair<Timestamp, int>> requests_;
    Timestamp changed_{};
};

}  // namespace countersign::tests
