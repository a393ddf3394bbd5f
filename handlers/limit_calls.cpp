#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/judging.hpp"
#include "handlers/limits.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/views/limit_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

// How limits get into Slack: each step a call, whose answer leads to the next. A step that is done is a mark,
// so that a lost answer or a restart goes on where it was; each call may be repeated.
namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::text_field;
namespace texts = views::texts;

constexpr int max_tries = 3;
constexpr std::string_view group_step = "group:";  // and its id: it is there, and somebody is in it
constexpr std::string_view set_people = "people", read_people = "people_read";
constexpr std::string_view set_domains = "domains", read_domains = "domains_read";

std::vector<std::string> groups_in(const Limits& limits) {
    auto groups = limits.only_for;
    std::erase_if(groups, [](const std::string& member) { return !review::is_user_group(member); });
    return groups;
}

std::vector<std::string> people_in(const Limits& limits) {
    auto people = limits.only_for;
    std::erase_if(people, [](const std::string& member) { return review::is_user_group(member); });
    return people;
}

// Who may use an app, and with which accounts, stays in Slack as it was last set, whatever became of the
// request.
std::string limited_name(const AppId& app) {
    return "limited:" + app.value;
}

bool was_limited(const AppId& app, std::string_view step, const Context& context) {
    const auto steps = text::words(context.view.meta(limited_name(app)));
    return std::ranges::find(steps, step) != steps.end();
}

storage::Change remember_limit(const AppId& app, std::string_view step, bool limited,
                               const Context& context) {
    auto steps = text::words(context.view.meta(limited_name(app)));
    std::erase(steps, step);
    if (limited) steps.emplace_back(step);
    return storage::SetMeta{limited_name(app), text::joined(steps, " ")};
}

bool limits_domains(const Limits& limits) {
    return !limits.urls.empty() || !limits.emails.empty();
}

// What was limited before and is not now is set free the same way.
std::vector<std::string> steps_for(const AppId& app, const Limits& limits, const Context& context) {
    std::vector<std::string> steps;
    for (const auto& group : groups_in(limits))
        steps.push_back(std::string(group_step) + group);
    if (!limits.only_for.empty() || was_limited(app, set_people, context)) {
        steps.emplace_back(set_people);
        steps.emplace_back(read_people);
    }
    if (limits_domains(limits) || was_limited(app, set_domains, context)) {
        steps.emplace_back(set_domains);
        steps.emplace_back(read_domains);
    }
    return steps;
}

constexpr std::string_view access_for(const Limits& limits) {
    return limits.only_for.empty() ? "everyone" : "named_entities";
}

bool is_done(const Case& item, std::string_view step) {
    return std::ranges::any_of(item.marks, [&](const storage::Mark& mark) {
        return mark.kind == marks::limit_set && mark.subject == step &&
               mark.scope_hash == item.request.scope_hash;
    });
}

storage::Effect call_for(const Case& item, const Limits& limits, const std::string& step, int tries,
                         const Asker& asker) {
    const auto& request = item.request;
    json args;
    std::string_view method;
    if (step.starts_with(group_step)) {
        method = "usergroups.users.list";
        args = {{"usergroup", step.substr(group_step.size())}};
    } else if (step == set_people) {
        method = "admin.apps.permissions.set";
        args = {{"app_id", request.app_id.value}, {"permission_type", access_for(limits)}};
        if (const auto people = people_in(limits); !people.empty()) args["user_ids"] = people;
        if (const auto groups = groups_in(limits); !groups.empty()) args["usergroup_ids"] = groups;
    } else if (step == read_people) {
        method = "admin.apps.permissions.list";
        args = {{"app_id", request.app_id.value}};
    } else if (step == set_domains) {
        method = "admin.apps.config.set";
        args = {{"app_id", request.app_id.value},
                {"domain_restrictions", {{"urls", limits.urls}, {"emails", limits.emails}}}};
    } else {
        method = "admin.apps.config.lookup";
        args = {{"app_ids", {request.app_id.value}}};
    }
    auto context = json::parse(to_context(asker));
    context["step"] = step;
    context["tries"] = tries;
    return limit_call(request, step, tries, method, args.dump(), context.dump());
}

std::vector<std::string> strings_in(const json& list) {
    std::vector<std::string> found;
    for (const auto& entry : list) {
        if (entry.is_string()) found.push_back(entry.get<std::string>());
    }
    std::ranges::sort(found);
    return found;
}

bool same(std::vector<std::string> ours, const json& theirs) {
    std::ranges::sort(ours);
    return ours == strings_in(theirs);
}

// What speaks against a step although Slack said ok.
std::string not_kept(const EffectAnswer& answer, const Limits& limits, const std::string& step,
                     views::Language language) {
    if (step.starts_with(group_step)) {
        const bool empty = strings_in(field(answer.response, "users")).empty();
        return empty ? say_in(language, texts::group_empty, step.substr(group_step.size())) : std::string();
    }
    bool kept = true;
    if (step == read_people) {
        kept = text_field(answer.response, "permission_type") == access_for(limits);
        // Slack tells the lists where it knows them; what is not told is not compared.
        const auto& people = field(answer.response, "user_ids");
        const auto& groups = field(answer.response, "usergroup_ids");
        if (people.is_array()) kept = kept && same(people_in(limits), people);
        if (groups.is_array()) kept = kept && same(groups_in(limits), groups);
    } else if (step == read_domains) {
        const auto& configs = field(answer.response, "configs");
        const auto& restrictions =
            field(configs.is_array() && !configs.empty() ? configs.front() : configs, "domain_restrictions");
        kept = same(limits.urls, field(restrictions, "urls")) &&
               same(limits.emails, field(restrictions, "emails"));
    }
    return kept ? std::string() : say_in(language, texts::limit_not_kept);
}

