#include "handlers/review/vendor_link.hpp"

#include "config/base/text.hpp"
#include "handlers/review/issue_page.hpp"
#include "handlers/review/link_origin.hpp"
#include "handlers/review/wire_text.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace countersign::handlers::review {
namespace {

using config::Tracker;
using config::TrackerKind;
using Link = std::expected<IssueLink, LinkProblem>;

constexpr std::size_t longest_link = 2048;

std::string root_of(std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return std::string(path);
}

// What is left of `path` below `root`; nullopt when it does not lie there. Compared by whole parts.
std::optional<std::string_view> below(std::string_view path, std::string_view root) {
    if (!path.starts_with(root)) return std::nullopt;
    path.remove_prefix(root.size());
    if (!path.empty() && path.front() != '/') return std::nullopt;
    return path;
}

// The configured spelling of an allowed project: trackers find it in any letter case.
std::optional<std::string> allowed_project(const Tracker& tracker, std::string_view project) {
    const auto wanted = text::lower(project);
    for (const auto& allowed : tracker.projects) {
        if (text::lower(allowed) == wanted) return allowed;
    }
    return std::nullopt;
}

// Built from the configuration alone: nothing that a person typed gets into the address (D1, L6).
IssueLink built(const Tracker& tracker, std::string project, std::int64_t iid) {
    const bool gitlab = tracker.kind == TrackerKind::gitlab;
    auto url =
        root_of(tracker.url) + "/" + project + (gitlab ? "/-/issues/" : "/issues/") + std::to_string(iid);
    return {tracker.name, std::move(project), iid, std::move(url)};
}

Link on_tracker(const Tracker& tracker, const std::expected<IssuePlace, LinkProblem>& place) {
    if (!place) return std::unexpected(place.error());
    auto project = allowed_project(tracker, place->project);
    if (!project) return std::unexpected(LinkProblem::project_not_allowed);
    return built(tracker, std::move(*project), place->iid);
}

// The link's path below the configured base; nullopt when it does not lie there. Origins by equality only
// (L4).
std::optional<std::string_view> path_on(std::string_view base_url, const LinkParts& link) {
    const auto base = split_link(base_url);
    return base && base->origin == link.origin ? below(link.path, root_of(base->path)) : std::nullopt;
}

// nullopt: the link does not point to this tracker at all.
std::optional<Link> read_on(const Tracker& tracker, const LinkParts& link) {
    const bool gitlab = tracker.kind == TrackerKind::gitlab;
    // The API's root first: it often lies below the root of the pages.
    if (const auto path = path_on(tracker.api_url, link); path && tracker.api_url != tracker.url)
        return on_tracker(tracker, gitlab ? gitlab_api_issue(*path) : github_api_issue(*path));
    const auto path = path_on(tracker.url, link);
    if (!path) return std::nullopt;
    return on_tracker(tracker, gitlab ? gitlab_issue(*path, link.query) : github_issue(*path, link.query));
}

// Several trackers may share a host: the first that accepts wins, else the first that had a reason.
Link read_link(std::string_view url, const std::vector<Tracker>& trackers) {
    const auto link = split_link(url);
    if (!link) return std::unexpected(link.error());
    std::optional<LinkProblem> problem;
    bool secure_twin = false;
    for (const auto& tracker : trackers) {
        if (tracker.purpose != config::TrackerPurpose::vendor) continue;
        auto read = read_on(tracker, *link);
        if (read && *read) return *read;
        if (read && !problem) problem = read->error();
        const auto web = split_link(tracker.url);
        secure_twin |= web && web->origin.https && web->origin.host == link->origin.host;
    }
    if (problem) return std::unexpected(*problem);
    const bool insecure =
        !link->origin.https && (secure_twin || std::ranges::none_of(trackers, [](const auto& tracker) {
                                    return tracker.url.starts_with("http://");
                                }));
    return std::unexpected(insecure ? LinkProblem::not_https : LinkProblem::unknown_tracker);
}

// `host/group/project` without the tracker's host and root; nullopt when it does not begin with them.
std::optional<std::string> without_host(const Tracker& tracker, std::string_view project) {
    const auto scheme = tracker.url.find("://");
    if (scheme == std::string::npos) return std::nullopt;
    const auto prefix = text::lower(root_of(std::string_view(tracker.url).substr(scheme + 3))) + "/";
    if (!text::lower(project).starts_with(prefix)) return std::nullopt;
    return std::string(project.substr(prefix.size()));
}

// L9: never guesses. Exactly one tracker must be able to own it.
Link read_shorthand(std::string_view text, const std::vector<Tracker>& trackers) {
    const auto place = shorthand_issue(text);
    if (!place) return std::unexpected(place.error());
    std::set<IssueLink> owners;
    std::set<std::string> urls;
    for (const auto& tracker : trackers) {
        if (tracker.purpose != config::TrackerPurpose::vendor) continue;
        auto project =
            allowed_project(tracker, without_host(tracker, place->project).value_or(place->project));
        if (!project) continue;
        auto link = built(tracker, std::move(*project), place->iid);
        if (urls.insert(link.url).second) owners.insert(std::move(link));
    }
    if (owners.empty()) return std::unexpected(LinkProblem::project_not_allowed);
    if (owners.size() > 1) return std::unexpected(LinkProblem::ambiguous);
    return *owners.begin();
}

bool has_bad_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte == 0x7F || c == '\\' || c == '<' || c == '>' || c == '"';
    });
}

