#include "config/base/text.hpp"
#include "handlers/views/request_card.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/view_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace countersign;
using namespace countersign::handlers;
using namespace countersign::tests;
using storage::RequestState;
using views::request_card;
using Json = nlohmann::json;

Json blocks_of(const views::Message& message) {
    return Json::parse(message.blocks);
}

// "Approve|Reject|…" with the style of each in brackets where it has one.
std::string buttons_of(const views::Message& message) {
    std::string out;
    for (const auto& block : blocks_of(message)) {
        if (block["type"] != "actions") continue;
        for (const auto& button : block["elements"]) {
            if (!out.empty()) out += '|';
            out += button["text"]["text"].get<std::string>();
            if (button.contains("style")) out += "(" + button["style"].get<std::string>() + ")";
        }
    }
    return out;
}

// The texts of all text objects of a type; "" = any.
std::vector<std::string> texts_of(const Json& json, const std::string& type = "") {
    std::vector<std::string> out;
    if (json.is_object() && json.contains("text") && json["text"].is_string() &&
        (type.empty() || json["type"] == type))
        out.push_back(json["text"]);
    if (json.is_structured()) {
        for (const auto& each : json) {
            for (auto& text : texts_of(each, type))
                out.push_back(std::move(text));
        }
    }
    return out;
}

bool says(const views::Message& message, const std::string& part) {
    return std::ranges::any_of(texts_of(blocks_of(message)),
                               [&](const auto& text) { return text.contains(part); });
}

std::string problems(const views::Message& message) {
    const Json args{{"text", message.text}, {"blocks", message.blocks}};
    return to_text(check_message(args)) + to_text(check_texts(args));
}

std::size_t block_text(const views::Message& message) {
    std::size_t out = 0;
    for (const auto& text : texts_of(blocks_of(message)))
        out += text.size();
    return out;
}

const std::vector<std::string> state_words{"Waiting for vendor issue",
                                           "In review",
                                           "Needs information",
                                           "Ready",
                                           "Held",
                                           "Applying",
                                           "Approved",
                                           "Restricted",
                                           "Denied",
                                           "Withdrawn",
                                           "Expired",
                                           "Superseded",
                                           "Needs a human"};

}  // namespace

TEST_CASE("P1: the card shows the facts, and its text says the same (R24)") {
    Sample sample;
    const auto card = request_card(sample.input());
    CHECK(problems(card) == "");
    CHECK(blocks_of(card)[0]["text"]["text"] == "Zoom");
    for (const std::string part :
         {"*In review*", "<@U0REQ>", "Acme Corp", "listed in the Slack Marketplace",
          "<https://acme.slack.com/apps/A0ZOOM|Directory page>", "customer calls", "`channels:history`",
          "Read messages in public channels", "*On behalf of the app*", "*On behalf of people*",
          "<https://gitlab.com/acme/vendors/-/issues/7|acme/vendors#7>", "REQ-12", "Ar0123", "A0ZOOM"}) {
        CAPTURE(part);
        CHECK(says(card, part));
    }
    for (const std::string part :
         {"REQ-12", "Zoom", "In review", "<@U0REQ>", "Acme Corp", "listed in the Slack Marketplace",
          "Security: waiting", "Legal: waiting", "https://gitlab.com/acme/vendors/-/issues/7",
          "channels:history (high)", "3 permissions", "Next: ", "customer calls"}) {
        CAPTURE(part);
        CHECK(card.text.contains(part));
    }
}

TEST_CASE("design §7: each state has its word, and no other state's word stands beside it") {
    const std::vector<std::pair<RequestState, std::string>> rows{
        {RequestState::awaiting_issue, "Waiting for vendor issue"},
        {RequestState::in_review, "In review"},
        {RequestState::need_info, "Needs information"},
        {RequestState::ready, "Ready"},
        {RequestState::held, "Held"},
        {RequestState::applying, "Applying"},
        {RequestState::unclear, "Applying"},
        {RequestState::approved, "Approved"},
        {RequestState::restricted, "Restricted"},
        {RequestState::denied, "Denied"},
        {RequestState::withdrawn, "Withdrawn"},
        {RequestState::expired, "Expired"},
        {RequestState::superseded, "Superseded"},
        {RequestState::manual, "Needs a human"}};
    for (const auto& [state, word] : rows) {
        for (const bool org : {true, false}) {
            Sample sample;
            sample.org_driver = org;
            sample.request.state = state;
            sample.request.previous_status = "restricted";
            CAPTURE(word);
            const auto card = request_card(sample.input());
            CHECK(problems(card) == "");
            CHECK(views::state_line(sample.request) == word);
            CHECK(says(card, "*" + word + "*"));
            for (const auto& other : state_words) {
                const bool expected = other == word;
                CAPTURE(other);
                CHECK(card.text.contains(other) == expected);
                CHECK(says(card, other) == expected);
            }
        }
    }
    Sample sample;
    sample.request.state = RequestState::approved;
    sample.request.outside = storage::Outside::decided;
    CHECK(views::state_line(sample.request) == "Approved · decided outside");
    sample.request.state = RequestState::withdrawn;
    sample.request.outside = storage::Outside::cancelled;
    CHECK(views::state_line(sample.request) == "Withdrawn · cancelled outside");
}

