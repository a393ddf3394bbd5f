#include "handlers/review/shown_issue.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace countersign::handlers::review {
namespace {

constexpr std::size_t most_shown = 2048;

// The value of the one parameter of this name; not_a_link-like problems for none and for two.
std::expected<std::string_view, LinkProblem> parameter(std::string_view query, std::string_view name) {
    std::optional<std::string_view> found;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        if (found) return std::unexpected(LinkProblem::ambiguous);
        found = pair.substr(equals + 1);
    }
    if (!found) return std::unexpected(LinkProblem::is_other_page);
    return *found;
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Decoded once; nullopt for a broken escape.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        if (at + 2 >= text.size() || hex(text[at + 1]) < 0 || hex(text[at + 2]) < 0) return std::nullopt;
        out += static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2]));
        at += 2;
    }
    return out;
}

int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    if (c == '/') return 63;
    return -1;
}

// Strict: standard alphabet, padding only at the end (or none at all), no stray bits.
std::optional<std::string> base64_decoded(std::string_view text) {
    while (text.ends_with('='))
        text.remove_suffix(1);
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto digit = base64_digit(c);
        if (digit < 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
        }
    }
    const auto left = bits & ((1U << static_cast<unsigned>(count)) - 1U);
    return count == 6 || left != 0 ? std::nullopt : std::optional(out);
}

// A JSON object without duplicate keys at its top: two readers of one text must not see two issues.
std::optional<nlohmann::json> strict_object(const std::string& text) {
    std::set<std::string> keys;
    bool duplicate = false;
    const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        if (event == nlohmann::json::parse_event_t::key && depth == 1)
            duplicate |= !keys.insert(parsed.get<std::string>()).second;
        return true;
    };
    auto json = nlohmann::json::parse(text, watch, false);
    if (duplicate || !json.is_object()) return std::nullopt;
    return json;
}

}  // namespace

std::expected<IssuePlace, LinkProblem> shown_gitlab_issue(std::string_view query) {
    const auto value = parameter(query, "show");
    if (!value) return std::unexpected(value.error());
    if (value->size() > most_shown) return std::unexpected(LinkProblem::too_long);
    const auto encoded = percent_decoded(*value);
    const auto text = encoded ? base64_decoded(*encoded) : std::nullopt;
    const auto shown = text ? strict_object(*text) : std::nullopt;
    if (!shown) return std::unexpected(LinkProblem::bad_path);
    const auto path = shown->find("full_path");
    const auto iid = shown->find("iid");
    if (path == shown->end() || iid == shown->end() || !path->is_string())
        return std::unexpected(LinkProblem::bad_path);
    // GitLab writes the number as a string.
    if (!iid->is_string() && !iid->is_number_integer()) return std::unexpected(LinkProblem::bad_number);
    const auto number = issue_number(iid->is_string() ? iid->get<std::string>() : iid->dump());
    if (!number) return std::unexpected(LinkProblem::bad_number);
    auto project = path->get<std::string>();
    if (!is_project_path(project, config::TrackerKind::gitlab)) return std::unexpected(LinkProblem::bad_path);
    return IssuePlace{std::move(project), *number};
}

std::expected<IssuePlace, LinkProblem> shown_github_issue(std::string_view query) {
    const auto value = parameter(query, "issue");
    if (!value) return std::unexpected(value.error());
    const auto text = percent_decoded(*value);
    if (!text) return std::unexpected(LinkProblem::bad_path);
    const auto first = text->find('|');
    const auto second = first == std::string::npos ? first : text->find('|', first + 1);
    if (second == std::string::npos) return std::unexpected(LinkProblem::bad_path);
    auto project = text->substr(0, first) + "/" + text->substr(first + 1, second - first - 1);
    if (!is_project_path(project, config::TrackerKind::github)) return std::unexpected(LinkProblem::bad_path);
    const auto number = issue_number(std::string_view(*text).substr(second + 1));
    if (!number) return std::unexpected(LinkProblem::bad_number);
    return IssuePlace{std::move(project), *number};
}

}  // namespace countersign::handlers::review
