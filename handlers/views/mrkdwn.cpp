#include "handlers/views/mrkdwn.hpp"

#include "config/base/text.hpp"
#include "config/base/utf8.hpp"
#include "handlers/review/wire_text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <chrono>

namespace countersign::handlers::views {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_emoji_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '\'';
}

// What a person cannot see and what can hide or split text: zero-width signs, fillers, the tag block. Control
// and bidi characters are already gone (text::cleaned).
bool is_invisible(char32_t point) {
    switch (point) {
        case 0x00AD:
        case 0x034F:
        case 0x180E:
        case 0x200B:
        case 0x3164:
        case 0xFEFF:
            return true;
        default:
            return (point >= 0x2060 && point <= 0x2064) || (point >= 0xE0000 && point <= 0xE007F);
    }
}

// Most texts are, and need no second look.
bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= ' ' && c < 0x7F) || c == '\n'; });
}

// Cleaned, and without what a person cannot see.
std::string visible(std::string_view untrusted) {
    if (is_printable_ascii(untrusted)) return std::string(untrusted);
    const auto clean = text::cleaned(untrusted);
    std::string out;
    out.reserve(clean.size());
    for (std::string_view rest = clean; !rest.empty();) {
        const auto front = utf8::decode(rest);
        if (!is_invisible(front.code_point)) out += rest.substr(0, front.length);
        rest.remove_prefix(front.length);
    }
    return out;
}

// Whether `:name:` starts here, which Slack would draw as an emoji.
bool starts_emoji(std::string_view text) {
    std::size_t at = 1;
    while (at < text.size() && at < 102 && is_emoji_letter(text[at]))
        ++at;
    return at > 1 && at < text.size() && text[at] == ':';
}

// Escapes, and replaces by a look-alike each sign that Slack would read as formatting.
std::string defused(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    bool line_start = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool word_before = at > 0 && is_word(text[at - 1]);
        const bool word_after = at + 1 < text.size() && is_word(text[at + 1]);
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            // Slack reads `&gt;` at the start of a line as a quote.
            case '>':
                out += line_start ? "›" : "&gt;";
                break;
            case '*':
                out += "∗";
                break;
            case '~':
                out += "∼";
                break;
            case '`':
                out += "ˋ";
                break;
            case '@':
                out += "＠";
                break;
            case '_':
                out += word_before && word_after ? "_" : "ˍ";
                break;
            case ':':
                if (text.substr(at).starts_with("://")) {
                    out += ":∕∕";
                    at += 2;
                } else {
                    out += starts_emoji(text.substr(at)) ? "꞉" : ":";
                }
                break;
            case '\n':
                out += '\n';
                break;
            default:
                out += c;
        }
        line_start = c == '\n' || (line_start && (c == ' ' || c == '\t'));
    }
    return out;
}

// Runs of blank become one space, so that the text draws no lines of its own.
std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

// What could end the link early or make it show something else never appears in a proper URL.
bool fits_in_link(std::string_view url) {
    const auto ordinary = [](char c) {
        return c > ' ' && c < 0x7F && c != '|' && c != '<' && c != '>' && c != '`';
    };
    return !url.empty() && url.size() <= 2000 && std::ranges::all_of(url, ordinary);
}

// The start of a long text: cleaning 100 kB to show 300 letters would cost for nothing. Four bytes a code
// point, and a margin for what cleaning removes.
std::string_view start_of(std::string_view text, std::size_t limit) {
    return text.substr(0, limit * 8 + 64);
}

}  // namespace

std::string inert(std::string_view untrusted, std::size_t limit) {
    const auto clean = visible(start_of(untrusted, limit));
    return defused(text::shortened(text::trimmed(clean), limit));
}

std::string inert_line(std::string_view untrusted, std::size_t limit) {
    return defused(text::shortened(one_line(visible(start_of(untrusted, limit))), limit));
}

std::string quoted(std::string_view untrusted, std::size_t limit, std::size_t lines) {
    const auto text = inert(untrusted, limit);
    std::string out;
    std::size_t drawn = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto line = text::trimmed(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        if (line.empty()) continue;
        if (drawn == lines) {
            out += "\n>…";
            break;
        }
        if (drawn++ > 0) out += '\n';
        out += '>';
        out += line;
    }
    return out;
}

