#include "bot/tracker/github_json.hpp"

#include "bot/tracker/json.hpp"
#include "config/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::tracker {
namespace {

using nlohmann::json;
using storage::TrackerAccount;

TrackerAccount account(const json& user) {
    TrackerAccount known;
    known.id = integer_at(user, "id");
    known.login = text_at(user, "login");
    known.bot = optional_text(user, "type") == "Bot" || known.login.ends_with("[bot]");
    return known;
}

// Null: the account was deleted (A7).
std::optional<TrackerAccount> account_at(const json& object, const char* name) {
    if (is_absent(object, name)) return std::nullopt;
    return account(object_at(object, name));
}

// What an app did in somebody's name is not that person's own act.
std::optional<TrackerAccount> actor_of(const json& event) {
    auto actor = account_at(event, "actor");
    if (actor && !is_absent(event, "performed_via_github_app")) actor->bot = true;
    return actor;
}

// "https://api.github.com/repos/owner/name"
std::string repository_of(const json& issue) {
    const auto url = text_at(issue, "repository_url");
    const auto at = url.rfind("/repos/");
    if (at == std::string::npos) throw Malformed("a repository_url of another form");
    return url.substr(at + std::string_view("/repos/").size());
}

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string from_base64(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r') continue;  // GitHub breaks the lines
        if (c == '=') break;
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) throw Malformed("a content that is not base64");
        bits = (bits << 6u) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFu));
    }
    return out;
}

// YAML between two lines of dashes tells GitHub's page what to do; it is no part of the text.
std::string without_front_matter(std::string text) {
    if (!text.starts_with("---\n") && !text.starts_with("---\r\n")) return text;
    const auto end = text.find("\n---", 3);
    if (end == std::string::npos) return text;
    const auto line = text.find('\n', end + 1);
    text.erase(0, line == std::string::npos ? text.size() : line + 1);
    text.erase(0, std::min(text.find_first_not_of("\r\n"), text.size()));
    return text;
}

}  // namespace

GithubRepository github_repository(std::string_view text) {
    const json object = read_object(text);
    return {integer_at(object, "id"), text_at(object, "full_name"),
            optional_flag(object, "has_issues", true)};
}

storage::IssueFacts github_issue(std::string_view text) {
    const json object = read_object(text);
    storage::IssueFacts facts;
    facts.project = repository_of(object);
    facts.iid = integer_at(object, "number");
    facts.id = integer_at(object, "id");
    facts.title = text_at(object, "title");
    facts.description = optional_text(object, "body");
    const auto state = text_at(object, "state");
    if (state != "open" && state != "closed") throw Malformed("a state that nobody knows");
    facts.open = state == "open";
    facts.state_reason = optional_text(object, "state_reason");
    facts.duplicate = facts.state_reason == "duplicate";
    facts.type = "issue";
    facts.pull_request = object.contains("pull_request");  // H3: the key, whatever it holds
    facts.author = account_at(object, "user");
    facts.created_at = time_at(object, "created_at");
    facts.updated_at = time_at(object, "updated_at");
    for (const json& label : array_at(object, "labels")) {
        if (label.is_string())
            facts.labels.push_back({0, label.get<std::string>()});
        else
            facts.labels.push_back({optional_integer(label, "id").value_or(0), text_at(label, "name")});
    }
    return facts;
}

void add_github_events(std::string_view page, storage::IssueFacts& facts) {
    for (const json& object : read_list(page)) {
        const auto kind = text_at(object, "event");
        if (kind == "labeled" || kind == "unlabeled") {
            facts.label_events.push_back({integer_at(object, "id"), kind == "labeled", std::nullopt,
                                          text_at(object_at(object, "label"), "name"), actor_of(object),
                                          time_at(object, "created_at")});
        } else if (kind == "closed" || kind == "reopened") {
            facts.state_events.push_back({integer_at(object, "id"), kind == "closed" ? "closed" : "opened",
                                          actor_of(object), time_at(object, "created_at")});
        }
    }
}

void add_github_comments(std::string_view page, std::vector<storage::IssueComment>& comments) {
    for (const json& object : read_list(page)) {
        storage::IssueComment comment;
        comment.id = integer_at(object, "id");
        comment.body = optional_text(object, "body");
        comment.author = account_at(object, "user");
        if (comment.author && !is_absent(object, "performed_via_github_app")) comment.author->bot = true;
        comment.created_at = time_at(object, "created_at");
        comment.updated_at = time_at(object, "updated_at");
        comments.push_back(std::move(comment));
    }
}

void add_github_issues(std::string_view page, std::vector<GithubListed>& issues) {
    for (const json& object : read_list(page)) {
        if (object.is_object() && object.contains("pull_request")) continue;
        issues.push_back({integer_at(object, "number"), account_at(object, "user").value_or(TrackerAccount{}),
                          time_at(object, "updated_at"), optional_text(object, "body")});
    }
}

TrackerAccount github_account(std::string_view text) {
    return account(read_object(text));
}

std::string github_file(std::string_view text) {
    const json object = read_object(text);
    if (optional_text(object, "encoding") != "base64") throw Malformed("a content of another encoding");
    return from_base64(text_at(object, "content"));
}

std::string github_template(std::string_view text) {
    return without_front_matter(github_file(text));
}

std::int64_t github_comment_id(std::string_view text) {
    return integer_at(read_object(text), "id");
}

}  // namespace countersign::tracker
