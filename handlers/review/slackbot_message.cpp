#include "handlers/review/slackbot_message.hpp"

#include "config/base/text.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/wire_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::handlers::review {
namespace {

using nlohmann::json;

// A notice with a hundred scopes has some 120 lines; more than this nobody reads.
constexpr std::size_t max_lines = 600;
constexpr std::size_t max_line = 2'000;

bool id_sign(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string_view id_at(std::string_view text, char first) {
    if (text.size() < 2 || text.front() != first) return {};
    const auto* const end = std::ranges::find_if_not(text, id_sign);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// ":memo: text", also several: pictures say nothing.
std::string_view without_emoji(std::string_view line) {
    while (line.starts_with(':')) {
        const auto end = line.find(':', 1);
        const auto name = end == std::string_view::npos ? std::string_view() : line.substr(1, end - 1);
        const bool emoji = !name.empty() && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
        });
        if (!emoji) break;
        line = text::trimmed(line.substr(end + 1));
    }
    return line;
}

// `<@U1>`, `<@U1|jane>`, `<https://…|label>`, `<#C1|name>`, `<!here>`.
void append_marked(std::string_view inside, Line& line) {
    const auto bar = inside.find('|');
    const auto target = inside.substr(0, bar);
    const auto label = bar == std::string_view::npos ? std::string_view() : inside.substr(bar + 1);
    Mark mark;
    mark.begin = line.text.size();
    if (target.starts_with('@')) {
        auto user = id_at(target.substr(1), 'U');
        if (user.empty()) user = id_at(target.substr(1), 'W');
        mark.user = UserId(std::string(user));
        line.text += label.empty() ? std::string(target) : from_wire(label);
    } else {
        mark.url = from_wire(target);
        mark.app = app_in_url(mark.url);
        line.text += from_wire(label.empty() ? target : label);
    }
    mark.end = line.text.size();
    line.marks.push_back(std::move(mark));
}

std::string escaped(std::string_view plain) {
    std::string out;
    for (const char c : plain) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}

// Rich text as the wire form that everything else comes in.
void append_rich(const json& element, std::string& wire, bool quoted) {
    const auto type = text_field(element, "type");
    if (type == "text") {
        wire += escaped(text_field(element, "text"));
    } else if (type == "user") {
        wire += "<@" + text_field(element, "user_id") + ">";
    } else if (type == "link") {
        const auto label = text_field(element, "text");
        wire += "<" + escaped(text_field(element, "url")) + (label.empty() ? "" : "|" + escaped(label)) + ">";
    } else if (type == "emoji") {
        return;
    } else {
        const bool quote = quoted || type == "rich_text_quote" || type == "rich_text_preformatted";
        if (!wire.empty() && !wire.ends_with('\n')) wire += '\n';
        if (quote) wire += "> ";
        for (const auto& inner : field(element, "elements"))
            append_rich(inner, wire, quote);
        if (!wire.ends_with('\n')) wire += '\n';
    }
}

class Reader {
  public:
    void message(const json& message) {
        blocks(field(message, "blocks"));
        for (const auto& attachment : field(message, "attachments"))
            read_attachment(attachment);
        // The plain text repeats the blocks for notifications; alone it is all there is.
        if (seen.lines.empty()) piece(text_field(message, "text"));
    }
    SeenMessage seen;

  private:
    void blocks(const json& list) {
        for (const auto& block : list) {
            const auto type = text_field(block, "type");
            if (type == "rich_text") {
                std::string wire;
                for (const auto& element : field(block, "elements"))
                    append_rich(element, wire, false);
                piece(wire);
            } else {
                text_object(field(block, "text"));
                for (const auto& each : field(block, "fields"))
                    text_object(each);
                button(field(block, "accessory"));
            }
            if (type != "actions" && type != "context") continue;
            for (const auto& element : field(block, "elements")) {
                button(element);
                if (type == "context") text_object(element);
            }
        }
    }

    void text_object(const json& object) {
        const auto type = text_field(object, "type");
        if (type == "mrkdwn") piece(text_field(object, "text"));
        if (type == "plain_text") piece(escaped(text_field(object, "text")));
    }

    void button(const json& element) {
        const auto type = text_field(element, "type");
        if (type == "button") {
            seen.buttons.push_back({text_field(element, "action_id"),
                                    text_field(field(element, "text"), "text"),
                                    text_field(element, "value")});
        } else if (type == "workflow_button" || type == "overflow") {
            seen.buttons.push_back({text_field(element, "action_id"), "", ""});
        }
    }

