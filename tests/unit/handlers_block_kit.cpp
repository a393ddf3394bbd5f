#include "tests/support/block_kit.hpp"

#include <doctest/doctest.h>

// The validator itself: it must reject what Slack rejects, or the tests that lean on it prove nothing.
namespace {

using countersign::tests::check_message;
using countersign::tests::check_response_action;
using countersign::tests::check_view;
using countersign::tests::to_text;
using Json = nlohmann::json;

Json mrkdwn(const std::string& text) {
    return {{"type", "mrkdwn"}, {"text", text}};
}
Json plain(const std::string& text) {
    return {{"type", "plain_text"}, {"text", text}};
}
Json section(const std::string& text) {
    return {{"type", "section"}, {"text", mrkdwn(text)}};
}
Json button(const std::string& id) {
    return {{"type", "button"}, {"text", plain("Press")}, {"action_id", id}};
}
// A vector, because `Json{one}` is a copy of the one and not an array.
using List = std::vector<Json>;
Json actions(const List& elements) {
    return {{"type", "actions"}, {"elements", elements}};
}
Json input(const std::string& id) {
    return {{"type", "input"},
            {"block_id", id},
            {"label", plain("Reason")},
            {"element", {{"type", "plain_text_input"}, {"action_id", id}}}};
}
Json view(const List& blocks) {
    return {{"type", "modal"}, {"title", plain("Title")}, {"submit", plain("Send")}, {"blocks", blocks}};
}

std::string errors_of(const Json& block) {
    return to_text(check_message({{"text", "x"}, {"blocks", Json::array({block})}}));
}

Json with(Json object, const std::string& pointer, const Json& value) {
    object[Json::json_pointer(pointer)] = value;
    return object;
}

}  // namespace

TEST_CASE("block kit: right messages and views pass") {
    CHECK(errors_of(section("*bold* <@U1> <https://example.com|x> &amp; &lt;")) == "");
    CHECK(errors_of(actions({button("a"), button("b")})) == "");
    CHECK(errors_of({{"type", "divider"}}) == "");
    CHECK(errors_of({{"type", "header"}, {"text", plain("Zoom")}}) == "");
    CHECK(errors_of({{"type", "context"}, {"elements", {mrkdwn("a"), plain("b")}}}) == "");
    CHECK(to_text(check_view(view({section("a"), input("reason")}))) == "");
    CHECK(to_text(check_message({{"text", "only text"}})) == "");
    CHECK(to_text(check_message({{"blocks", R"([{"type":"divider"}])"}})) == "");
}

