#include "handlers/review/phrase.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/slackbot_notice.hpp"
#include "handlers/review/slackbot_sample.hpp"
#include "tests/fakes/slackbot_messages.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::fakes;
using handlers::review::Author;
using handlers::review::NoticeKind;
using handlers::review::SlackbotNotice;
using nlohmann::json;
using storage::DecisionKind;

namespace {

SlackbotNotice read(const json& message) {
    return handlers::review::read_slackbot_notice(message, config::default_slackbot_texts());
}

void is_miro(const SlackbotNotice& notice) {
    CHECK(notice.kind == NoticeKind::request);
    CHECK(notice.understood());
    CHECK(notice.app_id == AppId("A0MIRO"));
    CHECK(notice.app_name == "Miro");
    CHECK(notice.requester == UserId("U0EMP"));
    CHECK(handlers::review::names(notice.scopes) == "chat:write (bot), users:read (user)");
    CHECK(notice.reason == "whiteboards");
}

}  // namespace

TEST_CASE("O9: old and new button wording and three languages read as the same request") {
    NoticeWords words;
    SUBCASE("2019") {}
    SUBCASE("2026") {
        words.approve = "Review and Approve for Workspace";
        words.restrict_app = "Review and Restrict for Workspace";
    }
    SUBCASE("organisation") {
        words.approve = "Approve for Organization";
    }
    SUBCASE("German") {
        words = notice_words("de");
    }
    SUBCASE("Portuguese") {
        words = notice_words("pt");
    }
    const auto notice = read(slackbot_notice(words));
    is_miro(notice);
    CHECK(notice.confidence == 100);
    CHECK(notice.approve_label == words.approve);
    CHECK(notice.restrict_label == words.restrict_app);
    CHECK(notice.not_understood.empty());
}

TEST_CASE("O9: rich text, plain text and old attachments say the same") {
    json message = slackbot_notice();
    SUBCASE("rich text") {
        message["blocks"][0] = {
            {"type", "rich_text"},
            {"elements",
             {{{"type", "rich_text_section"},
               {"elements",
                {{{"type", "emoji"}, {"name", "memo"}},
                 {{"type", "user"}, {"user_id", "U0EMP"}},
                 {{"type", "text"}, {"text", " would like to install the app "}},
                 {{"type", "link"}, {"url", "https://slack.com/marketplace/A0MIRO-miro"}, {"text", "Miro"}},
                 {{"type", "text"}, {"text", " on the workspace Acme."}}}}}}}};
    }
    SUBCASE("attachment") {
        json attachment{{"pretext", message["blocks"][0]["text"]["text"]},
                        {"text",
                         "On behalf of the app\nSend messages (chat:write)\nOn behalf of the user\n"
                         "View people (users:read)"},
                        {"fields", {{{"title", "Reason for requesting"}, {"value", "whiteboards"}}}},
                        {"actions",
                         {{{"type", "button"}, {"name", "approve"}, {"text", "Approve for Workspace"}},
                          {{"type", "button"}, {"name", "restrict"}, {"text", "Restrict for Workspace"}}}}};
        message = {{"user", "USLACKBOT"}, {"attachments", {attachment}}};
    }
    is_miro(read(message));
}

TEST_CASE("O9: wording that changes by one word still reads, with less confidence") {
    NoticeWords words;
    SUBCASE("the line that asks") {
        words.asks =
            "<@U0EMP> would love to install the app <https://acme.slack.com/apps/A0MIRO|Miro> on the "
            "workspace Acme";
    }
    SUBCASE("a button") {
        words.approve = "Allow for Workspace";
        words.restrict_app = "Block for Workspace";
    }
    SUBCASE("both lines are new: structure is enough") {
        words.asks = "New app: <https://acme.slack.com/apps/A0MIRO|Miro>, wanted by <@U0EMP>";
    }
    const auto notice = read(slackbot_notice(words));
    CHECK(notice.kind == NoticeKind::request);
    CHECK(notice.understood());
    CHECK(notice.confidence < 100);
    CHECK_FALSE(notice.not_understood.empty());
    CHECK(notice.app_id == AppId("A0MIRO"));
    CHECK(notice.requester == UserId("U0EMP"));
}

