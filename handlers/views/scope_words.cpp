#include "handlers/views/scope_words.hpp"

#include "handlers/views/details_texts.hpp"
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
    Text<> words;
};

// Slack's OAuth scopes, sorted by name. After the tiers of domain.md §6.4: the highest scope decides, and
// what that policy always refuses is high or worse here.
constexpr std::array table{
    Row{"admin", critical, critical, {"Administer the workspace", "Den Workspace verwalten"}},
    Row{"admin.analytics:read",
        high,
        high,
        {"Download usage figures of every member", "Nutzungszahlen jedes Mitglieds herunterladen"}},
    Row{"admin.app_activities:read",
        high,
        high,
        {"Read the activity log of every app", "Das Aktivitätsprotokoll jeder App lesen"}},
    Row{"admin.apps:read",
        high,
        high,
        {"See all apps and the requests for them", "Alle Apps und die Anträge darauf sehen"}},
    Row{"admin.apps:write",
        critical,
        critical,
        {"Approve, restrict and remove apps", "Apps genehmigen, sperren und entfernen"}},
    Row{"admin.barriers:read",
        high,
        high,
        {"See the information barriers between groups", "Die Informationsbarrieren zwischen Gruppen sehen"}},
    Row{"admin.barriers:write",
        critical,
        critical,
        {"Change the information barriers between groups",
         "Die Informationsbarrieren zwischen Gruppen ändern"}},
    Row{"admin.chat:read",
        critical,
        critical,
        {"Read messages in any conversation", "Nachrichten in jeder Unterhaltung lesen"}},
    Row{"admin.chat:write",
        critical,
        critical,
        {"Change and delete anybody's messages", "Nachrichten von allen ändern und löschen"}},
    Row{"admin.conversations:read",
        high,
        high,
        {"See every channel and its members, private ones too",
         "Jeden Kanal und seine Mitglieder sehen, auch private"}},
    Row{"admin.conversations:write",
        critical,
        critical,
        {"Create, change, archive and delete any channel",
         "Jeden Kanal anlegen, ändern, archivieren und löschen"}},
    Row{"admin.invites:read",
        high,
        high,
        {"See who was invited to the workspace", "Sehen, wer in den Workspace eingeladen wurde"}},
    Row{"admin.invites:write",
        critical,
        critical,
        {"Approve invitations to the workspace", "Einladungen in den Workspace genehmigen"}},
    Row{"admin.roles:read",
        high,
        high,
        {"See who has which administrative role", "Sehen, wer welche Verwaltungsrolle hat"}},
    Row{"admin.roles:write",
        critical,
        critical,
        {"Give and take administrative roles", "Verwaltungsrollen geben und nehmen"}},
    Row{"admin.teams:read",
        high,
        high,
        {"See the workspaces of the organisation", "Die Workspaces der Organisation sehen"}},
    Row{"admin.teams:write",
        critical,
        critical,
        {"Create and change workspaces", "Workspaces anlegen und ändern"}},
    Row{"admin.usergroups:read",
        high,
        high,
        {"See which groups belong to which channels", "Sehen, welche Gruppen zu welchen Kanälen gehören"}},
    Row{"admin.usergroups:write",
        critical,
        critical,
        {"Change which groups belong to which channels",
         "Ändern, welche Gruppen zu welchen Kanälen gehören"}},
    Row{"admin.users:read",
        high,
        high,
        {"See every account and its sessions", "Jedes Konto und seine Sitzungen sehen"}},
    Row{"admin.users:write",
        critical,
        critical,
        {"Invite, change and remove people, end their sessions",
         "Personen einladen, ändern und entfernen, ihre Sitzungen beenden"}},
    Row{"admin.workflows:read", high, high, {"See all workflows", "Alle Workflows sehen"}},
    Row{"admin.workflows:write",
        critical,
        critical,
        {"Change and remove anybody's workflows", "Workflows von allen ändern und entfernen"}},
    Row{"app_configurations:read",
        medium,
        medium,
        {"Read the configuration of apps that a person builds",
         "Die Konfiguration von Apps lesen, die eine Person baut"}},
    Row{"app_configurations:write",
        high,
        high,
        {"Change the configuration of apps that a person builds",
         "Die Konfiguration von Apps ändern, die eine Person baut"}},
    Row{"app_mentions:read",
        low,
        medium,
        {"Read messages that mention the app", "Nachrichten lesen, die die App erwähnen"}},
    Row{"assistant:write", low, low, {"Answer in the assistant panel", "Im Assistenten-Bereich antworten"}},
    Row{"auditlogs:read",
        critical,
        critical,
        {"Read the audit log of the whole organisation",
         "Das Audit-Protokoll der ganzen Organisation lesen"}},
    Row{"authorizations:read",
        medium,
        medium,
        {"See where the app is installed", "Sehen, wo die App installiert ist"}},
    Row{"bookmarks:read",
        low,
        medium,
        {"See the bookmarks of channels", "Die Lesezeichen von Kanälen sehen"}},
    Row{"bookmarks:write",
        medium,
        medium,
        {"Change the bookmarks of channels", "Die Lesezeichen von Kanälen ändern"}},
    Row{"bot",
        high,
        high,
        {"Do all that an old-style bot may: read and post wherever it is",
         "Alles, was ein Bot alter Art darf: überall lesen und schreiben, wo er ist"}},
    Row{"calls:read", low, medium, {"See calls and who takes part", "Anrufe sehen und wer daran teilnimmt"}},
    Row{"calls:write", low, medium, {"Start and end calls", "Anrufe beginnen und beenden"}},
    Row{"canvases:read", medium, high, {"Read canvases", "Canvases lesen"}},
    Row{"canvases:write",
        medium,
        high,
        {"Create, change and delete canvases", "Canvases anlegen, ändern und löschen"}},
    Row{"channels:history",
        high,
        high,
        {"Read messages in public channels", "Nachrichten in öffentlichen Kanälen lesen"}},
    Row{"channels:join",
        high,
        high,
        {"Join public channels without being invited", "Öffentlichen Kanälen ohne Einladung beitreten"}},
    Row{"channels:manage",
        medium,
        medium,
        {"Create, rename and archive public channels",
         "Öffentliche Kanäle anlegen, umbenennen und archivieren"}},
    Row{"channels:read",
        low,
        low,
        {"See public channels and their details", "Öffentliche Kanäle und ihre Angaben sehen"}},
    Row{"channels:write",
        medium,
        high,
        {"Create, rename and archive public channels",
         "Öffentliche Kanäle anlegen, umbenennen und archivieren"}},
    Row{"channels:write.invites",
        medium,
        medium,
        {"Invite people to public channels", "Personen in öffentliche Kanäle einladen"}},
    Row{"channels:write.topic",
        low,
        medium,
        {"Change the topic of public channels", "Das Thema öffentlicher Kanäle ändern"}},
    Row{"chat:write", low, high, {"Post messages", "Nachrichten schreiben"}},
    Row{"chat:write.customize",
        high,
        high,
        {"Post under any name and picture", "Unter beliebigem Namen und Bild schreiben"}},
    Row{"chat:write.public",
        high,
        high,
        {"Post in public channels it was not invited to",
         "In öffentliche Kanäle schreiben, in die sie nicht eingeladen wurde"}},
    Row{"chat:write:bot", medium, medium, {"Post messages as the app", "Nachrichten als die App schreiben"}},
    Row{"chat:write:user",
        high,
        high,
        {"Post messages as the person", "Nachrichten als die Person schreiben"}},
    Row{"client",
        critical,
        critical,
        {"Do everything that the person can do in Slack", "Alles tun, was die Person in Slack tun kann"}},
    Row{"commands",
        low,
        low,
        {"Add slash commands and shortcuts", "Slash-Befehle und Kurzbefehle hinzufügen"}},
    Row{"connections:write",
        low,
        low,
        {"Receive events over a socket", "Ereignisse über einen Socket empfangen"}},
    Row{"conversations.connect:manage",
        critical,
        critical,
        {"Approve and end connections with other organisations",
         "Verbindungen mit anderen Organisationen genehmigen und beenden"}},
    Row{"conversations.connect:read",
        medium,
        medium,
        {"See invitations to shared channels", "Einladungen in gemeinsame Kanäle sehen"}},
    Row{"conversations.connect:write",
        high,
        high,
        {"Share channels with other organisations", "Kanäle mit anderen Organisationen teilen"}},
    Row{"datastore:read",
        low,
        low,
        {"Read the app's own data at Slack", "Die eigenen Daten der App bei Slack lesen"}},
    Row{"datastore:write",
        low,
        low,
        {"Write the app's own data at Slack", "Die eigenen Daten der App bei Slack schreiben"}},
    Row{"dnd:read",
        low,
        low,
        {"See who does not want to be disturbed", "Sehen, wer nicht gestört werden will"}},
    Row{"dnd:write",
        low,
        medium,
        {"Change a person's do-not-disturb times", "Die Nicht-stören-Zeiten einer Person ändern"}},
    Row{"email",
        low,
        low,
        {"See the e-mail address of the person who signs in",
         "Die Mailadresse der Person sehen, die sich anmeldet"}},
    Row{"emoji:read", low, low, {"See custom emoji", "Eigene Emojis sehen"}},
    Row{"files:read", high, high, {"Read files that people share", "Dateien lesen, die Personen teilen"}},
    Row{"files:write",
        medium,
        high,
        {"Upload, change and delete files", "Dateien hochladen, ändern und löschen"}},
    Row{"files:write:user",
        high,
        high,
        {"Upload, change and delete files as the person",
         "Dateien als die Person hochladen, ändern und löschen"}},
    Row{"groups:history",
        high,
        critical,
        {"Read messages in private channels", "Nachrichten in privaten Kanälen lesen"}},
    Row{"groups:read",
        medium,
        high,
        {"See private channels and their members", "Private Kanäle und ihre Mitglieder sehen"}},
    Row{"groups:write",
        medium,
        high,
        {"Create, rename and archive private channels",
         "Private Kanäle anlegen, umbenennen und archivieren"}},
    Row{"groups:write.invites",
        medium,
        high,
        {"Invite people to private channels", "Personen in private Kanäle einladen"}},
    Row{"groups:write.topic",
        low,
        medium,
        {"Change the topic of private channels", "Das Thema privater Kanäle ändern"}},
    Row{"hosting:read",
        low,
        low,
        {"See the app's hosting settings", "Die Hosting-Einstellungen der App sehen"}},
    Row{"hosting:write",
        medium,
        medium,
        {"Change the app's hosting settings", "Die Hosting-Einstellungen der App ändern"}},
    Row{"identify", low, low, {"See who the person is", "Sehen, wer die Person ist"}},
    Row{"identity.avatar",
        low,
        low,
        {"See the picture of the person who signs in", "Das Bild der Person sehen, die sich anmeldet"}},
    Row{"identity.basic",
        low,
        low,
        {"See the name of the person who signs in", "Den Namen der Person sehen, die sich anmeldet"}},
    Row{"identity.email",
        low,
        low,
        {"See the e-mail address of the person who signs in",
         "Die Mailadresse der Person sehen, die sich anmeldet"}},
    Row{"identity.team",
        low,
        low,
        {"See the workspace of the person who signs in",
         "Den Workspace der Person sehen, die sich anmeldet"}},
    Row{"im:history", medium, critical, {"Read direct messages", "Direktnachrichten lesen"}},
    Row{"im:read",
        low,
        medium,
        {"See who has direct messages with whom", "Sehen, wer mit wem Direktnachrichten hat"}},
    Row{"im:write", low, high, {"Start direct messages", "Direktnachrichten beginnen"}},
    Row{"im:write.topic",
        low,
        medium,
        {"Change the topic of direct messages", "Das Thema von Direktnachrichten ändern"}},
    Row{"incoming-webhook",
        low,
        low,
        {"Post in one channel chosen at installation",
         "In einen Kanal schreiben, der bei der Installation gewählt wird"}},
    Row{"links.embed:write",
        low,
        low,
        {"Show embedded content for links", "Eingebettete Inhalte zu Links zeigen"}},
    Row{"links:read",
        medium,
        medium,
        {"See links to its sites in messages", "Links auf ihre Seiten in Nachrichten sehen"}},
    Row{"links:write",
        low,
        medium,
        {"Show previews for links to its sites", "Vorschauen für Links auf ihre Seiten zeigen"}},
    Row{"lists:read", medium, high, {"Read lists", "Listen lesen"}},
    Row{"lists:write",
        medium,
        high,
        {"Create, change and delete lists", "Listen anlegen, ändern und löschen"}},
    Row{"managed_apps:install",
        critical,
        critical,
        {"Create and install further apps for people", "Weitere Apps für Personen anlegen und installieren"}},
    Row{"mcp:connect", high, high, {"Connect AI tools to Slack", "KI-Werkzeuge mit Slack verbinden"}},
    Row{"metadata.message:read",
        medium,
        medium,
        {"Read the hidden data of messages", "Die verborgenen Daten von Nachrichten lesen"}},
    Row{"mpim:history", medium, critical, {"Read group direct messages", "Gruppen-Direktnachrichten lesen"}},
    Row{"mpim:read",
        low,
        medium,
        {"See group direct messages and their members",
         "Gruppen-Direktnachrichten und ihre Mitglieder sehen"}},
    Row{"mpim:write", low, high, {"Start group direct messages", "Gruppen-Direktnachrichten beginnen"}},
    Row{"mpim:write.topic",
        low,
        medium,
        {"Change the topic of group direct messages", "Das Thema von Gruppen-Direktnachrichten ändern"}},
    Row{"openid", low, low, {"Sign in with Slack", "Mit Slack anmelden"}},
    Row{"pins:read",
        low,
        medium,
        {"See pinned messages and files", "Angeheftete Nachrichten und Dateien sehen"}},
    Row{"pins:write",
        low,
        medium,
        {"Pin and unpin messages and files", "Nachrichten und Dateien anheften und lösen"}},
    Row{"post",
        high,
        high,
        {"Post messages as the person (old style)", "Nachrichten als die Person schreiben (alte Art)"}},
    Row{"profile",
        low,
        low,
        {"See the name and picture of the person who signs in",
         "Namen und Bild der Person sehen, die sich anmeldet"}},
    Row{"reactions:read",
        low,
        medium,
        {"See reactions and the messages they belong to",
         "Reaktionen sehen und die Nachrichten, zu denen sie gehören"}},
    Row{"reactions:write", low, medium, {"Add and remove reactions", "Reaktionen setzen und entfernen"}},
    Row{"read",
        critical,
        critical,
        {"Read everything that the person can read (old style)",
         "Alles lesen, was die Person lesen kann (alte Art)"}},
    Row{"reminders:read", low, medium, {"See reminders", "Erinnerungen sehen"}},
    Row{"reminders:write", low, medium, {"Add and change reminders", "Erinnerungen anlegen und ändern"}},
    Row{"remote_files:read",
        medium,
        medium,
        {"See files that apps added from elsewhere",
         "Dateien sehen, die Apps von anderswo hinzugefügt haben"}},
    Row{"remote_files:share", low, medium, {"Share files from elsewhere", "Dateien von anderswo teilen"}},
    Row{"remote_files:write",
        low,
        medium,
        {"Add and change files from elsewhere", "Dateien von anderswo hinzufügen und ändern"}},
    Row{"search:read",
        critical,
        critical,
        {"Search all messages and files that the person can see",
         "Alle Nachrichten und Dateien durchsuchen, die die Person sehen kann"}},
    Row{"search:read.files", high, high, {"Search files", "Dateien durchsuchen"}},
    Row{"search:read.im", critical, critical, {"Search direct messages", "Direktnachrichten durchsuchen"}},
    Row{"search:read.mpim",
        critical,
        critical,
        {"Search group direct messages", "Gruppen-Direktnachrichten durchsuchen"}},
    Row{"search:read.private", critical, critical, {"Search private channels", "Private Kanäle durchsuchen"}},
    Row{"search:read.public", high, high, {"Search public channels", "Öffentliche Kanäle durchsuchen"}},
    Row{"search:read.users", medium, medium, {"Search people", "Personen suchen"}},
    Row{"stars:read", low, medium, {"See what a person saved", "Sehen, was eine Person gespeichert hat"}},
    Row{"stars:write",
        low,
        medium,
        {"Change what a person saved", "Ändern, was eine Person gespeichert hat"}},
    Row{"team.billing:read",
        high,
        high,
        {"See the plan and billing of the workspace", "Tarif und Abrechnung des Workspace sehen"}},
    Row{"team.preferences:read",
        low,
        low,
        {"See settings of the workspace", "Einstellungen des Workspace sehen"}},
    Row{"team:read",
        low,
        low,
        {"See the name, address and icon of the workspace", "Name, Adresse und Symbol des Workspace sehen"}},
    Row{"tokens.basic", low, low, {"Keep the app's tokens fresh", "Die Token der App frisch halten"}},
    Row{"triggers:read", low, low, {"See triggers of workflows", "Auslöser von Workflows sehen"}},
    Row{"triggers:write",
        medium,
        medium,
        {"Create and change triggers of workflows", "Auslöser von Workflows anlegen und ändern"}},
    Row{"usergroups:read",
        low,
        low,
        {"See user groups and their members", "Nutzergruppen und ihre Mitglieder sehen"}},
    Row{"usergroups:write",
        high,
        high,
        {"Create and change user groups", "Nutzergruppen anlegen und ändern"}},
    Row{"users.profile:read",
        medium,
        medium,
        {"See people's profiles with all details", "Profile von Personen mit allen Angaben sehen"}},
    Row{"users.profile:write",
        high,
        high,
        {"Change a person's profile and status", "Profil und Status einer Person ändern"}},
    Row{"users:read", low, low, {"See people and their names", "Personen und ihre Namen sehen"}},
    Row{"users:read.email", high, high, {"See people's e-mail addresses", "Mailadressen von Personen sehen"}},
    Row{"users:write",
        low,
        medium,
        {"Change whether it shows as active", "Ändern, ob sie als aktiv erscheint"}},
    Row{"workflow.steps:execute", low, low, {"Take part in workflows", "An Workflows teilnehmen"}},
    Row{"workflows.templates:read", low, low, {"See workflow templates", "Workflow-Vorlagen sehen"}},
    Row{"workflows.templates:write",
        medium,
        medium,
        {"Change workflow templates", "Workflow-Vorlagen ändern"}},
};
static_assert(std::ranges::is_sorted(table, {}, &Row::name));

const Row* find_row(std::string_view name) {
    const auto found = std::ranges::lower_bound(table, name, {}, &Row::name);
    return found != table.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::string_view risk_word(Risk risk, Language language) {
    switch (risk) {
        case low:
            return texts::low.in(language);
        case medium:
            return texts::medium.in(language);
        case high:
            return texts::high.in(language);
        case critical:
            return texts::critical.in(language);
    }
    return texts::high.in(language);
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

ScopeWords describe(const storage::Scope& scope, Language language) {
    const auto* row = find_row(scope.name);
    if (row != nullptr) return {say_in(language, row->words), risk_of(scope), true};
    auto words = inert_line(scope.description, 120);
    return {words.empty() ? say_in(language, texts::scope_unknown)
                          : say_in(language, texts::scope_unknown_says, words),
            risk_of(scope), false};
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
