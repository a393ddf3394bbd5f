#include "handlers/figures.hpp"

#include "config/base/text.hpp"
#include "handlers/views/figure_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace countersign::handlers {
namespace {

using std::chrono::milliseconds;
using views::Language;
namespace texts = views::texts;

constexpr std::size_t newest = 500;
constexpr std::size_t few = 5;  // samples; below, a median says nothing
constexpr std::size_t most_reasons = 10;

using Times = std::map<std::string, std::vector<milliseconds>>;

std::string length(milliseconds time, Language language) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(time).count();
    if (hours >= 48) return say_in(language, texts::in_days, std::to_string(hours / 24));
    if (hours >= 2) return say_in(language, texts::in_hours, std::to_string(hours));
    return say_in(language, texts::in_minutes,
                  std::to_string(std::chrono::duration_cast<std::chrono::minutes>(time).count()));
}

milliseconds median(std::vector<milliseconds> times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
}

std::size_t age_class(milliseconds age) {
    const auto days = std::chrono::duration_cast<std::chrono::days>(age).count();
    return days < 2 ? 0 : days < 7 ? 1 : days < 31 ? 2 : 3;
}

const views::Text<>& age_words(std::size_t age) {
    static constexpr std::array<const views::Text<>*, 4> words{&texts::age_two_days, &texts::age_week,
                                                               &texts::age_month, &texts::age_longer};
    return *words.at(age);
}

void count_votes(const storage::AppRequest& request, const Context& context, Times& times, int& skewed) {
    std::set<std::string> heard;
    for (const auto& vote : context.view.votes(request.id)) {
        if (vote.answer == storage::VoteAnswer::need_info || vote.answer == storage::VoteAnswer::retracted)
            continue;
        if (!heard.insert(vote.party).second) continue;
        const auto took = vote.at - request.created_at;
        // Slack's clock and ours need not agree: a negative time is no time.
        if (took < milliseconds(0))
            ++skewed;
        else
            times[vote.party].push_back(took);
    }
}

std::string median_words(const Figures::PartyTime& party, Language language) {
    const auto answers = std::to_string(party.answers);
    return party.median ? say_in(language, texts::median_known, length(*party.median, language), answers)
                        : say_in(language, texts::median_unknown, answers);
}

std::string reason_words(const std::string& reason, Language language) {
    return reason.empty() ? say_in(language, texts::no_reason) : reason;
}

}  // namespace

Figures count_figures(const Context& context) {
    Figures figures;
    Times times;
    std::map<std::string, int> reasons;
    for (const auto& request :
         context.view.requests({.state = {}, .app = {}, .requester = {}, .limit = newest})) {
        ++figures.requests;
        count_votes(request, context, times, figures.skewed);
        if (!storage::is_final(request.state))
            ++figures.open_by_age.at(age_class(context.now - request.created_at));
        if (request.state == storage::RequestState::denied ||
            request.state == storage::RequestState::restricted)
            ++reasons[text::shortened(text::trimmed(request.decision_reason), 80)];
    }
    for (const auto& party : context.settings.review.parties) {
        const auto& samples = times[party.name];
        figures.parties.push_back(
            {.party = party.name,
             .answers = samples.size(),
             .median = samples.size() < few ? std::nullopt : std::optional(median(samples))});
    }
    for (const auto& [reason, number] : reasons)
        figures.refusals.emplace_back(number, reason);
    std::ranges::sort(figures.refusals, std::greater{});
    if (figures.refusals.size() > most_reasons) figures.refusals.resize(most_reasons);
    return figures;
}

std::string figures_text(const Figures& figures, Language language) {
    if (figures.requests == 0) return say_in(language, texts::no_figures);
    const auto title = [&](const views::Text<>& words) { return "\n*" + say_in(language, words) + "*"; };
    const auto none = "\n• " + say_in(language, texts::nothing);
    auto out = say_in(language, texts::figures_of, std::to_string(figures.requests));
    out += title(texts::median_title);
    for (const auto& party : figures.parties)
        out += fmt::format("\n• {}: {}", views::inert(party.party), median_words(party, language));
    if (figures.skewed > 0)
        out += "\n" + say_in(language, texts::answers_skewed, std::to_string(figures.skewed));
    out += title(texts::age_title);
    const auto before = out.size();
    for (std::size_t age = 0; age < figures.open_by_age.size(); ++age) {
        if (figures.open_by_age[age] > 0)
            out += fmt::format("\n• {}: {}", say_in(language, age_words(age)), figures.open_by_age[age]);
    }
    if (out.size() == before) out += none;
    out += title(texts::refusal_title);
    if (figures.refusals.empty()) out += none;
    for (const auto& [number, reason] : figures.refusals)
        out += fmt::format("\n• {} × {}", number, views::inert_line(reason_words(reason, language), 100));
    return out;
}

views::BarChart figures_chart(const Figures& figures, Timestamp now) {
    constexpr auto english = Language::english;
    const auto nothing = say_in(english, texts::nothing);
    views::BarGroup medians{.title = say_in(english, texts::median_title), .bars = {}, .none = nothing};
    for (const auto& party : figures.parties) {
        medians.bars.push_back({.label = party.party,
                                .shown = median_words(party, english),
                                .value = party.median ? static_cast<double>(party.median->count()) : 0});
    }
    views::BarGroup ages{.title = say_in(english, texts::age_title), .bars = {}, .none = nothing};
    for (std::size_t age = 0; age < figures.open_by_age.size(); ++age) {
        ages.bars.push_back({.label = say_in(english, age_words(age)),
                             .shown = std::to_string(figures.open_by_age[age]),
                             .value = static_cast<double>(figures.open_by_age[age])});
    }
    views::BarGroup refusals{.title = say_in(english, texts::refusal_title), .bars = {}, .none = nothing};
    for (const auto& [number, reason] : figures.refusals) {
        refusals.bars.push_back({.label = reason_words(reason, english),
                                 .shown = std::to_string(number),
                                 .value = static_cast<double>(number)});
    }
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now));
    return {.title = "App requests",
            .note = fmt::format("Countersign, {:04}-{:02}-{:02}, over the newest {} requests",
                                static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                                static_cast<unsigned>(day.day()), figures.requests),
            .groups = {std::move(medians), std::move(ages), std::move(refusals)}};
}

}  // namespace countersign::handlers
