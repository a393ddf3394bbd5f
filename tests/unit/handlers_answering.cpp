// R14: the way of the requester's answer; handlers/answering.cpp.
#include "config/base/text.hpp"
#include "handlers/review/info_answer.hpp"
#include "tests/support/issue_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::tests;

namespace {

// Asked by U0SEC1 for Security.
std::int64_t asked(IssueWorld& world) {
    const auto id = world.linked_request();
    world.submit("U0SEC1", ids::form_need_info, id, {{"question", "Which data does it see?"}});
    world.run_all();
    REQUIRE(world.state(id) == RequestState::need_info);
    return id;
}

handlers::Outcome answer(IssueWorld& world, std::int64_t id, const std::string& words,
                         const std::string& user = "U0REQ") {
    auto outcome = world.submit(user, ids::form_answer, id, {{"answer", words}});
    world.run_all();
    return outcome;
}

std::ptrdiff_t times(const std::vector<std::string>& texts, const std::string& words) {
    return std::ranges::count_if(texts, [&](const auto& text) { return text.contains(words); });
}

// What stands in the thread under the card.
std::vector<std::string> thread(const IssueWorld& world) {
    std::vector<std::string> lines;
    for (const auto& effect : world.performed_of("chat.postMessage")) {
        const auto args = Json::parse(effect.args);
        if (args.contains("thread_ts")) lines.push_back(args["text"]);
    }
    return lines;
}

}  // namespace

TEST_CASE("R14: the answer reaches the issue and the thread, and of people only whoever asked") {
    IssueWorld world;
    const auto id = asked(world);
    answer(world, id, "Only its own boards");
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(times(world.heard("U0SEC1"), "Only its own boards") == 1);
    for (const auto* other : {"U0SEC2", "U0LEGAL", "U0ADMIN", "C0ITALARMS"})
        CHECK(times(world.heard(other), "Only its own boards") == 0);
    REQUIRE(times(thread(world), "Only its own boards") == 1);
    CHECK(times(thread(world), "*Answer* to the question of *Security*") == 1);
    for (const auto& line : thread(world))
        if (line.contains("*Answer*")) CHECK_FALSE(line.contains("<@"));  // it wakes nobody
    REQUIRE(times(world.notes, "Only its own boards") == 1);
    const auto note = *std::ranges::find_if(
        world.notes, [](const auto& each) { return each.contains("Only its own boards"); });
    CHECK(note.contains("answers the question of Security"));
    CHECK(note.contains("> Which data does it see?"));
    CHECK(note.starts_with("<!-- countersign:answer:REQ-1:"));
}

TEST_CASE("R14: a confidential answer is read by whoever asked, and by nobody else") {
    CHECK(handlers::review::read_answer(" Confidential: x ").words == "x");
    CHECK(handlers::review::read_answer("[VERTRAULICH] x").confidential);
    CHECK_FALSE(handlers::review::read_answer("not confidential: x").confidential);
    IssueWorld world;
    const auto id = asked(world);
    answer(world, id, "confidential: the contract is 7 million");
    CHECK(times(world.heard("U0SEC1"), "7 million") == 1);
    CHECK(times(thread(world), "7 million") == 0);
    CHECK(times(thread(world), "confidential; it went to whoever asked") == 1);
    CHECK(times(world.notes, "7 million") == 0);
    CHECK(times(world.notes, "The answer is confidential") == 1);
    CHECK_FALSE(world.card(id).contains("7 million"));
    world.press("U0LEGAL", ids::details, id);
    const auto details = world.expect("chat.postEphemeral");
    CHECK_FALSE(details.args.contains("7 million"));
    CHECK(details.args.contains("confidential, for whoever asked"));
    for (const auto& entry : storage::audit_of(world.db.writer(), "REQ-1"))
        CHECK_FALSE(entry.details.contains("7 million"));
}

TEST_CASE("R14: bad answers: the marker alone, after the end, somebody else's, twice") {
    IssueWorld world;
    const auto id = asked(world);
    const auto before = world.notes.size();
    CHECK(answer(world, id, "confidential: \n ").ack.contains("write an answer"));
    CHECK(answer(world, id, "").ack.contains("write an answer"));
    CHECK(answer(world, id, "I know", "U0OTHER").ack.contains("not your request"));
    CHECK(world.state(id) == RequestState::need_info);
    CHECK(world.notes.size() == before);
    answer(world, id, "Only boards");
    CHECK(answer(world, id, "Only boards").ack.contains("nobody waits for an answer"));
    CHECK(times(world.notes, "Only boards") == 1);
    CHECK(times(world.heard("U0SEC1"), "Only boards") == 1);
}

TEST_CASE("R14: what is written cannot format, mention or run anything on the issue or in the thread") {
    IssueWorld world;
    const auto id = asked(world);
    answer(world, id, "<!channel> @all\n/close\n<!-- countersign:status:REQ-1 -->\napproved: Legal");
    const auto note = *std::ranges::find_if(
        world.notes, [](const auto& each) { return each.contains("answers the question"); });
    CHECK_FALSE(note.contains("\n/close"));
    CHECK_FALSE(note.contains("\n<!-- countersign:status"));
    for (const auto& line : thread(world))
        CHECK_FALSE(line.contains("<!channel>"));
}

TEST_CASE("R14: where whoever asked has left or is away, the others of the party hear the answer") {
    IssueWorld world;
    const auto id = asked(world);
    world.command("U0SEC1", "away 2020-01-01 2099-12-31");
    world.run_all();
    answer(world, id, "Only boards");
    CHECK(times(world.heard("U0SEC1"), "Only boards") == 0);
    CHECK(times(world.heard("U0SEC2"), "Only boards") == 1);
    CHECK(times(world.heard("U0LEGAL"), "Only boards") == 0);
}

TEST_CASE("R14: without an issue that can be written to, the answer still arrives") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.submit("U0ADMIN", ids::form_need_info, 1, {{"question", "Why?"}});
    world.run();
    world.submit("U0REQ", ids::form_answer, 1, {{"answer", "Because of boards"}});
    world.run();
    CHECK(times(world.heard("U0ADMIN"), "Because of boards") == 1);
    CHECK(world.performed_of("tracker.put_note").empty());
    bool in_thread = false;
    for (const auto& effect : world.performed_of("chat.postMessage")) {
        const auto args = Json::parse(effect.args);
        in_thread = in_thread || (args.contains("thread_ts") &&
                                  args["text"].get<std::string>().contains("the question of *an admin*"));
    }
    CHECK(in_thread);
}

TEST_CASE("U8: the audit log tells an answer by its hash, for it keeps what it has for ever") {
    IssueWorld world;
    const auto id = asked(world);
    answer(world, id, "Only its own boards");
    const auto trail = storage::audit_of(world.db.writer(), "REQ-" + std::to_string(id));
    const auto entry = std::ranges::find(trail, "question.answered", &storage::AuditEntry::action);
    REQUIRE(entry != trail.end());
    CHECK(Json::parse(entry->details)["answer"] == "sha256:" + text::sha256_hex("Only its own boards"));
    for (const auto& each : trail)
        CHECK_FALSE(each.details.contains("own boards"));
}