TEST_CASE("O9: what does not add up is unclear, not guessed and not passed over") {
    json message = slackbot_notice();
    SUBCASE("buttons and words are new") {
        NoticeWords words;
        words.approve = "Go";
        words.restrict_app = "Stop";
        words.asks = "<https://acme.slack.com/apps/A0MIRO|Miro> for <@U0EMP>?";
        message = slackbot_notice(words);
    }
    SUBCASE("words alone: a reminder can say them") {
        message["blocks"].erase(message["blocks"].size() - 1);
    }
    SUBCASE("two apps") {
        NoticeWords words;
        words.asks = "A request by <@U0EMP>";
        message = slackbot_notice(words);
        message["blocks"].push_back(
            mrkdwn_section("<https://slack.com/apps/A0EVIL|x> <https://slack.com/apps/A0MIRO|y>"));
    }
    SUBCASE("buttons without an app") {
        NoticeWords words;
        words.asks = "Somebody asks for something";
        message = slackbot_notice(words);
    }
    const auto notice = read(message);
    CHECK(notice.kind == NoticeKind::unclear);
    CHECK_FALSE(notice.understood());
    CHECK_FALSE(notice.not_understood.empty());
}

TEST_CASE("O9: look-alikes by other bots and people are never believed") {
    json message = slackbot_notice();
    Author expected = Author::look_alike;
    SUBCASE("a person") {
        message["user"] = "U0OUT";
        expected = Author::other;
    }
    SUBCASE("a bot under Slackbot's name") {
        message.erase("user");
        message["subtype"] = "bot_message";
        message["username"] = "Slackbot";
        message["bot_id"] = "B0EVIL";
    }
    SUBCASE("an app whose bot is called Slackbot") {
        message["user"] = "U0EVIL";
        message["bot_profile"] = {{"name", "Slackbot"}, {"app_id", "A0EVIL"}};
    }
    SUBCASE("a custom response, written by a member") {
        message["subtype"] = "slackbot_response";
    }
    SUBCASE("an app's message that claims the id") {
        message["app_id"] = "A0EVIL";
    }
    const auto notice = read(message);
    CHECK(notice.author == expected);
    CHECK_FALSE(notice.understood());
}

TEST_CASE("O9: other things that Slackbot says are none of ours") {
    for (const char* text : {"Reminder: lunch at twelve.", "You asked me to remind you of the report.",
                             "Hello! How can I help?", ""}) {
        CHECK(read({{"user", "USLACKBOT"}, {"text", text}}).kind == NoticeKind::other);
    }
    for (const json& broken : {json(nullptr), json::array(), json("x"), json{{"blocks", 7}},
                               json{{"user", "USLACKBOT"}, {"blocks", {1, nullptr, {{"type", 3}}}}},
                               json{{"attachments", {{{"actions", "no"}, {"fields", 4}}}}}}) {
        CHECK(read(broken).kind == NoticeKind::other);
    }
}

TEST_CASE("O9: the requester's own words are never read as Slack's") {
    NoticeWords words;
    words.reason =
        "Approved by <@U0ADMIN>\n<@U0ADMIN> would like to install the app "
        "<https://slack.com/apps/A0EVIL|Evil> on the workspace Acme\nAll of it (admin)";
    const auto notice = read(slackbot_notice(words));
    CHECK(notice.kind == NoticeKind::request);
    CHECK(notice.app_id == AppId("A0MIRO"));
    CHECK(notice.requester == UserId("U0EMP"));
    CHECK(notice.scopes.size() == 2);
    CHECK_FALSE(notice.speaks_of_decision);
    const auto decided = read(slackbot_decision("<@U0ADMIN> restricted this app", words));
    CHECK(decided.decision == DecisionKind::restrict);

    words.reason_label = "A label nobody knows";
    CHECK(read(slackbot_notice(words)).speaks_of_decision);
    CHECK(read(slackbot_decision("<@U0ADMIN> restricted this app", words)).kind == NoticeKind::unclear);
}

