#include "bot/commands/check_slack.hpp"

#include "bot/commands/slack_probe.hpp"
#include "bot/net/http_date.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::json;
using storage::TokenKind;

Json parsed(const std::string& body) {
    auto json = Json::parse(body, nullptr, false);
    return json.is_object() ? json : Json::object();
}

std::string field(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

class SlackCheck {
  public:
    SlackCheck(const config::Settings& settings, const config::Secrets& secrets, SlackProbe probe,
               Findings& findings)
        : settings_(&settings), secrets_(&secrets), probe_(std::move(probe)), findings_(&findings) {}

    void run() {
        if (!bot_token()) return;  // nobody answers, or nobody would answer the rest
        app_token();
        app_id();
        channels();
        groups_and_people();
        admin();
        reviewer();
        installs();
        driver();
    }

  private:
    struct Token {
        bool good = false;
        Json body;
        std::set<std::string> scopes;
        bool scopes_known = false;
    };

    Token token(const std::string& name, TokenKind kind) {
        const auto answer = probe_.ask("auth.test", kind);
        reached_ = answer.reached;
        Token out{.good = answer.ok,
                  .body = parsed(answer.body),
                  .scopes = {},
                  .scopes_known = !answer.scopes.empty()};
        if (!answer.ok) {
            findings_->fail(answer.reached ? name : "slack", answer.why);
            return out;
        }
        std::string list = answer.scopes;
        std::ranges::replace(list, ',', ' ');
        for (auto& scope : text::words(list))
            out.scopes.insert(std::move(scope));
        findings_->ok(name,
                      fmt::format("{} ({}) in {} ({})", field(out.body, "user"), field(out.body, "user_id"),
                                  field(out.body, "team"), field(out.body, "team_id")));
        if (kind == TokenKind::bot) check_clock(answer.date, system_clock().now(), *findings_);
        return out;
    }

    // `needed` must be there; without one of `wanted` something works less well, which its text says.
    void scopes(const std::string& name, const Token& token, const std::vector<std::string>& needed,
                const std::map<std::string, std::string>& wanted) {
        if (!token.scopes_known) {
            findings_->warn(name, "Slack did not say which scopes the token has");
            return;
        }
        std::vector<std::string> missing;
        for (const auto& scope : needed)
            if (!token.scopes.contains(scope)) missing.push_back(scope);
        if (!missing.empty())
            findings_->fail(
                name, fmt::format("misses {}; add it to the app (countersign manifest has all) and reinstall",
                                  text::joined(missing, ", ")));
        for (const auto& [scope, effect] : wanted)
            if (!token.scopes.contains(scope))
                findings_->warn(name, fmt::format("misses {}: {}", scope, effect));
        if (missing.empty()) findings_->ok(name, fmt::format("{} are granted", text::joined(needed, ", ")));
    }

    bool bot_token() {
        bot_ = token("bot_token", TokenKind::bot);
        if (!bot_.good) return reached_;
        std::vector<std::string> needed{"chat:write", "commands", "im:write", "users:read"};
        if (!groups().empty()) needed.emplace_back("usergroups:read");
        scopes("bot_scopes", bot_, needed,
               {{"im:history", "after a crash a direct message may be sent twice"},
                {"files:write", "the picture of the figures cannot be posted"}});
        return true;
    }

    void app_token() {
        const auto answer = probe_.ask("apps.connections.open", TokenKind::app);
        if (answer.ok)
            findings_->ok("app_token", "Socket Mode can be opened");
        else
            findings_->fail("app_token", answer.why);
    }

    // R9. Slack tells a bot's app only by bots.info, and not every answer has it.
    void app_id() {
        if (secrets_->app_id.empty()) {
            findings_->warn(
                "app_id",
                "the app token does not name its app; whether both tokens are of one app is unknown");
            return;
        }
        std::string app = field(bot_.body, "app_id");
        if (app.empty()) {
            const auto answer =
                probe_.ask("bots.info", TokenKind::bot, Json{{"bot", field(bot_.body, "bot_id")}}.dump());
            const auto body = parsed(answer.body);
            if (answer.ok && body.contains("bot") && body["bot"].is_object())
                app = field(body["bot"], "app_id");
        }
        if (app.empty())
            findings_->ok("app_id", fmt::format("{}, by the app token", secrets_->app_id));
        else if (app == secrets_->app_id)
            findings_->ok("app_id", fmt::format("both tokens belong to {}", app));
        else
            findings_->fail(
                "app_id",
                fmt::format("the app token belongs to {} but the bot token to {}; take both from one app",
                            secrets_->app_id, app));
    }

    void channel(const ChannelId& id, const std::string& key) {
        const std::string name = fmt::format("channel {} ({})", id.value, key);
        const auto answer =
            probe_.ask("conversations.info", TokenKind::bot, Json{{"channel", id.value}}.dump());
        if (!answer.ok) {
            findings_->fail(name, answer.why);
            return;
        }
        const Json body = parsed(answer.body);
        const Json facts =
            body.contains("channel") && body["channel"].is_object() ? body["channel"] : Json::object();
        if (facts.value("is_archived", false))
            findings_->fail(name, "is archived; unarchive it or configure another");
        else if (!facts.value("is_member", false))
            findings_->fail(name, "the app is not a member; invite it with /invite");
        else
            findings_->ok(name, fmt::format("the app is a member of #{}", field(facts, "name")));
        const std::string history = facts.value("is_private", false) ? "groups:history" : "channels:history";
        if (bot_.scopes_known && !bot_.scopes.contains(history))
            findings_->fail(
                "bot_scopes",
                fmt::format("misses {}; add it to the app (countersign manifest has all) and reinstall: "
                            "without it a card could be posted twice after a crash, and what "
                            "Slackbot wrote during a stop is not found",
                            history));
    }

    void channels() {
        if (!bot_.good) return;
        channel(settings_->review.channel, "review.channel");
        if (settings_->review.alarm_channel != settings_->review.channel)
            channel(settings_->review.alarm_channel, "review.alarm_channel");
        if (!settings_->slackbot_channel.empty()) channel(settings_->slackbot_channel, "slackbot.channel");
    }

    [[nodiscard]] std::set<std::string> members(bool groups_wanted) const {
        std::set<std::string> found;
        const auto take = [&](const std::vector<std::string>& members) {
            for (const auto& member : members)
                if (member.starts_with('S') == groups_wanted) found.insert(member);
        };
        take(settings_->review.admins);
        for (const auto& party : settings_->review.parties)
            take(party.members);
        return found;
    }
    [[nodiscard]] std::set<std::string> groups() const { return members(true); }

    void read_group(const std::string& id) {
        const auto answer =
            probe_.ask("usergroups.users.list", TokenKind::bot, Json{{"usergroup", id}}.dump());
        const std::string name = "user_group " + id;
        if (!answer.ok) {
            findings_->fail(name, answer.why);
            return;
        }
        std::set<std::string> people;
        const Json body = parsed(answer.body);
        if (const auto users = body.find("users"); users != body.end() && users->is_array())
            for (const auto& user : *users)
                if (user.is_string()) people.insert(user.get<std::string>());
        if (people.empty())
            findings_->fail(name, "has no members; nobody can act for it");
        else
            findings_->ok(name, fmt::format("{} members", people.size()));
        people_of_group_[id] = std::move(people);
    }

    void quorum(const config::Party& party) {
        std::set<std::string> people;
        for (const auto& member : party.members) {
            if (!member.starts_with('S')) {
                people.insert(member);
            } else if (const auto group = people_of_group_.find(member); group != people_of_group_.end()) {
                people.insert(group->second.begin(), group->second.end());
            } else {
                return;  // its group could not be read, which has been said
            }
        }
        const std::string name = "party " + party.name;
        if (people.size() < static_cast<std::size_t>(party.quorum))
            findings_->fail(
                name,
                fmt::format("needs {} approvals but only {} people can give one; lower quorum or add members",
                            party.quorum, people.size()));
        else
            findings_->ok(name, fmt::format("{} of {} people must approve", party.quorum, people.size()));
    }

    void groups_and_people() {
        if (!bot_.good) return;
        for (const auto& group : groups())
            read_group(group);
        for (const auto& party : settings_->review.parties)
            quorum(party);
        for (const auto& person : members(false)) {
            const auto answer = probe_.ask("users.info", TokenKind::bot, Json{{"user", person}}.dump());
            const Json body = parsed(answer.body);
            if (answer.error == "user_not_found")
                findings_->warn("person " + person, "Slack does not know this user id");
            else if (answer.ok && body.contains("user") && body["user"].is_object() &&
                     body["user"].value("deleted", false))
                findings_->warn("person " + person, "is deactivated in Slack");
        }
    }

    void admin() {
        if (!secrets_->admin_token) return;
        admin_ = token("admin_token", TokenKind::admin);
        if (!admin_.good) return;
        scopes("admin_scopes", admin_, {"admin.apps:read", "admin.apps:write"},
               {{"admin.teams:read", "the organisation's workspaces cannot be listed"}});
        const auto teams = probe_.ask("auth.teams.list", TokenKind::admin, R"({"limit":100})");
        if (!teams.ok) {
            findings_->fail("admin_api", "auth.teams.list: " + teams.why);
            return;
        }
        Json args{{"limit", 1}};
        const Json body = parsed(teams.body);
        // One workspace stands for all: the right to read requests is the token's.
        if (const auto list = body.find("teams"); list != body.end() && list->is_array() && !list->empty())
            args["team_id"] = field(list->front(), "id");
        else if (const auto enterprise = field(admin_.body, "enterprise_id"); !enterprise.empty())
            args["enterprise_id"] = enterprise;
        else
            args["team_id"] = field(admin_.body, "team_id");
        const auto requests = probe_.ask("admin.apps.requests.list", TokenKind::admin, args.dump());
        admin_works_ = requests.ok;
        if (requests.ok)
            findings_->ok("admin_api", fmt::format("app requests can be read ({} workspaces)",
                                                   body.contains("teams") ? body["teams"].size() : 0));
        else
            findings_->fail("admin_api", "admin.apps.requests.list: " + requests.why);
    }

    void reviewer() {
        if (!secrets_->reviewer_token) return;
        reviewer_ = token("reviewer_token", TokenKind::reviewer);
        if (reviewer_.good) scopes("reviewer_scopes", reviewer_, {"im:history", "im:read"}, {});
    }

    // R15: what tells that an approved app was installed, where the policy waits for it.
    void installs() {
        const auto& deadlines = settings_->policy->schedule;
        const bool organisation = secrets_->admin_token.has_value();
        const bool waits =
            !deadlines.install_limit.empty() || (!organisation && !deadlines.remind_install.empty());
        if (!waits) return;
        if ((organisation ? admin_ : reviewer_).scopes.contains("admin"))
            findings_->ok("installs", "Slack's integration log can be read");
        else if (organisation)
            findings_->warn("installs",
                            "misses the scope admin: an event that was missed cannot be looked up in Slack's "
                            "integration log, so after install_limit an admin is asked to look, and no "
                            "approval lapses by itself");
        else
            findings_->warn("installs",
                            "remind_install and install_limit have no effect: nothing tells of installations "
                            "without a SLACK_REVIEWER_TOKEN that has the scope admin");
    }

    // What the present tokens can and cannot do: never silently less (design.md §1).
    void driver() {
        if (!secrets_->admin_token)
            findings_->ok(
                "driver",
                "workspace: collects votes and tells the admins which button to press in Slack; it cannot "
                "approve, restrict or hear requests by itself (no SLACK_ADMIN_TOKEN)");
        else if (admin_works_)
            findings_->ok(
                "driver",
                "organisation: hears app requests, approves and restricts apps, reads the result back");
        else
            findings_->fail("driver",
                            "organisation: SLACK_ADMIN_TOKEN is set but does not work; apps can be neither "
                            "approved nor restricted");
    }

    const config::Settings* settings_;
    const config::Secrets* secrets_;
    SlackProbe probe_;
    Findings* findings_;
    Token bot_, admin_, reviewer_;
    bool reached_ = false;
    bool admin_works_ = false;
    std::map<std::string, std::set<std::string>> people_of_group_;
};

}  // namespace

void check_clock(std::string_view date_header, Timestamp now, Findings& findings) {
    const auto theirs = net::parse_http_date(date_header);
    if (!theirs) {
        findings.warn("clock", "Slack did not say what time it is");
        return;
    }
    const auto apart = std::chrono::round<std::chrono::seconds>(now - *theirs).count();
    if (std::abs(apart) > 60)
        findings.fail("clock", fmt::format("{} s {} Slack's; switch time synchronisation on", std::abs(apart),
                                           apart > 0 ? "ahead of" : "behind"));
    else
        findings.ok("clock", "agrees with Slack's");
}

void check_slack(const config::Settings& settings, const config::Secrets& secrets, Findings& findings) {
    auto probe = SlackProbe::make(settings, secrets);
    if (!probe) {
        findings.fail("tls", probe.error().text);
        return;
    }
    SlackCheck(settings, secrets, std::move(*probe), findings).run();
}

}  // namespace countersign::bot::commands
