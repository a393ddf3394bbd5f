#include "handlers/figures.hpp"

#include "config/base/text.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace countersign::handlers {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t newest = 500;
constexpr std::size_t few = 5;  // samples; below, a median says nothing

std::string length(milliseconds time) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(time).count();
    if (hours >= 48) return fmt::format("{} days", hours / 24);
    if (hours >= 2) return fmt::format("{} hours", hours);
    return fmt::format("{} minutes", std::chrono::duration_cast<std::chrono::minutes>(time).count());
}

milliseconds median(std::vector<milliseconds> times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
}

struct Counts {
    std::map<std::string, std::vector<milliseconds>> times;  // by party
    std::map<std::string, int> refusals;                     // by party, or who decided
    std::map<int, int> open_by_age;
    int requests = 0, skewed = 0;
};

constexpr std::array<std::string_view, 4> ages{"up to 2 days", "up to a week", "up to a month", "longer"};

int age_class(milliseconds age) {
    const auto days = std::chrono::duration_cast<std::chrono::days>(age).count();
    return days < 2 ? 0 : days < 7 ? 1 : days < 31 ? 2 : 3;
}

void count_votes(const storage::AppRequest& request, const Context& context, Counts& counts) {
    std::set<std::string> heard;
    for (const auto& vote : context.view.votes(request.id)) {
        if (vote.answer == storage::VoteAnswer::need_info || vote.answer == storage::VoteAnswer::retracted)
            continue;
        if (!heard.insert(vote.party).second) continue;
        const auto took = vote.at - request.created_at;
        // Slack's clock and ours need not agree: a negative time is no time.
        if (took < milliseconds(0))
            ++counts.skewed;
        else
            counts.times[vote.party].push_back(took);
    }
}

Counts count(const Context& context) {
    Counts counts;
    for (const auto& request :
         context.view.requests({.state = {}, .app = {}, .requester = {}, .limit = newest})) {
        ++counts.requests;
        count_votes(request, context, counts);
        if (!storage::is_final(request.state))
            ++counts.open_by_age[age_class(context.now - request.created_at)];
        const bool refused = request.state == storage::RequestState::denied ||
                             request.state == storage::RequestState::restricted;
        if (!refused) continue;
        const auto reason = text::shortened(text::trimmed(request.decision_reason), 80);
        ++counts.refusals[reason.empty() ? "no reason given" : reason];
    }
    return counts;
}

}  // namespace

std::string figures(const Context& context) {
    const auto counts = count(context);
    if (counts.requests == 0) return "No requests yet, so there are no figures.";
    std::string out = fmt::format("*Figures* over the newest {} requests\n*Median time to a party's answer*",
                                  counts.requests);
    for (const auto& party : context.settings.review.parties) {
        const auto found = counts.times.find(party.name);
        const auto samples = found == counts.times.end() ? 0 : found->second.size();
        out += fmt::format("\n• {}: {}", views::inert(party.name),
                           samples < few
                               ? fmt::format("not known ({} answers)", samples)
                               : fmt::format("{} ({} answers)", length(median(found->second)), samples));
    }
    if (counts.skewed > 0)
        out += fmt::format("\n_{} answers are left out: by the clocks they came before the request._",
                           counts.skewed);
    out += "\n*Open by age*";
    if (counts.open_by_age.empty()) out += "\n• none";
    for (const auto& [age, number] : counts.open_by_age)
        out += fmt::format("\n• {}: {}", ages.at(static_cast<std::size_t>(age)), number);
    out += "\n*Refusals by reason*";
    std::vector<std::pair<int, std::string>> reasons;
    for (const auto& [reason, number] : counts.refusals)
        reasons.emplace_back(number, reason);
    std::ranges::sort(reasons, std::greater{});
    if (reasons.empty()) out += "\n• none";
    for (std::size_t i = 0; i < reasons.size() && i < 10; ++i)
        out += fmt::format("\n• {} × {}", reasons[i].first, views::inert_line(reasons[i].second, 100));
    return out;
}

}  // namespace countersign::handlers
