#include "tests/fakes/slack_methods.hpp"

#include "tests/fakes/slack_canvases.hpp"
#include "tests/fakes/slack_files.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::fakes {

std::string MethodCall::text(const char* key) const {
    const auto found = args.find(key);
    if (found == args.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

bool MethodCall::flag(const char* key) const {
    const std::string value = text(key);
    return value == "true" || value == "1";
}

std::int64_t MethodCall::number(const char* key, std::int64_t otherwise) const {
    const std::string value = text(key);
    std::int64_t out = otherwise;
    std::from_chars(value.data(), value.data() + value.size(), out);
    return out;
}

bool MethodCall::has(const char* key) const {
    return !text(key).empty();
}

Method find_slack_method(const std::string& name) {
    for (const MethodTable* table :
         {&chat_methods(), &conversation_methods(), &people_methods(), &view_methods(), &admin_methods(),
          &connection_methods(), &file_methods(), &canvas_methods()}) {
        if (const auto found = table->find(name); found != table->end()) return found->second;
    }
    return nullptr;
}

Json page_of(const MethodCall& call, const Json& items, std::int64_t default_limit, std::int64_t max_limit,
             Json& answer) {
    const std::int64_t limit = call.number("limit", default_limit);
    if (limit < 1 || limit > max_limit) refuse("invalid_limit");
    std::size_t first = 0;
    if (const std::string cursor = call.text("cursor"); !cursor.empty()) {
        // "next:40", hex-written so that nobody computes one
        if (cursor.rfind("c5b", 0) != 0) refuse("invalid_cursor");
        const auto end = cursor.data() + cursor.size();
        if (std::from_chars(cursor.data() + 3, end, first, 16).ptr != end || first > items.size()) {
            refuse("invalid_cursor");
        }
    }
    const std::size_t last = std::min(items.size(), first + static_cast<std::size_t>(limit));
    Json page = Json::array();
    for (std::size_t i = first; i < last; ++i)
        page.push_back(items[i]);
    std::string next;
    if (last < items.size()) {
        char digits[17]{};
        std::to_chars(digits, digits + 16, last, 16);
        next = std::string("c5b") + digits;
    }
    answer["response_metadata"]["next_cursor"] = next;
    return page;
}

Json json_field(const MethodCall& call, const char* key, const char* error) {
    const auto found = call.args.find(key);
    if (found == call.args.end() || found->is_null()) return nullptr;
    if (!found->is_string()) return *found;
    const Json parsed = Json::parse(found->get<std::string>(), nullptr, false);
    if (parsed.is_discarded()) refuse(error);
    return parsed;
}

}  // namespace countersign::fakes
