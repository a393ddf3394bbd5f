#include "handlers/deliveries.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/guarded.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/people.hpp"
#include "handlers/reminding.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::text_field;

Outcome failed_delivery(const EffectAnswer& answer, const Context& context, const std::string& what) {
    Outcome outcome;
    outcome.audit.push_back(
        {"slack", "effect.failed", answer.request.value > 0 ? to_text(answer.request) : answer.key,
         details({{"effect", answer.key}, {"meaning", answer.meaning}, {"error", answer.error}})});
    // One alarm a cause and hour: a bot that was removed from its channel fails with every card.
    const auto hour = std::chrono::floor<std::chrono::hours>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(context.settings,
                                    fmt::format("delivery:{}:{}:{}:{}", answer.purpose, answer.error,
                                                text_field(answer.args, "channel"), hour),
                                    views::alarm_notice(what, answer.trouble())));
    return outcome;
}

// The card, or its copy in another channel, that a call is about: "card:7:C0OTHER:v3" is about
// "card:7:C0OTHER".
std::string card_in(const EffectAnswer& answer) {
    auto card = card_name(answer.request);
    const auto rest = answer.key.substr(card.size());
    if (!rest.starts_with(":C") && !rest.starts_with(":G")) return card;
    return card + rest.substr(0, rest.find(':', 1));
}

// R24: a message whose blocks Slack does not take goes out as its text, which says everything; whoever runs
// this hears of it, for the fault is ours.
std::optional<Outcome> plain_instead(const EffectAnswer& answer, const Context& context) {
    constexpr std::array<std::string_view, 4> about_blocks{"invalid_blocks", "invalid_blocks_format",
                                                           "msg_blocks_too_long", "block_mismatch"};
    if (std::ranges::find(about_blocks, std::string_view(answer.error)) == about_blocks.end() ||
        !answer.args.contains("blocks") || answer.key.ends_with(":plain"))
        return std::nullopt;
    auto args = answer.args;
    if (answer.method == "chat.update") {
        // One that says nothing of blocks keeps the old ones. The card may have moved on since.
        args["blocks"] = nlohmann::json::array();
        if (const auto request = context.view.request(answer.request))
            args["text"] = draw_card(load_case(*request, context), context).text;
    } else {
        args.erase("blocks");
    }
    storage::Effect effect;
    effect.key = answer.key + ":plain";
    effect.method = answer.method;
    effect.purpose = answer.purpose;
    effect.args = args.dump();
    effect.context = answer.context.dump();
    effect.interactive = true;
    if (answer.request.value > 0) effect.request = answer.request;
    if (answer.key.starts_with(card_name(answer.request))) effect.lane = effect.message = card_in(answer);
    auto outcome = failed_delivery(answer, context,
                                   "Slack does not take the layout of a message; it goes out as plain text.");
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

// A card that nobody can see any more is posted anew; the new message becomes the card.
storage::Effect post_again(const Case& item, std::string_view occasion, const Context& context) {
    auto effect = post_card(item.request, context.settings.review.channel, draw_card(item, context));
    effect.key += fmt::format(":{}", occasion);
    return effect;
}

// Every admin that is known and here, as far as a few can be told.
std::vector<UserId> admins_to_tell(const Context& context) {
    constexpr std::size_t most = 20;
    std::vector<UserId> admins;
    for (const auto& admin : people_of(context.settings.review.admins, context))
        if (admins.size() < most) admins.push_back(admin);
    return admins;
}

}  // namespace

Outcome card_posted(const EffectAnswer& answer, const Context& context) {
    if (answer.ok()) return {};
    if (auto plain = plain_instead(answer, context)) return std::move(*plain);
    return failed_delivery(
        answer, context,
        fmt::format("The card of {} cannot be posted in the review channel.", to_text(answer.request)));
}

