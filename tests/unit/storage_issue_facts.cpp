#include "storage/issue_facts.hpp"

#include <doctest/doctest.h>

using namespace countersign;

namespace {

storage::IssueFacts sample() {
    const storage::TrackerAccount author{7, "eva", false, true};
    const storage::TrackerAccount gone{0, "ghost", false, false};
    storage::IssueFacts facts;
    facts.project_id = 31;
    facts.project = "group/sub/vendors";
    facts.iid = 12;
    facts.id = 90012;
    facts.url = "https://gitlab.com/group/sub/vendors/-/issues/12";
    facts.title = "Slack app: \"Polly\"";
    facts.description = "line\n- [ ] Security \xE2\x9C\x94";
    facts.open = false;
    facts.state_reason = "completed";
    facts.type = "issue";
    facts.confidential = true;
    facts.moved_to = 90013;
    facts.author = author;
    facts.created_at = from_millis(1'000);
    facts.updated_at = from_millis(2'000);
    facts.labels = {{5, "Security::Approved"}};
    facts.label_events = {{1, true, 5, "Security::Approved", author, from_millis(1'500)},
                          {2, false, std::nullopt, "", std::nullopt, from_millis(1'600)}};
    facts.state_events = {{3, "closed", gone, from_millis(1'700)}};
    facts.comments = {{4, "approved: Security", author, from_millis(1'800), from_millis(1'801), false, true}};
    facts.read_at = from_millis(3'000);
    return facts;
}

}  // namespace

TEST_CASE("A17: an issue as it was read comes back from its JSON as it was") {
    const auto facts = sample();
    const auto again = storage::parse_issue_facts(storage::to_json(facts));
    REQUIRE(again.has_value());
    CHECK(*again == facts);
    CHECK(storage::parse_issue_facts(storage::to_json(storage::IssueFacts{})) == storage::IssueFacts{});
}

TEST_CASE("A17: what is no issue as it was read is no evidence") {
    for (const auto* text : {"", "{}", "[]", "null", "{\"iid\":\"12\"}"}) {
        CAPTURE(text);
        CHECK_FALSE(storage::parse_issue_facts(text).has_value());
    }
    auto broken = storage::to_json(sample());
    broken.replace(broken.find("\"open\":false"), 12, "\"open\":\"no\"");
    CHECK_FALSE(storage::parse_issue_facts(broken).has_value());
}
