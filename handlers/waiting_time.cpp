#include "handlers/waiting_time.hpp"

#include "handlers/review/policy.hpp"
#include "handlers/views/home_texts.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using namespace std::chrono;

constexpr std::size_t samples = 50;
constexpr std::size_t samples_of_all_risks = 200;
constexpr std::size_t fewest = 5;

std::string in_words(milliseconds time, views::Language language) {
    const auto amount = [](auto time_in_unit) {
        return std::to_string(std::max<std::int64_t>(2, time_in_unit.count()));
    };
    if (time < 2h) return say_in(language, texts::minutes, amount(round<minutes>(time)));
    if (time < 48h) return say_in(language, texts::hours, amount(round<hours>(time)));
    return say_in(language, texts::days, amount(round<days>(time)));
}

std::string said(std::vector<milliseconds> waits, const views::Text<1>& known, views::Language language) {
    if (waits.size() < fewest) return say_in(language, texts::wait_unknown);
    if (waits.size() > samples) waits.resize(samples);
    const auto middle = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
    std::ranges::nth_element(waits, middle);
    return say_in(language, known, in_words(*middle, language));
}

}  // namespace

std::string waiting_time(views::Language language, const Context& context) {
    std::vector<milliseconds> waits;
    for (const auto& each : context.view.recent_waits(samples))
        waits.push_back(each.time);
    return said(std::move(waits), texts::wait_of_all, language);
}

std::string waiting_time(const storage::AppRequest& request, views::Language language,
                         const Context& context) {
    const auto& policy = *context.settings.policy;
    const auto risk = review::risk_of(policy, request.scopes);
    std::vector<milliseconds> waits;
    for (const auto& each : context.view.recent_waits(samples_of_all_risks)) {
        if (review::risk_of(policy, each.scopes) == risk) waits.push_back(each.time);
    }
    return said(std::move(waits), texts::wait_known, language);
}

}  // namespace countersign::handlers