std::string code_block(std::string_view untrusted, std::size_t limit) {
    const auto clean = visible(start_of(untrusted, limit));
    const auto shown = text::shortened(text::trimmed(clean), limit);
    std::string out = "```\n";
    for (const char c : shown) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '`':
                out += "ˋ";
                break;
            default:
                out += c;
        }
    }
    return out + "\n```";
}

std::string plain(std::string_view untrusted, std::size_t limit) {
    auto shown = text::shortened(one_line(visible(start_of(untrusted, limit))), limit);
    // Slack reads no mentions in plain text; notifications and other clients that copy it might.
    for (const std::string_view opening : {"<@", "<!", "<#"}) {
        for (auto at = shown.find(opening); at != std::string::npos; at = shown.find(opening, at)) {
            shown.replace(at, 1, "‹");
        }
    }
    return shown;
}

std::string mention_member(std::string_view member) {
    if (member.empty()) return "somebody";
    const auto in_id = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    // An account in a tracker that nobody here is known to have.
    if (const auto colon = member.find(':'); colon != std::string_view::npos)
        return "account " + inert_line(member.substr(colon + 1), 20) + " in " +
               inert_line(member.substr(0, colon), 50);
    if (member.size() > 32 || !std::ranges::all_of(member, in_id)) return inert_line(member, 40);
    return (member.starts_with('S') ? "<!subteam^" : "<@") + std::string(member) + ">";
}

std::string mention(const UserId& user) {
    return mention_member(user.value);
}

bool is_plain_https(std::string_view url) {
    if (!fits_in_link(url)) return false;
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed.has_value() || parsed->scheme_id() != boost::urls::scheme::https || parsed->has_userinfo())
        return false;
    return parsed->host_type() == boost::urls::host_type::name && parsed->encoded_host().contains('.');
}

std::string own_link(std::string_view url, std::string_view label) {
    auto shown = inert_line(label, 200);
    if (!fits_in_link(url)) return shown;
    std::string out = "<";
    for (const char c : url) {
        if (c == '&') {
            out += "&amp;";
        } else {
            out += c;
        }
    }
    return out + "|" + shown + ">";
}

std::string link(std::string_view https_url, std::string_view label) {
    return is_plain_https(https_url) ? own_link(https_url, label) : inert_line(label, 200);
}

std::string date(Timestamp when) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
    const auto utc = to_rfc3339(when);  // "2026-11-21T09:30:00.000Z"
    const auto fallback = utc.size() < 16 ? utc : utc.substr(0, 10) + " " + utc.substr(11, 5) + " UTC";
    return "<!date^" + std::to_string(seconds) + "^{date_short} {time}|" + fallback + ">";
}

std::string unescaped(std::string_view wire) {
    return review::from_wire(wire);
}

std::string fitted(std::string_view mrkdwn, std::size_t limit) {
    if (mrkdwn.size() <= limit || text::code_points(mrkdwn) <= limit) return std::string(mrkdwn);
    if (limit == 0) return {};
    std::size_t safe = 0;  // bytes up to here may stay
    std::size_t points = 0;
    std::size_t at = 0;
    while (at < mrkdwn.size()) {
        std::size_t unit = 1;  // bytes of the next thing that must stay whole
        if (mrkdwn[at] == '<' || mrkdwn[at] == '&') {
            const auto end = mrkdwn.find_first_of(mrkdwn[at] == '<' ? '>' : ';', at);
            if (end != std::string_view::npos) unit = end - at + 1;
        } else {
            while (at + unit < mrkdwn.size() &&
                   (static_cast<unsigned char>(mrkdwn[at + unit]) & 0xC0U) == 0x80U)
                ++unit;
        }
        points += text::code_points(mrkdwn.substr(at, unit));
        if (points > limit - 1) break;
        at += unit;
        safe = at;
    }
    return std::string(mrkdwn.substr(0, safe)) + "…";
}

}  // namespace countersign::handlers::views
