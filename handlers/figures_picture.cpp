#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/figures.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/figure_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using review::text_field;
namespace texts = views::texts;

constexpr std::string_view picture_key = "figures_picture";  // meta: Slack's id of the file

Outcome failed(const EffectAnswer& answer, const Context& context) {
    const auto asker = read_asker(answer.context);
    const auto language = language_of(asker.user, context);
    Outcome outcome = tell(asker, answer.key,
                           say_in(language, texts::picture_failed,
                                  views::inert(views::recorded_in(language, answer.trouble()), 500)));
    outcome.audit.push_back({"slack", "figures.not_posted", "figures", details({{"error", answer.error}})});
    return outcome;
}

}  // namespace

Outcome show_figures(const Press& press, const Context& context) {
    if (auto admin = require_admin(press, "figures", context); !admin) return std::move(admin.error());
    const auto figures = count_figures(context);
    auto words = figures_text(figures, press.language);
    if (figures.requests == 0) return say(press, words);
    const auto& channel = context.settings.review.channel;
    auto outcome = say(press, words + say_in(press.language, texts::picture_coming, channel.value));
    const auto english = views::Language::english;
    outcome.effects.push_back(upload_picture(
        press.cause, views::to_json(figures_chart(figures, context.now)), say_in(english, texts::picture_alt),
        to_context(Asker{press.user, press.channel, 0}), figures_text(figures, english)));
    outcome.audit.push_back(
        {press.user.value, "figures.asked", "figures", details({{"cause", press.cause}})});
    return outcome;
}

Outcome picture_uploaded(const EffectAnswer& answer, const Context& context) {
    const auto file = text_field(answer.response, "file_id");
    if (!answer.ok() || file.empty()) return failed(answer, context);
    Outcome outcome;
    outcome.effects.push_back(post_picture(file, context.settings.review.channel,
                                           text_field(answer.context, "words"),
                                           to_context(read_asker(answer.context))));
    return outcome;
}

Outcome picture_posted(const EffectAnswer& answer, const Context& context) {
    if (!answer.ok()) return failed(answer, context);
    const auto& files = review::field(answer.args, "files");
    Outcome outcome;
    outcome.changes.emplace_back(
        storage::SetMeta{std::string(picture_key), text_field(files.is_array() ? files.at(0) : files, "id")});
    outcome.merge(refresh_home_now(read_asker(answer.context).user, context));
    return outcome;
}

std::string newest_picture(const Context& context) {
    return context.view.meta(picture_key);
}

storage::Change forget_picture() {
    return storage::SetMeta{std::string(picture_key), ""};
}

}  // namespace countersign::handlers
