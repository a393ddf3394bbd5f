#include "handlers/views/request_facts.hpp"

#include "config/base/text.hpp"
#include "handlers/views/details_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

namespace countersign::handlers::views {
namespace {

using storage::AppRequest;
using storage::Publisher;

// Longer ones would crowd the card; the reader finds them on the app's page.
constexpr std::size_t link_room = 200;

std::string with_link(std::string_view url, std::string_view label) {
    return url.size() <= link_room && is_plain_https(url) ? link(url, label) : std::string();
}

std::string requester_field(const CardInput& input) {
    const auto& request = input.request;
    std::string out = "*Requester*\n" + mention(request.requester);
    if (const auto others = behalf_line(input); !others.empty()) out += "\n" + others;
    if (!request.requester_is_collaborator) return out + "\n_works on the app: not known_";
    if (*request.requester_is_collaborator)
        out += "\n:warning: works on this app: does not count for a party";
    return out;
}

std::string publisher_field(Publisher publisher) {
    const bool unlisted = publisher == Publisher::distributed || publisher == Publisher::unknown;
    return "*Publisher*\n" + std::string(unlisted ? ":warning: " : "") + publisher_words(publisher);
}

}  // namespace

std::string app_title(const AppRequest& request, Language language) {
    if (!text::trimmed(request.app_name).empty()) return request.app_name;
    return request.app_id.empty() ? say_in(language, texts::nameless_app) : "App " + request.app_id.value;
}

std::string place(const AppRequest& request, Language language) {
    if (request.team_id.empty()) return say_in(language, texts::whole_organisation);
    return request.team_name.empty() ? say_in(language, texts::workspace, request.team_id.value)
                                     : request.team_name;
}

std::string publisher_words(Publisher publisher) {
    switch (publisher) {
        case Publisher::marketplace:
            return "listed in the Slack Marketplace";
        case Publisher::internal:
            return "internal, built in this organisation";
        case Publisher::distributed:
            return "distributed but not listed in the Marketplace: highest attention";
        case Publisher::slack:
            return "Slack";
        case Publisher::unknown:
            return "not known: highest attention";
    }
    return "not known: highest attention";
}

std::string behalf_line(const CardInput& input) {
    std::vector<std::string> people;
    for (const auto& person : input.on_behalf_of)
        if (person != input.request.requester) people.push_back(mention(person));
    return people.empty() ? std::string() : fitted("On behalf of: " + text::joined(people, ", "), 300);
}

std::vector<std::string> facts(const CardInput& input) {
    const auto& request = input.request;
    std::vector<std::string> out;
    out.push_back(requester_field(input));
    out.push_back("*For*\n" + inert_line(place(request), 80) + (request.team_id.empty() ? " :warning:" : ""));
    out.push_back(publisher_field(request.publisher));
    std::vector<std::string> links;
    for (const auto& [url, label] : {std::pair{&request.app_directory_url, "Directory page"},
                                     std::pair{&request.app_homepage_url, "Home page"},
                                     std::pair{&request.app_privacy_url, "Privacy policy"}}) {
        if (auto text = with_link(*url, label); !text.empty()) links.push_back(std::move(text));
    }
    out.push_back("*Links*\n" + (links.empty() ? "none that can be trusted" : text::joined(links, " · ")));
    return out;
}

std::string requester_words(const AppRequest& request) {
    const auto purpose = quoted(unescaped(request.purpose), 400, 6);
    const auto message = quoted(unescaped(request.message), 600, 8);
    if (purpose.empty() || message.empty() || purpose == message) return purpose.empty() ? message : purpose;
    return purpose + "\n" + message;
}

std::string issue_link(const storage::VendorIssue& issue) {
    return own_link(issue.url, issue.project + "#" + std::to_string(issue.iid));
}

std::string issue_words(const CardInput& input) {
    if (input.issue) {
        const auto name = input.confidential ? std::string("a confidential issue") : issue_link(*input.issue);
        const auto note = input.issue_note.empty() ? std::string() : "\n:warning: " + input.issue_note;
        return name + ", linked by " + mention(input.issue->linked_by) + " on " +
               date(input.issue->linked_at) + note;
    }
    if (!input.settings.review.require_vendor_issue) return "none linked; not required";
    return "missing: `Approve app` does not go through without it";
}

std::string footer(const AppRequest& request, Language language) {
    std::string out = to_text(request.id);
    if (!request.slack_id.empty()) out += " · " + inert_line(request.slack_id.value, 40);
    if (!request.app_id.empty()) out += " · " + inert_line(request.app_id.value, 40);
    return out + " · " + say_in(language, texts::asked) + " " + date(request.created_at);
}

}  // namespace countersign::handlers::views
