#include "handlers/views/scope_words.hpp"

#include "handlers/views/mrkdwn.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace countersign::handlers::views {
namespace {

using storage::TokenType;
using enum Risk;

struct Row {
    std::string_view name;
    Risk bot;   // acting as the app, where it was invited
    Risk user;  // acting as a person, wherever that person may go
    std::string_view words;
};

// Slack's OAuth scopes, sorted by name. After the tiers of domain.md §6.4: the highest scope decides, and
// what that policy always refuses is high or worse here.
constexpr std::array table{
    Row{"admin", critical, critical, "Administer the workspace"},
    Row{"admin.analytics:read", high, high, "Download usage figures of every member"},
    Row{"admin.app_activities:read", high, high, "Read the activity log of every app"},
    Row{"admin.apps:read", high, high, "See all apps and the requests for them"},
    Row{"admin.apps:write", critical, critical, "Approve, restrict and remove apps"},
    Row{"admin.barriers:read", high, high, "See the information barriers between groups"},
    Row{"admin.barriers:write", critical, critical, "Change the information barriers between groups"},
    Row{"admin.chat:read", critical, critical, "Read messages in any conversation"},
    Row{"admin.chat:write", critical, critical, "Change and delete anybody's messages"},
    Row{"admin.conversations:read", high, high, "See every channel and its members, private ones too"},
    Row{"admin.conversations:write", critical, critical, "Create, change, archive and delete any channel"},
    Row{"admin.invites:read", high, high, "See who was invited to the workspace"},
    Row{"admin.invites:write", critical, critical, "Approve invitations to the workspace"},
    Row{"admin.roles:read", high, high, "See who has which administrative role"},
    Row{"admin.roles:write", critical, critical, "Give and take administrative roles"},
    Row{"admin.teams:read", high, high, "See the workspaces of the organisation"},
    Row{"admin.teams:write", critical, critical, "Create and change workspaces"},
    Row{"admin.usergroups:read", high, high, "See which groups belong to which channels"},
    Row{"admin.usergroups:write", critical, critical, "Change which groups belong to which channels"},
    Row{"admin.users:read", high, high, "See every account and its sessions"},
    Row{"admin.users:write", critical, critical, "Invite, change and remove people, end their sessions"},
    Row{"admin.workflows:read", high, high, "See all workflows"},
    Row{"admin.workflows:write", critical, critical, "Change and remove anybody's workflows"},
    Row{"app_configurations:read", medium, medium, "Read the configuration of apps that a person builds"},
    Row{"app_configurations:write", high, high, "Change the configuration of apps that a person builds"},
    Row{"app_mentions:read", low, medium, "Read messages that mention the app"},
    Row{"assistant:write", low, low, "Answer in the assistant panel"},
    Row{"auditlogs:read", critical, critical, "Read the audit log of the whole organisation"},
    Row{"authorizations:read", medium, medium, "See where the app is installed"},
    Row{"bookmarks:read", low, medium, "See the bookmarks of channels"},
    Row{"bookmarks:write", medium, medium, "Change the bookmarks of channels"},
    Row{"bot", high, high, "Do all that an old-style bot may: read and post wherever it is"},
    Row{"calls:read", low, medium, "See calls and who takes part"},
    Row{"calls:write", low, medium, "Start and end calls"},
    Row{"canvases:read", medium, high, "Read canvases"},
    Row{"canvases:write", medium, high, "Create, change and delete canvases"},
    Row{"channels:history", high, high, "Read messages in public channels"},
    Row{"channels:join", high, high, "Join public channels without being invited"},
    Row{"channels:manage", medium, medium, "Create, rename and archive public channels"},
    Row{"channels:read", low, low, "See public channels and their details"},
    Row{"channels:write", medium, high, "Create, rename and archive public channels"},
    Row{"channels:write.invites", medium, medium, "Invite people to public channels"},
    Row{"channels:write.topic", low, medium, "Change the topic of public channels"},
    Row{"chat:write", low, high, "Post messages"},
    Row{"chat:write.customize", high, high, "Post under any name and picture"},
    Row{"chat:write.public", high, high, "Post in public channels it was not invited to"},
    Row{"chat:write:bot", medium, medium, "Post messages as the app"},
    Row{"chat:write:user", high, high, "Post messages as the person"},
    Row{"client", critical, critical, "Do everything that the person can do in Slack"},
    Row{"commands", low, low, "Add slash commands and shortcuts"},
    Row{"connections:write", low, low, "Receive events over a socket"},
    Row{"conversations.connect:manage", critical, critical,
        "Approve and end connections with other organisations"},
    Row{"conversations.connect:read", medium, medium, "See invitations to shared channels"},
    Row{"conversations.connect:write", high, high, "Share channels with other organisations"},
    Row{"datastore:read", low, low, "Read the app's own data at Slack"},
    Row{"datastore:write", low, low, "Write the app's own data at Slack"},
    Row{"dnd:read", low, low, "See who does not want to be disturbed"},
    Row{"dnd:write", low, medium, "Change a person's do-not-disturb times"},
    Row{"email", low, low, "See the e-mail address of the person who signs in"},
    Row{"emoji:read", low, low, "See custom emoji"},
    Row{"files:read", high, high, "Read files that people share"},
    Row{"files:write", medium, high, "Upload, change and delete files"},
    Row{"files:write:user", high, high, "Upload, change and delete files as the person"},
    Row{"groups:history", high, critical, "Read messages in private channels"},
    Row{"groups:read", medium, high, "See private channels and their members"},
    Row{"groups:write", medium, high, "Create, rename and archive private channels"},
    Row{"groups:write.invites", medium, high, "Invite people to private channels"},
    Row{"groups:write.topic", low, medium, "Change the topic of private channels"},
    Row{"hosting:read", low, low, "See the app's hosting settings"},
    Row{"hosting:write", medium, medium, "Change the app's hosting settings"},
    Row{"identify", low, low, "See who the person is"},
    Row{"identity.avatar", low, low, "See the picture of the person who signs in"},
    Row{"identity.basic", low, low, "See the name of the person who signs in"},
    Row{"identity.email", low, low, "See the e-mail address of the person who signs in"},
    Row{"identity.team", low, low, "See the workspace of the person who signs in"},
    Row{"im:history", medium, critical, "Read direct messages"},
    Row{"im:read", low, medium, "See who has direct messages with whom"},
    Row{"im:write", low, high, "Start direct messages"},
    Row{"im:write.topic", low, medium, "Change the topic of direct messages"},
    Row{"incoming-webhook", low, low, "Post in one channel chosen at installation"},
    Row{"links.embed:write", low, low, "Show embedded content for links"},
    Row{"links:read", medium, medium, "See links to its sites in messages"},
    Row{"links:write", low, medium, "Show previews for links to its sites"},
    Row{"lists:read", medium, high, "Read lists"},
    Row{"lists:write", medium, high, "Create, change and delete lists"},
    Row{"managed_apps:install", critical, critical, "Create and install further apps for people"},
    Row{"mcp:connect", high, high, "Connect AI tools to Slack"},
    Row{"metadata.message:read", medium, medium, "Read the hidden data of messages"},
    Row{"mpim:history", medium, critical, "Read group direct messages"},
    Row{"mpim:read", low, medium, "See group direct messages and their members"},
    Row{"mpim:write", low, high, "Start group direct messages"},
    Row{"mpim:write.topic", low, medium, "Change the topic of group direct messages"},
    Row{"openid", low, low, "Sign in with Slack"},
    Row{"pins:read", low, medium, "See pinned messages and files"},
    Row{"pins:write", low, medium, "Pin and unpin messages and files"},
    Row{"post", high, high, "Post messages as the person (old style)"},
    Row{"profile", low, low, "See the name and picture of the person who signs in"},
    Row{"reactions:read", low, medium, "See reactions and the messages they belong to"},
    Row{"reactions:write", low, medium, "Add and remove reactions"},
    Row{"read", critical, critical, "Read everything that the person can read (old style)"},
    Row{"reminders:read", low, medium, "See reminders"},
    Row{"reminders:write", low, medium, "Add and change reminders"},
    Row{"remote_files:read", medium, medium, "See files that apps added from elsewhere"},
    Row{"remote_files:share", low, medium, "Share files from elsewhere"},
    Row{"remote_files:write", low, medium, "Add and change files from elsewhere"},
    Row{"search:read", critical, critical, "Search all messages and files that the person can see"},
    Row{"search:read.files", high, high, "Search files"},
    Row{"search:read.im", critical, critical, "Search direct messages"},
    Row{"search:read.mpim", critical, critical, "Search group direct messages"},
    Row{"search:read.private", critical, critical, "Search private channels"},
    Row{"search:read.public", high, high, "Search public channels"},
    Row{"search:read.users", medium, medium, "Search people"},
    Row{"stars:read", low, medium, "See what a person saved"},
    Row{"stars:write", low, medium, "Change what a person saved"},
    Row{"team.billing:read", high, high, "See the plan and billing of the workspace"},
    Row{"team.preferences:read", low, low, "See settings of the workspace"},
    Row{"team:read", low, low, "See the name, address and icon of the workspace"},
    Row{"tokens.basic", low, low, "Keep the app's tokens fresh"},
    Row{"triggers:read", low, low, "See triggers of workflows"},
    Row{"triggers:write", medium, medium, "Create and change triggers of workflows"},
    Row{"usergroups:read", low, low, "See user groups and their members"},
    Row{"usergroups:write", high, high, "Create and change user groups"},
    Row{"users.profile:read", medium, medium, "See people's profiles with all details"},
    Row{"users.profile:write", high, high, "Change a person's profile and status"},
    Row{"users:read", low, low, "See people and their names"},
    Row{"users:read.email", high, high, "See people's e-mail addresses"},
    Row{"users:write", low, medium, "Change whether it shows as active"},
    Row{"workflow.steps:execute", low, low, "Take part in workflows"},
    Row{"workflows.templates:read", low, low, "See workflow templates"},
    Row{"workflows.templates:write", medium, medium, "Change workflow templates"},
};
static_assert(std::ranges::is_sorted(table, {}, &Row::name));

const Row* find_row(std::string_view name) {
    const auto found = std::ranges::lower_bound(table, name, {}, &Row::name);
    return found != table.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::string_view to_text(Risk risk) {
    switch (risk) {
        case low:
            return "low";
        case medium:
            return "medium";
        case high:
            return "high";
        case critical:
            return "critical";
    }
    return "high";
}

std::string_view emoji(Risk risk) {
    switch (risk) {
        case low:
            return ":white_circle:";
        case medium:
            return ":large_yellow_circle:";
        case high:
            return ":large_orange_circle:";
        case critical:
            return ":red_circle:";
    }
    return ":large_orange_circle:";
}

ScopeWords describe(const storage::Scope& scope) {
    const auto* row = find_row(scope.name);
    if (row != nullptr) return {std::string(row->words), risk_of(scope), true};
    auto words = inert_line(scope.description, 120);
    return {words.empty() ? "Not known here" : "Not known here; Slack says: " + words, risk_of(scope), false};
}

Risk risk_of(const storage::Scope& scope) {
    const auto* row = find_row(scope.name);
    // Whatever administers and is new to us is at least as bad as what we know of its kind.
    auto risk = scope.name.starts_with("admin") ? critical : high;
    if (row != nullptr) {
        // Where Slack does not say whose token it is, the worse is assumed.
        risk = scope.token_type == TokenType::bot ? row->bot : std::max(row->bot, row->user);
    }
    return scope.sensitive ? std::max(risk, high) : risk;
}

std::vector<std::string> combinations(const std::vector<storage::Scope>& scopes) {
    const auto any = [&](auto matches) { return std::ranges::any_of(scopes, matches); };
    const auto named = [&](std::string_view name) {
        return any([=](const auto& s) { return s.name == name; });
    };
    const bool history = any([](const auto& s) { return s.name.ends_with(":history"); });
    const bool search = any([](const auto& s) { return s.name.starts_with("search:read"); });
    const bool writes_as_person = any([](const auto& s) {
        return (s.name == "chat:write" && s.token_type == TokenType::user) || s.name == "chat:write:user";
    });
    const bool administers =
        any([](const auto& s) { return s.name == "admin" || s.name.starts_with("admin."); });
    const bool reads = history || search;

    std::vector<std::string> out;
    if (administers && (reads || named("files:read")))
        out.emplace_back(
            "administers and reads content: one leaked token opens the workspace and what is in it");
    if (reads && writes_as_person) out.emplace_back("reads conversations and answers as the person");
    if (reads && (named("chat:write.customize") || named("chat:write.public")))
        out.emplace_back(
            "reads conversations and posts under any name or anywhere: can impersonate convincingly");
    if (named("channels:join") && named("channels:history"))
        out.emplace_back(
            "joins public channels by itself and reads them: all public channels, not only invited ones");
    if (reads && (named("conversations.connect:write") || named("conversations.connect:manage")))
        out.emplace_back(
            "reads conversations and shares channels with other organisations: a way out for content");
    if (reads && named("files:read"))
        out.emplace_back("reads messages and files: whole conversations can leave Slack");
    if (reads && named("users:read.email"))
        out.emplace_back(
            "reads messages and e-mail addresses: what was said can be tied to persons outside Slack");
    return out;
}

std::vector<RankedScope> riskiest_first(const std::vector<storage::Scope>& scopes) {
    std::vector<RankedScope> out;
    out.reserve(scopes.size());
    for (const auto& scope : scopes)
        out.push_back({risk_of(scope), &scope});
    std::ranges::sort(out, [](const auto& a, const auto& b) {
        return std::tie(b.risk, a.scope->token_type, a.scope->name) <
               std::tie(a.risk, b.scope->token_type, b.scope->name);
    });
    return out;
}

}  // namespace countersign::handlers::views