TEST_CASE("design §7: the buttons of each state and driver") {
    const auto buttons = [](RequestState state, bool org) {
        Sample sample;
        sample.request.state = state;
        sample.org_driver = org;
        return buttons_of(request_card(sample.input()));
    };
    const std::string votes = "Approve|Reject|Need info|Details";
    for (const auto state : {RequestState::awaiting_issue, RequestState::in_review, RequestState::need_info,
                             RequestState::held}) {
        CHECK(buttons(state, true) == votes + "|Approve app|Restrict app(danger)");
        CHECK(buttons(state, false) == votes + "|Approve app|Restrict app(danger)|Done");
    }
    CHECK(buttons(RequestState::ready, true) == votes + "|Approve app(primary)|Restrict app(danger)");
    CHECK(buttons(RequestState::ready, false) == votes + "|Approve app(primary)|Restrict app(danger)|Done");
    CHECK(buttons(RequestState::manual, true) == "Details|Approve app|Restrict app(danger)");
    CHECK(buttons(RequestState::manual, false) == "Details|Approve app|Restrict app(danger)|Done");
    CHECK(buttons(RequestState::denied, true) == "Details|Reopen");
    for (const auto state :
         {RequestState::applying, RequestState::unclear, RequestState::approved, RequestState::restricted,
          RequestState::withdrawn, RequestState::expired, RequestState::superseded}) {
        CHECK(buttons(state, true) == "Details");
        CHECK(buttons(state, false) == "Details");
    }
}

TEST_CASE("M1: Approve app asks for confirmation, and every button carries the request and the scope hash") {
    Sample sample;
    const auto card = request_card(sample.input());
    int confirmed = 0;
    for (const auto& block : blocks_of(card)) {
        if (block["type"] != "actions") continue;
        for (const auto& button : block["elements"]) {
            CHECK(button["value"] == "REQ-12:0123abcd");
            if (button.contains("confirm")) {
                CHECK(button["action_id"] == "approve_app");
                CHECK(button["confirm"]["text"]["text"].get<std::string>().contains("Zoom"));
                ++confirmed;
            }
        }
    }
    CHECK(confirmed == 1);
}

TEST_CASE("button values survive the way to Slack and back, forged ones do not parse") {
    Sample sample;
    const auto value = views::parse_button_value(views::button_value(sample.request));
    REQUIRE(value);
    CHECK(value->request == RequestId{12});
    CHECK(value->hash8 == "0123abcd");
    for (const std::string_view bad :
         {"", "REQ-12", "12:0123abcd", "REQ-0:0123abcd", "REQ--1:0123abcd", "REQ-12:0123ABCD",
          "REQ-12:0123abcde", "REQ-12:xyz", "REQ-12 :0123abcd", "REQ-99999999999999999999:0123abcd",
          ":0123abcd", "REQ-:0123abcd", "REQ-12:0123abcd:x"}) {
        CAPTURE(bad);
        CHECK(!views::parse_button_value(bad));
    }
}