// What a person pasted, free of Slack's wire form.
Link read_pasted(std::string_view link, const std::vector<Tracker>& trackers) {
    if (!link.contains("://") && !link.contains('#')) return std::unexpected(LinkProblem::not_a_link);
    if (link.size() > longest_link) return std::unexpected(LinkProblem::too_long);
    if (has_bad_characters(link)) return std::unexpected(LinkProblem::bad_characters);
    return link.contains("://") ? read_link(link, trackers) : read_shorthand(link, trackers);
}

// Without the signs that surround a link in a sentence.
std::string_view bare(std::string_view word) {
    while (!word.empty() && std::string_view("([{<\"'`*_~").contains(word.front()))
        word.remove_prefix(1);
    while (!word.empty() && std::string_view(")]}>\"'`*_~.,;:!?").contains(word.back()))
        word.remove_suffix(1);
    return word;
}

// The link in a word, from its scheme on; empty when there is none.
std::string_view link_in(std::string_view word) {
    const auto mark = word.find("://");
    if (mark == std::string_view::npos) return {};
    auto start = mark;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (start > 0 && is_letter(word[start - 1]))
        --start;
    return word.substr(start);
}

}  // namespace

Link parse_issue_link(std::string_view text, const std::vector<Tracker>& trackers) {
    // The wire form may carry a label of any length; it is measured without it.
    if (text.size() > 4 * longest_link) return std::unexpected(LinkProblem::too_long);
    const auto whole = from_wire(text);
    return read_pasted(text::trimmed(whole), trackers);
}

LinkSearch find_issue_links(std::string_view text, const std::vector<Tracker>& trackers) {
    LinkSearch search;
    std::set<IssueLink> seen;
    const auto whole = from_wire(text, " ");
    for (std::string_view rest = whole; !rest.empty();) {
        const auto word = rest.substr(0, rest.find_first_of(" \t\r\n"));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        const auto url = link_in(bare(word));
        const auto read = read_pasted(url.empty() ? bare(word) : url, trackers);
        if (read) {
            if (seen.insert(*read).second) search.found.push_back(*read);
        } else if (!url.empty() || read.error() == LinkProblem::ambiguous ||
                   read.error() == LinkProblem::project_not_allowed) {
            search.problems.push_back(read.error());
        }
    }
    return search;
}

}  // namespace countersign::handlers::review
