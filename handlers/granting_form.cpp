#include "config/base/text.hpp"
#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/granting.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/grant_texts.hpp"
#include "handlers/views/grant_views.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::Authorization;

constexpr std::size_t longest_name = 80;

// "gitlab https://gitlab.example.com"
std::string app_value(const storage::OauthApp& app) {
    return fmt::format("{} {}", to_text(app.kind), app.url);
}

std::optional<storage::OauthApp> app_named(std::string_view value, const Context& context) {
    for (auto& app : context.view.installed().oauth_apps())
        if (app_value(app) == value) return std::move(app);
    return std::nullopt;
}

}  // namespace

Outcome authorization_form(const Press& press, std::string_view reconnect, const Context& context) {
    if (auto may = require_admin(press, "authorizations", context); !may) return std::move(may.error());
    const auto apps = context.view.installed().oauth_apps();
    std::optional<Authorization> old;
    if (!reconnect.empty()) old = context.view.installed().authorization(reconnect);
    std::vector<views::GrantChoice> choices;
    for (const auto& app : apps) {
        if (old && (app.kind != old->kind || app.url != old->url)) continue;
        const auto words = say_in(press.language, texts::app_at, to_text(app.kind), app.url);
        if (app.kind != storage::AuthorizationKind::slack)
            choices.push_back({say_in(press.language, texts::by_code, words), "device " + app_value(app)});
        if (!app.redirect_url.empty() && !context.settings.http_public_url.empty())
            choices.push_back({app.kind == storage::AuthorizationKind::slack
                                   ? say_in(press.language, texts::add_to_slack)
                                   : say_in(press.language, texts::by_link, words),
                               "link " + app_value(app)});
    }
    if (choices.empty()) return say(press, views::no_oauth_app(old.has_value(), press.language));
    return open_form(press, views::authorization_form(choices, old, press.language));
}

Outcome authorization_form_submitted(const Press& press, const Context& context) {
    if (auto may = require_admin(press, "authorizations", context); !may) return std::move(may.error());
    const auto entered = [&](std::string_view id) {
        const auto found = press.fields.find(std::string(id));
        return found == press.fields.end() ? std::string() : std::string(text::trimmed(found->second));
    };
    const auto wrong = [&](std::string_view at, const views::Text<>& sentence) {
        return refuse_at(press, at, "authorizations", "invalid", say_in(press.language, sentence));
    };
    const auto choice = entered(ids::field_use);
    const auto space = choice.find(' ');
    const auto app = app_named(space == std::string::npos ? "" : choice.substr(space + 1), context);
    if (!app) return wrong(ids::field_use, texts::app_gone);
    const bool device = choice.starts_with("device ");
    auto name = text::cleaned(entered(ids::field_name));
    std::optional<Authorization> old;
    if (!press.value.empty()) {
        old = context.view.installed().authorization(press.value);
        if (!old) return wrong(ids::field_use, texts::old_gone);
        if (old->kind != app->kind || old->url != app->url)
            return wrong(ids::field_use, texts::another_server);
        name = old->name;
    } else {
        if (storage::name_key(name).empty() || name.contains('/') || name.contains('\n') ||
            text::code_points(name) > longest_name)
            return wrong(ids::field_name, texts::plain_name);
        if (context.view.installed().name_is_taken(app->kind, name))
            return wrong(ids::field_name, texts::authorization_name_taken);  // I11
    }
    Outcome outcome;
    const nlohmann::json travels{{"name", name},
                                 {"user", press.user.value},
                                 {"reconnect", press.value},
                                 {"kind", to_text(app->kind)},
                                 {"url", app->url},
                                 {"device", device}};
    outcome.effects.push_back(begin_grant(*app, device, travels.dump(), press.cause));
    outcome.audit.push_back({press.user.value, "authorization.begun", app_value(*app),
                             details({{"name", name}, {"how", device ? "device" : "link"}})});
    outcome.merge(say(press, say_in(press.language, texts::asking, views::inert_line(app->url, 80))));
    return outcome;
}

}  // namespace countersign::handlers
