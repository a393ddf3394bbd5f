#include "handlers/app_history.hpp"

#include "config/base/text.hpp"
#include "handlers/views/details_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/next_step.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;
using views::Language;

constexpr std::size_t of_the_app = 10, of_the_publisher = 5;
constexpr std::size_t read_at_most = 300;

// "miro.com" of "https://www.miro.com/about"; "" for none, and for Slack's own pages, where every app is.
std::string site_of(const AppRequest& request) {
    for (const auto& url : {request.app_homepage_url, request.app_privacy_url}) {
        constexpr std::string_view https = "https://";
        if (!url.starts_with(https)) continue;
        auto host =
            text::lower(url.substr(https.size(), url.find_first_of("/?#:", https.size()) - https.size()));
        if (host.starts_with("www.")) host.erase(0, 4);
        if (host.contains('.') && host != "slack.com" && !host.ends_with(".slack.com")) return host;
    }
    return {};
}

std::string line_of(const AppRequest& request, Language language) {
    const auto decided = views::decision_line(request, language);
    return say_in(language, texts::history_line, to_text(request.id),
                  views::inert_line(views::app_title(request, language), 60),
                  views::inert_line(views::place(request, language), 60),
                  views::state_line(request, language) +
                      (decided.empty() ? std::string() : " " + views::fitted(decided, 200)));
}

bool was_decided(const AppRequest& request) {
    return request.decided_at.has_value() && storage::is_final(request.state);
}

std::string in_slack(const AppRequest& request, Language language, const Context& context) {
    if (!context.capabilities.admin) return say_in(language, texts::lists_unreadable);
    std::vector<std::string> known;
    const auto look = [&](const TeamId& team, const std::string& where) {
        const auto resolution = context.view.resolution(request.app_id, team);
        if (resolution && !resolution->status.empty())
            known.push_back(
                say_in(language, resolution->status == "approved" ? texts::approved_in : texts::restricted_in,
                       where));
    };
    look(TeamId(), say_in(language, texts::whole_organisation));
    if (!request.team_id.empty())
        look(request.team_id, views::inert_line(views::place(request, language), 60));
    return say_in(language, texts::by_slacks_lists,
                  known.empty() ? say_in(language, texts::not_decided) : text::joined(known, ", "));
}

}  // namespace

std::vector<std::string> app_history(const AppRequest& request, Language language, const Context& context) {
    std::vector<std::string> lines;
    if (!request.app_id.empty()) {
        lines.push_back(in_slack(request, language, context));
        for (const auto& each : context.view.requests(
                 {.state = {}, .app = request.app_id.value, .requester = {}, .limit = of_the_app + 1})) {
            if (each.id != request.id && was_decided(each) && lines.size() <= of_the_app)
                lines.push_back(line_of(each, language));
        }
    }
    const auto site = site_of(request);
    if (site.empty()) return lines;
    std::vector<std::string> of_publisher;
    for (const auto& each :
         context.view.requests({.state = {}, .app = {}, .requester = {}, .limit = read_at_most})) {
        const bool other_app = each.app_id != request.app_id && each.id != request.id;
        if (other_app && was_decided(each) && site_of(each) == site && of_publisher.size() < of_the_publisher)
            of_publisher.push_back(line_of(each, language));
    }
    if (of_publisher.empty()) return lines;
    lines.push_back(say_in(language, texts::other_apps_of, views::inert_line(site, 60)));
    std::ranges::move(of_publisher, std::back_inserter(lines));
    return lines;
}

}  // namespace countersign::handlers
