#include "handlers/review/issue_verdict.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace countersign::handlers::review {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> verdicts{"approved", "pending", "cannot_tell"};
constexpr std::array<std::string_view, 9> problems{
    "",          "wrong_project", "moved",          "pull_request", "wrong_type",
    "duplicate", "not_planned",   "used_elsewhere", "not_named"};

template <class Enum, std::size_t Size>
Enum parsed(const json& value, const std::array<std::string_view, Size>& texts) {
    const auto* const found = std::ranges::find(texts, value.get_ref<const std::string&>());
    if (found == texts.end()) throw json::other_error::create(501, "unknown word", nullptr);
    return static_cast<Enum>(found - texts.begin());
}

json written(const std::optional<std::int64_t>& number) {
    return number ? json(*number) : json(nullptr);
}
json written(const std::optional<Timestamp>& time) {
    return time ? json(to_millis(*time)) : json(nullptr);
}
std::optional<std::int64_t> number(const json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<std::int64_t>());
}
std::optional<Timestamp> time(const json& value) {
    return value.is_null() ? std::nullopt : std::optional(from_millis(value.get<std::int64_t>()));
}

json written(const SigningParty& party) {
    return {
        {"name", party.name},           {"label", party.label},     {"pinned", written(party.pinned)},
        {"approvers", party.approvers}, {"members", party.members}, {"members_known", party.members_known},
        {"quorum", party.quorum}};
}

SigningParty read_party(const json& object) {
    return {.name = object.at("name"),
            .label = object.at("label"),
            .pinned = number(object.at("pinned")),
            .approvers = object.at("approvers"),
            .members = object.at("members"),
            .members_known = object.at("members_known"),
            .quorum = object.at("quorum")};
}

json written(const std::vector<Signature>& signatures) {
    json list = json::array();
    for (const auto& s : signatures)
        list.push_back({{"account", s.account},
                        {"login", s.login},
                        {"signal", s.signal},
                        {"ref", s.ref},
                        {"at", to_millis(s.at)},
                        {"refused", s.refused}});
    return list;
}

std::vector<Signature> read_signatures(const json& list) {
    std::vector<Signature> signatures;
    for (const auto& object : list)
        signatures.push_back({.account = object.at("account"),
                              .login = object.at("login"),
                              .signal = object.at("signal"),
                              .ref = object.at("ref"),
                              .at = from_millis(object.at("at").get<std::int64_t>()),
                              .refused = object.at("refused")});
    return signatures;
}

json written(const std::vector<FormerAccount>& accounts) {
    json list = json::array();
    for (const auto& each : accounts)
        list.push_back({{"account", each.account}, {"until", to_millis(each.until)}});
    return list;
}

std::vector<FormerAccount> read_former(const json& list) {
    std::vector<FormerAccount> accounts;
    for (const auto& object : list)
        accounts.push_back(
            {object.at("account").get<std::int64_t>(), from_millis(object.at("until").get<std::int64_t>())});
    return accounts;
}

json written(const IssueQuestion& question) {
    json parties = json::array();
    for (const auto& party : question.parties)
        parties.push_back(written(party));
    return {{"kind", question.kind == config::TrackerKind::github ? "github" : "gitlab"},
            {"parties", std::move(parties)},
            {"projects", question.projects},
            {"requester", question.requester},
            {"own_account", question.own.now},
            {"own_before", written(question.own.before)},
            {"app_name", question.app_name},
            {"app_id", question.app_id},
            {"used_for", question.used_for},
            {"check_boxes", question.check_boxes},
            {"text_hash", question.text_hash},
            {"text_changed_at", written(question.text_changed_at)}};
}

IssueQuestion read_question(const json& object) {
    IssueQuestion question;
    question.kind = object.at("kind") == "github" ? config::TrackerKind::github : config::TrackerKind::gitlab;
    for (const auto& party : object.at("parties"))
        question.parties.push_back(read_party(party));
    object.at("projects").get_to(question.projects);
    object.at("requester").get_to(question.requester);
    question.own.now = object.at("own_account");
    question.own.before = read_former(object.value("own_before", json::array()));  // older evidence has none
    question.app_name = object.at("app_name");
    question.app_id = object.at("app_id");
    question.used_for = object.at("used_for");
    question.check_boxes = object.value("check_boxes", false);  // older evidence has none
    question.text_hash = object.at("text_hash");
    question.text_changed_at = time(object.at("text_changed_at"));
    return question;
}

IssueVerdict read_verdict(const json& object) {
    IssueVerdict verdict;
    verdict.verdict = parsed<Verdict>(object.at("verdict"), verdicts);
    verdict.problem = parsed<IssueProblem>(object.at("problem"), problems);
    for (const auto& party : object.at("parties"))
        verdict.parties.push_back({.party = party.at("party"),
                                   .verdict = parsed<Verdict>(party.at("verdict"), verdicts),
                                   .counted = read_signatures(party.at("counted")),
                                   .refused = read_signatures(party.at("refused"))});
    object.at("alerts").get_to(verdict.alerts);
    object.at("first_seen").get_to(verdict.first_seen);
    verdict.text_hash = object.at("text_hash");
    verdict.text_changed_at = time(object.at("text_changed_at"));
    return verdict;
}

template <class Read>
auto read_or_nothing(std::string_view text, Read read) -> std::optional<decltype(read(json()))> {
    const auto object = json::parse(text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    try {
        return read(object);
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace

std::string_view to_text(Verdict verdict) {
    return verdicts.at(static_cast<std::size_t>(verdict));
}

std::string_view to_text(IssueProblem problem) {
    return problems.at(static_cast<std::size_t>(problem));
}

std::string to_json(const IssueQuestion& question, const IssueVerdict& verdict) {
    json parties = json::array();
    for (const auto& party : verdict.parties)
        parties.push_back({{"party", party.party},
                           {"verdict", to_text(party.verdict)},
                           {"counted", written(party.counted)},
                           {"refused", written(party.refused)}});
    return json{{"verdict", to_text(verdict.verdict)},
                {"problem", to_text(verdict.problem)},
                {"parties", std::move(parties)},
                {"alerts", verdict.alerts},
                {"first_seen", verdict.first_seen},
                {"text_hash", verdict.text_hash},
                {"text_changed_at", written(verdict.text_changed_at)},
                {"question", written(question)}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<IssueQuestion> parse_issue_question(std::string_view text) {
    return read_or_nothing(text, [](const json& object) { return read_question(object.at("question")); });
}

std::optional<IssueVerdict> parse_issue_verdict(std::string_view text) {
    return read_or_nothing(text, [](const json& object) { return read_verdict(object); });
}

}  // namespace countersign::handlers::review