TEST_CASE("O9: the edit tells the decision and who made it") {
    const auto decision = [](const std::string& line) { return read(slackbot_decision(line)); };
    auto notice = decision(":white_check_mark: <@U0ADMIN> approved this app.");
    CHECK(notice.kind == NoticeKind::decision);
    CHECK(notice.decision == DecisionKind::approve);
    CHECK(notice.who == UserId("U0ADMIN"));
    CHECK(decision("Restricted by <@U0ADMIN>").decision == DecisionKind::restrict);
    CHECK(decision("<@U0ADMIN> hat diese App genehmigt").decision == DecisionKind::approve);
    CHECK(decision("<@U0ADMIN> restringiu este app").decision == DecisionKind::restrict);
    CHECK(decision("<@U0ADMIN> dismissed this request").decision == DecisionKind::cancel);
    // One word turns the meaning: these are no decisions.
    for (const char* line : {"Ada Lovelace approved this app", "Ada has not approved this app",
                             "<@U0ADMIN> nearly approved this app", "Nobody approved this app",
                             "This app is not approved by Slack", "<@U0ADMIN> signed this app off"}) {
        CHECK_MESSAGE(decision(line).kind == NoticeKind::unclear, line);
    }
}

TEST_CASE("O9: the outcome that a requester is told is recognised") {
    const auto notice =
        read({{"user", "USLACKBOT"},
              {"text", "Your request to install <https://acme.slack.com/apps/A0MIRO|Miro> was approved."}});
    CHECK(notice.kind == NoticeKind::outcome);
    CHECK(notice.decision == DecisionKind::approve);
    CHECK(notice.app_id == AppId("A0MIRO"));
    CHECK(
        read({{"user", "USLACKBOT"}, {"text", "Reminder: your request to install Miro was approved"}}).kind !=
        NoticeKind::outcome);
}

TEST_CASE("O9: only pages of slack.com name an app") {
    using handlers::review::app_in_url;
    CHECK(app_in_url("https://acme.slack.com/apps/A0F7YS25R-bots") == AppId("A0F7YS25R"));
    CHECK(app_in_url("https://slack.com/marketplace/A0F7YS25R?tab=x") == AppId("A0F7YS25R"));
    CHECK(app_in_url("https://slack.com.evil.example/apps/A0F7YS25R").empty());
    CHECK(app_in_url("https://evil.example/slack.com/apps/A0F7YS25R").empty());
    CHECK(app_in_url("http://slack.com/apps/A0F7YS25R").empty());
    CHECK(app_in_url("https://slack.com/apps/Abc").empty());
}

TEST_CASE("O9: a sample keeps Slack's words and structure, and nobody's secrets, names or prose") {
    NoticeWords words;
    words.asks =
        "Emma Watson would like to install the app <https://acme.slack.com/apps/A0MIRO|Miro> on the "
        "workspace Acme";
    words.reason = "my token is xoxb-123456789012-abcdefghijkl and mail emma@acme.example";
    auto message = slackbot_notice(words);
    message["blocks"].push_back(mrkdwn_section(std::string(300, 'z')));
    message["blocks"].push_back(
        mrkdwn_section("ask emma@acme.example or https://intranet.example/emma or <@U0EMP>"));
    const auto sample = handlers::review::redacted_sample(message, read(message));
    for (const char* secret : {"xoxb", "emma", "Emma", "Watson", "zzzz", "intranet", "U0EMP", "A0MIRO"})
        CHECK_MESSAGE(sample.find(secret) == std::string::npos, secret << " in " << sample);
    for (const char* kept : {"would like to install the app", "Approve for Workspace", "chat:write",
                             "Reason for requesting", "actions", "USLACKBOT"})
        CHECK_MESSAGE(sample.find(kept) != std::string::npos, kept << " not in " << sample);
}
