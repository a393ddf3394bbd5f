#include "handlers/review/issue_verdict.hpp"
#include "handlers/review/signing_phrases.hpp"
#include "tests/support/issue_story.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace std::chrono_literals;
using config::TrackerKind;
using handlers::review::IssueProblem;
using handlers::review::IssueVerdict;
using handlers::review::Verdict;
using tests::IssueStory;

namespace {

constexpr auto security = IssueStory::security_label;

// The reason of the first sign for Security that was refused; "" when none was.
std::string refused(const IssueVerdict& verdict) {
    REQUIRE(!verdict.parties.empty());
    const auto& list = verdict.parties.front().refused;
    return list.empty() ? std::string() : list.front().refused;
}

Verdict of_security(const IssueStory& story) {
    return story.judged().parties.at(0).verdict;
}

}  // namespace

TEST_CASE("A1: every party's label by one of its approvers approves, one missing is pending") {
    IssueStory story;
    CHECK(story.judged().verdict == Verdict::pending);
    story.label(security, true, IssueStory::sec);
    auto verdict = story.judged();
    CHECK(verdict.verdict == Verdict::pending);
    CHECK(verdict.parties[0].verdict == Verdict::approved);
    CHECK(verdict.parties[1].verdict == Verdict::pending);
    story.label(IssueStory::legal_label, true, IssueStory::legal);
    verdict = story.judged();
    CHECK(verdict.verdict == Verdict::approved);
    REQUIRE(verdict.parties[0].counted.size() == 1);
    CHECK(verdict.parties[0].counted[0].account == IssueStory::sec);
    CHECK(verdict.parties[0].counted[0].signal == "label");
    CHECK(verdict.alerts.empty());
}

TEST_CASE("A2: a label without an event, or by somebody who is no approver, does not count") {
    IssueStory story;
    story.facts.labels.push_back({security, "Security::Approved"});
    CHECK(of_security(story) == Verdict::pending);
    CHECK(refused(story.judged()) == "nobody knows who put the label there");

    IssueStory other;
    other.label(security, true, IssueStory::outsider);
    CHECK(of_security(other) == Verdict::pending);
    CHECK(refused(other.judged()) == "@u4799 may not sign for Security");
}

TEST_CASE("A3: added and removed does not count, nor added again by somebody else") {
    IssueStory story;
    story.label(security, true, IssueStory::sec);
    story.label(security, false, IssueStory::outsider);
    CHECK(of_security(story) == Verdict::pending);
    story.label(security, true, IssueStory::outsider);
    CHECK(of_security(story) == Verdict::pending);
    story.label(security, false, IssueStory::outsider);
    story.label(security, true, IssueStory::sec2);
    CHECK(of_security(story) == Verdict::approved);
}

TEST_CASE("A4, A5: the issue's author and who asked for the app sign nothing") {
    IssueStory story;
    story.facts.author = IssueStory::by(IssueStory::sec);
    story.label(security, true, IssueStory::sec).at = story.facts.created_at;
    CHECK(refused(story.judged()) == "@u4711 made the issue");

    IssueStory other;
    other.question.requester = {IssueStory::sec};
    other.label(security, true, IssueStory::sec);
    CHECK(refused(other.judged()) == "@u4711 asked for the app");
    CHECK(of_security(other) == Verdict::pending);
}

TEST_CASE("A6: a label is the one that was pinned: another of its name, or itself renamed, alerts") {
    IssueStory story;
    story.label(security, true, IssueStory::sec);
    SUBCASE("made anew") {
        story.facts.labels.front().id = 99;
        story.facts.label_events.front().label = 99;
    }
    SUBCASE("another one was renamed to it") {
        story.facts.labels.front().id = 98;
    }
    SUBCASE("renamed") {
        story.facts.labels.front().name = "needs review";
        story.facts.label_events.front().label_name = "needs review";
    }
    const auto verdict = story.judged();
    CHECK(verdict.parties[0].verdict == Verdict::pending);
    CHECK(verdict.alerts.size() == 1);
    CHECK_FALSE(refused(verdict).empty());
}

