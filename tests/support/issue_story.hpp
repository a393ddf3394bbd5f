#pragma once

#include "handlers/review/issue_verdict.hpp"
#include "storage/issue_facts.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace countersign::tests {

// An issue as a tracker would tell it, built event by event. A minute passes with each.
class IssueStory {
  public:
    static constexpr std::int64_t security_label = 71, legal_label = 72;
    static constexpr std::int64_t author = 4700, sec = 4711, sec2 = 4712, legal = 4721, both = 4730,
                                  outsider = 4799, own = 4001;

    storage::IssueFacts facts;
    handlers::review::IssueQuestion question;

    IssueStory() {
        facts.project_id = 31;
        facts.project = "acme/procurement/vendors";
        facts.iid = 12;
        facts.id = 90'012;
        facts.url = "https://gitlab.test/acme/procurement/vendors/-/issues/12";
        facts.title = "Slack app: Zoom";
        facts.description = "Vendor: Zoom\n- [ ] Security\n- [ ] Legal";
        facts.type = "issue";
        facts.author = account(author, "eva");
        facts.created_at = start;
        tick();
        question.parties = {{.name = "Security",
                             .label = "Security::Approved",
                             .pinned = security_label,
                             .approvers = {sec, sec2, both},
                             .members = {}},
                            {.name = "Legal",
                             .label = "Legal::Approved",
                             .pinned = legal_label,
                             .approvers = {legal, both},
                             .members = {}}};
        question.projects = {"acme/procurement/vendors"};
        question.own.now = own;
        question.app_name = "Zoom";
        question.app_id = "A0ZOOM";
    }

    static storage::TrackerAccount account(std::int64_t id, std::string login) {
        return {id, std::move(login), false, true};
    }
    static storage::TrackerAccount by(std::int64_t id) { return account(id, "u" + std::to_string(id)); }

    void tick() { facts.read_at = facts.updated_at = start + std::chrono::minutes(++minutes_); }

    // Somebody puts a party's label there, or takes it off.
    storage::LabelEvent& label(std::int64_t id, bool added, std::int64_t who) {
        tick();
        const auto name = id == security_label ? "Security::Approved" : "Legal::Approved";
        std::erase_if(facts.labels, [&](const auto& each) { return each.id == id; });
        if (added) facts.labels.push_back({id, name});
        facts.label_events.push_back({++last_id_, added, id, name, by(who), facts.read_at});
        tick();
        return facts.label_events.back();
    }
    storage::IssueComment& comment(std::int64_t who, std::string body) {
        tick();
        facts.comments.push_back(
            {++last_id_, std::move(body), by(who), facts.read_at, facts.read_at, false, false});
        tick();
        return facts.comments.back();
    }
    void sign_all() {
        label(security_label, true, sec);
        label(legal_label, true, legal);
    }
    // As the store remembers the text until now; then it becomes another one.
    void edit(std::string description) {
        question.text_hash = handlers::review::text_hash_of(facts);
        tick();
        facts.description = std::move(description);
        tick();
    }
    [[nodiscard]] handlers::review::IssueVerdict judged() const {
        return handlers::review::judge_issue(facts, question);
    }
    static constexpr Timestamp start{std::chrono::milliseconds(1'795'000'000'000)};

  private:
    int minutes_ = 0;
    std::int64_t last_id_ = 100;
};

}  // namespace countersign::tests
