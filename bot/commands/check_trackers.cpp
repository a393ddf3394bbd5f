#include "bot/commands/check_trackers.hpp"

#include "bot/commands/one_call.hpp"
#include "bot/tracker/tracker_api.hpp"
#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::json;

constexpr auto expiry_warning = std::chrono::days(30);

class TrackerCheck {
  public:
    TrackerCheck(const config::Settings& settings, const config::Secrets& secrets,
                 std::unique_ptr<WaitingClient> client, Timestamp now, Findings& findings)
        : settings_(&settings),
          secrets_(&secrets),
          client_(std::move(client)),
          api_(client_->http(), settings, secrets),
          now_(now),
          findings_(&findings) {}

    void run(const config::Tracker& tracker) {
        tracker_ = &tracker;
        name_ = "tracker " + tracker.name;
        const auto variable = config::tracker_token_variable(tracker.name);
        if (!secrets_->trackers.contains(tracker.name)) {
            findings_->warn(name_, fmt::format("has no token, so its issues can be neither read nor written; "
                                               "set {}",
                                               variable));
            return;
        }
        if (!token()) return;
        for (const auto& project : tracker.projects)
            if (readable(project)) {
                issue_template(project);
                labels(project);
            }
    }

  private:
    struct Answer {
        net::ApiAnswer raw;
        Json body;
        [[nodiscard]] bool ok() const { return raw.error.empty(); }
    };

    Answer ask(const std::string& method, Json args) {
        args["tracker"] = tracker_->name;
        storage::Effect effect;
        effect.method = method;
        effect.args = args.dump();
        Answer answer;
        answer.raw = *client_->wait_for(answered(std::move(effect)));
        answer.body = Json::parse(answer.raw.body, nullptr, false);
        return answer;
    }

    net::Awaitable<Result<net::ApiAnswer>> answered(storage::Effect effect) {
        co_return co_await api_.perform(std::move(effect));
    }

    static std::string why(const Answer& answer) {
        const auto detail = answer.raw.detail.empty() ? "" : fmt::format(" ({})", answer.raw.detail);
        return fmt::format("{}{}: {}", answer.raw.error, detail, answer.raw.advice);
    }

    bool token() {
        const auto answer = ask("tracker.whoami", Json::object());
        if (!answer.ok()) {
            findings_->fail(name_, why(answer));
            return false;
        }
        const auto& account = answer.body.at("account");
        const auto version = answer.body.at("version").get<std::string>();
        findings_->ok(name_, fmt::format("{} ({}){}", account.at("login").get<std::string>(),
                                         account.at("id").get<std::int64_t>(),
                                         version.empty() ? "" : ", version " + version));
        scopes(answer.body.at("scopes").get<std::vector<std::string>>());
        expiry(answer.body.at("expires_at").get<std::string>());
        return true;
    }

    void scopes(const std::vector<std::string>& scopes) {
        const std::string needed = tracker_->kind == config::TrackerKind::gitlab ? "api" : "repo";
        // Not every kind of token has scopes that can be told.
        if (scopes.empty() || std::ranges::find(scopes, needed) != scopes.end()) return;
        findings_->warn(name_, fmt::format("the token has {} and not {}: issues are read, but nothing is "
                                           "written to them",
                                           text::joined(scopes, ", "), needed));
    }

    void expiry(const std::string& date) {
        const auto day = time_zone::parse_date(date);
        if (!day) return;
        const auto left = std::chrono::sys_days(*day) - std::chrono::floor<std::chrono::days>(now_);
        if (left <= std::chrono::days(0))
            findings_->fail(name_, fmt::format("the token expired on {}; install a new one", date));
        else if (left <= expiry_warning)
            findings_->warn(name_, fmt::format("the token expires on {}, in {} days; install a new one", date,
                                               left.count()));
    }

    bool readable(const std::string& project) {
        const auto answer =
            ask("tracker.changed_issues", {{"project", project}, {"iids", {1}}, {"since", to_millis(now_)}});
        if (answer.ok())
            findings_->ok(fmt::format("{} {}", name_, project), "its issues can be read");
        else
            findings_->fail(fmt::format("{} {}", name_, project), why(answer));
        return answer.ok();
    }

    void issue_template(const std::string& project) {
        const auto name = fmt::format("{} {} template", name_, project);
        const auto answer =
            ask("tracker.read_template", {{"project", project}, {"name", tracker_->template_name}});
        if (answer.ok())
            findings_->ok(name, fmt::format("{} is there", tracker_->template_name));
        else if (answer.raw.error == "template_not_found")
            findings_->warn(name, fmt::format("{} does not exist: issues cannot be created from it",
                                              tracker_->template_name));
        else
            findings_->fail(name, why(answer));
    }

    // A party's label that the project does not have can never be put on.
    void labels(const std::string& project) {
        if (tracker_->purpose != config::TrackerPurpose::vendor) return;
        std::vector<std::string> wanted;
        for (const auto& party : settings_->review.parties)
            if (!party.tracker_label.empty()) wanted.push_back(party.tracker_label);
        if (wanted.empty()) return;
        const auto name = fmt::format("{} {} labels", name_, project);
        const auto answer = ask("tracker.labels", {{"project", project}});
        if (!answer.ok()) {
            findings_->fail(name, why(answer));
            return;
        }
        const auto there = answer.body.at("labels").get<std::vector<std::string>>();
        std::vector<std::string> missing;
        for (const auto& label : wanted)
            if (std::ranges::find(there, label) == there.end()) missing.push_back(label);
        if (missing.empty())
            findings_->ok(name, fmt::format("{} are there", text::joined(wanted, ", ")));
        else
            findings_->fail(name, fmt::format("the project has no {}; create it, or correct tracker_label",
                                              text::joined(missing, ", ")));
    }

    const config::Settings* settings_;
    const config::Secrets* secrets_;
    std::unique_ptr<WaitingClient> client_;
    tracker::TrackerApi api_;
    Timestamp now_;
    Findings* findings_;
    const config::Tracker* tracker_ = nullptr;
    std::string name_;
};

}  // namespace

void check_trackers(const config::Settings& settings, const config::Secrets& secrets, Timestamp now,
                    Findings& findings) {
    auto client = WaitingClient::make(settings);
    if (!client) {
        findings.fail("trackers", client.error().text);
        return;
    }
    TrackerCheck check(settings, secrets, std::move(*client), now, findings);
    for (const auto& tracker : settings.trackers)
        check.run(tracker);
}

}  // namespace countersign::bot::commands