    void read_attachment(const json& attachment) {
        const auto before = seen.lines.size();
        piece(text_field(attachment, "pretext"));
        const auto title = text_field(attachment, "title");
        const auto link = text_field(attachment, "title_link");
        piece(link.empty() ? title : "<" + link + "|" + title + ">");
        piece(text_field(attachment, "text"));
        for (const auto& each : field(attachment, "fields")) {
            piece(text_field(each, "title") + "\n" + text_field(each, "value"));
        }
        blocks(field(attachment, "blocks"));
        if (seen.lines.size() == before) piece(text_field(attachment, "fallback"));
        for (const auto& action : field(attachment, "actions")) {
            if (text_field(action, "type") != "button") continue;
            seen.buttons.push_back(
                {text_field(action, "name"), text_field(action, "text"), text_field(action, "value")});
        }
    }

    void piece(const std::string& wire) {
        std::string_view rest = wire;
        while (!rest.empty() && seen.lines.size() < max_lines) {
            const auto end = std::min(rest.find('\n'), rest.size());
            auto line = read_line(rest.substr(0, std::min(end, max_line)));
            line.piece = pieces_;
            if (!line.text.empty()) seen.lines.push_back(std::move(line));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        ++pieces_;
    }

    std::size_t pieces_ = 0;
};

}  // namespace

Line read_line(std::string_view wire) {
    Line line;
    const auto cleaned = text::cleaned(text::trimmed(wire));
    std::string_view rest = cleaned;
    for (const std::string_view quote : {"&gt;", ">"}) {
        if (!rest.starts_with(quote)) continue;
        line.quoted = true;
        rest = text::trimmed(rest.substr(quote.size()));
        break;
    }
    rest = without_emoji(rest);
    std::string plain;
    const auto flush = [&] {
        for (const char c : from_wire(plain)) {
            if (c != '*' && c != '`') line.text += c;
        }
        plain.clear();
    };
    while (!rest.empty()) {
        const auto end = rest.front() == '<' ? rest.find_first_of("<>", 1) : std::string_view::npos;
        if (end != std::string_view::npos && rest[end] == '>') {
            flush();
            append_marked(rest.substr(1, end - 1), line);
            rest.remove_prefix(end + 1);
        } else {
            plain += rest.front();
            rest.remove_prefix(1);
        }
    }
    flush();
    while (line.text.ends_with(' '))
        line.text.pop_back();
    return line;
}

SeenMessage read_message(const json& message) {
    Reader reader;
    reader.message(message);
    return std::move(reader.seen);
}

AppId app_in_url(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) return {};
    url.remove_prefix(scheme.size());
    const auto slash = url.find('/');
    if (slash == std::string_view::npos) return {};
    const auto host = text::lower(url.substr(0, slash));
    if (host != "slack.com" && !host.ends_with(".slack.com")) return {};
    auto path = url.substr(slash);
    path = path.substr(0, path.find_first_of("?#"));
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto part = path.substr(0, path.find('/'));
        const auto id = id_at(part, 'A');
        const bool whole = id.size() == part.size() || (id.size() < part.size() && part[id.size()] == '-');
        if (id.size() >= 4 && whole) return AppId(std::string(id));
        path.remove_prefix(part.size());
    }
    return {};
}

Author author_of(const json& message) {
    const auto user = text_field(message, "user");
    const auto subtype = text_field(message, "subtype");
    // Custom responses are written by members; an app that posts under Slackbot's name has its own id.
    const bool somebody_elses =
        subtype == "slackbot_response" || subtype == "bot_message" || !text_field(message, "app_id").empty();
    if (user == "USLACKBOT") return somebody_elses ? Author::look_alike : Author::slackbot;
    const auto name = text::lower(text_field(message, "username"));
    const auto profile = text::lower(text_field(field(message, "bot_profile"), "name"));
    return name == "slackbot" || profile == "slackbot" ? Author::look_alike : Author::other;
}

std::string content_digest(const json& message) {
    const json content{{"text", field(message, "text")},
                       {"blocks", field(message, "blocks")},
                       {"attachments", field(message, "attachments")}};
    return text::sha256_hex(content.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace countersign::handlers::review
