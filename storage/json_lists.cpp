#include "storage/json_lists.hpp"

#include "storage/enum_texts.hpp"
#include "storage/storage_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::storage {
namespace {

using nlohmann::json;

// Text from outside may be broken UTF-8, which dump() would refuse.
std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json parsed_list(std::string_view text) {
    auto list = json::parse(text, nullptr, false);
    if (!list.is_array()) throw UnreadableRow(fmt::format("the database holds a damaged list: {:.80}", text));
    return list;
}

}  // namespace

std::string scopes_to_json(const std::vector<Scope>& scopes) {
    auto list = json::array();
    for (const auto& scope : scopes) {
        auto item = json::object();
        item["name"] = scope.name;
        item["token_type"] = to_text(scope.token_type);
        if (!scope.description.empty()) item["description"] = scope.description;
        if (scope.sensitive) item["sensitive"] = true;
        if (scope.optional) item["optional"] = true;
        list.push_back(std::move(item));
    }
    return dumped(list);
}

std::vector<Scope> scopes_from_json(std::string_view text) {
    std::vector<Scope> scopes;
    for (const auto& item : parsed_list(text)) {
        Scope scope;
        scope.name = item.value("name", "");
        parse_text(item.value("token_type", ""), scope.token_type);
        scope.description = item.value("description", "");
        scope.sensitive = item.value("sensitive", false);
        scope.optional = item.value("optional", false);
        scopes.push_back(std::move(scope));
    }
    return scopes;
}

std::string users_to_json(const std::vector<UserId>& users) {
    auto list = json::array();
    for (const auto& user : users)
        list.push_back(user.value);
    return dumped(list);
}

std::vector<UserId> users_from_json(std::string_view text) {
    std::vector<UserId> users;
    for (const auto& item : parsed_list(text))
        users.emplace_back(item.get<std::string>());
    return users;
}

}  // namespace countersign::storage
