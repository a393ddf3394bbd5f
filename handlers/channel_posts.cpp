#include "handlers/channel_posts.hpp"

#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_life.hpp"
#include "handlers/views/channel_messages.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::text_field;
using storage::Integration;
using storage::IntegrationState;

constexpr auto digest_every = std::chrono::hours(24);
constexpr auto digest_hour = std::chrono::hours(8);  // UTC: the morning of most who read it

bool works(const Integration& integration) {
    return integration.kind == storage::IntegrationKind::channel &&
           (integration.state == IntegrationState::active || integration.state == IntegrationState::degraded);
}

std::vector<Integration> channels_for(std::string_view purpose, const Context& context) {
    auto all = context.view.installed().integrations();
    std::erase_if(all, [&](const Integration& each) { return !works(each) || each.purpose != purpose; });
    return all;
}

// Its id is known once it was stored; its place is known before.
storage::Effect message_in(const Integration& integration, const std::string& key,
                           const views::Message& message) {
    auto effect = post_by(integration, key, message);
    if (integration.authorization != storage::own_bot) return effect;
    effect.method = "chat.postMessage";
    effect.token = storage::TokenKind::bot;
    effect.args = nlohmann::json::parse(effect.args).at("message").dump();
    return effect;
}

}  // namespace

Outcome greet_channel(const Integration& integration, const Press& press, const Context& /*context*/) {
    Outcome outcome;
    outcome.effects.push_back(
        message_in(integration, "greeting:" + press.cause, views::channel_greeting(integration, press.user)));
    return outcome;
}

Outcome test_channel(const Integration& integration, const Press& press, const Context& context) {
    Outcome outcome;
    auto effect = message_in(integration, "test:" + press.cause, views::channel_test(integration));
    auto travels = nlohmann::json::parse(effect.context);
    travels["tester"] = press.user.value;
    effect.context = travels.dump();
    outcome.effects.push_back(std::move(effect));
    outcome.audit.push_back({press.user.value, "integration.tested", std::to_string(integration.id),
                             details({{"name", integration.name}})});
    outcome.merge(say(press, say_in(press.language, texts::posting)));
    (void)context;
    return outcome;
}

Outcome post_results(const Outcome& done, const Context& context) {
    Outcome outcome;
    for (const auto& change : done.changes) {
        const auto* saved = std::get_if<storage::SaveRequest>(&change);
        if (saved == nullptr || !views::is_result(saved->request.state)) continue;
        const auto before = context.view.request(saved->request.id);
        if (before && before->state == saved->request.state) continue;
        for (const auto& integration : channels_for("results", context))
            outcome.effects.push_back(
                message_in(integration,
                           fmt::format("{}:{}:{}", to_text(saved->request.id), to_text(saved->request.state),
                                       saved->request.version),
                           views::channel_result(saved->request)));
    }
    return outcome;
}

Outcome schedule_digest(const Context& context) {
    Outcome outcome;
    const auto day = std::chrono::floor<std::chrono::days>(context.now);
    auto due =
        Timestamp(std::chrono::duration_cast<Timestamp::duration>(day.time_since_epoch())) + digest_hour;
    if (due <= context.now) due += digest_every;
    outcome.changes.emplace_back(storage::SetTimer{{"channel_digest", due, R"({"kind":"channel_digest"})"}});
    return outcome;
}

Outcome digest_due(const Context& context) {
    auto outcome = schedule_digest(context);
    const auto channels = channels_for("digest", context);
    if (channels.empty()) return outcome;
    const auto day = to_rfc3339(context.now).substr(0, 10);
    const auto open = context.view.open_requests();
    const auto digest = views::channel_digest(open, day);
    for (const auto& integration : channels)
        outcome.effects.push_back(message_in(integration, "digest:" + day, digest));
    return outcome;
}

Outcome channel_posted(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const UserId tester(text_field(answer.context, "tester"));
    const auto trouble = [&](views::Language language) {
        return views::inert_line(views::recorded_in(language, answer.trouble()), 300);
    };
    if (!tester.empty()) {
        const auto language = language_of(tester, context);
        outcome.effects.push_back(private_line(
            tester, "tested:" + answer.key,
            views::line(answer.ok() ? say_in(language, texts::message_arrived)
                                    : say_in(language, texts::message_lost, trouble(language)))));
    }
    if (answer.error == "refused") {
        auto row = context.view.installed().authorization(text_field(answer.context, "authorization"));
        if (row) outcome.merge(token_refused(std::move(*row), context));
        return outcome;
    }
    if (answer.error == "gone") return outcome;
    // A greeting was sent before its integration had a number: it is found by its channel then.
    auto all = context.view.installed().integrations();
    const auto id = review::number_field(answer.context, "integration");
    const auto& message =
        answer.args.contains("message") ? review::field(answer.args, "message") : answer.args;
    const auto found = std::ranges::find_if(all, [&](const Integration& each) {
        return id > 0 ? each.id == id
                      : works(each) && each.target == text_field(message, "channel") &&
                            each.authorization == text_field(answer.context, "authorization");
    });
    if (found == all.end() || !works(*found)) return outcome;
    const auto state = answer.ok() ? IntegrationState::active : IntegrationState::degraded;
    if (found->state == state) return outcome;
    found->state = state;
    found->state_since = context.now;
    found->state_note = answer.ok() ? "" : answer.trouble();
    if (!answer.ok() && !found->owner.empty()) {
        const auto language = language_of(found->owner, context);
        outcome.effects.push_back(private_line(
            found->owner, fmt::format("channel_trouble:{}:{}", found->id, to_millis(context.now)),
            views::line(say_in(language, texts::cannot_post, views::inert_line(found->name, 80),
                               trouble(language)))));
    }
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveIntegration{*found}});
    return outcome;
}

}  // namespace countersign::handlers