TEST_CASE("A6: a label that was never seen is pinned at first sight") {
    IssueStory story;
    story.question.parties[0].pinned.reset();
    CHECK(story.judged().first_seen.empty());
    story.label(security, true, IssueStory::sec);
    const auto verdict = story.judged();
    CHECK(verdict.parties[0].verdict == Verdict::approved);
    REQUIRE(verdict.first_seen.size() == 1);
    CHECK(verdict.first_seen[0] == std::pair(std::string("Security"), security));
}

TEST_CASE("A6: GitHub's events know names alone, a label renamed into the name has none") {
    IssueStory story;
    story.question.kind = TrackerKind::github;
    auto& event = story.label(security, true, IssueStory::sec);
    event.label.reset();
    CHECK(of_security(story) == Verdict::approved);
    event.label_name = "security::approved";
    CHECK(of_security(story) == Verdict::approved);
    event.label_name = "bug";
    CHECK(of_security(story) == Verdict::pending);
}

TEST_CASE("A7: an event without a label or without a person does not count and breaks nothing") {
    IssueStory story;
    auto& event = story.label(security, true, IssueStory::sec);
    SUBCASE("no label") {
        event.label.reset();
    }
    SUBCASE("nobody") {
        event.actor.reset();
    }
    SUBCASE("a ghost") {
        event.actor->id = 0;
    }
    CHECK(of_security(story) == Verdict::pending);
    CHECK_FALSE(refused(story.judged()).empty());
}

TEST_CASE("A8: a signature is for the text as it was, white space and ticks are no other text") {
    IssueStory story;
    story.label(security, true, IssueStory::sec);
    SUBCASE("white space") {
        story.edit("  Vendor: Zoom\r\n\r\n- [ ] Security\n-  [ ] Legal\n");
        CHECK(of_security(story) == Verdict::approved);
        CHECK_FALSE(story.judged().text_changed_at);
    }
    SUBCASE("a tick") {
        story.edit("Vendor: Zoom\n- [x] Security\n- [~] Legal");
        CHECK(of_security(story) == Verdict::approved);
    }
    SUBCASE("other words") {
        story.edit("Vendor: Zoom, with all our data\n- [ ] Security");
        CHECK(of_security(story) == Verdict::pending);
        CHECK(refused(story.judged()) == "the text was changed after @u4711 signed");
        const auto before = story.judged();
        story.question.text_hash = before.text_hash;
        story.question.text_changed_at = before.text_changed_at;
        CHECK(of_security(story) == Verdict::pending);
        story.label(security, false, IssueStory::sec);
        story.label(security, true, IssueStory::sec);
        CHECK(of_security(story) == Verdict::approved);
    }
    SUBCASE("the title") {
        story.question.text_hash = handlers::review::text_hash_of(story.facts);
        story.facts.title = "Slack app: Zoom Phone";
        CHECK(of_security(story) == Verdict::pending);
    }
    SUBCASE("GitLab's note says that the edit came first") {
        IssueStory edited;
        edited.question.text_hash = handlers::review::text_hash_of(edited.facts);
        edited.facts.description += "\nmore";
        auto& note = edited.comment(IssueStory::author, "changed the description");
        note.system = true;
        edited.label(security, true, IssueStory::sec);
        CHECK(of_security(edited) == Verdict::approved);
    }
}

TEST_CASE("A8: at first sight GitLab's notes tell what was signed before the last edit of the text") {
    IssueStory story;
    story.label(security, true, IssueStory::sec);
    const auto note = [&](const std::string& body) { story.comment(IssueStory::author, body).system = true; };
    SUBCASE("nobody has edited it") {
        note("assigned to @eva");
        note("marked the checklist item **Read the rules** as completed");
        story.comment(IssueStory::author, "changed the description");
        CHECK(of_security(story) == Verdict::approved);
        CHECK_FALSE(story.judged().text_changed_at);
        return;
    }
    SUBCASE("the description") {
        note("changed the description");
    }
    SUBCASE("the title") {
        note("changed title from **Slack app: Zoo** to **Slack app: Zoom**");
    }
    CHECK(of_security(story) == Verdict::pending);
    CHECK(refused(story.judged()) == "the text was changed after @u4711 signed");
    // So it stays, however often it is read.
    const auto first = story.judged();
    story.question.text_hash = first.text_hash;
    story.question.text_changed_at = first.text_changed_at;
    CHECK(of_security(story) == Verdict::pending);
    story.label(security, false, IssueStory::sec);
    story.label(security, true, IssueStory::sec);
    CHECK(of_security(story) == Verdict::approved);
}

