#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/views/bar_chart.hpp"
#include "handlers/views/texts.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// M26: median time per party, open requests by age, refusals by reason, over the newest requests: in words,
// and as a picture in the review channel and on the admins' Home tab.
namespace countersign::handlers {

struct Figures {
    struct PartyTime {
        std::string party;
        std::size_t answers = 0;
        std::optional<std::chrono::milliseconds> median;  // none: too few answers to say
    };
    int requests = 0;
    int skewed = 0;  // answers that by the clocks came before their request
    std::vector<PartyTime> parties;
    std::array<int, 4> open_by_age{};                   // up to 2 days, a week, a month, longer
    std::vector<std::pair<int, std::string>> refusals;  // most frequent reason first
};

[[nodiscard]] Figures count_figures(const Context& context);
[[nodiscard]] std::string figures_text(const Figures& figures, views::Language language);
// What everybody sees together is English.
[[nodiscard]] views::BarChart figures_chart(const Figures& figures, Timestamp now);

// `/app-request figures` and the button on the Home tab, for admins.
[[nodiscard]] Outcome show_figures(const Press& press, const Context& context);
[[nodiscard]] Outcome picture_uploaded(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome picture_posted(const EffectAnswer& answer, const Context& context);

// Slack's id of the newest picture; "" when there is none.
[[nodiscard]] std::string newest_picture(const Context& context);
// The picture cannot be shown any more: it was deleted, or a person may not see it.
[[nodiscard]] storage::Change forget_picture();

}  // namespace countersign::handlers