std::string refused_by_slack(const EffectAnswer& answer, const std::string& step, views::Language language) {
    if (answer.error == "no_such_subteam" || answer.error == "usergroup_not_found") {
        const auto group =
            step.starts_with(group_step) ? step.substr(group_step.size()) : std::string("that was named");
        return say_in(language, texts::group_gone, group);
    }
    constexpr std::string_view of_the_plan[]{"not_an_enterprise", "feature_not_enabled",
                                             "restricted_plan_level", "unknown_method",
                                             "plan_upgrade_required"};
    if (std::ranges::find(of_the_plan, answer.error) != std::end(of_the_plan))
        return say_in(language, texts::plan_lacks);
    if (answer.error == "url_restriction_not_supported") return say_in(language, texts::app_takes_no_domains);
    return views::inert(views::recorded_in(language, answer.trouble()), 500);
}

// Empty where the step is done.
std::string problem_in(const EffectAnswer& answer, const Case& item, const std::string& step,
                       views::Language language) {
    auto problem = answer.ok() ? not_kept(answer, limits_of(item), step, language)
                               : refused_by_slack(answer, step, language);
    if (!problem.empty() && is_done(item, set_people))
        problem += say_in(language, texts::groups_stay_limited);
    return problem;
}

Outcome refuse_limit(Case item, const Asker& asker, const EffectAnswer& answer, const std::string& step,
                     const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    // Where the policy applies it by itself, it must not do so without the limits that an admin wanted: they
    // stay until an admin approves without them.
    const bool by_itself = item.judgement.apply_at_once || item.judgement.decide.has_value();
    const auto language = language_of(asker.user, context);
    const auto sentence = problem_in(answer, item, step, language);
    auto note = problem_in(answer, item, step, views::Language::english);
    auto outcome = by_itself ? Outcome() : drop_limits(item);
    request.state = by_itself ? storage::RequestState::held : storage::RequestState::in_review;
    if (by_itself) request.state_note = std::move(note);
    request.decision = storage::DecisionKind::none;
    request.decided_by = {};
    request.decision_reason.clear();
    request.decided_at.reset();
    outcome.changes.emplace_back(storage::CancelTimer{watch_name(request.id)});
    outcome.audit.push_back({"slack", "decision.limit_refused", to_text(request.id),
                             details({{"method", answer.method}, {"error", answer.error}})});
    outcome.merge(
        tell(asker, answer.key, say_in(language, texts::limit_refused, to_text(request.id), sentence)));
    outcome.merge(settle(std::move(item), before, "countersign", context));
    return outcome;
}

}  // namespace

std::optional<storage::Effect> next_limit_call(const Case& item, const Asker& asker, const Context& context) {
    const auto limits = limits_of(item);
    for (const auto& step : steps_for(item.request.app_id, limits, context)) {
        if (!is_done(item, step)) return call_for(item, limits, step, 0, asker);
    }
    return std::nullopt;
}

Outcome limit_answered(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    if (!request || !review::in_flight(request->state) || !is_awaited(answer.request, answer.key, context))
        return {};
    auto item = load_case(*request, context);
    const auto limits = limits_of(item);
    const auto asker = read_asker(answer.context);
    const auto step = text_field(answer.context, "step");
    const auto tries = static_cast<int>(review::number_field(answer.context, "tries")) + 1;
    Outcome outcome;
    const bool done = answer.ok() || answer.meaning == "unclear";
    if (done &&
        (step == set_people ? !limits.only_for.empty() : step == set_domains && limits_domains(limits)))
        outcome.changes.push_back(remember_limit(request->app_id, step, true, context));
    if (answer.meaning == "unclear" && tries < max_tries) {
        auto again = call_for(item, limits, step, tries, asker);
        outcome.changes.push_back(watch_for(request->id, again.key, context.now));
        outcome.effects.push_back(std::move(again));
        return outcome;
    }
    if (!problem_in(answer, item, step, views::Language::english).empty()) {
        outcome.merge(refuse_limit(std::move(item), asker, answer, step, context));
        return outcome;
    }
    if (step == read_people && limits.only_for.empty())
        outcome.changes.push_back(remember_limit(request->app_id, set_people, false, context));
    if (step == read_domains && !limits_domains(limits))
        outcome.changes.push_back(remember_limit(request->app_id, set_domains, false, context));
    item.marks.push_back({.request = request->id,
                          .kind = std::string(marks::limit_set),
                          .subject = step,
                          .person = asker.user,
                          .value = {},
                          .scope_hash = request->scope_hash,
                          .at = context.now});
    outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    outcome.audit.push_back({"slack", "decision.limit_step", to_text(request->id),
                             details({{"step", step}, {"method", answer.method}})});
    outcome.merge(send_decision(std::move(item), asker, context));
    return outcome;
}

}  // namespace countersign::handlers
