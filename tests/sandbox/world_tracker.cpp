// The vendor project of the demonstration company.
#include "tests/sandbox/world_tracker.hpp"

#include "tests/sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::sandbox {

namespace {

using fakes::FakeGitlab;
using fakes::Json;

std::string boxes() {
    std::string out = "\n\n## Approvals\n\n";
    for (const auto& party : parties())
        out += fmt::format("- [ ] {}\n", party);
    return out;
}

void open(FakeGitlab& gitlab, std::int64_t number, const std::string& author, const std::string& app,
          const std::string& text) {
    gitlab.number_from(project, number);
    gitlab.open(project, author, "App integration: " + app, fmt::format("## {}\n\n{}{}", app, text, boxes()));
}

Json refused(const char* why, const std::string& url) {
    return {{"why", why}, {"url", url}};
}

}  // namespace

std::vector<std::string> parties() {
    std::vector<std::string> names;
    for (const auto& person : people())
        if (!person.party.empty() && std::ranges::find(names, person.party) == names.end())
            names.push_back(person.party);
    return names;
}

std::string label_of(const std::string& party) {
    return party + "::Approved";
}

std::string template_text() {
    return "## {{app}}\n\n**Purpose**\n\n{{purpose}}\n\n**Permissions**\n\n{{permissions}}" + boxes();
}

void fill(FakeGitlab& gitlab) {
    for (const auto& person : people())
        gitlab.add_account(person.login, person.name);
    gitlab.add_project(project);
    for (const auto& party : parties())
        gitlab.add_label(project, label_of(party));
    gitlab.add_template(project, issue_template, template_text());
    open(gitlab, 1451, "ben", "Standup Parrot",
         "**Purpose**\n\nAsks everybody what they do today.\n\n**Data**\n\nThe answers.");
    open(gitlab, 1466, "ada", "Harbour CRM",
         "**Purpose**\n\nDeals and their changes in the sales channels.\n\n**Data**\n\nNames and e-mail "
         "addresses of employees.");
    open(gitlab, 1479, "ben", "Orbit Boards",
         "**Purpose**\n\nWhiteboards from a message.\n\n**Data**\n\nTitles of boards and who opened them.");
    open(gitlab, 1482, "ada", "Recap Notetaker",
         "**Purpose**\n\nNotes and action items from customer calls.\n\n**Data**\n\nMessages of the channels "
         "it is invited to; recordings stay with the vendor for 30 days.");
}

Json describe_tracker() {
    const std::string here = std::string(tracker_url) + "/" + project;
    Json labels = Json::array();
    for (const auto& party : parties())
        labels.push_back(label_of(party));
    return {{"url", tracker_url},
            {"project", project},
            {"labels", labels},
            {"template", boxes()},
            {"refused",
             {refused("A merge request", here + "/-/merge_requests/77"),
              refused("The form, not an issue", here + "/-/issues/new"),
              refused("An epic", std::string(tracker_url) + "/groups/it/-/epics/5"),
              refused("Another project", std::string(tracker_url) + "/sales/website/-/issues/3"),
              refused("An unknown tracker",
                      "https://tracker.elsewhere.example/it/vendor-reviews/-/issues/1482")}}};
}

}  // namespace countersign::sandbox
