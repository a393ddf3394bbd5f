#include "tests/simulation/simulated_tracker.hpp"

#include "tests/support/review_office.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::simulation {
namespace {

using nlohmann::json;
using storage::IssueFacts;

constexpr std::int64_t own = 4001, author = 4700, outsider = 4799;
constexpr std::int64_t first_issue = 100, first_own_issue = 100'000;
struct Signer {
    std::string_view party, label;
    std::int64_t label_id, account;
};
// U0SEC1 is 4711 in the tracker; the other is known there alone.
constexpr std::array<Signer, 2> signers{
    {{"Security", "Security::Approved", 71, 4711}, {"Legal", "Legal::Approved", 72, 4721}}};

storage::TrackerAccount person(std::int64_t id) {
    return {id, fmt::format("u{}", id), id == own, true};
}

slack::ApiAnswer well(const json& body) {
    slack::ApiAnswer answer;
    answer.http_status = 200;
    answer.body = body.dump();
    return answer;
}

}  // namespace

SimulatedTracker::SimulatedTracker(const tests::ManualClock& clock, std::mt19937& random, std::size_t apps)
    : clock_(&clock), random_(&random), wall_(clock.now()), steady_(clock.steady()) {
    for (std::size_t app = 1; app <= apps; ++app) {
        IssueFacts issue;
        issue.project_id = 31;
        issue.project = "acme/vendors";
        issue.iid = first_issue + static_cast<std::int64_t>(app);
        issue.id = 90'000 + issue.iid;
        issue.url = link(app);
        issue.title = fmt::format("Slack app: Sketch Pad (A{})", app);
        issue.description = "What it is for.";
        issue.type = "issue";
        issue.author = person(author);
        issue.created_at = issue.updated_at = now() - std::chrono::hours(1);
        issues_[issue.iid] = std::move(issue);
    }
}

config::Settings SimulatedTracker::settings() {
    auto settings = tests::review_settings();
    for (std::size_t party = 0; party < signers.size(); ++party) {
        settings.review.parties[party].tracker_label = signers.at(party).label;
        settings.review.parties[party].tracker_approvers = {signers.at(party).account};
    }
    settings.people = {{UserId("U0SEC1"), "procurement", signers[0].account}};
    return settings;
}

std::string SimulatedTracker::link(std::size_t app) {
    return fmt::format("https://gitlab.com/acme/vendors/-/issues/{}",
                       first_issue + static_cast<std::int64_t>(app));
}

Timestamp SimulatedTracker::now() const {
    return wall_ + std::chrono::floor<std::chrono::milliseconds>(clock_->steady() - steady_);
}

void SimulatedTracker::put_label(IssueFacts& issue, std::size_t party, bool add, std::int64_t account) {
    const auto& signer = signers.at(party);
    const auto had = std::erase_if(
        issue.labels, [&](const storage::IssueLabel& label) { return label.id == signer.label_id; });
    if (add) issue.labels.push_back({signer.label_id, std::string(signer.label)});
    if ((had > 0) == add) return;
    issue.label_events.push_back(
        {++last_id_, add, signer.label_id, std::string(signer.label), person(account), now()});
    issue.updated_at = now();
}

void SimulatedTracker::comment(IssueFacts& issue, std::int64_t account, const std::string& body) {
    issue.comments.push_back({++last_id_, body, person(account), now(), now(), false, false});
    issue.updated_at = now();
}

std::string SimulatedTracker::act() {
    if (issues_.empty()) return "";
    auto at = issues_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(pick(issues_.size())));
    if (!as_read_.empty() && pick(4) > 0) {
        auto followed = as_read_.begin();
        std::advance(followed, static_cast<std::ptrdiff_t>(pick(as_read_.size())));
        at = issues_.find(followed->first);
        if (at == issues_.end()) return "";
    }
    auto& issue = at->second;
    touched_ = issue.iid;
    const auto party = pick(signers.size());
    const auto signer = signers.at(party).account;
    switch (pick(16)) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
        case 5:
        case 6:
        case 7:
            put_label(issue, party, true, signer);
            return "issue signed";
        case 8:
        case 9:
            comment(issue, signer, fmt::format("approved: {}", signers.at(party).party));
            return "issue signed";
        case 10:
            if (pick(2) == 0) {
                put_label(issue, party, true, outsider);
                return "issue signed by an outsider";
            }
            put_label(issue, party, false, outsider);
            return "issue unlabelled";
        case 11:
            comment(issue, signer, fmt::format("revoke: {}", signers.at(party).party));
            return "issue unlabelled";
        case 12:
        case 13:
            issue.open = !issue.open;
            issue.state_events.push_back(
                {++last_id_, issue.open ? "opened" : "closed", person(author), now()});
            issue.updated_at = now();
            return issue.open ? "issue reopened" : "issue closed";
        case 14:
            issue.description += " And more.";
            comment(issue, author, "changed the description");
            issue.comments.back().system = true;
            return "issue edited";
        default:
            if (pick(6) > 0) return "";
            // One that was made may be made again when it is there no more.
            std::erase_if(written_, [&](const auto& each) {
                return each.first.starts_with("issue ") && issue.description.contains(each.first.substr(6));
            });
            issues_.erase(at);
            return "issue deleted";
    }
}