TEST_CASE("P4: a row per party, and those still waiting are called once") {
    Sample sample;
    sample.add_party("Privacy", {"U0PRI1"});
    sample.add_party("Finance", {"U0FIN1"});
    sample.add_party("People", {"U0PEO1"});
    sample.add_party("Risk", {"U0RIS1"});
    sample.add_party("Audit", {"U0AUD1"});
    using review::PartyState;
    auto& rows = sample.parties;
    rows[0] = make_row("Security", PartyState::partly, {"U0SEC1"});
    rows[0].approvals = 1;
    rows[0].quorum = 2;
    rows[1].not_counted = {"the account is not in the party"};
    rows[2] = make_row("Privacy", PartyState::approved, {"U0PRI1"});
    rows[2].from_tracker = true;
    rows[3] = make_row("Finance", PartyState::rejected, {"U0FIN1"}, "too <expensive>");
    rows[4] = make_row("People", PartyState::abstained, {"U0PEO1"});
    rows[5] = make_row("Risk", PartyState::conditional, {"U0RIS1"}, "contract");
    rows[5].until = "2027-01-31";
    rows[6].state = PartyState::not_required;
    const auto card = request_card(sample.input());
    CHECK(problems(card) == "");
    for (const std::string part :
         {"*Security*  approved by <@U0SEC1> (1 of 2)",
          "*Legal*  waiting; not counted: the account is not in the party",
          "*Privacy*  approved by <@U0PRI1>, signed in GitLab",
          "*Finance*  rejected by <@U0FIN1>: too &lt;expensive&gt;", "*People*  abstained by <@U0PEO1>",
          "*Risk*  conditional until 2027-01-31 by <@U0RIS1>: contract", "*Audit*  not required",
          "<!subteam^S0SECURITY>", "<@U0LEG1>"}) {
        CAPTURE(part);
        CHECK(says(card, part));
    }
    // Who has signed, the requester (P17) and parties that are done are not called.
    const auto count = [&](std::string_view sign) {
        int found = 0;
        for (std::size_t at = card.text.find(sign); at != std::string::npos;
             at = card.text.find(sign, at + 1))
            ++found;
        return found;
    };
    CHECK(count("<!subteam^S0SECURITY>") == 1);
    CHECK(count("<@U0LEG1>") == 1);
    CHECK(count("<@U0SEC1>") == 1);
    CHECK(count("<@U0AUD1>") == 0);
    sample.settings.review.parties[1].members = {"U0LEG1", "U0REQ"};
    CHECK(!says(request_card(sample.input()), "<@U0LEG1> <@U0REQ>"));

    sample.request.state = RequestState::withdrawn;
    CHECK(!says(request_card(sample.input()), "<!subteam^S0SECURITY>"));
}

TEST_CASE("a party's row shows when it signed, and a quorum that is met has no count") {
    CHECK(views::party_text(make_row("Security", review::PartyState::waiting)) == "waiting");
    auto row = make_row("Security", review::PartyState::approved, {"U1", "U2"});
    row.quorum = 2;
    CHECK(views::party_text(row) == "approved by <@U1>, <@U2>");
    Sample sample;
    sample.parties[0] = make_row("Security", review::PartyState::approved, {"U0SEC1"});
    sample.parties[0].since = from_millis(1'795'305'600'000);
    CHECK(says(request_card(sample.input()),
               "approved by <@U0SEC1> · <!date^1795305600^{date_short} {time}|2026-11-22 00:00 UTC>"));
}

TEST_CASE("P8, R13: the difference to the last resolution is shown") {
    Sample sample;
    CHECK(says(request_card(sample.input()), "Slack knows no earlier decision."));
    sample.request.previous_status = "approved";
    CHECK(says(request_card(sample.input()), "which permissions it had then is not known"));
    sample.request.previous_scopes = sample.request.scopes;
    CHECK(says(request_card(sample.input()), "Earlier approved with exactly these permissions."));
    // The same name for another token is another permission.
    sample.request.previous_scopes = {make_scope("channels:history", storage::TokenType::user),
                                      make_scope("chat:write", storage::TokenType::bot)};
    const auto card = request_card(sample.input());
    CHECK(says(card, "*Added since:* `search:read` (critical), `channels:history` (high)."));
    CHECK(says(card, "*Removed since:* `channels:history` (high)."));
}

TEST_CASE("P18: publisher, collaborator, missing issue and missing facts are said, never left out") {
    Sample sample;
    sample.issue.reset();
    sample.request.publisher = storage::Publisher::distributed;
    sample.request.requester_is_collaborator = true;
    sample.request.team_id = TeamId();
    sample.request.app_directory_url = "http://acme.slack.com/apps/A0ZOOM";
    sample.request.message.clear();
    sample.request.scopes.clear();
    auto card = request_card(sample.input());
    CHECK(problems(card) == "");
    for (const std::string part :
         {":warning: distributed but not listed in the Marketplace: highest attention",
          "works on this app: does not count for a party", "the whole organisation",
          "none that can be trusted", "missing: `Approve app` does not go through without it",
          "The requester gave no reason", "no permissions named"}) {
        CAPTURE(part);
        CHECK(says(card, part));
    }
    sample.settings.review.require_vendor_issue = false;
    sample.request.requester_is_collaborator.reset();
    sample.request.app_name = " \n";
    card = request_card(sample.input());
    CHECK(says(card, "none linked; not required"));
    CHECK(says(card, "not known"));
    CHECK(blocks_of(card)[0]["text"]["text"] == "App A0ZOOM");
}

