#include "handlers/channel_posts.hpp"

#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_life.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/channel_messages.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
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

std::string trouble_in(const EffectAnswer& answer, views::Language language) {
    return views::inert_line(views::recorded_in(language, answer.trouble()), 300);
}

// The one that a post was for. A greeting by our own bot was sent before its integration had a number: it is
// found by what it is then.
std::optional<Integration> integration_of(const EffectAnswer& answer, const Context& context) {
    const auto id = review::number_field(answer.context, "integration");
    const auto& message =
        answer.args.contains("message") ? review::field(answer.args, "message") : answer.args;
    for (auto& each : context.view.installed().integrations()) {
        const bool same = id > 0 ? each.id == id
                                 : each.target == text_field(message, "channel") &&
                                       each.authorization == text_field(answer.context, "authorization") &&
                                       each.purpose == text_field(answer.context, "purpose");
        if (same && works(each)) return std::move(each);
    }
    return std::nullopt;
}

// The token was refused: what waits for its first message is asked for again when there is a better one.
void wait_anew(Integration integration, const Context& context, Outcome& outcome) {
    if (!awaits_access(integration)) return;
    await_access(integration, context.now);
    outcome.changes.push_back(save(std::move(integration)));
}

// Its owner hears when it is connected, or why not, and nothing while that lasts.
void posted_or_not(Integration integration, const EffectAnswer& answer, const Context& context,
                   Outcome& outcome) {
    const bool awaited = awaits_access(integration);
    const auto state = answer.ok() ? IntegrationState::active : IntegrationState::degraded;
    if (integration.state == state && !awaited) return;
    integration.state = state;
    integration.state_since = context.now;
    integration.state_note = answer.ok() ? "" : answer.trouble();
    if (!integration.owner.empty()) {
        const auto language = language_of(integration.owner, context);
        const auto words =
            answer.ok()
                ? say_in(language, texts::connected_line, views::integration_line(integration, language))
                : say_in(language, awaited ? texts::channel_not_connected : texts::cannot_post,
                         views::inert_line(integration.name, 80), trouble_in(answer, language));
        outcome.effects.push_back(private_line(
            integration.owner,
            fmt::format("channel:{}:{}:{}", integration.id, to_text(state), to_millis(context.now)),
            views::line(words)));
    }
    outcome.merge(redraw_mending({integration}, context));
    outcome.changes.push_back(save(std::move(integration)));
}

}  // namespace

Outcome greet_channel(const Integration& integration) {
    Outcome outcome;
    outcome.effects.push_back(message_in(integration,
                                         fmt::format("greeting:{}:{}:{}", integration.target,
                                                     integration.purpose, to_millis(integration.state_since)),
                                         views::channel_greeting(integration)));
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
    if (const UserId tester(text_field(answer.context, "tester")); !tester.empty()) {
        const auto language = language_of(tester, context);
        outcome.effects.push_back(private_line(
            tester, "tested:" + answer.key,
            views::line(answer.ok() ? say_in(language, texts::message_arrived)
                                    : say_in(language, texts::message_lost, trouble_in(answer, language)))));
    }
    if (answer.error == "gone") return outcome;
    auto integration = integration_of(answer, context);
    if (answer.error == "refused") {
        auto row = context.view.installed().authorization(text_field(answer.context, "authorization"));
        if (integration) wait_anew(std::move(*integration), context, outcome);
        if (row) outcome.merge(token_refused(std::move(*row), context));
        return outcome;
    }
    if (integration) posted_or_not(std::move(*integration), answer, context, outcome);
    return outcome;
}

}  // namespace countersign::handlers
