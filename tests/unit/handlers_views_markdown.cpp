#include "handlers/views/issue_template.hpp"
#include "handlers/views/markdown.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace countersign::handlers::views;

namespace {

// What GitLab would run: a line whose first sign that is no blank is '/', followed by a word.
bool runs_quick_action(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        auto begin = text.find_first_not_of(" \t", at);
        if (begin != std::string::npos && begin + 1 < text.size() && text[begin] == '/' &&
            std::isalpha(static_cast<unsigned char>(text[begin + 1])) != 0)
            return true;
        at = text.find('\n', at);
        if (at == std::string::npos) break;
        ++at;
    }
    return false;
}

const std::vector<std::string> quick_actions{"/close",
                                             "/reopen",
                                             "/label ~bug",
                                             "/unlabel ~bug",
                                             "/relabel ~bug",
                                             "/confidential",
                                             "/move group/other",
                                             "/assign @all",
                                             "/unassign",
                                             "/reassign @me",
                                             "/title new",
                                             "/due tomorrow",
                                             "/remove_due_date",
                                             "/milestone %1",
                                             "/remove_milestone",
                                             "/lock",
                                             "/unlock",
                                             "/subscribe",
                                             "/unsubscribe",
                                             "/todo",
                                             "/done",
                                             "/award :+1:",
                                             "/duplicate #1",
                                             "/relate #1",
                                             "/unlink #1",
                                             "/promote",
                                             "/create_merge_request x",
                                             "/estimate 1h",
                                             "/spend 1h",
                                             "/clone group/p",
                                             "/weight 3",
                                             "/epic &1",
                                             "/iteration *1",
                                             "/zoom https://x",
                                             "/shrug",
                                             "/tableflip",
                                             "/copy_metadata #1",
                                             "/publish",
                                             "/severity high",
                                             "/page x",
                                             "/approve",
                                             "/merge",
                                             "/rebase",
                                             "/draft",
                                             "/ready"};

}  // namespace

TEST_CASE("G8: no quick action leaves in what a person wrote, wherever it stands") {
    REQUIRE(quick_actions.size() >= 30);
    for (const auto& action : quick_actions) {
        for (const auto& text : {action, "  " + action, "\t" + action, "words\n" + action + "\nwords",
                                 "words\r\n" + action, "\n\n" + action, "> x\n" + action}) {
            CAPTURE(text);
            CHECK_FALSE(runs_quick_action(markdown_line(text)));
            CHECK_FALSE(runs_quick_action(markdown_quote(text)));
            CHECK_FALSE(runs_quick_action(markdown_title(text)));
            CHECK_FALSE(runs_quick_action(filled_template(
                "{{app}}\n{{purpose}}", {{"app", markdown_line(text)}, {"purpose", markdown_quote(text)}},
                "<!-- m -->")));
        }
    }
}

TEST_CASE("G8: mentions, references, labels, images, links and HTML are only text") {
    const std::vector<std::pair<std::string, std::string>> dangers{{"@all", "@all"},
                                                                   {"@group/sub", "@group"},
                                                                   {"#1", "#1"},
                                                                   {"group/p#1", "p#1"},
                                                                   {"!1", "!1"},
                                                                   {"~label", "~label"},
                                                                   {"%milestone", "%mile"},
                                                                   {"$1", "$1"},
                                                                   {"&1", "&1"},
                                                                   {"https://evil.test/x.png", "://"},
                                                                   {"![x](http://e/x.png)", "!["},
                                                                   {"[x](http://e)", "]("},
                                                                   {"<img src=x>", "<"},
                                                                   {"<script>", "<"},
                                                                   {"<!-- x -->", "<!--"},
                                                                   {"- [ ] Security", "[ ]"},
                                                                   {"`code`", " `"},
                                                                   {"www.evil.test", "www.e"},
                                                                   {"GH-1", "GH-1"},
                                                                   {"{{app}}", "{{"}};
    for (const auto& [text, danger] : dangers) {
        CAPTURE(text);
        CHECK_FALSE(markdown_line(text).contains(danger));
        CHECK_FALSE(markdown_quote(text).contains(danger));
    }
    CHECK(markdown_line("Sketch Pad v1.2 - EU") == "Sketch Pad v1.2 - EU");
    CHECK(markdown_line("two\nlines") == "two lines");
    CHECK(markdown_quote("two\n\nlines") == "> two  \n> \n> lines  ");
    CHECK(markdown_quote(" \n ").empty());
}

TEST_CASE("G6: a template's placeholders are filled once, without any the request stands below") {
    const TemplateValues values{{"app", "Zoom {{purpose}}"}, {"purpose", "> meetings"}, {"scopes", ""}};
    CHECK(filled_template("A {{ app }} B {{other}} {{purpose}} {{", values, "<!-- m -->") ==
          "<!-- m -->\nA Zoom {{purpose}} B {{other}} > meetings {{");
    CHECK(filled_template("{{app|none}} {{scopes|_No response_}} {{contact|x|y}} {{ app|}}{{scopes}}", values,
                          "<!-- m -->") == "<!-- m -->\nZoom {{purpose}} _No response_ x|y Zoom {{purpose}}");
    const auto below =
        filled_template("---\nname: x\nlabels: y\n---\nWords\n/label ~vendor", values, "<!-- m -->");
    CHECK(below.starts_with("<!-- m -->\nWords\n/label ~vendor\n\n## Request"));
    CHECK(below.contains("- app: Zoom"));
    CHECK_FALSE(below.contains("labels: y"));
    CHECK_FALSE(below.contains("scopes"));
}
