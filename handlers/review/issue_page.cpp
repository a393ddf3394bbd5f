#include "handlers/review/issue_page.hpp"

#include "handlers/review/shown_issue.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>

namespace countersign::handlers::review {
namespace {

using config::TrackerKind;
using Place = std::expected<IssuePlace, LinkProblem>;
using Parts = std::vector<std::string_view>;

constexpr std::size_t most_parts = 20;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_gitlab_part(std::string_view part) {
    const auto allowed = [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
    };
    return !part.empty() && part.size() <= 255 && std::ranges::all_of(part, allowed) && part.front() != '.' &&
           part.front() != '-' && part.back() != '.';
}

bool is_github_owner(std::string_view part) {
    const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
    return !part.empty() && part.size() <= 39 && std::ranges::all_of(part, allowed) && part.front() != '-' &&
           part.back() != '-';
}

bool is_github_repo(std::string_view part) {
    const auto allowed = [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
    };
    return !part.empty() && part.size() <= 100 && std::ranges::all_of(part, allowed) && part != "." &&
           part != "..";
}

// The parts of a path; one trailing '/' is forgiven. Nothing is decoded: a '%' has no place in an issue's
// address, and decoding is how `%2e%2e` and `%2f` get through (L5).
std::expected<Parts, LinkProblem> parts_of(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    Parts parts;
    if (path.empty()) return parts;
    while (true) {
        const auto part = path.substr(0, path.find('/'));
        if (part.empty() || part == "." || part == ".." || parts.size() == most_parts)
            return std::unexpected(LinkProblem::bad_path);
        parts.push_back(part);
        if (part.size() == path.size()) return parts;
        path.remove_prefix(part.size() + 1);
    }
}

std::string joined(std::span<const std::string_view> parts) {
    std::string out;
    for (const auto part : parts) {
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

// Only a design's file name may hold escapes, and none that could stand for a part of a path.
bool is_harmless_tail(std::string_view part) {
    for (const char c : part) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 0x7F) return false;
    }
    return !part.contains("%2e") && !part.contains("%2E") && !part.contains("%2f") && !part.contains("%2F") &&
           !part.contains("%5c") && !part.contains("%5C") && !part.contains("%25") && !part.contains("%0") &&
           !part.contains("%1") && !part.contains("%7f") && !part.contains("%7F");
}

Place numbered(std::string project, std::string_view number, TrackerKind kind) {
    if (!is_project_path(project, kind)) return std::unexpected(LinkProblem::bad_path);
    const auto iid = issue_number(number);
    if (!iid) return std::unexpected(iid.error());
    return IssuePlace{std::move(project), *iid};
}

// `rest`: what follows the project in `…/-/issues/12/designs/x.png` or `…/issues/12`.
Place gitlab_page(std::string project, std::span<const std::string_view> rest, std::string_view query) {
    const auto kind = rest.front();
    if (kind == "merge_requests") return std::unexpected(LinkProblem::is_merge_request);
    if (kind == "epics") return std::unexpected(LinkProblem::is_epic);
    if (kind != "issues" && kind != "work_items") return std::unexpected(LinkProblem::is_other_page);
    if (rest.size() == 1) return shown_gitlab_issue(query);
    if (rest[1] == "new") return std::unexpected(LinkProblem::is_form);
    const auto tail = rest.subspan(2);
    const bool designs =
        !tail.empty() && tail.front() == "designs" && std::ranges::all_of(tail, is_harmless_tail);
    if (!tail.empty() && !designs) {
        const bool escapes = std::ranges::any_of(tail, [](auto part) { return part.contains('%'); });
        return std::unexpected(escapes ? LinkProblem::bad_path : LinkProblem::is_other_page);
    }
    return numbered(std::move(project), rest[1], TrackerKind::gitlab);
}

Place group_page(std::span<const std::string_view> rest, std::string_view query) {
    if (rest.empty()) return std::unexpected(LinkProblem::is_other_page);
    if (rest.front() == "epics" || (rest.front() == "work_items" && rest.size() > 1))
        return std::unexpected(LinkProblem::is_epic);
    if (rest.size() == 1 && (rest.front() == "issues" || rest.front() == "work_items"))
        return shown_gitlab_issue(query);
    return std::unexpected(LinkProblem::is_other_page);
}

}  // namespace

std::expected<std::int64_t, LinkProblem> issue_number(std::string_view digits) {
    if (!digits.empty() && !is_digit(digits.front()) && digits.front() != '-' && digits.front() != '+')
        return std::unexpected(LinkProblem::is_other_page);
    std::int64_t number = 0;
    const bool plain = !digits.empty() && digits.size() <= 10 && std::ranges::all_of(digits, is_digit);
    if (plain && digits.front() != '0') std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (number < 1 || number > std::numeric_limits<std::int32_t>::max())
        return std::unexpected(LinkProblem::bad_number);
    return number;
}

bool is_project_path(std::string_view project, TrackerKind kind) {
    const auto parts = parts_of(project);
    if (!parts || parts->size() < 2 || project.starts_with('/') || project.ends_with('/')) return false;
    if (kind == TrackerKind::gitlab) return std::ranges::all_of(*parts, is_gitlab_part);
    return parts->size() == 2 && is_github_owner(parts->front()) && is_github_repo(parts->back());
}

Place gitlab_issue(std::string_view path, std::string_view query) {
    const auto parts = parts_of(path);
    if (!parts) return std::unexpected(parts.error());
    const auto dash = std::ranges::find(*parts, "-");
    const std::span all(*parts);
    if (dash != parts->end()) {
        const auto before = static_cast<std::size_t>(dash - parts->begin());
        const auto rest = all.subspan(before + 1);
        if (parts->front() == "groups") return group_page(rest, query);
        if (rest.empty()) return std::unexpected(LinkProblem::is_other_page);
        return gitlab_page(joined(all.first(before)), rest, query);
    }
    // Before GitLab 12 there was no `/-/`: the kind of page is the last part but one.
    for (const std::size_t back : {2U, 1U}) {
        if (parts->size() < back + 2) continue;
        const auto kind = (*parts)[parts->size() - back];
        if (kind == "issues" || kind == "merge_requests" || kind == "epics")
            return gitlab_page(joined(all.first(parts->size() - back)), all.last(back), query);
    }
    return std::unexpected(path.contains('%') ? LinkProblem::bad_path : LinkProblem::is_other_page);
}

Place github_issue(std::string_view path, std::string_view query) {
    const auto parts = parts_of(path);
    if (!parts) return std::unexpected(parts.error());
    if (parts->size() >= 4 && (parts->front() == "orgs" || parts->front() == "users") &&
        (*parts)[2] == "projects")
        return shown_github_issue(query);
    if (parts->size() < 4)
        return std::unexpected(path.contains('%') ? LinkProblem::bad_path : LinkProblem::is_other_page);
    const auto kind = (*parts)[2];
    if (kind == "pull") return std::unexpected(LinkProblem::is_merge_request);
    if (kind != "issues")
        return std::unexpected(path.contains('%') ? LinkProblem::bad_path : LinkProblem::is_other_page);
    if ((*parts)[3] == "new") return std::unexpected(LinkProblem::is_form);
    if (parts->size() > 4) return std::unexpected(LinkProblem::is_other_page);
    return numbered(joined(std::span(*parts).first(2)), (*parts)[3], TrackerKind::github);
}

Place gitlab_api_issue(std::string_view path) {
    const auto parts = parts_of(path);
    if (!parts) return std::unexpected(parts.error());
    if (parts->size() == 4 && parts->front() == "projects" && (*parts)[2] == "merge_requests")
        return std::unexpected(LinkProblem::is_merge_request);
    if (parts->size() != 4 || parts->front() != "projects" || (*parts)[2] != "issues")
        return std::unexpected(LinkProblem::is_other_page);
    // `%2F` stands for '/' here and nothing else may be escaped. A numeric id would need a look-up: not a
    // page's link.
    std::string project;
    for (auto id = (*parts)[1]; !id.empty();) {
        const bool slash = id.starts_with("%2F") || id.starts_with("%2f");
        project += slash ? '/' : id.front();
        id.remove_prefix(slash ? 3 : 1);
    }
    if (std::ranges::all_of(project, is_digit)) return std::unexpected(LinkProblem::is_other_page);
    return numbered(std::move(project), (*parts)[3], TrackerKind::gitlab);
}

Place github_api_issue(std::string_view path) {
    const auto parts = parts_of(path);
    if (!parts) return std::unexpected(parts.error());
    if (parts->size() != 5 || parts->front() != "repos") return std::unexpected(LinkProblem::is_other_page);
    if ((*parts)[3] == "pulls") return std::unexpected(LinkProblem::is_merge_request);
    if ((*parts)[3] != "issues") return std::unexpected(LinkProblem::is_other_page);
    return numbered(joined(std::span(*parts).subspan(1, 2)), (*parts)[4], TrackerKind::github);
}

Place shorthand_issue(std::string_view text) {
    const auto hash = text.find('#');
    if (hash == std::string_view::npos) return std::unexpected(LinkProblem::not_a_link);
    const auto project = text.substr(0, hash);
    const auto number = text.substr(hash + 1);
    const auto allowed = [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == ':';
    };
    if (!project.contains('/') || number.empty() || !std::ranges::all_of(project, allowed) ||
        is_letter(number.front()))
        return std::unexpected(LinkProblem::not_a_link);
    if (!parts_of(project) || project.starts_with('/') || project.ends_with('/'))
        return std::unexpected(LinkProblem::bad_path);
    const auto iid = issue_number(number);
    if (!iid) return std::unexpected(LinkProblem::bad_number);
    return IssuePlace{std::string(project), *iid};
}

}  // namespace countersign::handlers::review
