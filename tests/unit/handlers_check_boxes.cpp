// Check boxes as evidence (A14): the weakest sign, so that what is not certain never counts.
#include "handlers/review/check_boxes.hpp"
#include "tests/support/issue_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>

using namespace countersign;
using namespace std::string_literals;
using handlers::review::check_boxes;
using handlers::review::CheckBox;
using handlers::review::tick_note;
using handlers::review::Verdict;
using tests::IssueStory;

namespace {

// "Security Legal!" for boxes with these words, "!" behind those that are ticked, "~" behind crossed ones.
std::string boxes(std::string_view markdown) {
    const auto found = check_boxes(markdown);
    REQUIRE(found);
    std::string out;
    for (const auto& box : *found) {
        out += (out.empty() ? "" : " ") + box.text;
        if (box.state == CheckBox::State::ticked) out += "!";
        if (box.state == CheckBox::State::crossed_out) out += "~";
    }
    return out;
}

class BoxStory : public IssueStory {
  public:
    BoxStory() {
        question.check_boxes = true;
        write("Vendor: Zoom\n\n- [ ] Security\n- [ ] Legal\n");
    }
    void write(std::string text) { facts.description = std::move(text); }
    // Somebody clicks on the box: the text changes, and GitLab notes whose click it was.
    storage::IssueComment& click(std::int64_t who, const std::string& item, bool done = true) {
        const std::string from = done ? "[ ] " : "[x] ";
        const auto at = facts.description.find(from + item);
        REQUIRE(at != std::string::npos);
        facts.description[at + 1] = done ? 'x' : ' ';
        return system_note(who, fmt::format("marked the checklist item **{}** as {}", item,
                                            done ? "completed" : "incomplete"));
    }
    storage::IssueComment& system_note(std::int64_t who, std::string body) {
        auto& note = comment(who, std::move(body));
        note.system = true;
        return note;
    }
    [[nodiscard]] Verdict security() const { return judged().parties.at(0).verdict; }
    [[nodiscard]] std::string refused() const {
        const auto verdict = judged();
        const auto& list = verdict.parties.at(0).refused;
        return list.empty() ? std::string() : list.front().refused;
    }
};

}  // namespace

