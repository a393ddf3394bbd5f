#include "handlers/review/slackbot_sample.hpp"

#include "config/base/secret.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace countersign::handlers::review {
namespace {

using nlohmann::json;

// Longer lines are descriptions or people's prose, not wording of Slack's.
constexpr std::size_t max_line = 120;

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    if (text::trimmed(what).size() < 2) return;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

bool sign_of_id(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

class Redactor {
  public:
    explicit Redactor(const SlackbotNotice& notice) {
        names_.emplace_back(notice.requester_name, "[requester]");
        names_.emplace_back(notice.workspace, "[workspace]");
        names_.emplace_back(notice.app_name, "[app]");
        std::string_view rest = notice.reason;
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            names_.emplace_back(std::string(text::trimmed(rest.substr(0, end))), "[reason]");
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        std::ranges::sort(names_, std::greater(), [](const auto& one) { return one.first.size(); });
    }

    void apply(json& value) {
        if (value.is_string()) {
            value = text_of(value.get<std::string>());
        } else if (value.is_structured()) {
            for (auto& [key, inner] : value.items()) {
                // What Slack's own program reads, not people: kept, for it is the structure.
                static constexpr std::array<std::string_view, 5> structure{"type", "subtype", "action_id",
                                                                           "block_id", "style"};
                if (std::ranges::find(structure, key) == structure.end()) apply(inner);
            }
        }
    }

  private:
    std::string text_of(const std::string& raw) {
        std::string all = redacted(text::cleaned(raw));
        for (const auto& [name, sign] : names_)
            replace_all(all, name, sign);
        std::string out;
        std::string_view rest = all;
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            out += line_of(rest.substr(0, end));
            if (end < rest.size()) out += '\n';
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return out;
    }

    std::string line_of(std::string_view line) {
        if (line.starts_with("&gt;") || line.starts_with('>')) return "> […]";
        const auto letters = text::code_points(line);
        if (letters > max_line && !line.contains("://")) return fmt::format("[{} letters]", letters);
        return addresses_removed(ids_numbered(line));
    }

    // U, W, T, C, D, A and the like with digits: the same id gets the same number in one sample.
    std::string ids_numbered(std::string_view line) {
        std::string out;
        while (!line.empty()) {
            const auto* const stop = std::ranges::find_if_not(line, sign_of_id);
            const auto word = line.substr(0, static_cast<std::size_t>(stop - line.begin()));
            const bool id = word.size() >= 4 && std::ranges::any_of(word, [](char c) { return c <= '9'; }) &&
                            std::string_view("UWTCDGASE").contains(word.front());
            if (id) {
                const auto [entry, fresh] = ids_.try_emplace(std::string(word), ids_.size() + 1);
                out += fmt::format("{}#{}", word.front(), entry->second);
            } else {
                out += word.empty() ? line.substr(0, 1) : word;
            }
            line.remove_prefix(std::max<std::size_t>(word.size(), 1));
        }
        return out;
    }

    // Mail addresses, and what follows an address's host: only Slack's own pages stay.
    static std::string addresses_removed(const std::string& line) {
        std::string out;
        std::string word;
        const auto flush = [&] {
            const auto at = word.find('@');
            const bool mail = at != std::string::npos && at > 0 && word.find('.', at) != std::string::npos;
            const auto scheme = word.find("://");
            const bool foreign = scheme != std::string::npos && !word.contains("slack.com/");
            out += mail ? "[mail]" : foreign ? "[link]" : word;
            word.clear();
        };
        for (const char c : line) {
            if (c == ' ' || c == '<' || c == '>' || c == '|' || c == '"') {
                flush();
                out += c;
            } else {
                word += c;
            }
        }
        flush();
        return out;
    }

    std::vector<std::pair<std::string, std::string_view>> names_;
    std::map<std::string, std::size_t, std::less<>> ids_;
};

}  // namespace

std::string redacted_sample(const json& message, const SlackbotNotice& notice) {
    json kept = json::object();
    for (const char* key : {"type", "subtype", "user", "bot_id", "text", "blocks", "attachments"}) {
        if (message.contains(key)) kept[key] = message[key];
    }
    Redactor(notice).apply(kept);
    return kept.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string sample_shape(const std::string& sample) {
    return text::sha256_hex(sample).substr(0, 32);
}

}  // namespace countersign::handlers::review
