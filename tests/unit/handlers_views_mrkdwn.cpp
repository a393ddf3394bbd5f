#include "config/base/text.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/json_text.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/view_samples.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>

namespace {

using namespace countersign;
using namespace countersign::handlers::views;
namespace views = countersign::handlers::views;
using countersign::tests::check_message;
using countersign::tests::check_texts;
using countersign::tests::check_view;
using countersign::tests::hostile_texts;
using countersign::tests::inert_problems;
using countersign::tests::to_text;
using Json = nlohmann::json;

std::string problems(const Blocks& blocks) {
    const Json args{{"text", "x"}, {"blocks", blocks.json()}};
    return to_text(check_message(args)) + to_text(check_texts(args));
}

}  // namespace

TEST_CASE("untrusted text becomes inert: no mention, link, format or emoji, and still readable") {
    CHECK(inert("plain words, 3 > 2 & 1 < 2") == "plain words, 3 &gt; 2 &amp; 1 &lt; 2");
    CHECK(inert("<!channel> @here") == "&lt;!channel&gt; ＠here");
    CHECK(inert("*a* _b_ ~c~ `d` snake_case") == "∗a∗ ˍbˍ ∼c∼ ˋdˋ snake_case");
    CHECK(inert("> quote\n  > quote\na > b") == "› quote\n  › quote\na &gt; b");
    CHECK(inert("https://evil.example") == "https:∕∕evil.example");
    CHECK(inert(":100: at 12:30 a:b") == "꞉100: at 12:30 a:b");
    CHECK(inert("  spaced  ") == "spaced");
    CHECK(inert("z\u200Bero\u2060") == "zero");
    CHECK(inert("\xff") == "\uFFFD");
    CHECK(inert("abcdef", 4) == "abc…");
    CHECK(inert("", 10).empty());
    for (const auto& text : hostile_texts()) {
        CAPTURE(text.substr(0, 60));
        CHECK(inert_problems(inert(text, 5000)) == "");
        CHECK(inert_problems(inert_line(text)) == "");
        CHECK(inert_problems(quoted(text, 5000)) == "");
        CHECK(!inert_line(text).contains('\n'));
        CHECK(!plain(text, 100).contains('\n'));
        CHECK(text::code_points(plain(text, 100)) <= 100);
    }
}

TEST_CASE("quotes keep to their lines, code blocks cannot be left") {
    CHECK(quoted("a\n\nb", 100) == ">a\n>b");
    CHECK(quoted(" \n ", 100).empty());
    CHECK(quoted("1\n2\n3", 100, 2) == ">1\n>2\n>…");
    CHECK(code_block("a```b <x> & y", 100) == "```\naˋˋˋb &lt;x&gt; &amp; y\n```");
}

TEST_CASE("mentions are made of ids only") {
    CHECK(mention(UserId("U0ABC")) == "<@U0ABC>");
    CHECK(mention(UserId()) == "somebody");
    CHECK(mention_member("S0ABC") == "<!subteam^S0ABC>");
    CHECK(mention_member("W0ABC") == "<@W0ABC>");
    CHECK(mention(UserId("U0> <!channel")) == "U0&gt; &lt;!channel");
    CHECK(mention_member("!channel") == "!channel");
}

TEST_CASE("P1: only proper https URLs become links, anything else is its label") {
    CHECK(views::link("https://zoom.us/apps?a=1&b=2", "Zoom") == "<https://zoom.us/apps?a=1&amp;b=2|Zoom>");
    CHECK(views::link("https://zoom.us", "<b>|x") == "<https://zoom.us|&lt;b&gt;|x>");
    for (const std::string bad :
         {"", "zoom.us", "http://zoom.us", "HTTPS//zoom.us", "javascript:alert(1)", "https://", "https:///x",
          "https://user@zoom.us", "https://localhost/x", "https://127.0.0.1/", "https://[::1]/",
          "https://zoom.us/a b", "https://zoom.us/|x", "https://zoom.us/>x", "https://zoom.us/\n",
          "//zoom.us", "/relative.png", "https://zoöm.us/", "https://zoom.us/%"}) {
        CAPTURE(bad);
        CHECK(!is_plain_https(bad));
        CHECK(views::link(bad, "label") == "label");
    }
    CHECK(!is_plain_https("https://zoom.us/" + std::string(3000, 'a')));
    CHECK(own_link("http://127.0.0.1:8080/a/b/-/issues/1", "a/b#1") ==
          "<http://127.0.0.1:8080/a/b/-/issues/1|a/b#1>");
}

