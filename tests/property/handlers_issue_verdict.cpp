// A17 and the heart of the matter: nobody but an approver turns a pending party into an approved one.
#include "handlers/review/issue_verdict.hpp"
#include "tests/support/issue_story.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace countersign;
using handlers::review::Verdict;
using tests::IssueStory;

namespace {

class Chance {
  public:
    explicit Chance(unsigned seed) : random_(seed) {}
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
    bool coin() { return below(2) == 0; }

  private:
    std::mt19937 random_;
};

std::int64_t label_of(Chance& chance) {
    return chance.coin() ? IssueStory::security_label : IssueStory::legal_label;
}

std::string phrase(Chance& chance) {
    static const std::vector<std::string> bodies{"approved: Security",
                                                 "approved: Legal",
                                                 "revoke: Security",
                                                 "revoke: Legal",
                                                 "hello",
                                                 "> approved: Legal",
                                                 "```\napproved: Security\n```"};
    return bodies[static_cast<std::size_t>(chance.below(static_cast<int>(bodies.size())))];
}

void anybody_acts(IssueStory& story, std::int64_t who, Chance& chance) {
    if (chance.coin())
        story.label(label_of(chance), chance.coin(), who);
    else
        story.comment(who, phrase(chance));
}

// What somebody does who may sign for nothing, with every right in the tracker.
void outsider_acts(IssueStory& story, Chance& chance) {
    const auto any = [&](auto& list) -> auto& {
        return list[static_cast<std::size_t>(chance.below(static_cast<int>(list.size())))];
    };
    switch (chance.below(9)) {
        case 0:
            story.edit(story.facts.description + " and more");
            break;
        case 1:
            story.facts.open = !story.facts.open;
            break;
        case 2:
            story.facts.confidential = !story.facts.confidential;
            break;
        case 3:
            if (story.facts.comments.empty()) break;
            {
                auto& comment = any(story.facts.comments);
                comment.body = phrase(chance);
                story.tick();
                comment.updated_at = comment.created_at + std::chrono::hours(2);
            }
            break;
        case 4:
            if (!story.facts.labels.empty()) any(story.facts.labels).id = 1'000 + chance.below(9);
            break;
        case 5:
            if (!story.facts.labels.empty()) any(story.facts.labels).name = "renamed";
            break;
        default:
            anybody_acts(story, chance.coin() ? IssueStory::outsider : IssueStory::author, chance);
    }
}

}  // namespace

TEST_CASE("A17: what was stored is judged again as it was") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        IssueStory story;
        const std::vector<std::int64_t> people{IssueStory::sec,  IssueStory::sec2,     IssueStory::legal,
                                               IssueStory::both, IssueStory::outsider, IssueStory::author};
        for (int step = 0; step < 25; ++step) {
            if (chance.below(3) == 0)
                outsider_acts(story, chance);
            else
                anybody_acts(story, people[static_cast<std::size_t>(chance.below(6))], chance);
        }
        const auto verdict = story.judged();
        const auto stored = storage::to_json(handlers::review::for_the_record(story.facts));
        const auto written = handlers::review::to_json(story.question, verdict);
        const auto facts = storage::parse_issue_facts(stored);
        const auto question = handlers::review::parse_issue_question(written);
        REQUIRE(facts);
        REQUIRE(question);
        CHECK(*question == story.question);
        CHECK(handlers::review::judge_issue(*facts, *question) == verdict);
        CHECK(handlers::review::parse_issue_verdict(written) == verdict);
    }
}

TEST_CASE("no deed of somebody who is no approver turns pending into approved") {
    int approved = 0;
    for (unsigned seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        IssueStory story;
        const std::vector<std::int64_t> approvers{IssueStory::sec, IssueStory::sec2, IssueStory::legal};
        for (int step = 0; step < 40; ++step) {
            const auto before = story.judged();
            story.question.text_hash = before.text_hash;
            story.question.text_changed_at = before.text_changed_at;
            if (chance.below(4) == 0) {
                anybody_acts(story, approvers[static_cast<std::size_t>(chance.below(3))], chance);
                continue;
            }
            outsider_acts(story, chance);
            const auto after = story.judged();
            for (std::size_t i = 0; i < after.parties.size(); ++i) {
                approved += before.parties[i].verdict == Verdict::approved ? 1 : 0;
                const bool turned = before.parties[i].verdict != Verdict::approved &&
                                    after.parties[i].verdict == Verdict::approved;
                CAPTURE(step);
                CHECK_FALSE(turned);
            }
        }
    }
    CHECK(approved > 500);  // else nothing was put to the test
}

TEST_CASE("facts that make no sense cannot approve and break nothing") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        Chance chance(seed);
        IssueStory story;
        story.sign_all();
        for (auto& event : story.facts.label_events) {
            if (chance.coin()) event.at = from_millis(chance.below(3) * 1'000'000'000);
            if (chance.coin()) event.actor.reset();
            if (chance.coin()) event.label.reset();
        }
        if (chance.coin()) story.facts.labels.clear();
        if (chance.coin()) story.facts.author.reset();
        if (chance.coin()) story.facts.read_at = {};
        (void)story.judged();
    }
}
