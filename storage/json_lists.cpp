#include "storage/json_lists.hpp"

#include "storage/enum_texts.hpp"
#include "storage/storage_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::storage {
namespace {

using nlohmann::json;

// Written by hand, because a tree of ten scopes costs more to build than the row costs to store.
void add_text(std::string& out, std::string_view text) {
    const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (std::ranges::all_of(text, is_plain)) {
        out += '"';
        out += text;
        out += '"';
    } else {
        // Text from outside may be broken UTF-8, which dump() would otherwise refuse.
        out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    }
}

json parsed_list(std::string_view text) {
    auto list = json::parse(text, nullptr, false);
    if (!list.is_array()) throw UnreadableRow(fmt::format("the database holds a damaged list: {:.80}", text));
    return list;
}

}  // namespace

std::string scopes_to_json(const std::vector<Scope>& scopes) {
    std::string out = "[";
    for (const auto& scope : scopes) {
        out += out.size() > 1 ? ",{\"name\":" : "{\"name\":";
        add_text(out, scope.name);
        out += ",\"token_type\":";
        add_text(out, to_text(scope.token_type));
        if (!scope.description.empty()) {
            out += ",\"description\":";
            add_text(out, scope.description);
        }
        if (scope.sensitive) out += ",\"sensitive\":true";
        if (scope.optional) out += ",\"optional\":true";
        out += '}';
    }
    out += ']';
    return out;
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
    std::string out = "[";
    for (const auto& user : users) {
        if (out.size() > 1) out += ',';
        add_text(out, user.value);
    }
    out += ']';
    return out;
}

std::vector<UserId> users_from_json(std::string_view text) {
    std::vector<UserId> users;
    for (const auto& item : parsed_list(text))
        users.emplace_back(item.get<std::string>());
    return users;
}

}  // namespace countersign::storage