TEST_CASE("A14: boxes are read as people see them") {
    CHECK(boxes("- [ ] Security\n* [x] Legal\n+ [X] IT\n1. [x] Works council") ==
          "Security Legal! IT! Works council!");
    CHECK(boxes("- [~] Security") == "Security~");
    SUBCASE("variants that are no boxes") {
        CHECK(boxes("- [ x] Security\n- [x ] Security\n- [] Security\n- [xx] Security\n- [x]Security\n"
                    "- [-] Security\n- (x) Security\n- \\[x] Security\n[x] Security\n- [x]\n- [x] \n") == "");
    }
    SUBCASE("decoys in comments, code and quotes") {
        CHECK(boxes("<!--\n- [x] Security\n-->\n\n```\n- [x] Security\n```\n\n    - [x] Security\n\n"
                    "> - [x] Security\n\n> > 1. [x] Security\n\n<div>\n- [x] Security\n</div>\n\n"
                    "- `[x] Security`\n\n~~~md\n- [x] Security") == "");
    }
    SUBCASE("formatting, links and pictures sign nothing") {
        CHECK(boxes("- [x] **Security**\n- [x] [Security](https://x.example)\n- [x] ![Security](a.png)\n"
                    "- [x] <b>Security</b>\n- [x] Security\n  too") == "");
        // A definition makes a link of the brackets.
        CHECK(boxes("- [x] Security\n\n[x]: https://x.example") == "");
    }
    SUBCASE("nested lists") {
        CHECK(boxes("- [ ] Parties\n  - [x] Security\n    1. [ ] Legal\n- plain\n  - [x] IT") ==
              "Parties Security! Legal IT!");
    }
    SUBCASE("Windows lines, tabs, spaces around") {
        CHECK(boxes("- [x]   Security  \r\n-\t[x]\tLegal\r\n") == "Security! Legal!");
    }
    SUBCASE("hostile input ends in time") {
        std::string deep;
        for (int level = 0; level < 2'000; ++level)
            deep += "- ";
        CHECK(boxes(deep + "[x] Security") == "Security!");
        CHECK(check_boxes(std::string(262'144, '[')));
        CHECK(check_boxes("\xff\xfe\0- [x] \xc3"s));
        CHECK_FALSE(check_boxes(std::string(262'145, 'x')));
    }
}

TEST_CASE("A14: ten thousand boxes are read, and the party's is found among them") {
    BoxStory story;
    std::string text;
    for (int i = 0; i < 10'000; ++i)
        text += fmt::format("- [x] Item {}\n", i);
    story.write(text + "- [ ] Security\n- [ ] Legal\nZoom");
    story.click(IssueStory::sec, "Security");
    const auto begun = std::chrono::steady_clock::now();
    CHECK(story.security() == Verdict::approved);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
}

TEST_CASE("A14: GitLab's note names the item and its state, whatever the item is called") {
    CHECK(tick_note("marked the checklist item **Legal** as completed")->item == "Legal");
    CHECK(tick_note("marked the checklist item **Legal** as completed")->ticked);
    CHECK_FALSE(tick_note("marked the task **Legal** as incomplete")->ticked);
    CHECK(tick_note("marked the checklist item **Legal** as completed** as incomplete")->item ==
          "Legal** as completed");
    CHECK_FALSE(tick_note("changed the description"));
    CHECK_FALSE(tick_note("marked the checklist item **Legal** as done"));
    CHECK_FALSE(tick_note(" marked the checklist item **Legal** as completed"));
    CHECK_FALSE(tick_note(""));
}

TEST_CASE("A14: a party's box counts that an approver ticked, and only where it is switched on") {
    BoxStory story;
    const auto note = story.click(IssueStory::sec, "Security").id;
    const auto verdict = story.judged();
    CHECK(verdict.parties[0].verdict == Verdict::approved);
    CHECK(verdict.verdict == Verdict::pending);
    REQUIRE(verdict.parties[0].counted.size() == 1);
    CHECK(verdict.parties[0].counted[0].signal == "box");
    CHECK(verdict.parties[0].counted[0].ref == note);
    story.click(IssueStory::legal, "Legal");
    CHECK(story.judged().verdict == Verdict::approved);
    story.question.check_boxes = false;
    CHECK(story.judged().verdict == Verdict::pending);
    CHECK(story.judged().parties[0].refused.empty());
}

TEST_CASE("A14: a tick whose author is not certain never counts") {
    BoxStory story;
    SUBCASE("ticked when the issue was made, or added ticked") {
        story.write("Zoom\n- [x] Security\n- [ ] Legal");
        CHECK(story.refused() == "nobody knows who ticked the box");
    }
    SUBCASE("by somebody outside the party (P7)") {
        story.click(IssueStory::outsider, "Security");
        CHECK(story.refused() == "@u4799 may not sign for Security");
    }
    SUBCASE("by the party, taken out, and again by somebody else (A3)") {
        story.click(IssueStory::sec, "Security");
        story.click(IssueStory::outsider, "Security", false);
        CHECK(story.security() == Verdict::pending);
        story.click(IssueStory::outsider, "Security");
        CHECK(story.refused() == "@u4799 may not sign for Security");
    }
    SUBCASE("ticked again without a note after it was taken out") {
        story.click(IssueStory::sec, "Security");
        story.click(IssueStory::sec, "Security", false);
        story.write("Zoom\n- [x] Security\n- [ ] Legal");
        CHECK(story.refused() == "nobody knows who ticked the box");
    }
    SUBCASE("a person who writes what GitLab writes") {
        story.write("Zoom\n- [x] Security\n- [ ] Legal");
        story.comment(IssueStory::sec, "marked the checklist item **Security** as completed");
        CHECK(story.refused() == "nobody knows who ticked the box");
    }
    SUBCASE("a ghost (A7)") {
        story.click(IssueStory::sec, "Security").author.reset();
        CHECK(story.refused() == "nobody knows who did it");
    }
    SUBCASE("ours (S2)") {
        story.question.parties[0].approvers.push_back(IssueStory::own);
        story.click(IssueStory::own, "Security");
        CHECK(story.refused() == "nobody knows who ticked the box");
    }
    SUBCASE("the requester (A5)") {
        story.question.requester = {IssueStory::sec};
        story.click(IssueStory::sec, "Security");
        CHECK(story.refused() == "@u4711 asked for the app");
    }
    SUBCASE("a blocked account (A9)") {
        story.click(IssueStory::sec, "Security").author->active = false;
        CHECK(story.refused() == "the account @u4711 is blocked");
    }
    SUBCASE("two boxes of one name") {
        story.write("Zoom\n- [ ] Security\n- [ ] Legal\n- [ ] security");
        story.click(IssueStory::sec, "Security");
        CHECK(story.refused() == "the text has more than one box for it");
    }
    SUBCASE("crossed out") {
        story.write("Zoom\n- [~] Security\n- [ ] Legal");
        CHECK(story.refused() == "its box is crossed out");
    }
    SUBCASE("a text that is too long") {
        story.click(IssueStory::sec, "Security");
        story.facts.description += std::string(262'144, 'x');
        CHECK(story.refused() == "the text is too long to look for boxes");
    }
    CHECK(story.security() == Verdict::pending);
}

TEST_CASE("A14: a tick does not cover another text than the one it was put on") {
    BoxStory story;
    story.click(IssueStory::sec, "Security");
    REQUIRE(story.security() == Verdict::approved);
    SUBCASE("GitLab's note tells of an edit, though the text looks the same when it is read") {
        story.question.text_hash = handlers::review::text_hash_of(story.facts);
        story.system_note(IssueStory::author, "changed the description");
    }
    SUBCASE("an edit that hides behind a tick, of which GitLab notes the tick alone") {
        story.facts.description += "\nAnd all recordings go to the vendor.";
        story.click(IssueStory::author, "Legal");
    }
    CHECK(story.security() == Verdict::pending);
    CHECK(story.refused().starts_with("the text may have been changed after @u4711"));
    // The remedy: the party looks again.
    story.click(IssueStory::sec, "Security", false);
    story.click(IssueStory::sec, "Security");
    CHECK(story.security() == Verdict::approved);
    // Another party's tick is no reason for doubt.
    story.click(IssueStory::legal, "Legal", story.facts.description.contains("[ ] Legal"));
    CHECK(story.security() == Verdict::approved);
}

TEST_CASE(
    "A8, A14: a tick counts for the text that it was saved with, and dates what it may hide for others") {
    BoxStory story;
    story.question.text_hash = handlers::review::text_hash_of(story.facts);
    story.facts.description += "\nAnd all recordings go to the vendor.";
    story.system_note(IssueStory::author, "changed the description");
    story.label(IssueStory::legal_label, true, IssueStory::legal);
    story.click(IssueStory::sec, "Security");
    CHECK(story.security() == Verdict::approved);
    const auto legal = story.judged().parties.at(1);
    CHECK(legal.verdict == Verdict::pending);
    REQUIRE(legal.refused.size() == 1);
    CHECK(legal.refused[0].refused == "the text was changed after @u4721 signed");
}

TEST_CASE("A14, A17: a box's evidence is judged alike from the record") {
    BoxStory story;
    story.click(IssueStory::sec, "Security");
    story.comment(IssueStory::outsider, "a word that signs nothing");
    const auto verdict = story.judged();
    story.facts = handlers::review::for_the_record(story.facts);
    CHECK(story.facts.comments.back().body.empty());
    CHECK(story.judged() == verdict);
    const auto kept =
        handlers::review::parse_issue_question(handlers::review::to_json(story.question, verdict));
    REQUIRE(kept);
    CHECK(kept->check_boxes);
}