TEST_CASE("dates show in the reader's zone, with UTC for clients that cannot") {
    CHECK(date(from_millis(1'795'305'600'123)) ==
          "<!date^1795305600^{date_short} {time}|2026-11-22 00:00 UTC>");
}

TEST_CASE("finished mrkdwn is never cut inside a mention, a link or an escape") {
    CHECK(fitted("short", 10) == "short");
    CHECK(fitted("hello <@U1>", 8) == "hello …");
    CHECK(fitted("a &amp; b", 5) == "a …");
    CHECK(fitted("üüüüü", 3) == "üü…");
    CHECK(fitted("abc", 0).empty());
    const std::string text =
        "Hello <@U0ABC> &amp; <https://a.example/x|the *label*> ünïcode &lt;done&gt; <!subteam^S1> end";
    for (std::size_t limit = 0; limit <= text.size(); ++limit) {
        const auto cut = fitted(text, limit);
        CAPTURE(cut);
        CHECK(text::code_points(cut) <= limit);
        CHECK(to_text(check_texts({{"text", cut}})) == "");
        CHECK(text::cleaned(cut) == cut);
    }
}

TEST_CASE("JSON strings read back as what was written, with U+FFFD for what is not UTF-8") {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text = "a" + std::string(1, static_cast<char>(byte)) + "b";
        CAPTURE(byte);
        CHECK(Json::parse(json_string(text)).get<std::string>() == (byte < 0x80 ? text : "a\uFFFDb"));
    }
    CHECK(json_string("ü \"x\" \\ \n") == "\"ü \\\"x\\\" \\\\ \\n\"");
    for (const auto& text : hostile_texts())
        CHECK(Json::accept(json_string(text)));
}

TEST_CASE("blocks: whatever goes in, what comes out is within Slack's limits") {
    Blocks empty;
    empty.section("").context({"", ""}).fields({}).actions("a", {}).lines({});
    CHECK(empty.json() == "[]");

    Blocks full;
    const std::string umlaut = "ü";
    std::string long_text;
    for (int n = 0; n < 5000; ++n)
        long_text += umlaut;
    full.header(long_text)
        .section(long_text)
        .fields(std::vector<std::string>(20, long_text))
        .context(std::vector<std::string>(20, long_text));
    full.actions("row", {{.action_id = "a",
                          .text = long_text,
                          .value = long_text,
                          .style = Style::danger,
                          .confirm = Confirm{long_text, long_text, long_text, long_text}}});
    CHECK(problems(full) == "");

    Blocks many;
    for (int n = 0; n < 80; ++n)
        many.section("x").divider();
    CHECK(problems(many) == "");
    CHECK(Json::parse(many.json()).size() == 50);

    Blocks heavy;
    for (int n = 0; n < 40; ++n)
        heavy.section(std::string(2900, 'a'));
    heavy.actions("row", {{.action_id = "a", .text = "Approve", .value = "1"},
                          {.action_id = "b", .text = "Reject", .value = "1"}});
    CHECK(problems(heavy) == "");
    CHECK(heavy.json().size() < 13'500);
    // The buttons come last and are there all the same.
    CHECK(Json::parse(heavy.json()).back()["type"] == "actions");
}

TEST_CASE("blocks: random texts of every shape stay valid") {
    std::mt19937 random(7);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (int round = 0; round < 10; ++round) {
        Blocks blocks;
        const auto text = [&] {
            std::string out;
            for (auto parts = below(6); parts > 0; --parts) {
                out += inert(hostile_texts()[below(hostile_texts().size())], below(1500)) + " <@U1> ";
            }
            return out;
        };
        for (auto count = below(70); count > 0; --count) {
            switch (below(6)) {
                case 0:
                    blocks.header(text());
                    break;
                case 1:
                    blocks.fields({text(), text(), text()});
                    break;
                case 2:
                    blocks.context({text(), text()});
                    break;
                case 3:
                    blocks.lines({text(), text(), text()});
                    break;
                case 4:
                    blocks.divider();
                    break;
                default:
                    blocks.section(text());
            }
        }
        blocks.actions("row", {{.action_id = "a", .text = text(), .value = text()}});
        CHECK(problems(blocks) == "");
    }
}