TEST_CASE("A8: an edit that GitLab tells of by a tick alone is as late as the tick") {
    IssueStory story;
    const auto note = [&](const std::string& body) { story.comment(IssueStory::author, body).system = true; };
    story.question.text_hash = handlers::review::text_hash_of(story.facts);
    story.facts.description += "\nmore";
    note("changed the description");
    story.label(security, true, IssueStory::sec);
    REQUIRE(of_security(story) == Verdict::approved);
    story.facts.description += "\nand all recordings";
    note("marked the checklist item **Read the rules** as completed");
    CHECK(of_security(story) == Verdict::pending);
    CHECK(refused(story.judged()) == "the text was changed after @u4711 signed");
    story.label(security, false, IssueStory::sec);
    story.label(security, true, IssueStory::sec);
    CHECK(of_security(story) == Verdict::approved);
}

TEST_CASE("A8: a tracker's clock that is set back makes no earlier edit of it") {
    IssueStory story;
    const auto ahead = story.facts.read_at + 24h;
    CHECK(handlers::review::text_changed_at(story.facts, "another", ahead) == ahead);
    CHECK(handlers::review::text_changed_at(story.facts, "another", {}) == story.facts.read_at);
}

TEST_CASE("A9: blocked accounts never count, bots only when they are listed") {
    IssueStory story;
    auto& event = story.label(security, true, IssueStory::sec);
    SUBCASE("blocked") {
        event.actor->active = false;
        CHECK(of_security(story) == Verdict::pending);
    }
    SUBCASE("a listed bot") {
        event.actor->bot = true;
        CHECK(of_security(story) == Verdict::approved);
    }
    SUBCASE("a bot that only belongs to the party") {
        event.actor->bot = true;
        story.question.parties[0].approvers.clear();
        story.question.parties[0].members = {IssueStory::sec};
        CHECK(of_security(story) == Verdict::pending);
        CHECK(refused(story.judged()) == "@u4711 is a bot");
    }
}

TEST_CASE("A10, A19: members that cannot be read, and no parties at all, cannot tell") {
    IssueStory story;
    story.sign_all();
    story.question.parties[0].approvers.clear();
    story.question.parties[0].members_known = false;
    CHECK(story.judged().verdict == Verdict::cannot_tell);
    CHECK(refused(story.judged()) == "who belongs to Security cannot be read");
    story.question.parties[0].members = {IssueStory::sec};
    CHECK(story.judged().verdict == Verdict::approved);
    story.question.parties.clear();
    CHECK(story.judged().verdict == Verdict::cannot_tell);
    CHECK(handlers::review::judge_issue({}, IssueStory().question).verdict == Verdict::cannot_tell);
}

TEST_CASE("A11: one account signs for one party: the one it signed for last") {
    IssueStory story;
    story.label(security, true, IssueStory::both);
    CHECK(of_security(story) == Verdict::approved);
    story.label(IssueStory::legal_label, true, IssueStory::both);
    const auto verdict = story.judged();
    CHECK(verdict.parties[0].verdict == Verdict::pending);
    CHECK(verdict.parties[1].verdict == Verdict::approved);
    CHECK(refused(verdict) == "@u4730 signed for Legal");
    // An outsider cannot turn that round by taking the second label off.
    story.label(IssueStory::legal_label, false, IssueStory::outsider);
    CHECK(of_security(story) == Verdict::pending);
}

TEST_CASE("A12: a sign from the future or from before the issue is ignored and alerts") {
    IssueStory story;
    auto& event = story.label(security, true, IssueStory::sec);
    SUBCASE("future") {
        event.at = story.facts.read_at + 1h;
    }
    SUBCASE("past") {
        event.at = story.facts.created_at - 1h;
    }
    const auto verdict = story.judged();
    CHECK(verdict.parties[0].verdict == Verdict::pending);
    CHECK(verdict.alerts.size() == 1);
}