TEST_CASE("block kit: every limit and rule is enforced, with a pointer to the place") {
    struct Row {
        std::string what;
        Json block;
        std::string pointer;
    };
    const Json select{{"type", "static_select"},
                      {"action_id", "s"},
                      {"options", List{{{"text", plain("a")}, {"value", "1"}}}}};
    const Json confirm{
        {"title", plain("t")}, {"text", plain("t")}, {"confirm", plain("c")}, {"deny", plain("d")}};
    const auto confirmed = with(actions({button("a")}), "/elements/0/confirm", confirm);
    const std::vector<Row> rows{
        {"unknown type", {{"type", "sektion"}}, "/blocks/0/type"},
        {"no type", {{"text", "x"}}, "/blocks/0/type"},
        {"not an object", "text", "/blocks/0"},
        {"section without text", {{"type", "section"}}, "/blocks/0/text"},
        {"empty text", section(""), "/blocks/0/text/text"},
        {"long section", section(std::string(3001, 'a')), "/blocks/0/text/text"},
        {"unknown property", with(section("a"), "/colour", "red"), "/blocks/0/colour"},
        {"unknown text type", with(section("a"), "/text/type", "markdown"), "/blocks/0/text/type"},
        {"emoji on mrkdwn", with(section("a"), "/text/emoji", true), "/blocks/0/text/emoji"},
        {"verbatim on plain",
         {{"type", "section"}, {"text", {{"type", "plain_text"}, {"text", "a"}, {"verbatim", true}}}},
         "/blocks/0/text/verbatim"},
        {"mrkdwn header", {{"type", "header"}, {"text", mrkdwn("a")}}, "/blocks/0/text/type"},
        {"long header", {{"type", "header"}, {"text", plain(std::string(151, 'a'))}}, "/blocks/0/text/text"},
        {"11 fields", {{"type", "section"}, {"fields", List(11, mrkdwn("a"))}}, "/blocks/0/fields"},
        {"long field",
         {{"type", "section"}, {"fields", List{mrkdwn(std::string(2001, 'a'))}}},
         "/blocks/0/fields/0/text"},
        {"11 context elements",
         {{"type", "context"}, {"elements", List(11, mrkdwn("a"))}},
         "/blocks/0/elements"},
        {"no elements", actions({}), "/blocks/0/elements"},
        {"26 buttons", actions(List(26, with(button("a"), "/action_id", "a"))), "/blocks/0/elements"},
        {"same action_id twice", actions({button("a"), button("a")}), "/blocks/0/elements/1/action_id"},
        {"text input in actions", actions({Json{{"type", "plain_text_input"}, {"action_id", "a"}}}),
         "/blocks/0/elements/0/type"},
        {"long button", with(actions({button("a")}), "/elements/0/text/text", std::string(76, 'a')),
         "/blocks/0/elements/0/text/text"},
        {"mrkdwn button", with(actions({button("a")}), "/elements/0/text/type", "mrkdwn"),
         "/blocks/0/elements/0/text/type"},
        {"long value", with(actions({button("a")}), "/elements/0/value", std::string(2001, 'a')),
         "/blocks/0/elements/0/value"},
        {"unknown style", with(actions({button("a")}), "/elements/0/style", "default"),
         "/blocks/0/elements/0/style"},
        {"http url", with(actions({button("a")}), "/elements/0/url", "http://example.com"),
         "/blocks/0/elements/0/url"},
        {"long action_id", actions({button(std::string(256, 'a'))}), "/blocks/0/elements/0/action_id"},
        {"long confirm title", with(confirmed, "/elements/0/confirm/title/text", std::string(101, 'a')),
         "/blocks/0/elements/0/confirm/title/text"},
        {"long confirm text", with(confirmed, "/elements/0/confirm/text/text", std::string(301, 'a')),
         "/blocks/0/elements/0/confirm/text/text"},
        {"long confirm button", with(confirmed, "/elements/0/confirm/deny/text", std::string(31, 'a')),
         "/blocks/0/elements/0/confirm/deny/text"},
        {"no options", with(actions({select}), "/elements/0/options", Json::array()),
         "/blocks/0/elements/0/options"},
        {"101 options", with(actions({select}), "/elements/0/options", List(101, select["options"][0])),
         "/blocks/0/elements/0/options"},
        {"long option", with(actions({select}), "/elements/0/options/0/text/text", std::string(76, 'a')),
         "/blocks/0/elements/0/options/0/text/text"},
        {"long option value", with(actions({select}), "/elements/0/options/0/value", std::string(151, 'a')),
         "/blocks/0/elements/0/options/0/value"},
        {"foreign initial option",
         with(actions({select}), "/elements/0/initial_option", {{"text", plain("b")}, {"value", "2"}}),
         "/blocks/0/elements/0/initial_option"},
        {"image without alt text",
         {{"type", "image"}, {"image_url", "https://example.com/a.png"}},
         "/blocks/0/alt_text"},
        {"relative image",
         {{"type", "image"}, {"image_url", "/a.png"}, {"alt_text", "a"}},
         "/blocks/0/image_url"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const auto found = check_message({{"blocks", Json::array({row.block})}});
        REQUIRE(!found.empty());
        CHECK(found.front().pointer == row.pointer);
    }
}

TEST_CASE("block kit: texts that were cut or escaped wrongly are found") {
    const auto problems = [](const std::string& text) {
        return countersign::tests::check_texts({{"text", "x"}, {"blocks", Json::array({section(text)})}})
            .size();
    };
    CHECK(problems("a <@U1> &amp; <https://example.com|b> &lt;") == 0);
    CHECK(problems("a <@U1") == 1);
    CHECK(problems("a & b") == 1);
    CHECK(problems("a <") == 1);
    CHECK(problems("<a <b>") == 1);
    CHECK(countersign::tests::check_texts({{"text", "a & b"}}).size() == 1);
}

TEST_CASE("block kit: a message as a whole is held to Slack's limits") {
    CHECK(check_message(Json::object()).at(0).code == "no_text");
    CHECK(check_message({{"text", ""}}).at(0).code == "no_text");
    CHECK(check_message({{"blocks", "[{"}}).at(0).code == "invalid_blocks_format");
    CHECK(check_message({{"blocks", List(51, section("a"))}}).at(0).pointer == "/blocks");
    CHECK(check_message({{"blocks", List(5, section(std::string(2700, 'a')))}}).at(0).code ==
          "msg_blocks_too_long");
    CHECK(check_message({{"text", std::string(40001, 'a')}}).at(0).code == "msg_too_long");
    const auto named = with(section("a"), "/block_id", "same");
    CHECK(check_message({{"blocks", {named, named}}}).at(0).pointer == "/blocks/1/block_id");
    // Lengths are characters, not bytes.
    std::string umlauts;
    for (int n = 0; n < 3000; ++n)
        umlauts += "ü";
    CHECK(errors_of(section(umlauts)) == "");
}

TEST_CASE("block kit: views need a title, a submit button for inputs and stay within their limits") {
    const auto good = view({input("reason")});
    CHECK(check_view(Json::array()).size() == 1);
    CHECK(check_view("{").at(0).code == "invalid_arguments");
    auto none = good;
    none.erase("submit");
    CHECK(check_view(none).at(0).pointer == "/submit");
    CHECK(check_view(with(good, "/title/text", std::string(25, 'a'))).at(0).pointer == "/title/text");
    CHECK(check_view(with(good, "/private_metadata", std::string(3001, 'a'))).at(0).pointer ==
          "/private_metadata");
    CHECK(check_view(with(good, "/blocks", List(101, section("a")))).at(0).pointer == "/blocks");
    CHECK(check_view(with(good, "/blocks/0/element/max_length", 3001)).at(0).pointer ==
          "/blocks/0/element/max_length");
    CHECK(
        check_view(with(good, "/blocks/0/element/placeholder", plain(std::string(151, 'a')))).at(0).pointer ==
        "/blocks/0/element/placeholder/text");
    CHECK(check_view(view({input("a"), input("a")})).at(0).pointer == "/blocks/1/block_id");
}

TEST_CASE("block kit: errors in an ack name input blocks of the submitted view only") {
    const auto good = view({section("a"), input("reason")});
    CHECK(check_response_action(Json(), good).empty());
    CHECK(check_response_action({{"response_action", "clear"}}, good).empty());
    CHECK(check_response_action({{"response_action", "errors"}, {"errors", {{"reason", "write one"}}}}, good)
              .empty());
    CHECK(
        !check_response_action({{"response_action", "errors"}, {"errors", {{"other", "x"}}}}, good).empty());
    CHECK(!check_response_action({{"response_action", "errors"}, {"errors", Json::object()}}, good).empty());
    CHECK(!check_response_action({{"response_action", "close"}}, good).empty());
}
