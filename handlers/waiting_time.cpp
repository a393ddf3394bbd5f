#include "handlers/waiting_time.hpp"

#include "handlers/views/home_texts.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using namespace std::chrono;

constexpr std::size_t samples = 50;
constexpr std::size_t fewest = 5;

std::string in_words(milliseconds time, views::Language language) {
    const auto amount = [](auto time_in_unit) {
        return std::to_string(std::max<std::int64_t>(2, time_in_unit.count()));
    };
    if (time < 2h) return say_in(language, texts::minutes, amount(round<minutes>(time)));
    if (time < 48h) return say_in(language, texts::hours, amount(round<hours>(time)));
    return say_in(language, texts::days, amount(round<days>(time)));
}

}  // namespace

std::string waiting_time(views::Language language, const Context& context) {
    auto waits = context.view.recent_waits(samples);
    if (waits.size() < fewest) return say_in(language, texts::wait_unknown);
    const auto middle = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
    std::ranges::nth_element(waits, middle);
    return say_in(language, texts::wait_known, in_words(*middle, language));
}

}  // namespace countersign::handlers
