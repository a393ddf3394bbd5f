// M26: the figures as a picture, in the review channel and on the Home tab.
#include "handlers/figures.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
namespace views = countersign::handlers::views;

namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes.at(at + i));
    return number;
}

void some_requests(ReviewWorld& world) {
    for (int i = 1; i <= 6; ++i) {
        const auto name = std::to_string(i);
        world.app_requested(slack_request("Ar" + name, "A" + name, "U0REQ", {slack_scope("chat:write")}));
        world.run();
        world.press("U0SEC1", ids::vote_approve, i);
    }
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "no contract"}});
    world.run();
}

}  // namespace

TEST_CASE("M26: a chart is a PNG that grows with its bars, and the same for the same figures") {
    views::BarChart chart{.title = "Umlaute: ÄÖÜ <@U1> & \xF0\x9F\x98\x80", .note = "", .groups = {}};
    chart.groups.push_back({.title = "Empty", .bars = {}, .none = "none"});
    const auto small = views::bar_chart_png(chart);
    CHECK(small.starts_with("\x89PNG\r\n\x1a\n"));
    CHECK(number_at(small, 16) == 1000);  // width, then height, in the header
    for (int i = 0; i < 40; ++i)
        chart.groups.front().bars.push_back({std::string(500, 'w'), "5 days", i * 1.0});
    chart.groups.front().bars[1].value = -3;
    chart.groups.front().bars[2].value = std::numeric_limits<double>::quiet_NaN();
    const auto large = views::bar_chart_png(chart);
    CHECK(number_at(large, 20) > number_at(small, 20));
    CHECK(large == views::bar_chart_png(chart));
    CHECK(large.size() < 200'000);
}

TEST_CASE("M26: a chart travels as JSON, what is no chart is none") {
    const views::BarChart chart{
        .title = "T", .note = "n", .groups = {{"G", {{"a", "1", 1}, {"b", "2", 2.5}}, "none"}}};
    const auto back = views::parse_bar_chart(views::to_json(chart));
    REQUIRE(back.has_value());
    CHECK(views::to_json(*back) == views::to_json(chart));
    CHECK(views::bar_chart_png(*back) == views::bar_chart_png(chart));
    CHECK_FALSE(views::parse_bar_chart("").has_value());
    CHECK_FALSE(views::parse_bar_chart("[]").has_value());
    CHECK_FALSE(views::parse_bar_chart(R"({"groups":3})").has_value());
}

TEST_CASE("M26: the picture is uploaded, shown in the review channel with its words, and then on Home") {
    ReviewWorld world;
    some_requests(world);
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "app_home_opened"}, {"user", "U0ADMIN"}, {"tab", "home"}}}},
                 "env-home");
    const auto ack = world.command("U0ADMIN", "figures").ack;
    CHECK(ack.contains("is being posted in <#C0APPREVIEW>"));
    const auto upload = world.expect("files.getUploadURLExternal");
    const auto chart = views::parse_bar_chart(Json::parse(upload.args)["picture"].dump());
    REQUIRE(chart.has_value());
    REQUIRE(chart->groups.size() == 3);
    CHECK(chart->groups[0].bars[0].label == "Security");
    CHECK(chart->groups[1].bars[0].shown == "5");
    CHECK(chart->groups[2].bars[0].label == "no contract");
    world.answer(upload, {"ok", "", {{"file_id", "F1"}, {"upload_url", "https://files.slack.com/upload/1"}}});
    const auto post = world.expect("files.completeUploadExternal");
    const auto args = Json::parse(post.args);
    CHECK(args["channel_id"] == "C0APPREVIEW");
    CHECK(args["files"][0]["id"] == "F1");
    CHECK(args["initial_comment"].get<std::string>().contains("Refusals by reason"));
    world.answer(post, {});
    world.pass(std::chrono::seconds(5));
    const auto home = world.expect("views.publish");
    CHECK(home.args.contains(R"("slack_file":{"id":"F1"})"));
    // Somebody deleted it in Slack: the tab is drawn without it.
    world.answer(home, {"refused", "invalid_blocks", Json::object()});
    world.pass(std::chrono::seconds(5));
    CHECK_FALSE(world.expect("views.publish").args.contains("slack_file"));
}

TEST_CASE("M26: whoever asked hears that the picture could not be posted, with what to do") {
    ReviewWorld world;
    some_requests(world);
    world.command("U0ADMIN", "figures");
    world.answer(world.expect("files.getUploadURLExternal"), {"human", "missing_scope", Json::object()});
    world.run();
    CHECK(world.heard("U0ADMIN").back().contains("could not be posted"));
    CHECK(world.heard("U0ADMIN").back().contains("missing_scope"));
    CHECK(world.command("U0SEC1", "figures", true).ack.empty());  // a group of admins is read first
    world.run();
    CHECK(world.heard("U0SEC1").back().contains("you may not"));
}
