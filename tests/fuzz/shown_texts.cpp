#include "config/base/text.hpp"
#include "handlers/views/markdown.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

// P18, G8: what a person wrote can neither mention, link, format nor run anything, wherever it is shown.
namespace {

using namespace countersign::handlers::views;

void expect(bool condition) {
    if (!condition) std::abort();
}

// Outside of our own escapes there is no sign that Slack reads as markup.
void expect_inert(const std::string& text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        expect(text[at] != '<' && text[at] != '>' && text[at] != '*' && text[at] != '`');
        if (text[at] != '&') continue;
        const auto rest = std::string_view(text).substr(at);
        expect(rest.starts_with("&amp;") || rest.starts_with("&lt;") || rest.starts_with("&gt;"));
    }
}

// What begins a quick action, a mention or a reference is followed by a sign that joins it to nothing.
void expect_defused(std::string_view markdown) {
    for (std::size_t at = 0; at < markdown.size(); ++at)
        if (std::string_view("/@#!~%").contains(markdown[at]))
            expect(markdown.substr(at + 1).starts_with("\u2060"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    expect_inert(inert(text));
    const auto line = inert_line(text);
    expect_inert(line);
    expect(!line.contains('\n'));
    (void)quoted(text, 500);
    (void)code_block(text, 500);
    (void)fitted(text, 50);
    (void)unescaped(text);
    expect(link(text, text).find('\n') == std::string::npos);
    for (const auto& markdown : {markdown_line(text), markdown_title(text)}) {
        expect(!markdown.contains('\n'));
        expect_defused(markdown);
    }
    expect_defused(markdown_quote(text));
    const auto quote = markdown_quote(text);
    for (std::size_t at = 0; at < quote.size(); at = quote.find('\n', at)) {
        if (quote[at] == '\n') ++at;
        expect(at >= quote.size() || quote[at] == '>');
        if (quote.find('\n', at) == std::string::npos) break;
    }
    return 0;
}
