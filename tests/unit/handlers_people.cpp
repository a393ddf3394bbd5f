#include "handlers/people.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/requester_texts.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/review_world.hpp"
#include "tests/support/view_samples.hpp"

using namespace countersign;
using namespace countersign::tests;
using handlers::views::Language;
using handlers::views::Text;

namespace {

storage::Effect first_form(ReviewWorld& world) {
    const auto form = world.waiting("views.open");
    REQUIRE(form.has_value());
    return *form;
}

}  // namespace

TEST_CASE("R22: a locale chooses the language, and what is unknown or not translated is English") {
    using handlers::views::language_of;
    CHECK(language_of("de-DE") == Language::german);
    CHECK(language_of("de") == Language::german);
    CHECK(language_of("DE_at") == Language::german);
    for (const auto* other : {"", "en-US", "ar-SA", "he-IL", "pt-BR", "dex", "-de", "xx-de", "☃"})
        CHECK_MESSAGE(language_of(other) == Language::english, other);
}

TEST_CASE("texts: blanks are filled in one pass, so that what goes in is never read again") {
    static constexpr Text<2> text{"{0} then {1}", "erst {1}, dann {0}"};
    CHECK(handlers::views::say_in(Language::english, text, "{1}", "b{0}") == "{1} then b{0}");
    CHECK(handlers::views::say_in(Language::german, text, "a", std::string("b")) == "erst b, dann a");
}

TEST_CASE("R22: a person with a German locale reads German, the shared card stays English") {
    ReviewWorld world;
    world.slack.locales["U0REQ"] = "de-DE";
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    world.run();
    REQUIRE(world.view().person(UserId("U0REQ")).has_value());
    CHECK(world.view().person(UserId("U0REQ"))->zone == "Europe/Berlin");
    CHECK(world.heard("U0REQ").front().contains("needs a vendor issue"));  // Slack had not answered yet

    const auto status = world.command("U0REQ", "status");
    CHECK(status.ack.contains("Wartet auf den Anbieter-Vorgang"));
    CHECK(world.command("U0REQ", "help").ack.contains("öffnet das Formular"));
    world.command("U0REQ", "");
    CHECK(first_form(world).args.contains("App beantragen"));
    world.run();
    world.press("U0REQ", ids::link_issue, 1);
    CHECK(first_form(world).args.contains("Vorgang verknüpfen"));
    world.run();

    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "no"}});
    world.run();
    CHECK(world.heard("U0REQ").back().contains("wurde abgelehnt von <@U0SEC1>"));
    CHECK(world.performed_of("chat.update").back().args.contains("Denied"));  // the card
}

TEST_CASE("R22: a person Slack says nothing of reads English, and is asked about once a day") {
    ReviewWorld world;
    for (int times = 0; times < 3; ++times)
        world.command("U0X", "help");
    world.run();
    CHECK(world.performed_of("users.info").size() == 1);
    CHECK(world.command("U0X", "help").ack.contains("opens the request form"));
    world.pass(std::chrono::hours(25));
    world.command("U0X", "help");
    world.run();
    CHECK(world.performed_of("users.info").size() == 2);
}

TEST_CASE("R22: an unreadable person changes nothing, an answer without an id neither") {
    ReviewWorld world;
    world.command("U0X", "help");
    const auto asked = world.expect("users.info");
    world.answer(asked, {"refused", "user_not_found", Json::object()});
    CHECK_FALSE(world.view().person(UserId("U0X")).has_value());
    world.answer(asked, {"ok", "", {{"user", {{"id", 7}}}}}, true);
    CHECK_FALSE(world.view().person(UserId("U0X")).has_value());
    world.answer(
        asked,
        {"ok",
         "",
         {{"user", {{"id", "U0X"}, {"name", "x\u202e"}, {"deleted", true}, {"is_ultra_restricted", true}}}}},
        true);
    const auto known = world.view().person(UserId("U0X"));
    REQUIRE(known.has_value());
    CHECK_FALSE(known->active);
    CHECK(known->guest);
    CHECK(known->name == "x");
    CHECK(handlers::language_of(UserId("U0X"), {world.clock.now(), world.view(), world.settings,
                                                world.capabilities}) == Language::english);
}

TEST_CASE("U8: a name does not come back after an erasure, by an answer on its way or by a later one") {
    ReviewWorld world;
    world.slack.people["U0X"] = {{"profile", {{"display_name", "Zephyr"}}}};
    world.slack.locales["U0X"] = "de-DE";
    world.command("U0X", "help");
    const auto asked = world.expect("users.info");
    world.erase_person("U0X");
    const auto expect_no_name = [&] {
        const auto known = world.view().person(UserId("U0X"));
        REQUIRE(known.has_value());
        CHECK(known->name.empty());
        CHECK(known->locale == "de-DE");  // they are answered in their language all the same
        CHECK_FALSE(world.db.holds("Zephyr"));
    };
    world.perform(asked);
    expect_no_name();
    world.pass(std::chrono::hours(25));
    world.command("U0X", "help");
    world.run();
    CHECK(world.performed_of("users.info").size() == 2);
    expect_no_name();
}

TEST_CASE("R22: German forms and messages keep Slack's limits with hostile and large content") {
    namespace views = handlers::views;
    const auto check = [](const Sample& sample) {
        const auto& request = sample.request;
        for (const auto& form :
             {views::request_form("x", Language::german),
              views::reject_form(request, "Legal", Language::german),
              views::restrict_form(request, Language::german),
              views::need_info_form(request, "Legal", Language::german),
              views::answer_form(request, Language::german), views::link_form(request, Language::german),
              views::link_form(std::vector(1, request), Language::german)})
            CHECK(to_text(check_view(Json::parse(form))) == "");
        auto changed = request;
        for (int state = 0; state <= static_cast<int>(RequestState::manual); ++state) {
            changed.state = static_cast<RequestState>(state);
            for (const auto& message :
                 {views::decision_notice(changed, Language::german),
                  views::request_status(changed, sample.parties, sample.issue, Language::german),
                  views::question_asked(changed, Language::german),
                  views::issue_wanted(changed, {}, Language::german),
                  views::request_received(changed, Language::german)}) {
                CHECK(to_text(check_message({{"text", message.text}, {"blocks", message.blocks}})) == "");
                CHECK(inert_problems(message.text) == "");
            }
        }
    };
    check(large_sample());
    for (const auto& text : hostile_texts())
        check(hostile_sample(text));
}

TEST_CASE("R64: a person who was read by a clock that was far ahead is read anew once it is set right") {
    ReviewWorld world;
    world.clock.step_wall(std::chrono::hours(24 * 365));
    world.command("U0REQ", "status");
    world.run();
    REQUIRE(world.performed_of("users.info").size() == 1);
    world.clock.step_wall(-std::chrono::hours(24 * 365));
    world.command("U0REQ", "status");
    world.run();
    CHECK(world.performed_of("users.info").size() == 2);
    world.command("U0REQ", "status");
    world.run();
    CHECK(world.performed_of("users.info").size() == 2);
}
