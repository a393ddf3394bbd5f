#include "tests/sandbox/world.hpp"

#include "tests/sandbox/world_tracker.hpp"

namespace countersign::sandbox {

namespace {

using fakes::AppEntry;
using fakes::Json;

Json scope(const char* name, const char* description, bool sensitive = false, const char* token = "bot") {
    return {{"name", name}, {"description", description}, {"is_sensitive", sensitive}, {"token_type", token}};
}

}  // namespace

const std::vector<Person>& people() {
    static const std::vector<Person> all{
        {"U0ADA", "Ada Okafor", "Product designer", "employee", "", "ada"},
        {"U0BEN", "Ben Lindqvist", "Data analyst", "employee", "", "ben"},
        {"U0SOFIA", "Sofia Marin", "Security", "party", "Security", "sofia"},
        {"U0TOMAS", "Tomás Ruiz", "Security", "party", "Security", "tomas"},
        {"U0LINNEA", "Linnea Holm", "Legal", "party", "Legal", "linnea"},
        {"U0PRIYA", "Priya Nair", "Procurement", "party", "Procurement", "priya"},
        {"U0IDRIS", "Idris Bauer", "IT", "party", "IT", "idris"},
        {"U0MARA", "Mara Vance", "Slack admin", "admin", "", "mara"},
        {"U0NOOR", "Noor Haddad", "Slack admin", "admin", "", "noor"},
    };
    return all;
}

const std::vector<Group>& groups() {
    static const std::vector<Group> all{{"S0SECURITY", "security", {"U0SOFIA", "U0TOMAS"}}};
    return all;
}

const std::vector<Channel>& channels() {
    static const std::vector<Channel> all{
        {"C0APPREVIEW", "app-reviews", "One card for each app request", true},
        {"C0ITALARMS", "it-alarms", "What needs a human", true},
        {"C0GENERAL", "general", "Everybody; Countersign is not a member here", false},
    };
    return all;
}

std::vector<AppEntry> catalogue() {
    const auto entry = [](const char* id, const char* name, const char* description,
                          std::vector<Json> scopes) {
        AppEntry app;
        app.id = id;
        app.name = name;
        app.description = description;
        app.scopes = std::move(scopes);
        return app;
    };
    auto recap =
        entry("A0RECAP", "Recap Notetaker", "Listens to calls, writes the notes and posts what was agreed.",
              {scope("channels:history", "View messages in public channels", true),
               scope("files:read", "View files shared in channels", true),
               scope("users:read.email", "View email addresses of people", true),
               scope("chat:write", "Send messages as Recap Notetaker"),
               scope("search:read", "Search a person's messages and files", true, "user")});
    auto orbit =
        entry("A0ORBIT", "Orbit Boards", "Whiteboards that open from a message and stay beside it.",
              {scope("commands", "Add shortcuts and slash commands"),
               scope("links:read", "View links to boards"), scope("links:write", "Show previews of boards"),
               scope("chat:write", "Send messages as Orbit Boards")});
    auto parrot =
        entry("A0PARROT", "Standup Parrot", "Asks the team what they do today and repeats it in one message.",
              {scope("commands", "Add shortcuts and slash commands"),
               scope("chat:write", "Send messages as Standup Parrot"),
               scope("im:write", "Start direct messages with people")});
    auto harbour =
        entry("A0HARBOUR", "Harbour CRM", "Brings deals and their changes into the sales channels.",
              {scope("channels:read", "View basic information about public channels"),
               scope("users:read", "View people in the workspace"),
               scope("users:read.email", "View email addresses of people", true),
               scope("chat:write", "Send messages as Harbour CRM")});
    auto bell = entry("A0BELL", "Deploy Bell", "Our own: rings in #general when a deployment ends.",
                      {scope("incoming-webhook", "Post messages to specific channels"),
                       scope("commands", "Add shortcuts and slash commands")});
    bell.marketplace = false;
    bell.internal = true;
    auto quiet =
        entry("A0QUIET", "QuietMail Archiver", "Keeps a copy of every conversation, wherever it happens.",
              {scope("im:history", "View messages in direct messages", true),
               scope("mpim:history", "View messages in group direct messages", true),
               scope("groups:history", "View messages in private channels", true),
               scope("im:history", "View a person's direct messages", true, "user"),
               scope("admin", "Administer the workspace", true, "user")});
    quiet.marketplace = false;
    return {recap, orbit, parrot, harbour, bell, quiet};
}

void fill(fakes::FakeSlack& slack, const Mode& mode) {
    for (const auto& person : people())
        slack.add_user(person.id, person.name);
    for (const auto& group : groups())
        slack.add_user_group(group.id, group.members);
    for (const auto& channel : channels())
        slack.add_channel(channel.id, channel.name, channel.bot_is_member);
    if (mode.workspace && !mode.personal) slack.add_channel(requests_channel, "app-requests");
    for (auto& app : catalogue())
        slack.add_app(std::move(app));
}

Json describe(const Mode& mode) {
    Json out = {{"team", {{"name", "Acme"}}},
                {"review_channel", channels().front().id},
                {"people", Json::array()},
                {"groups", Json::array()},
                {"channels", Json::array()},
                {"tracker", describe_tracker()},
                {"shortcuts",
                 {{{"callback", "shortcut_request_app"},
                   {"name", "Request an app"},
                   {"description", "A shortcut: opens the form from anywhere"}},
                  {{"callback", "shortcut_my_requests"},
                   {"name", "My requests"},
                   {"description", "A shortcut: where your requests stand"}}}},
                {"message_shortcuts", {{{"callback", "request_this_app"}, {"name", "Request this app"}}}},
                {"commands",
                 {{{"command", "/app-request"},
                   {"usage", "[status|list|link|withdraw|find|help]"},
                   {"description", "Ask for an app, or see what became of it"}},
                  {{"command", "/installed-apps"},
                   {"usage", "[list|show|add|edit|remove|reconnect|help]"},
                   {"description", "The apps that are installed, and what they are connected to"}}}}};
    for (const auto& person : people()) {
        out["people"].push_back({{"id", person.id},
                                 {"name", person.name},
                                 {"title", person.title},
                                 {"role", person.role},
                                 {"party", person.party},
                                 {"login", person.login}});
    }
    for (const auto& group : groups()) {
        out["groups"].push_back({{"id", group.id}, {"name", group.name}, {"members", group.members}});
    }
    for (const auto& channel : channels()) {
        out["channels"].push_back({{"id", channel.id}, {"name", channel.name}, {"topic", channel.topic}});
    }
    if (mode.workspace && !mode.personal) {
        out["channels"].push_back(
            {{"id", requests_channel},
             {"name", "app-requests"},
             {"topic", "Where Slack itself tells the managers of requests to install"}});
    }
    out["workspace_mode"] = mode.workspace;
    return out;
}

}  // namespace countersign::sandbox
