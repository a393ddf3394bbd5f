#include "handlers/issue_creation.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/joining.hpp"
#include "handlers/people.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/vendor_link.hpp"
#include "handlers/tracker_pages.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/issue_template.hpp"
#include "handlers/views/issue_texts.hpp"
#include "handlers/views/markdown.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using nlohmann::json;
namespace texts = views::texts;
using review::text_field;
using storage::Effect;

constexpr std::size_t most_text = 1'000'000;

std::string in_progress(RequestId request) {
    return "issue_creation:" + countersign::to_text(request);
}

// What somebody wants made; it travels with the calls until the issue is there.
json wish_of(const Press& press, config::TrackerPurpose purpose, const std::string& subject,
             const std::string& words) {
    return {{"user", press.user.value},
            {"channel", press.channel.value},
            {"purpose", config::to_text(purpose)},
            {"subject", subject},
            {"words", words},
            {"cause", press.cause}};
}

Press presser(const EffectAnswer& answer, const Context& context) {
    Press press;
    press.user = UserId(text_field(answer.context, "user"));
    press.language = language_of(press.user, context);
    press.channel = ChannelId(text_field(answer.context, "channel"));
    press.cause = answer.key;
    return press;
}

views::TemplateValues values_of(const json& wish, const std::optional<storage::AppRequest>& request,
                                const Context& context) {
    const auto requester = UserId(text_field(wish, "user"));
    const auto known = context.view.person(request ? request->requester : requester);
    const auto name = known && !known->name.empty() ? known->name
                      : request && !request->requester_name.empty()
                          ? request->requester_name
                          : (request ? request->requester : requester).value;
    views::TemplateValues values;
    const auto line = [&](std::string_view key, std::string_view text) {
        values.emplace_back(key, views::markdown_line(text, 300));
    };
    line("app", request ? views::app_title(*request) : text_field(wish, "subject"));
    if (request) {
        line("app_id", request->app_id.value);
        line("request", countersign::to_text(request->id));
        line("workspace", views::place(*request));
        line("publisher", views::publisher_words(request->publisher));
        line("marketplace", request->app_directory_url);
    }
    line("requester", name);
    if (request) {
        std::string scopes;
        for (const auto& scope : request->scopes)
            scopes += (scopes.empty() ? "" : ", ") + scope.name;
        values.emplace_back("scopes", views::markdown_line(scopes, 3'000));
    }
    auto purpose = request ? request->message + (request->message.empty() ? "" : "\n") + request->purpose
                           : text_field(wish, "words");
    if (request)
        for (const auto& person : asked_on_behalf_of(context.view.marks(request->id)))
            purpose += "\nOn behalf of: " + name_of(person, context);
    values.emplace_back("purpose", views::markdown_quote(purpose, 3'000));
    return values;
}

// What the person does instead: the tracker's own form.
std::string by_hand(const json& wish, const std::optional<storage::AppRequest>& request,
                    views::Language language, const Context& context) {
    if (request) return new_issue_pages(*request, language, context.settings);
    return say_in(
        language, texts::make_it_here,
        new_issue_links(
            text_field(wish, "subject"),
            config::parse_purpose(text_field(wish, "purpose")).value_or(config::TrackerPurpose::vendor),
            context.settings));
}

std::string reason_of(const EffectAnswer& answer, views::Language language) {
    if (answer.error == "template_not_found")
        return say_in(language, texts::no_template, views::inert(text_field(answer.args, "name"), 80));
    if (answer.error == "project_not_found") return say_in(language, texts::no_project);
    if (answer.error == "forbidden" || answer.error == "unauthorized")
        return say_in(language, texts::no_right_there);
    if (answer.error == "issues_disabled") return say_in(language, texts::issues_off);
    return answer.advice.empty() ? say_in(language, texts::tracker_answered, views::inert(answer.error, 60))
                                 : views::inert(views::recorded_in(language, answer.advice), 300);
}

Outcome not_made(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    const auto press = presser(answer, context);
    auto outcome = say(press, say_in(press.language, texts::not_made, reason_of(answer, press.language),
                                     by_hand(answer.context, request, press.language, context)));
    outcome.audit.push_back(
        {"countersign", "issue.not_made",
         request ? countersign::to_text(request->id) : text_field(answer.context, "cause"),
         details({{"effect", answer.key}, {"meaning", answer.meaning}, {"error", answer.error}})});
    const auto hour = std::chrono::floor<std::chrono::hours>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings,
        fmt::format("issue_created:{}:{}:{}", text_field(answer.args, "tracker"), answer.error, hour),
        views::alarm_notice(fmt::format("No issue can be made in {}.", text_field(answer.args, "project")),
                            answer.trouble())));
    return outcome;
}

std::string marker_of(const std::optional<storage::AppRequest>& request, const json& wish) {
    const auto about = request ? countersign::to_text(request->id)
                               : text::sha256_hex(text_field(wish, "cause")).substr(0, 24);
    return fmt::format("<!-- countersign:issue:{} -->", about);
}

}  // namespace

const config::Tracker* makes_issues(config::TrackerPurpose purpose, const Context& context) {
    for (const auto& tracker : context.settings.trackers) {
        if (tracker.purpose == purpose && has_token(tracker.name, context)) return &tracker;
    }
    return nullptr;
}

Outcome create_vendor_issue(const Press& press, Case item, const Context& context) {
    const auto id = countersign::to_text(item.request.id);
    if (item.issue)
        return say(press, say_in(press.language, texts::linked_already, id, views::issue_link(*item.issue)));
    const auto* tracker = makes_issues(config::TrackerPurpose::vendor, context);
    if (tracker == nullptr)
        return say(press, new_issue_pages(item.request, press.language, context.settings));
    if (still_in_outbox(context.view.meta(in_progress(item.request.id)), context))
        return say(press, say_in(press.language, texts::being_made_already, id));
    auto effect =
        read_template(*tracker, press.cause,
                      wish_of(press, tracker->purpose, "Slack app: " + views::app_title(item.request), {}));
    effect.request = item.request.id;
    auto outcome = say(press, say_in(press.language, texts::being_made, id));
    outcome.changes.emplace_back(storage::SetMeta{in_progress(item.request.id), effect.key});
    outcome.audit.push_back({press.user.value, "issue.wanted", id,
                             details({{"tracker", tracker->name}, {"cause", press.cause}})});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome create_other_issue(const Press& press, config::TrackerPurpose purpose, const std::string& subject,
                           const std::string& words, const Context& context) {
    Outcome outcome;
    const auto* tracker = makes_issues(purpose, context);
    if (tracker == nullptr) return outcome;
    outcome.effects.push_back(read_template(*tracker, press.cause, wish_of(press, purpose, subject, words)));
    outcome.audit.push_back({press.user.value, "issue.wanted", press.cause,
                             details({{"tracker", tracker->name}, {"subject", proof_of(subject)}})});
    return outcome;
}

Outcome template_told(const EffectAnswer& answer, const Context& context) {
    if (!answer.ok()) return not_made(answer, context);
    const auto request = context.view.request(answer.request);
    const auto marker = marker_of(request, answer.context);
    const auto text = views::filled_template(text_field(answer.response, "content"),
                                             values_of(answer.context, request, context), marker);
    if (text.size() > most_text) {
        const auto press = presser(answer, context);
        return say(press,
                   say_in(press.language, texts::not_made, say_in(press.language, texts::template_too_long),
                          by_hand(answer.context, request, press.language, context)));
    }
    auto effect = create_issue({.tracker = text_field(answer.args, "tracker"),
                                .project = text_field(answer.args, "project"),
                                .title = views::markdown_title(text_field(answer.context, "subject")),
                                .description = text,
                                .marker = marker},
                               text_field(answer.context, "cause"), answer.context);
    Outcome outcome;
    if (request) {
        effect.request = request->id;
        outcome.changes.emplace_back(storage::SetMeta{in_progress(request->id), effect.key});
    }
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome issue_made(const EffectAnswer& answer, const Context& context) {
    if (!answer.ok()) return not_made(answer, context);
    const review::IssueLink link{.tracker = text_field(answer.args, "tracker"),
                                 .project = text_field(answer.args, "project"),
                                 .iid = review::number_field(answer.response, "iid"),
                                 .url = text_field(answer.response, "url")};
    const auto press = presser(answer, context);
    const auto request = context.view.request(answer.request);
    if (request) {
        Outcome outcome;
        outcome.audit.push_back({"countersign", "issue.made", countersign::to_text(request->id),
                                 details({{"url", link.url}, {"effect", answer.key}})});
        auto item = load_case(*request, context);
        if (item.issue || storage::is_final(request->state)) {
            outcome.merge(
                say(press, say_in(press.language, texts::made_in_vain, views::own_link(link.url, link.url),
                                  countersign::to_text(request->id))));
            return outcome;
        }
        outcome.merge(link_issue(press, std::move(item), link, context));
        // Whoever pressed for somebody else hears of it too.
        if (press.user != request->requester)
            outcome.merge(
                say(press, say_in(press.language, texts::vendor_issue_made, countersign::to_text(request->id),
                                  views::own_link(link.url, link.url))));
        return outcome;
    }
    const auto* tracker = find_tracker(link.tracker, context.settings);
    Outcome outcome =
        say(press, say_in(press.language, texts::your_issue_made, views::own_link(link.url, link.url)));
    outcome.audit.push_back({"countersign", "issue.made", text_field(answer.context, "cause"),
                             details({{"url", link.url}, {"effect", answer.key}})});
    storage::TrackerIssue issue{.key = {link.tracker, link.project, link.iid}, .url = link.url};
    issue.title = text_field(answer.context, "subject");
    issue.follower = press.user;
    issue.purpose = text_field(answer.context, "purpose");
    if (tracker != nullptr) issue.next_check = context.now + tracker->poll;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(issue)});
    return outcome;
}

Outcome tell_follower(const storage::TrackerIssue& before, const storage::IssueFacts& facts,
                      const Context& context) {
    Outcome outcome;
    if (before.follower.empty() || before.open == facts.open) return outcome;
    const auto name = views::own_link(before.url, before.key.project + "#" + std::to_string(before.key.iid));
    const auto& text = facts.open                            ? texts::yours_reopened
                       : facts.state_reason == "not_planned" ? texts::yours_not_planned
                                                             : texts::yours_closed;
    const auto words = say_in(language_of(before.follower, context), text, name);
    outcome.effects.push_back(private_line(
        before.follower, fmt::format("followed:{}:{}", to_text(before.key), to_millis(context.now)),
        views::line(words)));
    return outcome;
}

}  // namespace countersign::handlers