TEST_CASE("R24, N: 100 scopes, 12 parties of 10 members and 3,000-letter texts stay within Slack's limits") {
    for (const auto state : {RequestState::awaiting_issue, RequestState::in_review, RequestState::need_info,
                             RequestState::ready, RequestState::denied, RequestState::manual}) {
        auto sample = large_sample();
        sample.request.state = state;
        sample.org_driver = false;
        const auto card = request_card(sample.input());
        CAPTURE(static_cast<int>(state));
        CHECK(problems(card) == "");
        CHECK(block_text(card) < 12'000);
        CHECK(card.text.size() < 4'000);
        // Nothing that matters is what was cut.
        for (const auto& party : sample.parties) {
            CHECK(says(card, "*" + party.party + "*  "));
            CHECK(card.text.contains(party.party + ": "));
        }
        CHECK(says(card, "*Next:* "));
        CHECK(says(card, "100 permissions: "));
        CHECK(says(card, " more"));
        CHECK(card.text.contains("Next: "));
        CHECK(buttons_of(card).contains("Details"));
        const auto details = views::request_details(sample.input(), sample.votes);
        CHECK(problems(details) == "");
        CHECK(block_text(details) < 12'000);
        CHECK(details.text.size() <= 4'200);
        for (const auto& scope : sample.request.scopes) {
            CAPTURE(scope.name);
            CHECK(says(details, "`" + scope.name + "`"));
        }
    }
}

TEST_CASE("the most dangerous permissions come first and are never among those left out") {
    auto sample = large_sample();
    sample.request.scopes.push_back(make_scope("admin.users:write", storage::TokenType::user));
    const auto card = request_card(sample.input());
    CHECK(says(card, "*On behalf of people*\n:red_circle: critical  `admin.users:write`"));
    CHECK(card.text.contains("admin.users:write (critical)"));
}

TEST_CASE("R24: hostile text in every field is inert and within the limits") {
    for (const auto& hostile : hostile_texts()) {
        for (const auto state :
             {RequestState::in_review, RequestState::need_info, RequestState::denied, RequestState::manual}) {
            auto sample = hostile_sample(hostile);
            sample.request.state = state;
            CAPTURE(hostile.substr(0, 60));
            for (const auto& message :
                 {request_card(sample.input()), views::request_details(sample.input(), sample.votes)}) {
                CHECK(problems(message) == "");
                CHECK(inert_problems(message.text) == "");
                for (const auto& text : texts_of(blocks_of(message), "mrkdwn")) {
                    CHECK(inert_problems(text) == "");
                }
                for (const auto& text : texts_of(blocks_of(message), "plain_text")) {
                    CHECK(!text.contains("<!"));
                    CHECK(!text.contains("<@"));
                    CHECK(text::cleaned(text) == text);
                }
            }
        }
    }
}

TEST_CASE("details: every vote with its remark, the newest when not all fit") {
    Sample sample;
    CHECK(says(views::request_details(sample.input(), {}), "No votes yet."));
    sample.votes = {make_vote("Security", "U0SEC1", storage::VoteAnswer::reject, "why all of search?"),
                    make_vote("Legal", "U0LEG1", storage::VoteAnswer::conditional, "contract first")};
    sample.votes[1].condition_until = "2027-01-31";
    sample.votes[1].scope_hash = sample.request.scope_hash;
    sample.votes[1].source = storage::VoteSource::tracker;
    auto details = views::request_details(sample.input(), sample.votes);
    CHECK(problems(details) == "");
    CHECK(says(details,
               "Security: <@U0SEC1> rejected (for an earlier set of permissions): why all of search?"));
    CHECK(says(
        details,
        "Legal: <@U0LEG1> approved with a condition until 2027-01-31, signed in GitLab: contract first"));
    CHECK(details.text.contains("why all of search?"));
    for (auto& row : sample.parties)
        row.signed_in = "GitHub";
    CHECK(says(views::request_details(sample.input(), sample.votes), "until 2027-01-31, signed in GitHub:"));
    for (int n = 0; n < 200; ++n) {
        sample.votes.push_back(
            make_vote("Security", "U0SEC1", storage::VoteAnswer::approve, "round " + std::to_string(n)));
    }
    details = views::request_details(sample.input(), sample.votes);
    CHECK(problems(details) == "");
    CHECK(says(details, "round 199"));
    CHECK(says(details, " before that"));
}