Outcome card_updated(const EffectAnswer& answer, const Context& context) {
    if (answer.ok()) return {};
    if (auto plain = plain_instead(answer, context)) return std::move(*plain);
    const bool gone = answer.error == "message_not_found" || answer.error == "cant_update_message" ||
                      answer.error == "edit_window_closed";
    const auto request = context.view.request(answer.request);
    if (!gone || !request) {
        return failed_delivery(answer, context,
                               fmt::format("The card of {} cannot be changed.", to_text(answer.request)));
    }
    Outcome outcome;
    outcome.effects.push_back(post_again(load_case(*request, context), answer.key, context));
    outcome.audit.push_back({"slack", "card.gone", to_text(request->id), details({{"error", answer.error}})});
    return outcome;
}

Outcome notice_sent(const EffectAnswer& answer, const Context& context) {
    if (answer.ok()) return {};
    if (auto plain = plain_instead(answer, context)) return std::move(*plain);
    return failed_delivery(answer, context,
                           fmt::format("A message about {} cannot be delivered to {}.",
                                       to_text(answer.request), text_field(answer.args, "channel")));
}

Outcome answer_shown(const EffectAnswer& answer, const Context& context) {
    if (answer.ok()) return {};
    if (auto plain = plain_instead(answer, context)) return std::move(*plain);
    const auto user = UserId(text_field(answer.context, "user"));
    const bool was_direct = user.empty();
    if (was_direct) {
        return failed_delivery(answer, context,
                               fmt::format("An answer to a press cannot be delivered to {}.",
                                           text_field(answer.args, "channel")));
    }
    Outcome outcome;
    outcome.effects.push_back(
        private_line(user, answer.key, views::line(text_field(answer.context, "text"))));
    return outcome;
}

// O3: an alarm whose channel does not take it goes to the admins themselves. It waits for the channel all the
// same; the log, the status line and the audit say in any case that it did not arrive.
Outcome alarm_raised(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    if (answer.ok()) return outcome;
    const auto text = text_field(answer.args, "text");
    outcome.audit.push_back({"slack", "alarm.not_delivered", answer.key,
                             details({{"error", answer.error}, {"text", proof_of(text)}})});
    for (const auto& admin : admins_to_tell(context)) {
        const auto language = language_of(admin, context);
        outcome.effects.push_back(
            private_line(admin, answer.key + ":" + admin.value,
                         views::line(say_in(language, texts::alarm_astray, text_field(answer.args, "channel"),
                                            views::inert(answer.error, 60), text))));
    }
    return outcome;
}

Outcome form_opened(const EffectAnswer& answer, const Context& context) {
    if (answer.ok()) return {};
    Outcome outcome;
    outcome.audit.push_back({"slack", "form.not_opened", answer.key, details({{"error", answer.error}})});
    const bool too_late = answer.meaning == "expired" || answer.meaning == "unclear" ||
                          answer.error == "expired_trigger_id" || answer.error == "exchanged_trigger_id" ||
                          answer.error == "invalid_trigger_id";
    const auto asker = read_asker(answer.context);
    outcome.merge(tell(
        asker, answer.key,
        say_in(language_of(asker.user, context), too_late ? texts::form_too_late : texts::form_refused)));
    if (!too_late) {
        outcome.effects.push_back(alarm(context.settings, "form:" + answer.key,
                                        views::alarm_notice("A form cannot be opened.", answer.trouble())));
    }
    return outcome;
}

Outcome repost_missing_cards(const Context& context) {
    Outcome outcome;
    for (const auto& request : context.view.open_requests()) {
        const auto name = card_name(request.id);
        if (context.view.message(name) || still_in_outbox(name, context)) continue;
        outcome.merge(guarded("the card of " + to_text(request.id), context, [&] {
            Outcome posted;
            posted.effects.push_back(post_again(load_case(request, context),
                                                fmt::format("start:{}", to_millis(context.now)), context));
            return posted;
        }));
    }
    return outcome;
}

}  // namespace countersign::handlers