TEST_CASE("A13: a comment signs by a whole line of plain text") {
    using handlers::review::signing_phrases;
    CHECK(signing_phrases("approved: Security").size() == 1);
    CHECK(signing_phrases("Looks good.\n  APPROVED:   Security  \nthanks") ==
          std::vector<handlers::review::SigningPhrase>{{true, "Security"}});
    CHECK(signing_phrases("revoke: Legal") == std::vector<handlers::review::SigningPhrase>{{false, "Legal"}});
    for (const auto* body : {
             "> approved: Security",                       // a quote
             "> she wrote\napproved: Security",            // lazily a part of it
             "```\napproved: Security\n```",               // code
             "~~~~\napproved: Security\n~~~~",             //
             "- ```\n  approved: Security\n  ```",         //
             "text\n\n    approved: Security",             //
             "`approved: Security`",                       //
             "``\napproved: Security\n``",                 // code over lines
             "<!-- \napproved: Security\n-->",             // a comment in HTML
             "<details>\napproved: Security\n</details>",  //
             "<pre>\n\napproved: Security\n</pre>",        //
             "- approved: Security",                       // a list
             "1. x\n   approved: Security",                //
             "# approved: Security",                       // a heading
             "approved: Security\n---",                    //
             "**approved: Security**",                     // formatted
             "I have not approved: Security",              // not the whole line
             "approved Security",                          // no colon
             "approved:",                                  // nobody
             "\xD0\xB0pproved: Security",                  // a Cyrillic letter
             "approved\xEF\xBC\x9A Security",              // a full-width colon
             "/approved: Security",                        // a quick action
         }) {
        CAPTURE(body);
        CHECK(signing_phrases(body).empty());
    }
}

TEST_CASE("A13: comments by approvers count, edited, dated back and other people's do not") {
    IssueStory story;
    auto& comment = story.comment(IssueStory::sec, "approved: security");
    CHECK(of_security(story) == Verdict::approved);
    CHECK(story.judged().parties[0].counted[0].signal == "comment");
    SUBCASE("edited") {
        comment.updated_at = comment.created_at + 61s;
        CHECK(refused(story.judged()) == "the comment was edited later");
    }
    SUBCASE("a typo mended at once") {
        comment.updated_at = comment.created_at + 59s;
        CHECK(of_security(story) == Verdict::approved);
        return;
    }
    SUBCASE("dated back") {
        story.comment(IssueStory::outsider, "hello");
        std::swap(story.facts.comments[0].id, story.facts.comments[1].id);
        CHECK(refused(story.judged()) == "the comment is dated back");
    }
    SUBCASE("somebody else's") {
        comment.author = IssueStory::by(IssueStory::outsider);
        CHECK(refused(story.judged()) == "@u4799 may not sign for Security");
    }
    SUBCASE("written by the tracker") {
        comment.system = true;
    }
    SUBCASE("for a party of another name") {
        comment.body = "approved: Securlty";
    }
    SUBCASE("taken back") {
        story.comment(IssueStory::sec, "revoke: Security");
        CHECK(refused(story.judged()) == "@u4711 took it back");
    }
    SUBCASE("taken back, and that was edited away") {
        auto& back = story.comment(IssueStory::sec, "never mind");
        back.updated_at = back.created_at + 1h;
        CHECK(refused(story.judged()) == "a later comment of @u4711 was edited");
    }
    SUBCASE("taken back by the label") {
        story.label(security, true, IssueStory::sec2);
        story.label(security, false, IssueStory::sec);
    }
    CHECK(of_security(story) == Verdict::pending);
}

TEST_CASE("A13: another's revoke takes nothing back, and a word after one's own revoke counts") {
    IssueStory story;
    story.comment(IssueStory::sec, "approved: Security");
    story.comment(IssueStory::outsider, "revoke: Security");
    story.comment(IssueStory::sec2, "revoke: Security");
    CHECK(of_security(story) == Verdict::approved);
    story.comment(IssueStory::sec, "revoke: Security");
    story.comment(IssueStory::sec, "approved: Security");
    CHECK(of_security(story) == Verdict::approved);
}

