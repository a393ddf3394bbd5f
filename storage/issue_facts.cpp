#include "storage/issue_facts.hpp"

#include <nlohmann/json.hpp>

namespace countersign::storage {
namespace {

using nlohmann::json;

json written(const std::optional<TrackerAccount>& account) {
    if (!account) return nullptr;
    return {
        {"id", account->id}, {"login", account->login}, {"bot", account->bot}, {"active", account->active}};
}

json written(const IssueLabel& label) {
    return {{"id", label.id}, {"name", label.name}};
}

json written(const LabelEvent& event) {
    return {{"id", event.id},
            {"added", event.added},
            {"label", event.label ? json(*event.label) : json(nullptr)},
            {"label_name", event.label_name},
            {"actor", written(event.actor)},
            {"at", to_millis(event.at)}};
}

json written(const StateEvent& event) {
    return {{"id", event.id},
            {"state", event.state},
            {"actor", written(event.actor)},
            {"at", to_millis(event.at)}};
}

json written(const IssueComment& comment) {
    return {{"id", comment.id},
            {"body", comment.body},
            {"author", written(comment.author)},
            {"created_at", to_millis(comment.created_at)},
            {"updated_at", to_millis(comment.updated_at)},
            {"system", comment.system},
            {"internal", comment.internal}};
}

template <class Item>
json list(const std::vector<Item>& items) {
    json all = json::array();
    for (const Item& item : items)
        all.push_back(written(item));
    return all;
}

Timestamp time(const json& object, const char* name) {
    return from_millis(object.at(name).get<std::int64_t>());
}

std::optional<std::int64_t> number(const json& object, const char* name) {
    const json& value = object.at(name);
    return value.is_null() ? std::nullopt : std::optional(value.get<std::int64_t>());
}

std::optional<TrackerAccount> account(const json& object, const char* name) {
    const json& value = object.at(name);
    if (value.is_null()) return std::nullopt;
    return TrackerAccount{value.at("id"), value.at("login"), value.at("bot"), value.at("active")};
}

void read(const json& object, IssueLabel& label) {
    label = {object.at("id"), object.at("name")};
}

void read(const json& object, LabelEvent& event) {
    event = {object.at("id"),         object.at("added"),       number(object, "label"),
             object.at("label_name"), account(object, "actor"), time(object, "at")};
}

void read(const json& object, StateEvent& event) {
    event = {object.at("id"), object.at("state"), account(object, "actor"), time(object, "at")};
}

void read(const json& object, IssueComment& comment) {
    comment = {object.at("id"),
               object.at("body"),
               account(object, "author"),
               time(object, "created_at"),
               time(object, "updated_at"),
               object.at("system"),
               object.at("internal")};
}

template <class Item>
std::vector<Item> items(const json& object, const char* name) {
    std::vector<Item> all;
    for (const json& item : object.at(name))
        read(item, all.emplace_back());
    return all;
}

}  // namespace

std::string to_json(const IssueFacts& facts) {
    const json object = {{"project_id", facts.project_id},
                         {"project", facts.project},
                         {"iid", facts.iid},
                         {"id", facts.id},
                         {"url", facts.url},
                         {"title", facts.title},
                         {"description", facts.description},
                         {"open", facts.open},
                         {"state_reason", facts.state_reason},
                         {"type", facts.type},
                         {"pull_request", facts.pull_request},
                         {"confidential", facts.confidential},
                         {"moved_to", facts.moved_to ? json(*facts.moved_to) : json(nullptr)},
                         {"duplicate", facts.duplicate},
                         {"author", written(facts.author)},
                         {"created_at", to_millis(facts.created_at)},
                         {"updated_at", to_millis(facts.updated_at)},
                         {"labels", list(facts.labels)},
                         {"label_events", list(facts.label_events)},
                         {"state_events", list(facts.state_events)},
                         {"comments", list(facts.comments)},
                         {"read_at", to_millis(facts.read_at)}};
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<IssueFacts> parse_issue_facts(std::string_view text) {
    try {
        const json object = json::parse(text);
        IssueFacts facts;
        facts.project_id = object.at("project_id");
        facts.project = object.at("project");
        facts.iid = object.at("iid");
        facts.id = object.at("id");
        facts.url = object.at("url");
        facts.title = object.at("title");
        facts.description = object.at("description");
        facts.open = object.at("open");
        facts.state_reason = object.at("state_reason");
        facts.type = object.at("type");
        facts.pull_request = object.at("pull_request");
        facts.confidential = object.at("confidential");
        facts.moved_to = number(object, "moved_to");
        facts.duplicate = object.at("duplicate");
        facts.author = account(object, "author");
        facts.created_at = time(object, "created_at");
        facts.updated_at = time(object, "updated_at");
        facts.labels = items<IssueLabel>(object, "labels");
        facts.label_events = items<LabelEvent>(object, "label_events");
        facts.state_events = items<StateEvent>(object, "state_events");
        facts.comments = items<IssueComment>(object, "comments");
        facts.read_at = time(object, "read_at");
        return facts;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace countersign::storage
