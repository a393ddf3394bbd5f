#include "handlers/similar_apps.hpp"

#include "config/base/text.hpp"
#include "handlers/resolutions.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/requester_texts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;

constexpr std::size_t read_at_most = 100;  // newest approved requests
constexpr std::size_t shown_at_most = 3;
constexpr std::size_t shortest_word = 4;
constexpr std::size_t fewest_shared = 2;
constexpr std::chrono::days stale_after{30};

// Words that every purpose has say nothing about it.
constexpr std::array<std::string_view, 24> everyday{
    "also", "apps", "from", "have", "into", "need", "needed", "our",  "please", "slack", "team", "that",
    "them", "they", "this", "tool", "want", "will", "with",   "work", "would",  "your",  "eine", "über"};

std::set<std::string> words_of(const AppRequest& request) {
    // Only the first line of a purpose: those below are our own labels.
    auto text =
        text::lower(request.purpose.substr(0, request.purpose.find('\n')) + " " + request.app_description);
    std::ranges::replace_if(
        text,
        [](char c) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            return !letter && static_cast<unsigned char>(c) < 0x80;
        },
        ' ');
    std::set<std::string> found;
    for (auto& word : text::words(text)) {
        if (text::code_points(word) >= shortest_word &&
            std::ranges::find(everyday, std::string_view(word)) == everyday.end())
            found.insert(std::move(word));
    }
    return found;
}

struct Candidate {
    AppRequest request;
    std::size_t shared = 0;
    std::optional<Timestamp> stale_since;
};

// Still approved, as far as is known. Slack's list goes before our own decision.
bool still_approved(const AppRequest& request, const Context& context, Candidate& candidate) {
    if (request.app_id.empty()) return true;
    auto resolution = context.view.resolution(request.app_id, request.team_id);
    if (!resolution || resolution->status.empty())
        resolution = context.view.resolution(request.app_id, TeamId());
    if (resolution && context.now - resolution->seen_at > stale_after)
        candidate.stale_since = resolution->seen_at;
    return slack_says(request.app_id, request.team_id, context).value_or("approved") == "approved";
}

bool same_app(const AppRequest& one, const AppRequest& other) {
    const bool by_id = !one.app_id.empty() && one.app_id == other.app_id;
    return by_id || text::lower(one.app_name) == text::lower(other.app_name);
}

}  // namespace

std::string similar_apps(const AppRequest& request, views::Language language, const Context& context) {
    const auto wanted = words_of(request);
    if (wanted.size() < fewest_shared) return {};
    std::vector<Candidate> found;
    for (const auto* const state : {"approved", "installed"}) {
        for (const auto& each :
             context.view.requests({.state = state, .app = {}, .requester = {}, .limit = read_at_most})) {
            const bool elsewhere = !each.team_id.empty() && each.team_id != request.team_id;
            const bool known = std::ranges::any_of(
                found, [&](const Candidate& candidate) { return same_app(candidate.request, each); });
            if (elsewhere || known || same_app(each, request)) continue;
            Candidate candidate{each, 0, {}};
            for (const auto& word : words_of(each))
                candidate.shared += wanted.contains(word) ? 1 : 0;
            if (candidate.shared >= fewest_shared && still_approved(each, context, candidate))
                found.push_back(std::move(candidate));
        }
    }
    if (found.empty()) return {};
    // Most shared words first, then the newest.
    std::ranges::sort(found, std::greater{}, [](const Candidate& candidate) {
        return std::pair(candidate.shared, candidate.request.id.value);
    });
    if (found.size() > shown_at_most) found.resize(shown_at_most);
    auto words = say_in(language, texts::similar_ones);
    for (const auto& candidate : found) {
        words += "\n• *" + views::inert_line(candidate.request.app_name, 80) + "* (" +
                 to_text(candidate.request.id) + ")";
        if (candidate.stale_since)
            words += say_in(language, texts::similar_stale, views::date(*candidate.stale_since));
    }
    return words;
}

}  // namespace countersign::handlers