slack::ApiAnswer SimulatedTracker::read(std::int64_t iid) {
    const auto found = issues_.find(iid);
    if (found == issues_.end()) {
        slack::ApiAnswer answer;
        answer.http_status = 404;
        answer.error = "issue_not_found";
        answer.meaning = slack::ApiMeaning::refused;
        answer.body = "{}";
        return answer;
    }
    found->second.read_at = now();
    as_read_[iid] = found->second;
    return well({{"facts", json::parse(storage::to_json(found->second))}, {"etag", ""}});
}

slack::ApiAnswer SimulatedTracker::perform(const storage::Effect& effect) {
    const json args = json::parse(effect.args);
    const std::int64_t iid = args.value("iid", std::int64_t{0});
    if (effect.method == "tracker.whoami")
        return well({{"account", {{"id", own}, {"login", "countersign"}}}, {"scopes", {"api"}}});
    if (effect.method == "tracker.read_issue") return read(iid);
    if (effect.method == "tracker.changed_issues") {
        json changed = json::array();
        for (const std::int64_t asked : args["iids"]) {
            const auto found = issues_.find(asked);
            if (found != issues_.end() &&
                to_millis(found->second.updated_at) >= args["since"].get<std::int64_t>())
                changed.push_back({{"iid", asked}, {"updated_at", to_millis(found->second.updated_at)}});
        }
        return well({{"issues", changed}, {"read_at", to_millis(now())}});
    }
    if (effect.method == "tracker.read_template") return well({{"content", "## {{app}} {{app_id}}"}});
    if (effect.method == "tracker.create_issue") {
        // The client looks for the marker before it makes another (G6).
        const std::string marker = args["marker"];
        const auto made = std::ranges::find_if(
            issues_, [&](const auto& each) { return each.second.description.contains(marker); });
        if (made == issues_.end()) {
            IssueFacts issue;
            issue.project_id = 31;
            issue.project = "acme/vendors";
            issue.iid = first_own_issue + ++last_id_;
            issue.id = 90'000 + issue.iid;
            issue.title = args["title"];
            issue.description = args["description"];
            issue.type = "issue";
            issue.author = person(own);
            issue.created_at = issue.updated_at = now();
            issue.url = fmt::format("https://gitlab.com/acme/vendors/-/issues/{}", issue.iid);
            ++written_["issue " + marker];
            const auto number = issue.iid;
            const auto url = issue.url;
            issues_[number] = std::move(issue);
            return well({{"iid", number},
                         {"url", url},
                         {"project", "acme/vendors"},
                         {"dropped_labels", json::array()},
                         {"existing", false}});
        }
        return well({{"iid", made->first},
                     {"url", made->second.url},
                     {"project", "acme/vendors"},
                     {"dropped_labels", json::array()},
                     {"existing", true}});
    }
    const auto found = issues_.find(iid);
    if (found == issues_.end()) return read(iid);
    auto& issue = found->second;
    if (effect.method == "tracker.put_note") {
        const std::string marker = args["marker"];
        const auto note = std::ranges::find_if(issue.comments,
                                               [&](const auto& each) { return each.body.contains(marker); });
        const bool there = note != issue.comments.end();
        if (there) {
            note->body = args["body"];
            note->updated_at = issue.updated_at = now();
        } else {
            comment(issue, own, args["body"]);
            ++written_[fmt::format("note {} on {}", marker, iid)];
        }
        return well({{"note", 1}, {"created", !there}});
    }
    for (std::size_t party = 0; party < signers.size(); ++party) {
        const auto named = [&](const char* list) {
            const auto& labels = args[list];
            return std::ranges::find(labels, json(signers.at(party).label)) != labels.end();
        };
        if (named("add")) put_label(issue, party, true, own);
        if (named("remove")) put_label(issue, party, false, own);
    }
    return well({{"dropped", json::array()}});
}

bool SimulatedTracker::was_signed(const std::string& party, const std::string& reference) const {
    const auto* const signer = std::ranges::find(signers, party, &Signer::party);
    if (signer == signers.end()) return false;
    for (const auto& [iid, issue] : as_read_) {
        const auto start = fmt::format("procurement:acme/vendors#{}:", iid);
        if (!reference.starts_with(start)) continue;
        const auto rest = reference.substr(start.size());
        const auto id = std::stoll(rest.substr(rest.find(':') + 1));
        const auto by_signer = [&](const auto& who) { return who && who->id == signer->account; };
        if (rest.starts_with("label:"))
            return std::ranges::any_of(issue.label_events, [&](const storage::LabelEvent& event) {
                return event.id == id && event.added && event.label == signer->label_id &&
                       by_signer(event.actor);
            });
        return std::ranges::any_of(issue.comments, [&](const storage::IssueComment& comment) {
            return comment.id == id && by_signer(comment.author) &&
                   comment.body == fmt::format("approved: {}", party);
        });
    }
    return false;
}

}  // namespace countersign::simulation