TEST_CASE("a quorum of two takes two accounts") {
    IssueStory story;
    story.question.parties[0].quorum = 2;
    story.label(security, true, IssueStory::sec);
    story.comment(IssueStory::sec, "approved: Security");
    CHECK(of_security(story) == Verdict::pending);
    story.comment(IssueStory::sec2, "approved: Security");
    CHECK(of_security(story) == Verdict::approved);
    CHECK(story.judged().parties[0].counted.size() == 3);  // one of the two has signed twice
}

TEST_CASE("A15, L8, G2, G4, H3: an issue that cannot carry the approval carries none, whoever signed") {
    IssueStory story;
    story.sign_all();
    REQUIRE(story.judged().verdict == Verdict::approved);
    auto expected = IssueProblem::none;
    auto& facts = story.facts;
    SUBCASE("renamed to another project") {
        facts.project = "acme/elsewhere";
        expected = IssueProblem::wrong_project;
    }
    SUBCASE("moved") {
        facts.moved_to = 7;
        expected = IssueProblem::moved;
    }
    SUBCASE("a pull request") {
        facts.pull_request = true;
        expected = IssueProblem::pull_request;
    }
    SUBCASE("an incident") {
        facts.type = "incident";
        expected = IssueProblem::wrong_type;
    }
    SUBCASE("a duplicate") {
        facts.duplicate = true;
        expected = IssueProblem::duplicate;
    }
    SUBCASE("closed as not planned") {
        facts.open = false;
        facts.state_reason = "not_planned";
        expected = IssueProblem::not_planned;
    }
    SUBCASE("another app's") {
        story.question.used_for = "REQ-3";
        expected = IssueProblem::used_elsewhere;
    }
    SUBCASE("it names another app") {
        facts.title = "Slack app: Zoomify";
        facts.description = "Vendor: Zoominfo, xA0ZOOM";
        expected = IssueProblem::not_named;
    }
    const auto verdict = story.judged();
    CHECK(verdict.problem == expected);
    CHECK(verdict.verdict == Verdict::pending);
}

TEST_CASE("an issue names the app by its name, in any case and spacing, or by its id") {
    IssueStory story;
    for (const auto* description : {"please review ZOOM.", "(zoom)", "id: A0ZOOM", "https://zoom.us"}) {
        story.facts.title = "Vendor review";
        story.facts.description = description;
        CAPTURE(description);
        CHECK(story.judged().problem == IssueProblem::none);
    }
    story.question.app_name = "Sketch  Pad (EU)";
    story.question.app_id.clear();
    story.facts.description = "for sketch\npad (eu), please";
    CHECK(story.judged().problem == IssueProblem::none);
    story.facts.description = "for sketch pads";
    CHECK(story.judged().problem == IssueProblem::not_named);
}

TEST_CASE("S2: what we do ourselves signs nothing, even were we an approver") {
    IssueStory story;
    story.question.parties[0].approvers.push_back(IssueStory::own);
    story.comment(IssueStory::own, "approved: Security");
    story.label(security, true, IssueStory::own);
    CHECK(of_security(story) == Verdict::pending);
}

TEST_CASE("S2: what an account did while it was ours signs nothing, and what it does since then does") {
    IssueStory story;
    story.label(security, true, IssueStory::sec);
    story.comment(IssueStory::sec, "approved: Security");
    story.question.own.before = {{IssueStory::sec, story.facts.read_at}};
    CHECK(story.judged().parties[0] == handlers::review::PartySigned{"Security", Verdict::pending, {}, {}});
    const auto kept = handlers::review::to_json(story.question, story.judged());
    CHECK(handlers::review::parse_issue_question(kept) == story.question);
    story.tick();
    const auto own_word = story.comment(IssueStory::sec, "approved: Security");
    const auto signs = story.judged().parties[0];
    CHECK(signs.verdict == Verdict::approved);
    REQUIRE(signs.counted.size() == 1);
    CHECK(signs.counted[0].account == IssueStory::sec);
    CHECK(signs.counted[0].ref == own_word.id);
}

TEST_CASE("A closed issue counts: closing it as done is how many finish a review") {
    IssueStory story;
    story.sign_all();
    story.facts.open = false;
    CHECK(story.judged().verdict == Verdict::approved);
    story.facts.state_reason = "completed";
    CHECK(story.judged().verdict == Verdict::approved);
}
